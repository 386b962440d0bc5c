// What dragoman sends is accepted: every golden request, lowered to every target of the catalogue, streaming
// and not, is put to the emulator of its provider. A request that dragoman sends and a provider refuses is a
// bug here, in data/ or in the emulator; there is no fourth possibility.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>

#include "conformance/targets.h"
#include "dialect/request_text.h"
#include "lower/test_support.h"

namespace dragoman::conformance {
namespace {

using lower::testing::ClientRequest;
using lower::testing::Input;

// The columns of the table; tests/conformance/table names them in this order.
enum class Outcome { accepted, widened, narrowed, semantic, refused_by_us, refused_by_provider };
constexpr int kOutcomes = 6;

struct Row {
  int counts[kOutcomes] = {};
  void add(Outcome o) { ++counts[static_cast<int>(o)]; }
  int operator[](Outcome o) const { return counts[static_cast<int>(o)]; }
};

void print_table(std::string_view title, const std::map<std::string, Row>& rows) {
  std::string out = fmt::format("\n{:<64}{:>9}{:>8}{:>9}{:>9}{:>14}{:>20}\n", title, "accepted", "widened",
                                "narrowed", "semantic", "refused by us", "refused by provider");
  for (const auto& [name, row] : rows)
    out += fmt::format("{:<64}{:>9}{:>8}{:>9}{:>9}{:>14}{:>20}\n", name, row[Outcome::accepted],
                       row[Outcome::widened], row[Outcome::narrowed], row[Outcome::semantic],
                       row[Outcome::refused_by_us], row[Outcome::refused_by_provider]);
  std::cout << out;
}

// What an accepted request has lost, by its worst edit.
Outcome loss_of(const lower::Lowered& lowered) {
  lower::Loss worst = lower::Loss::none;
  for (const lower::Edit& edit : lowered.edits) worst = std::max(worst, edit.loss);
  switch (worst) {
    case lower::Loss::widened:
      return Outcome::widened;
    case lower::Loss::narrowed:
      return Outcome::narrowed;
    case lower::Loss::semantic:
      return Outcome::semantic;
    case lower::Loss::none:
      break;
  }
  return Outcome::accepted;
}

// Lines of `request TAB target` and a number for each outcome, which tests/conformance/table makes pages of.
void write_counts(const char* path, const std::map<std::pair<std::string, std::string>, Row>& rows) {
  std::ofstream out(path);
  for (const auto& [key, row] : rows)
    out << fmt::format("{}\t{}\t{}\n", key.first, key.second, fmt::join(row.counts, "\t"));
  out.close();
  EXPECT_TRUE(out) << path << " cannot be written";
}

// One line to find the bug by.
std::string failure(const Input& input, const Target& target, bool stream, const lower::Lowered& lowered,
                    const sandbox::Reply& reply) {
  const std::string& words = reply.body.empty() && !reply.frames.empty() ? reply.frames.front() : reply.body;
  std::string line = fmt::format("{} -> {}{}: {} {}", input.name, target.name(), stream ? " (stream)" : "",
                                 reply.status, words.substr(0, 400));
  if (std::getenv("DRAGOMAN_SHOW_BODIES")) line += "\n    " + lowered.body.substr(0, 3000);
  return line;
}

// Rules that clients tell of and live answers contradict: MIS-20, "current API accepts tool -> user", and
// KIMI-26, "unsupported keywords observed to be ignored".
bool outdated(const sandbox::Reply& reply) {
  return reply.body.find("Unexpected role 'user' after role 'tool'") != std::string::npos ||
         reply.body.find("unsupported keywords") != std::string::npos;
}

void run(bool paranoid) {
  const std::vector<Target> all = targets(lower::testing::catalogue());
  ASSERT_GT(all.size(), 60U);
  const char* only = std::getenv("DRAGOMAN_ONLY");
  std::map<std::string, Row> by_target, by_input;
  std::map<std::pair<std::string, std::string>, Row> cells;
  std::vector<std::string> failures, refusals;
  for (const Input& golden : lower::testing::golden_inputs()) {
    for (const bool stream : {false, true}) {
      const Input input = lower::testing::with_stream(golden, stream);
      ClientRequest request(input);
      for (const Target& target : all) {
        if (only && (input.name + " " + target.name()).find(only) == std::string::npos) continue;
        Outcome outcome = Outcome::accepted;
        const auto lowered = request.to(*target.provider, target.model);
        if (!lowered) {
          outcome = Outcome::refused_by_us;
          refusals.push_back(fmt::format("{} -> {}: {}", input.name, target.name(),
                                         lower::testing::describe(lowered.error())));
          EXPECT_EQ(lowered.error().reason.find("This is a bug"), std::string::npos) << refusals.back();
        } else {
          const sandbox::Reply reply = send(target, lowered->body, lowered->stream, paranoid);
          if (paranoid && outdated(reply)) {
            outcome = Outcome::accepted;
          } else if (reply.status != 200 || reply.streaming != lowered->stream) {
            outcome = Outcome::refused_by_provider;
            failures.push_back(failure(input, target, stream, *lowered, reply));
          } else {
            outcome = loss_of(*lowered);
          }
        }
        by_target[target.name()].add(outcome);
        by_input[golden.name].add(outcome);
        cells[{golden.name, target.name()}].add(outcome);
      }
    }
  }
  print_table("target", by_target);
  print_table("request", by_input);
  if (const char* path = std::getenv("DRAGOMAN_COUNTS"); path && !paranoid) write_counts(path, cells);
  if (std::getenv("DRAGOMAN_SHOW_REFUSALS"))
    for (const std::string& line : refusals) std::cout << line;
  for (const std::string& line : failures) ADD_FAILURE() << line;
}

TEST(Conformance, EveryLoweredRequestIsAccepted) { run(false); }

// Also the rules that only clients and anecdotes tell of.
TEST(Conformance, EvenBySuspiciousProviders) { run(true); }

// The same bytes each time, and whatever was tried before.
TEST(Conformance, AttemptsAreDeterministicAndIsolated) {
  const std::vector<Target> all = targets(lower::testing::catalogue());
  const auto text = [](const std::expected<lower::Lowered, lower::Refused>& r) {
    return r ? r->body + "\n" + lower::testing::describe(r->edits) : lower::testing::describe(r.error());
  };
  for (const Input& input : lower::testing::golden_inputs()) {
    ClientRequest used(input);
    const std::string before = dialect::testing::describe(used.get());
    std::vector<std::string> first;
    for (const Target& target : all) first.push_back(text(used.to(*target.provider, target.model)));
    EXPECT_EQ(dialect::testing::describe(used.get()), before) << input.name;
    for (std::size_t i = all.size(); i-- > 0;) {
      EXPECT_EQ(text(used.to(*all[i].provider, all[i].model)), first[i])
          << input.name << " " << all[i].name();
      if (i % 7 != 0) continue;  // a fresh parse for some is enough
      ClientRequest fresh(input);
      EXPECT_EQ(text(fresh.to(*all[i].provider, all[i].model)), first[i])
          << input.name << " " << all[i].name();
    }
  }
}

// Edits and refusals point at something the client wrote.
TEST(Conformance, PointersLeadIntoTheRequest) {
  const std::vector<Target> all = targets(lower::testing::catalogue());
  for (const Input& input : lower::testing::golden_inputs()) {
    ClientRequest request(input);
    const json::Value source = request.get().source;
    for (const Target& target : all) {
      const auto lowered = request.to(*target.provider, target.model);
      if (!lowered) {
        EXPECT_TRUE(json::resolve(source, lowered.error().pointer))
            << input.name << " " << target.name() << lower::testing::describe(lowered.error());
        continue;
      }
      for (const lower::Edit& edit : lowered->edits)
        EXPECT_TRUE(json::resolve(source, edit.pointer))
            << input.name << " " << target.name() << " " << lower::testing::describe({&edit, 1});
    }
  }
}

// What a target takes as it is goes out as it is: no edits and one dialect mean the client's own bytes.
TEST(Conformance, UntouchedRequestsKeepTheirBytes) {
  for (const Input& input : lower::testing::golden_inputs()) {
    // A null is a key not set, and stream_options is about the client's stream; see splice.cc.
    if (input.body.find("null") != std::string::npos ||
        input.body.find("stream_options") != std::string::npos)
      continue;
    ClientRequest request(input);
    for (const Target& target : targets(lower::testing::catalogue())) {
      const bool same_dialect = target.provider->dialect == input.dialect;
      if (!same_dialect || target.provider->name == "vertex_anthropic") continue;
      const auto lowered = request.to(*target.provider, target.model);
      if (!lowered || !lowered->edits.empty()) continue;
      if (lowered->stream != request.get().stream) continue;  // QWEN-02, FW-05: the body says `stream`
      EXPECT_TRUE(lowered->same_bytes) << input.name << " " << target.name() << "\n" << lowered->body;
    }
  }
}

// GEN-01's other half: a parameter arrives or an edit says that it does not.
TEST(Conformance, NoParameterIsLostInSilence) {
  static constexpr std::string_view kBody =
      R"({"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":77,
      "temperature":0.25,"top_p":0.5,"top_k":7,"min_p":0.125,"frequency_penalty":0.75,"presence_penalty":0.875,
      "repetition_penalty":1.0625,"seed":4711,"stop":["stop-word"],"n":3,"logprobs":true,"top_logprobs":6,
      "logit_bias":{"1234":-9},"user":"user-name","metadata":{"meta-key":"meta-value"},"service_tier":"flex",
      "store":true,"verbosity":"low","prompt_cache_key":"cache-key","prompt_cache_retention":"in-memory",
      "safety_identifier":"safety-id","modalities":["text"],"reasoning_effort":"xhigh"})";
  static constexpr std::pair<canon::Param, std::string_view> kTraces[] = {
      {canon::Param::max_tokens, ":77"},
      {canon::Param::temperature, ":0.25"},
      {canon::Param::top_p, ":0.5"},
      {canon::Param::top_k, ":7"},
      {canon::Param::min_p, ":0.125"},
      {canon::Param::frequency_penalty, ":0.75"},
      {canon::Param::presence_penalty, ":0.875"},
      {canon::Param::repetition_penalty, ":1.0625"},
      {canon::Param::seed, ":4711"},
      {canon::Param::stop, "stop-word"},
      {canon::Param::n, ":3"},
      {canon::Param::top_logprobs, ":6"},
      {canon::Param::logit_bias, "1234"},
      {canon::Param::user, "user-name"},
      {canon::Param::metadata, "meta-key"},
      {canon::Param::service_tier, "flex"},
      {canon::Param::verbosity, "verbosity"},
      {canon::Param::store, "store"},
      {canon::Param::prompt_cache_key, "cache-key"},
      {canon::Param::prompt_cache_retention, "in-memory"},
      {canon::Param::safety_identifier, "safety-id"},
      {canon::Param::modalities, "odalities"},
  };
  ClientRequest request({"parameters", canon::DialectName::openai_chat, std::string(kBody)});
  for (const Target& target : targets(lower::testing::catalogue())) {
    const auto lowered = request.to(*target.provider, target.model);
    ASSERT_TRUE(lowered) << target.name() << lowered.error().reason;
    for (const auto& [param, trace] : kTraces) {
      const bool told = std::any_of(lowered->edits.begin(), lowered->edits.end(), [&](const lower::Edit& e) {
        return e.keyword == canon::name(param) || e.pointer == "/" + std::string(canon::name(param));
      });
      EXPECT_TRUE(told || lowered->body.find(trace) != std::string::npos)
          << target.name() << " loses " << canon::name(param) << "\n"
          << lowered->body;
    }
    EXPECT_TRUE(lowered->body.find("xhigh") != std::string::npos ||
                std::any_of(lowered->edits.begin(), lowered->edits.end(),
                            [](const lower::Edit& e) { return e.pointer == "/reasoning_effort"; }))
        << target.name() << " loses reasoning_effort\n"
        << lowered->body;
  }
}

}  // namespace
}  // namespace dragoman::conformance
