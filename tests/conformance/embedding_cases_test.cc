#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>

#include "conformance/embedding_case.h"
#include "dialect/embedding.h"
#include "lower/test_support.h"
#include "profile/ledger.h"
#include "profile/rule_sources.h"

namespace dragoman::conformance {
namespace {

using lower::testing::catalogue;

std::string words_of(const sandbox::Reply& reply) { return reply.body; }

std::string pretty(std::string_view text) {
  Arena arena;
  const auto value = json::parse(arena, text);
  return value ? json::dump_pretty(*value) + "\n" : std::string(text) + "\n";
}

// The calls as one document: an array where there are several.
std::string calls_of(const lower::LoweredEmbedding& lowered) {
  if (lowered.calls.size() == 1) return pretty(lowered.calls.front().body);
  std::string all = "[";
  for (const lower::EmbeddingCall& call : lowered.calls) all += (all.size() > 1 ? "," : "") + call.body;
  return pretty(all + "]");
}

}  // namespace

EmbeddingRequest::EmbeddingRequest(std::string body) : text_(std::move(body)) {
  const auto value = json::parse(arena_, text_);
  if (!value) throw std::runtime_error(value.error().message);
  auto parsed = dialect::get(canon::DialectName::openai_embeddings).embeddings->parse(arena_, *value);
  if (!parsed) throw std::runtime_error(parsed.error().pointer + " " + parsed.error().message);
  request_ = *std::move(parsed);
}

std::expected<lower::LoweredEmbedding, lower::Refused> EmbeddingRequest::to(const Target& target) {
  const profile::Profile resolved = catalogue().resolve(*target.provider, target.model, {});
  return lower::lower(request_, {target.provider, target.model, &resolved}, arena_);
}

std::optional<Target> embedding_target(std::string_view provider, std::string_view model) {
  std::optional<Target> target = target_named(catalogue(), provider, model);
  if (!target || !target->provider->embeddings) return std::nullopt;
  target->provider = target->provider->embeddings.get();
  return target;
}

void embed_case(const RuleCase& c) {
  const std::size_t slash = c.to.find('/');
  const auto target = embedding_target(c.to.substr(0, slash), c.to.substr(slash + 1));
  ASSERT_TRUE(target) << c.to << " has no embeddings";
  ASSERT_TRUE(target->emulator) << "no emulator for " << c.to;
  const auto ledger = profile::Ledger::builtin();
  const auto sources = profile::RuleSources::builtin();
  ASSERT_TRUE(ledger && sources);
  const profile::LedgerRow* row = ledger->find(c.rule);
  const profile::RuleSource* fact = sources->find(c.rule);
  ASSERT_TRUE(row && fact) << c.rule;

  EmbeddingRequest request(read_text(c.folder / fmt::format("in.{}.json", c.from)));
  const auto lowered = request.to(*target);
  std::string report = fmt::format("{}: {}\nsource: {}{}\nto {}\n\n", c.rule, c.what, fact->source,
                                   fact->evidence.empty() ? "" : fmt::format(" ({})", fact->evidence), c.to);
  const auto is_about = [&](std::string_view cited) {
    return cited == c.rule || (cited.starts_with(c.rule) && cited[c.rule.size()] == '-');
  };
  if (!lowered) {
    report += lower::testing::describe(lowered.error());
    EXPECT_EQ(row->disposition, "reject") << report;
  } else {
    EXPECT_NE(row->disposition, "reject") << calls_of(*lowered);
    if (lowered->calls.size() > 1) report += fmt::format("{} calls\n", lowered->calls.size());
    report += lower::testing::describe(lowered->edits);
    bool cited = false;
    for (const lower::Edit& edit : lowered->edits) {
      if (!is_about(edit.rule)) continue;
      cited = true;
      EXPECT_NE(row->loss.find(lower::name(edit.loss)), std::string::npos) << report;
    }
    if (row->disposition == "rewrite" || row->disposition == "drop") EXPECT_TRUE(cited) << report;
    for (const lower::EmbeddingCall& call : lowered->calls) {
      const sandbox::Reply reply = send(*target, call.body, false, false);
      EXPECT_EQ(reply.status, 200) << words_of(reply) << "\n" << call.body;
    }
  }
  expect_file(c.folder / "out.json", lowered ? calls_of(*lowered) : "");
  expect_file(c.folder / "edits.txt", report);

  const std::string wire = read_text(c.folder / "wire.refused.json");
  if (wire.empty()) {
    EXPECT_EQ(c.refused, "") << "wire.refused.json is missing";
    return;
  }
  const sandbox::Reply reply = send(*target, wire, false, false);
  EXPECT_EQ(reply.status, c.refused_status) << words_of(reply);
  EXPECT_NE(words_of(reply).find(c.refused), std::string::npos) << words_of(reply);
  expect_file(c.folder / "wire.refused.txt", fmt::format("{} {}\n", reply.status, words_of(reply)));
}

namespace {

// Every request of tests/golden/embeddings, to every embeddings endpoint that has an emulator: what dragoman
// sends is taken. DRAGOMAN_EMBED_COUNTS=FILE writes a line a target for tests/conformance/table.
TEST(EmbeddingMatrix, EveryLoweredRequestIsAccepted) {
  static constexpr std::pair<std::string_view, std::string_view> kTargets[] = {
      {"openai", "text-embedding-3-small"},
      {"openai", "text-embedding-3-large"},
      {"openai", "text-embedding-ada-002"},
      {"azure", "text-embedding-3-large"},
      {"azure_v1", "text-embedding-3-small"},
      {"gemini", "gemini-embedding-001"},
      {"vertex", "gemini-embedding-001"},
      {"vertex", "text-embedding-005"},
      {"bedrock", "amazon.titan-embed-text-v1"},
      {"bedrock", "amazon.titan-embed-text-v2:0"},
      {"bedrock", "cohere.embed-english-v3"},
      {"bedrock", "us.cohere.embed-v4:0"},
      {"mistral", "mistral-embed"},
      {"mistral", "codestral-embed"},
      {"cohere", "embed-v4.0"},
      {"cohere", "embed-multilingual-v3.0"},
      {"cohere", "embed-english-light-v3.0"},
      {"ollama", "nomic-embed-text"},
      {"vllm", "nomic-ai/nomic-embed-text-v1.5"},
      {"llamacpp", "nomic-embed-text"},
      {"openrouter", "openai/text-embedding-3-small"},
      {"qwen", "text-embedding-v3"},
      {"qwen", "text-embedding-v4"},
      {"nvidia", "nvidia/nv-embedqa-e5-v5"}};
  std::map<std::string, std::array<int, 6>> counts;  // in the order of tests/conformance/table's columns
  for (const auto& [provider, model] : kTargets) {
    const auto target = embedding_target(provider, model);
    ASSERT_TRUE(target && target->emulator) << provider;
    for (const auto& file :
         std::filesystem::directory_iterator(std::string(DRAGOMAN_SOURCE_DIR) + "/tests/golden/embeddings")) {
      if (file.path().extension() != ".json") continue;
      EmbeddingRequest request(read_text(file.path()));
      const auto lowered = request.to(*target);
      std::size_t column = 4;  // refused by us
      if (lowered) {
        lower::Loss worst = lower::Loss::none;
        for (const lower::Edit& edit : lowered->edits) worst = std::max(worst, edit.loss);
        column = static_cast<std::size_t>(worst);
        for (const lower::EmbeddingCall& call : lowered->calls) {
          const sandbox::Reply reply = send(*target, call.body, false, false);
          if (reply.status == 200) continue;
          column = 5;
          ADD_FAILURE() << file.path().stem() << " -> " << provider << "/" << model << ": " << reply.status
                        << " " << reply.body.substr(0, 300) << "\n"
                        << call.body.substr(0, 500);
        }
      }
      ++counts[fmt::format("{}/{}", provider, model)][column];
    }
  }
  if (const char* path = std::getenv("DRAGOMAN_EMBED_COUNTS")) {
    std::ofstream out(path);
    for (const auto& [name, row] : counts) out << fmt::format("{}\t{}\n", name, fmt::join(row, "\t"));
    EXPECT_TRUE(out.flush()) << path;
  }
}

}  // namespace
}  // namespace dragoman::conformance
