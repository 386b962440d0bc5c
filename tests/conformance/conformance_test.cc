// What dragoman sends is accepted: every golden request, lowered to every target of the catalogue, streaming
// and not, is put to the emulator of its provider. A request that dragoman sends and a provider refuses is a
// bug here, in data/ or in the emulator; there is no fourth possibility.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>

#include "conformance/targets.h"
#include "dialect/request_text.h"
#include "lower/test_support.h"

namespace dragoman::conformance {
namespace {

using lower::testing::ClientRequest;
using lower::testing::Input;

enum class Outcome { accepted, widened, refused_by_us, refused_by_provider };

struct Row {
  int counts[4] = {};
  void add(Outcome o) { ++counts[static_cast<int>(o)]; }
  int operator[](Outcome o) const { return counts[static_cast<int>(o)]; }
};

void print_table(std::string_view title, const std::map<std::string, Row>& rows) {
  std::string out = fmt::format("\n{:<64}{:>9}{:>9}{:>13}{:>20}\n", title, "accepted", "widened",
                                "refused by us", "refused by provider");
  for (const auto& [name, row] : rows)
    out += fmt::format("{:<64}{:>9}{:>9}{:>13}{:>20}\n", name, row[Outcome::accepted], row[Outcome::widened],
                       row[Outcome::refused_by_us], row[Outcome::refused_by_provider]);
  std::cout << out;
}

bool widened(const lower::Lowered& lowered) {
  return std::any_of(lowered.edits.begin(), lowered.edits.end(),
                     [](const lower::Edit& e) { return e.loss == lower::Loss::widened; });
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
          const sandbox::Reply reply = send(target, *lowered, paranoid);
          if (paranoid && outdated(reply)) {
            outcome = Outcome::accepted;
          } else if (reply.status != 200 || reply.streaming != lowered->stream) {
            outcome = Outcome::refused_by_provider;
            failures.push_back(failure(input, target, stream, *lowered, reply));
          } else if (widened(*lowered)) {
            outcome = Outcome::widened;
          }
        }
        by_target[target.name()].add(outcome);
        by_input[golden.name].add(outcome);
      }
    }
  }
  print_table("target", by_target);
  print_table("request", by_input);
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

}  // namespace
}  // namespace dragoman::conformance
