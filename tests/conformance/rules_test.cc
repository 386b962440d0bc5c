// Every rule of the contracts: its row in data/rules/, its cases in tests/golden/rules/, and the emulated
// provider, which refuses what the rule says it refuses and takes what dragoman sends instead. What a case
// is made of: rule_case.h.
#include "failure/rules.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/strings.h"
#include "conformance/embedding_case.h"
#include "conformance/rule_case.h"
#include "conformance/targets.h"
#include "dialect/test_support.h"
#include "failure/classify.h"
#include "lower/restore.h"
#include "lower/test_support.h"
#include "profile/ledger.h"
#include "profile/rule_sources.h"

namespace dragoman::conformance {
namespace {

using lower::testing::catalogue;
using lower::testing::ClientRequest;

const profile::Ledger& ledger() {
  static const profile::Ledger rows = [] {
    auto built = profile::Ledger::builtin();
    if (!built) throw std::runtime_error(built.error().message);
    return *std::move(built);
  }();
  return rows;
}

const profile::RuleSources& sources() {
  static const profile::RuleSources rows = [] {
    auto built = profile::RuleSources::builtin();
    if (!built) throw std::runtime_error(built.error().message);
    return *std::move(built);
  }();
  return rows;
}

const std::vector<RuleCase>& cases() {
  static const std::vector<RuleCase> all = rule_cases();
  return all;
}

// "BR-30" for an edit of "BR-30" or of one of several rows for that fact, "BR-30-nova".
bool is_about(std::string_view cited, std::string_view rule) {
  return cited == rule || (cited.starts_with(rule) && cited[rule.size()] == '-');
}

// The first lines of what a case came to: which rule it is and who says so.
std::string head(const RuleCase& c) {
  const profile::RuleSource* fact = sources().find(c.rule);
  std::string out = fmt::format("{}: {}\n", c.rule, c.what);
  if (fact && !fact->source.empty())
    out += fmt::format("source: {}{}\n", fact->source,
                       fact->evidence.empty() ? "" : fmt::format(" ({})", fact->evidence));
  return out;
}

std::string pretty(std::string_view text) {
  Arena arena;
  const auto value = json::parse(arena, text);
  return value ? json::dump_pretty(*value) + "\n" : std::string(text) + "\n";
}

Target target_of(const RuleCase& c) {
  const std::size_t slash = c.to.find('/');
  const std::string provider = c.to.substr(0, slash);
  const auto target = target_named(catalogue(), provider, c.to.substr(std::min(slash + 1, c.to.size())));
  if (!target) throw std::runtime_error(fmt::format("{}: no provider '{}'", c.name, provider));
  // As serve/deployment.h has it: a Responses client is served at the host's Responses endpoint.
  Target out = *target;
  // So is everybody where the model is served there alone (OAI-64).
  const auto only = catalogue().resolve(*out.provider, out.model, {}, {});
  const bool there = c.from == "openai_responses" || only.text(profile::Setting::responses) == "always";
  if (there && out.provider->responses) out.provider = out.provider->responses.get();
  return out;
}

// Where the unlowered form goes: a client's own dialect knows one endpoint of the host.
Target unlowered_target_of(const RuleCase& c) {
  const std::size_t slash = c.to.find('/');
  return c.from == "openai_chat" ? *target_named(catalogue(), c.to.substr(0, slash), c.to.substr(slash + 1))
                                 : target_of(c);
}

std::string words_of(const sandbox::Reply& reply) {
  return reply.body.empty() && !reply.frames.empty() ? reply.frames.front() : reply.body;
}

// ---- kind: lower

void expect_refused(const RuleCase& c, const Target& target) {
  const std::string wire = read_text(c.folder / "wire.refused.json");
  if (wire.empty()) {
    expect_file(c.folder / "wire.refused.txt", "");
    EXPECT_EQ(c.refused, "") << "wire.refused.json is missing";
    return;
  }
  ASSERT_TRUE(target.emulator) << "no emulator for " << target.provider->name;
  EXPECT_NE(c.refused, "") << "case.yaml: `refused` has to say in which words";
  const sandbox::Reply reply = send(target, wire, c.stream, c.paranoid, c.without_header);
  EXPECT_EQ(reply.status, c.refused_status) << words_of(reply).substr(0, 200);
  EXPECT_NE(words_of(reply).find(c.refused), std::string::npos)
      << "'" << c.refused << "' is not in " << words_of(reply);
  expect_file(c.folder / "wire.refused.txt", fmt::format("{} {}\n", reply.status, words_of(reply)));
}

// Why the client's dialect cannot read the request; "" when it can.
std::string reading_fault(const lower::testing::Input& input) {
  Arena arena;
  const auto body = json::parse(arena, input.body);
  if (!body) return body.error().message;
  const auto parsed = dialect::get(input.dialect).parse(arena, *body);
  return parsed ? "" : parsed.error().pointer + " " + parsed.error().message;
}

void lower_case(const RuleCase& c) {
  const auto dialect = canon::dialect_named(c.from);
  ASSERT_TRUE(dialect) << "from: '" << c.from << "'";
  const std::string body = read_text(c.folder / fmt::format("in.{}.json", c.from));
  ASSERT_NE(body, "") << "in." << c.from << ".json is missing";
  const Target target = target_of(c);
  const lower::testing::Input input = lower::testing::with_stream({c.name, *dialect, body}, c.stream);
  const profile::LedgerRow* row = ledger().find(c.rule);
  ASSERT_TRUE(row) << "data/rules/ has no row for " << c.rule;

  std::string report = head(c) + fmt::format("{} to {}{}\n\n", c.from, c.to, c.stream ? ", streamed" : "");
  if (const std::string fault = reading_fault(input); !fault.empty()) {
    // What no provider takes is refused before there is a target.
    EXPECT_EQ(row->disposition, "reject") << fault;
    expect_file(c.folder / "out.json", "");
    expect_file(c.folder / "edits.txt", report + "refused while reading: " + fault + "\n");
    return expect_refused(c, target);
  }
  ClientRequest request(input);
  const auto lowered = request.to(*target.provider, target.model);
  if (!lowered) {
    report += lower::testing::describe(lowered.error());
    if (c.cites) {
      EXPECT_EQ(row->disposition, "reject");
      EXPECT_TRUE(is_about(lowered.error().rule, c.cited)) << report;
    }
  } else {
    if (lowered->same_bytes) report += "the client's bytes, with the target's model\n";
    if (lowered->stream != c.stream) report += lowered->stream ? "called as a stream\n" : "called whole\n";
    report += lower::testing::describe(lowered->edits);
    bool cited = false;
    for (const lower::Edit& edit : lowered->edits) {
      if (!is_about(edit.rule, c.cited)) continue;
      cited = true;
      EXPECT_NE(row->loss.find(lower::name(edit.loss)), std::string::npos)
          << "data/rules: the loss of " << c.rule << " is '" << row->loss << "', an edit's is "
          << lower::name(edit.loss);
    }
    const bool must = c.cites && (row->disposition == "rewrite" || row->disposition == "drop");
    EXPECT_FALSE(must && !cited) << "no edit cites " << c.rule << "\n" << report;
    EXPECT_FALSE(c.cites && row->disposition == "reject") << "was not refused\n" << lowered->body;
    EXPECT_FALSE(!c.cites && cited) << "an edit cites " << c.rule << "\n" << report;
    if (target.emulator) {
      const sandbox::Reply reply = send(target, lowered->body, lowered->stream, false);
      EXPECT_EQ(reply.status, 200) << words_of(reply) << "\n" << lowered->body;
    }
  }
  expect_file(c.folder / "out.json", lowered ? pretty(lowered->body) : "");
  expect_file(c.folder / "edits.txt", report);
  expect_refused(c, unlowered_target_of(c));
}

// ---- kind: decode

lower::Restore restore_of(const RuleCase& c) {
  lower::Restore restore;
  for (const auto& [wire, client] : c.names) restore.names.emplace(wire, client);
  restore.structured_tool = c.structured_tool;
  return restore;
}

std::string decoded_stream(const RuleCase& c, const dialect::Dialect& wire, const dialect::Dialect* client) {
  const dialect::testing::Frames frames(read_text(c.folder / "stream.txt"));
  const lower::Restore restore = restore_of(c);
  lower::EventRestorer restorer(restore);
  const auto decoder = wire.decoder();
  const dialect::RenderOptions options{.id = "given-id", .model = "asked-model", .created = 1700000000};
  const auto renderer = client ? client->renderer(options) : nullptr;
  std::string events, shown;
  const canon::EventSink last = [&](const canon::Event& event) {
    events += dialect::testing::describe(event) + "\n";
    if (renderer) renderer->render(event, shown);
  };
  const canon::EventSink sink = [&](const canon::Event& event) { restorer(event, last); };
  const auto end = [&](const std::string& failure) {
    if (renderer && !failure.empty())
      renderer->render_error({.status = 502, .kind = "upstream", .message = failure}, shown);
    return events + (shown.empty() ? "" : "\n" + shown);
  };
  for (const dialect::Frame& frame : frames.list) {
    const auto pushed = decoder->push(frame, sink);
    if (pushed) continue;
    events += dialect::testing::describe(pushed.error());
    return end(pushed.error().message);
  }
  if (decoder->finish(sink)) return end("");
  events += "cut\n";
  return end("cut");
}

std::string decoded_answer(const RuleCase& c, const dialect::Dialect& wire, const dialect::Dialect* client) {
  Arena arena;
  const std::string text = read_text(c.folder / "answer.json");
  const auto body = json::parse(arena, text);
  if (!body) return "not JSON: " + body.error().message + "\n";
  auto response = wire.decode(arena, *body);
  if (!response) return dialect::testing::describe(response.error());
  const lower::Restore restore = restore_of(c);
  lower::restore(*response, restore, arena);
  std::string out = dialect::testing::describe(*response);
  if (client) {
    std::string shown;
    client->render(*response, {.id = "given-id", .model = "asked-model", .created = 1700000000}, shown);
    out += "\n" + pretty(shown);
  }
  return out;
}

void decode_case(const RuleCase& c) {
  const auto from = canon::dialect_named(c.from);
  ASSERT_TRUE(from) << "from: '" << c.from << "'";
  const auto client = canon::dialect_named(c.client);
  ASSERT_TRUE(client || c.client.empty()) << "client: '" << c.client << "'";
  const dialect::Dialect& wire = dialect::get(*from);
  const dialect::Dialect* shown = client ? &dialect::get(*client) : nullptr;
  std::string out = head(c) + "\n";
  if (std::filesystem::exists(c.folder / "stream.txt"))
    out += decoded_stream(c, wire, shown);
  else
    out += decoded_answer(c, wire, shown);
  expect_file(c.folder / "events.txt", out);
}

// ---- kind: classify

void classify_case(const RuleCase& c) {
  std::string body = read_text(c.folder / "error.txt");
  if (body.ends_with('\n')) body.pop_back();  // editors end files with one
  const profile::Provider* provider = catalogue().find(c.provider);
  ASSERT_TRUE(provider) << "provider: '" << c.provider << "'";
  std::string_view type_header;
  for (const auto& [name, value] : c.headers)
    if (equals_ignoring_case(name, "x-amzn-errortype")) type_header = value;
  const canon::UpstreamError error =
      dialect::get(provider->dialect).decode_error(c.status, body, type_header);
  std::vector<failure::HeaderField> headers;
  for (const auto& [name, value] : c.headers) headers.push_back({name, value});
  const failure::Failure f = failure::classify(c.provider, error, headers, 1792000000);

  ASSERT_NE(c.cls, "") << "case.yaml: `class` has to say what it is taken for";
  EXPECT_EQ(failure::name(f.cls), c.cls) << dialect::testing::describe(error);
  if (!c.retryable.empty()) EXPECT_EQ(f.retryable ? "true" : "false", c.retryable);
  std::string out =
      head(c) + fmt::format("{} answered {}\n\n", c.provider, c.status) + dialect::testing::describe(error);
  out += fmt::format("class {} side {} retryable {} by {}", failure::name(f.cls), failure::name(f.side),
                     f.retryable, f.rule);
  if (f.retry_after) out += fmt::format(" retry after {}s", *f.retry_after);
  if (!f.pointer.empty()) out += fmt::format(" at {}", f.pointer);
  expect_file(c.folder / "failure.txt", out + "\n");
}

// ---- kind: test

// "src/net/sigv4_test.cc SigV4.Suite"
void test_case(const RuleCase& c) {
  const std::size_t space = c.test.find(' ');
  ASSERT_NE(space, std::string::npos) << "test: file and the test's name";
  const std::string text = read_text(std::filesystem::path(DRAGOMAN_SOURCE_DIR) / c.test.substr(0, space));
  ASSERT_NE(text, "") << c.test;
  std::string name = c.test.substr(space + 1);
  if (const std::size_t dot = name.find('.'); dot != std::string::npos) name.replace(dot, 1, ", ");
  const bool there =
      text.find("(" + name + ")") != std::string::npos || text.find("def " + name + "(") != std::string::npos;
  EXPECT_TRUE(there) << c.test << " is not there";
}

class RuleCases : public ::testing::TestWithParam<RuleCase> {};

TEST_P(RuleCases, Holds) {
  const RuleCase& c = GetParam();
  SCOPED_TRACE(c.folder.string());
  if (c.kind == "lower")
    lower_case(c);
  else if (c.kind == "decode")
    decode_case(c);
  else if (c.kind == "classify")
    classify_case(c);
  else if (c.kind == "embed")
    embed_case(c);
  else if (c.kind == "test")
    test_case(c);
  else
    FAIL() << "kind: '" << c.kind << "'";
}

std::string test_name(const ::testing::TestParamInfo<RuleCase>& info) {
  std::string name = info.param.name;
  for (char& ch : name)
    if (!std::isalnum(static_cast<unsigned char>(ch))) ch = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Rules, RuleCases, ::testing::ValuesIn(cases()), test_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RuleCases);

// ---- the ledger

std::string missing_word(const std::string& word) {
  const std::size_t colon = word.find(':');
  if (colon == std::string::npos)
    return std::filesystem::exists(std::filesystem::path(DRAGOMAN_SOURCE_DIR) / word) ? "" : "no such file";
  const std::string kind = word.substr(0, colon), name = word.substr(colon + 1);
  if (kind == "setting") return profile::setting_named(name) ? "" : "no such setting";
  if (kind == "param") return canon::param_named(name) ? "" : "no such parameter";
  if (kind == "pass") {
    const auto file = std::filesystem::path(DRAGOMAN_SOURCE_DIR) / fmt::format("src/lower/pass_{}.cc", name);
    return std::filesystem::exists(file) ? "" : "no such pass";
  }
  if (kind == "keyword") return sources().find("SCHEMA-" + name) ? "" : "no such keyword";
  if (kind == "failure") {
    for (const auto rules : failure::rule_parts())
      for (const failure::Rule& rule : rules)
        if (rule.id == name) return "";
    return "no such row of failure/";
  }
  if (kind == "row") {
    for (const profile::Provider& provider : catalogue().providers())
      for (const profile::Provider* row : {&provider, provider.embeddings.get()})
        for (const profile::Rule* rule : row ? catalogue().rows(*row) : std::vector<const profile::Rule*>())
          if (rule->id == name) return "";
    return "no such row";
  }
  return "no such kind of thing";
}

TEST(Ledger, EveryRuleHasARowAndEveryRowIsOfARule) {
  for (const profile::RuleSource& fact : sources().all()) {
    if (fact.rule.starts_with("SCHEMA-")) continue;
    EXPECT_TRUE(ledger().find(fact.rule)) << "data/rules/ has no row for " << fact.rule;
  }
  for (const profile::LedgerRow& row : ledger().all()) {
    const profile::RuleSource* fact = sources().find(row.rule);
    EXPECT_TRUE(fact && fact->rule == row.rule) << row.rule << " is not in data/rule_sources.csv";
    EXPECT_EQ(ledger().find(row.rule), &row) << row.rule << " is there twice";
    EXPECT_FALSE(row.disposition == "outside" && row.note.empty()) << row.rule << ": which interface?";
    EXPECT_FALSE(row.disposition != "outside" && row.by.empty()) << row.rule << ": by what?";
    for (const std::string_view word : split(row.by, ' '))
      if (!word.empty()) EXPECT_EQ(missing_word(std::string(word)), "") << row.rule << ": " << word;
    for (const std::string_view word : split(row.loss, ' '))
      EXPECT_TRUE(word.empty() || word == "none" || word == "widened" || word == "narrowed" ||
                  word == "semantic")
          << row.rule << ": loss " << word;
  }
}

// A rule without a case is a claim. Where the evidence is a provider's own words (L, I, D), the emulator has
// to refuse what the rule says is refused.
TEST(Ledger, EveryRowHasItsCase) {
  std::map<std::string_view, std::vector<const RuleCase*>> by_rule;
  for (const RuleCase& c : cases()) {
    by_rule[c.rule].push_back(&c);
    EXPECT_TRUE(ledger().find(c.rule)) << c.folder << ": data/rules/ has no row for " << c.rule;
  }
  for (const profile::LedgerRow& row : ledger().all()) {
    if (row.disposition == "outside") continue;
    const std::vector<const RuleCase*>& own = by_rule[row.rule];
    EXPECT_TRUE(std::ranges::any_of(own, &RuleCase::cites))
        << row.rule << " has no case in tests/golden/rules/";
    const std::string& evidence = sources().find(row.rule)->evidence;
    const bool strict = evidence == "L" || evidence == "I" || evidence == "D";
    const bool refusing = row.disposition == "rewrite" || row.disposition == "drop" ||
                          row.disposition == "reject" || row.disposition == "shape";
    const bool shown = std::ranges::any_of(own, [](const RuleCase* c) { return !c->refused.empty(); });
    if (strict && refusing)
      EXPECT_TRUE(shown || !row.unrefused.empty())
          << row.rule << ": no wire.refused.json, and `unrefused` does not say why";
    EXPECT_FALSE(shown && !row.unrefused.empty()) << row.rule << ": `unrefused`, but it is refused";
  }
}

}  // namespace
}  // namespace dragoman::conformance
