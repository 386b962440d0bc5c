// Embedding requests lowered to every provider: rules, a row each, and goldens a person can read.
// tests/golden/embeddings/<case>.json is the client's request; <case>.txt what each target is sent and what
// was changed for it. DRAGOMAN_UPDATE_GOLDEN=1 writes the latter anew.
#include "lower/embedding.h"

#include "dialect/embedding.h"
#include "lower/test_support.h"

namespace dragoman::lower {
namespace {

using testing::catalogue;

class Texts {
 public:
  explicit Texts(std::string body) : text_(std::move(body)) {
    const auto value = json::parse(arena_, text_);
    if (!value) throw std::runtime_error(value.error().message);
    auto parsed = dialect::get(canon::DialectName::openai_embeddings).embeddings->parse(arena_, *value);
    if (!parsed) throw std::runtime_error(parsed.error().pointer + " " + parsed.error().message);
    request_ = *std::move(parsed);
  }
  const canon::EmbeddingRequest& get() const { return request_; }

  std::expected<LoweredEmbedding, Refused> to(std::string_view provider, std::string_view model,
                                              std::span<const canon::Extra> defaults = {},
                                              std::span<const profile::Rule> rules = {}) {
    const profile::Provider* host = catalogue().find(provider);
    if (!host || !host->embeddings) throw std::runtime_error("no embeddings at " + std::string(provider));
    const profile::Profile resolved = catalogue().resolve(*host->embeddings, model, {}, rules);
    return lower(request_, {host->embeddings.get(), model, &resolved, defaults}, arena_);
  }

 private:
  std::string text_;
  Arena arena_;
  canon::EmbeddingRequest request_;
};

std::string told(const std::expected<LoweredEmbedding, Refused>& lowered) {
  if (!lowered)
    return fmt::format("refused at {}: {} ({})\n", lowered.error().pointer, lowered.error().reason,
                       lowered.error().rule);
  std::string out;
  for (const EmbeddingCall& call : lowered->calls) out += fmt::format("{}: {}\n", call.inputs, call.body);
  if (lowered->same_bytes) out += "the client's bytes, with the target's model\n";
  for (const Edit& e : lowered->edits)
    out += fmt::format("edit {} {} {}: {} -> {} [{}]\n", e.rule, e.pointer, e.keyword, e.before, e.after,
                       name(e.loss));
  return out;
}

struct Target {
  std::string_view provider, model;
};
constexpr Target kTargets[] = {
    {"openai", "text-embedding-3-small"},
    {"openai", "text-embedding-ada-002"},
    {"azure", "text-embedding-3-large"},
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
    {"cohere", "embed-english-light-v3.0"},
    {"ollama", "nomic-embed-text"},
    {"vllm", "BAAI/bge-m3"},
    {"openrouter", "openai/text-embedding-3-small"},
    {"qwen", "text-embedding-v4"},
    {"nvidia", "nvidia/nv-embedqa-e5-v5"},
};

TEST(EmbeddingGolden, Cases) {
  const std::filesystem::path folder = std::string(DRAGOMAN_SOURCE_DIR) + "/tests/golden/embeddings";
  int seen = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".json") continue;
    ++seen;
    Texts texts(testing::read_file(file.path()));
    std::string actual;
    for (const Target& target : kTargets) {
      const auto lowered = texts.to(target.provider, target.model);
      actual += fmt::format("== {}/{}\n{}", target.provider, target.model, told(lowered));
      if (!lowered) continue;
      std::size_t inputs = 0;
      for (const EmbeddingCall& call : lowered->calls) {
        inputs += call.inputs;
        Arena arena;
        EXPECT_TRUE(json::parse(arena, call.body)) << call.body;
      }
      EXPECT_EQ(inputs, texts.get().inputs.size());
      EXPECT_EQ(told(texts.to(target.provider, target.model)), told(lowered)) << "not a pure function";
    }
    auto golden = file.path();
    golden.replace_extension(".txt");
    if (std::getenv("DRAGOMAN_UPDATE_GOLDEN"))
      std::ofstream(golden, std::ios::binary) << actual;
    else
      EXPECT_EQ(testing::read_file(golden), actual) << golden;
  }
  EXPECT_GE(seen, 6);
}

TEST(Embedding, BatchesKeepEveryTextInOrder) {
  std::string body = R"({"model":"m","input":[)";
  for (int i = 0; i < 205; ++i) body += fmt::format("{}\"t{}\"", i ? "," : "", i);
  Texts texts(body + "]}");
  const auto lowered = texts.to("gemini", "gemini-embedding-001");
  ASSERT_TRUE(lowered);
  ASSERT_EQ(lowered->calls.size(), 3u);
  EXPECT_EQ(lowered->calls[0].inputs, 100u);
  EXPECT_EQ(lowered->calls[2].inputs, 5u);
  const std::string all = wire_bytes(*lowered);
  std::size_t at = 0;
  for (int i = 0; i < 205; ++i) {
    at = all.find(fmt::format("\"t{}\"", i), at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST(Embedding, DefaultsOfTheConfigWhereTheClientSaysNothing) {
  Arena arena;
  const auto defaults =
      json::parse(arena, R"({"dimensions":256,"input_type":"query","temperature":0,"user":"u","x":1})");
  ASSERT_TRUE(defaults);
  std::vector<canon::Extra> extras;
  for (const json::Member& member : defaults->members()) extras.push_back({member.key, member.value, {}});
  EXPECT_EQ(
      Texts(R"({"model":"m","input":"a"})").to("openai", "text-embedding-3-small", extras)->calls[0].body,
      R"({"model":"text-embedding-3-small","input":"a","dimensions":256,"user":"u","x":1})");
  EXPECT_EQ(Texts(R"({"model":"m","input":"a","dimensions":12,"user":"me"})")
                .to("openai", "text-embedding-3-small", extras)
                ->calls[0]
                .body,
            R"({"model":"text-embedding-3-small","input":"a","dimensions":12,"user":"me","x":1})");
}

TEST(Embedding, SizesAreListsRangesOrAnything) {
  struct Row {
    std::string_view sizes;
    int asked;
    bool taken;
  };
  for (const Row& row : {Row{"*", 9999, true}, Row{"256", 256, true}, Row{"256", 255, false},
                         Row{"128-3072", 128, true}, Row{"128-3072", 3072, true}, Row{"128-3072", 127, false},
                         Row{"128-3072", 3073, false}, Row{"words", 1, false}, Row{"12-words", 12, false}}) {
    profile::Rule rule{.id = "own"};
    rule.settings.emplace_back(profile::Setting::embed_sizes,
                               std::vector<std::string>{std::string(row.sizes)});
    const std::vector<profile::Rule> rules = {rule};
    const auto lowered = Texts(fmt::format(R"({{"model":"m","input":"a","dimensions":{}}})", row.asked))
                             .to("ollama", "x-embed", {}, rules);
    EXPECT_EQ(lowered.has_value(), row.taken) << row.sizes << " " << row.asked;
    if (!lowered) EXPECT_EQ(lowered.error().pointer, "/dimensions");
  }
}

}  // namespace
}  // namespace dragoman::lower
