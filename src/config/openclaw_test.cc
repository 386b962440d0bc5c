#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "config/load.h"

namespace dragoman::config {
namespace {

using profile::Setting;
using Variables = std::map<std::string, std::string, std::less<>>;

std::shared_ptr<const profile::Catalogue> catalogue() {
  static const auto shared =
      std::make_shared<const profile::Catalogue>(profile::Catalogue::builtin().value());
  return shared;
}

std::expected<Config, ConfigErrors> read(std::string_view text, Variables variables = {},
                                         Variables files = {}) {
  const auto in = [](const Variables& map) {
    return [&map](std::string_view name) -> std::optional<std::string> {
      const auto found = map.find(name);
      return found == map.end() ? std::nullopt : std::optional(found->second);
    };
  };
  return load(text, "c.yaml", {.environment = in(variables), .file = in(files)}, catalogue());
}

Config loaded(std::string_view text, Variables variables = {}, Variables files = {}) {
  auto config = read(text, std::move(variables), std::move(files));
  if (config) return std::move(*config);
  for (const ConfigError& error : config.error()) ADD_FAILURE() << format(error);
  return {};
}

std::string errors(std::string_view text, Variables variables = {}) {
  auto config = read(text, std::move(variables));
  std::string out;
  if (!config)
    for (const ConfigError& error : config.error()) out += format(error) + "\n";
  return out;
}

std::string warnings(const Config& config) {
  std::string out;
  for (const ConfigError& w : config.warnings)
    out += std::to_string(w.line) + " " + w.path + ": " + w.message + "\n";
  return out;
}

const Deployment& deployment(const Config& config, std::string_view model) {
  static const Deployment none{};
  const auto found = config.find(model);
  if (!found || found->deployments.empty()) {
    ADD_FAILURE() << "no model " << model;
    return none;
  }
  return *found->deployments.front();
}

profile::Profile profile_of(const Deployment& d, profile::Mode mode = {}) {
  return catalogue()->resolve(*d.connection->row, d.model, mode, d.rules);
}

TEST(Openclaw, AWholeFile) {
  std::ifstream in(std::string(DRAGOMAN_SOURCE_DIR) + "/tests/configs/openclaw.json5");
  std::stringstream text;
  text << in.rdbuf();
  const Config config = loaded(text.str(), {{"SANDBOX", "http://127.0.0.1:9"},
                                            {"PROXY_KEY", "sk-proxy"},
                                            {"GOOGLE_KEY", "g-key"},
                                            {"AWS_ACCESS_KEY_ID", "AK"},
                                            {"AWS_SECRET_ACCESS_KEY", "SK"}});
  const Deployment& mini = deployment(config, "house-proxy/gpt-4o-mini");
  EXPECT_EQ(mini.url, "http://127.0.0.1:9/openai/v1/chat/completions");
  EXPECT_EQ(mini.credential->key.reveal(), "sk-proxy");
  EXPECT_EQ(mini.connection->headers, (NamedTexts{{"X-Team", "coding"}}));
  EXPECT_EQ(mini.timeouts.total.count(), 30'000);
  ASSERT_EQ(mini.defaults.size(), 1u);
  EXPECT_EQ(mini.defaults[0].name + "=" + mini.defaults[0].json, "temperature=0.25");
  const auto route = config.find("house-proxy/gpt-4o-mini");
  EXPECT_EQ(route->route.targets.front().context_window, 96'000);
  const profile::Profile p = profile_of(mini);
  EXPECT_TRUE(p.flag(Setting::string_content));
  EXPECT_TRUE(p.flag(Setting::store_false));
  EXPECT_EQ(p.rule(Setting::string_content), "compat.requiresStringContent");
  EXPECT_EQ(p.text(Setting::max_tokens_field), "max_completion_tokens");
  EXPECT_EQ(p.integer(Setting::max_tokens_cap), 16'384);
  EXPECT_TRUE(p.flag(Setting::images));
  EXPECT_TRUE(p.flag(Setting::choice_auto_said)) << "a local endpoint of which nothing is known";
  EXPECT_FALSE(p.flag(Setting::thinking));

  const profile::Profile o3 = profile_of(deployment(config, "o3-mini"));
  EXPECT_TRUE(o3.flag(Setting::thinking)) << "reasoning: true";
  EXPECT_EQ(o3.text(Setting::reasoning_style), "effort");
  EXPECT_EQ(o3.text(Setting::effort_off), "omit");
  EXPECT_EQ(o3.text(Setting::system_role), "developer");
  EXPECT_FALSE(o3.flag(Setting::images));
  EXPECT_EQ(o3.param(canon::Param::temperature).support, profile::Support::drop);

  const Deployment& claude = deployment(config, "sonnet");
  EXPECT_EQ(claude.url, "http://127.0.0.1:9/anthropic/v1/messages");
  EXPECT_EQ(claude.credential->key.reveal(), "local-from-env-block");
  EXPECT_EQ(claude.connection->row->auth_header, "x-api-key");
  EXPECT_EQ(deployment(config, "google/gemini-2.5-flash").url,
            "http://127.0.0.1:9/gemini/v1beta/models/gemini-2.5-flash:generateContent");
  EXPECT_TRUE(deployment(config, "amazon-bedrock/us.amazon.nova-pro-v1:0").credential->aws);
  const profile::Profile small = profile_of(deployment(config, "small"));
  EXPECT_FALSE(small.flag(Setting::tools));
  EXPECT_TRUE(small.flag(Setting::tools_left_out));

  EXPECT_EQ(config.find("house-proxy/gpt-4o-mini")->deployments[0]->price, (profile::Price{0.15, 0.6}));
  const auto primary = config.find("default");
  ASSERT_TRUE(primary);
  EXPECT_EQ(primary->route.targets.front().name, "house-proxy/gpt-4o-mini");
  ASSERT_EQ(primary->route.fallbacks.size(), 1u);
  EXPECT_EQ(primary->route.fallbacks[0].model, "claude-door/claude-sonnet-4-5");

  // Each key that means nothing here is named with its line.
  EXPECT_EQ(warnings(config),
            "3 meta: not honoured: it configures OpenClaw itself\n"
            "57 models.providers.copilot.api: 'github-copilot' is not served, and what needs it is left out: "
            "it signs in to GitHub\n"
            "64 agents.defaults.workspace: not honoured: it configures OpenClaw's agents\n"
            "67 channels: not honoured: it configures OpenClaw itself\n"
            "68 gateway: not honoured: it configures OpenClaw itself\n");
}

// Most of OpenClaw's own files list no provider: it knows the usual ones, and their keys are in the
// environment.
constexpr std::string_view kWithoutProviders = R"({
  meta: { lastTouchedVersion: '2026.3.23' },
  auth: { profiles: { 'google:default': { provider: 'google', mode: 'api_key' } } },
  models: { mode: 'merge' },
  agents: {
    defaults: {
      model: { primary: 'google/gemini-3.1-pro-preview', fallbacks: ['anthropic/claude-sonnet-4-5', 'xai/grok-4'] },
      models: { 'google/gemini-3-flash-preview': {}, 'anthropic/claude-sonnet-4-5': { alias: 'claude' }, 'openai/*': {} },
    },
  },
  gateway: { port: 18789 },
})";

TEST(Openclaw, AWholeFileWithoutProviders) {
  const Config config =
      loaded(kWithoutProviders, {{"GEMINI_API_KEY", "g-key"}, {"ANTHROPIC_API_KEY", "a-key"}});
  for (const auto& [model, target] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"default", "gemini/gemini-3.1-pro-preview"},
           {"google/gemini-3.1-pro-preview", "gemini/gemini-3.1-pro-preview"},
           {"google/gemini-3-flash-preview", "gemini/gemini-3-flash-preview"},
           {"claude", "anthropic/claude-sonnet-4-5"}})
    EXPECT_EQ(deployment(config, model).name, target) << model;
  ASSERT_EQ(config.find("default")->route.fallbacks.size(), 1u);
  EXPECT_EQ(warnings(config),
            "2 meta: not honoured: it configures OpenClaw itself\n"
            "3 auth: not honoured: sign-ins of OpenClaw's own; set apiKey\n"
            "7 agents.defaults.model.fallbacks: no provider here serves 'xai/grok-4'\n"
            "11 gateway: not honoured: it configures OpenClaw itself\n");
  EXPECT_EQ(config.warnings[2].suggestion, "set XAI_API_KEY");
  // An empty block is none.
  EXPECT_EQ(deployment(loaded("{models: {providers: {}}, agents: {defaults: {model: 'openai/gpt-4o'}}}",
                              {{"OPENAI_API_KEY", "k"}}),
                       "default")
                .name,
            "openai/gpt-4o");
  // One key that is not ours is a slip, not OpenClaw's file.
  EXPECT_NE(errors("gateway: {port: 1}\nmodels: {a: openai/gpt-4o}", {{"OPENAI_API_KEY", "k"}})
                .find("unknown key 'gateway'"),
            std::string::npos);
}

TEST(Json5, SaysWhereItStops) {
  for (const auto& [text, fault] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"{\n  // a\n  models: [...]\n}", "c.yaml:3:12: expected JSON5, found '...]'\n"},
           {"{ // a\n  maxTokens: 8192 * 10 }", "c.yaml:2:19: expected JSON5, found '*'\n"},
           {"{ // a\n  a: 1\n  b: 2 }", "c.yaml:3:3: expected JSON5, found 'b:'\n"},
           {"{ /* a */ a: {b: 1,", "c.yaml:1:20: the text ends inside of an object or a list\n"}})
    EXPECT_EQ(errors(text), fault) << text;
}

constexpr std::string_view kPasted = R"(
server: {listen: "127.0.0.1:0"}
defaults: {retries: 7}
models:
  providers:
    mine:
      baseUrl: https://llm.example/v1
      apiKey: k
      compat: {thinkingFormat: zai}
      models:
        - {id: big, name: Big, api: anthropic-messages, baseUrl: https://other.example}
        - {id: small, name: Small, thinkingLevelMap: {off: null, high: deep}, params: {topP: 0.5, extra_body: {min_p: 0.1}}}
  fast:
    targets: [mine/small]
    compat: {requiresStringContent: true}
)";

TEST(Openclaw, ABlockPastedIntoOurFile) {
  const Config config = loaded(kPasted);
  const Deployment& big = deployment(config, "mine/big");
  EXPECT_EQ(big.url, "https://other.example/v1/messages");
  EXPECT_EQ(big.connection->row->auth, profile::Auth::header);
  const Deployment& small = deployment(config, "small");
  EXPECT_EQ(small.url, "https://llm.example/v1/chat/completions");
  ASSERT_EQ(small.defaults.size(), 2u);
  EXPECT_EQ(small.defaults[0].name, "top_p");
  EXPECT_EQ(small.defaults[1].name, "min_p");
  EXPECT_EQ(profile_of(small).list(Setting::effort_map), (std::vector<std::string>{"high=deep"}));
  EXPECT_FALSE(profile_of(small).flag(Setting::thinking_off));
  EXPECT_FALSE(profile_of(small).flag(Setting::stream_usage))
      << "a remote endpoint of which nothing is known";
  EXPECT_EQ(config.find("mine/small")->route.policy.retries, 7) << "the file's defaults";
  const profile::Profile fast = profile_of(deployment(config, "fast"));
  EXPECT_TRUE(fast.flag(Setting::string_content));
  EXPECT_EQ(fast.list(Setting::effort_map), (std::vector<std::string>{"high=deep"})) << "the model's own too";
  EXPECT_EQ(deployment(config, "fast").defaults.size(), 2u);
  EXPECT_EQ(fast.text(Setting::reasoning_style), "zai") << "the provider's compat holds for every target";
}

TEST(Openclaw, UnderProvidersToo) {
  const Config config = loaded(
      "providers:\n  groq: {api_key: k}\n  mine: {baseUrl: 'http://127.0.0.1:1/v1', models: [{id: m, name: "
      "M}]}\n"
      "models: {a: groq/x, b: mine/m}\n");
  EXPECT_EQ(deployment(config, "b").url, "http://127.0.0.1:1/v1/chat/completions");
  EXPECT_EQ(deployment(config, "a").url, "https://api.groq.com/openai/v1/chat/completions");
}

TEST(Openclaw, HostsThatAreKnown) {
  const Config config = loaded(R"(
models:
  mode: replace
  providers:
    ds: {baseUrl: "https://api.deepseek.com", apiKey: k, models: [{id: deepseek-chat, name: x, reasoning: true}]}
    grok: {baseUrl: "https://api.x.ai/v1", apiKey: k, models: [{id: grok-4, name: x}]}
    mimo: {baseUrl: "https://api.xiaomimimo.com/v1", apiKey: k, models: [{id: mimo-v2, name: x, reasoning: true}]}
    ollama: {baseUrl: "http://127.0.0.1:11434", apiKey: ollama-local, api: ollama, models: [{id: llama3, name: x, contextWindow: 8192}]}
    nim: {baseUrl: "https://integrate.api.nvidia.com/v1", apiKey: k, models: [{id: n, name: x}]}
)");
  EXPECT_TRUE(config.strict_models) << "mode: replace";
  EXPECT_EQ(profile_of(deployment(config, "ds/deepseek-chat")).text(Setting::schema_column), "deepseek");
  EXPECT_EQ(profile_of(deployment(config, "grok/grok-4")).text(Setting::arguments_encoding), "html-entities");
  EXPECT_EQ(profile_of(deployment(config, "grok/grok-4")).text(Setting::schema_column), "xai");
  const profile::Profile mimo = profile_of(deployment(config, "mimo/mimo-v2"));
  EXPECT_FALSE(mimo.flag(Setting::empty_items));
  EXPECT_TRUE(mimo.flag(Setting::reasoning_always));
  EXPECT_EQ(deployment(config, "ollama/llama3").url, "http://127.0.0.1:11434/v1/chat/completions");
  ASSERT_EQ(deployment(config, "ollama/llama3").defaults.size(), 1u);
  EXPECT_EQ(deployment(config, "ollama/llama3").defaults[0].json, R"({"num_ctx":8192})");
  EXPECT_TRUE(profile_of(deployment(config, "nim/n")).flag(Setting::string_content));
}

TEST(Openclaw, TheResponsesWire) {
  const Config config = loaded(R"(
models:
  providers:
    openai: {baseUrl: "http://127.0.0.1:1/v1", apiKey: k, api: openai-responses, models: [{id: o3-mini, name: x}]}
    door: {baseUrl: "http://127.0.0.1:1/v1", api: openai-responses, models: [{id: m, name: x, compat: {supportsInstructions: true}}]}
    az: {baseUrl: "https://x.openai.azure.com", apiKey: k, api: azure-openai-responses, models: [{id: m, name: x}]}
)");
  EXPECT_EQ(deployment(config, "openai/o3-mini").url, "http://127.0.0.1:1/v1/responses");
  EXPECT_EQ(profile_of(deployment(config, "openai/o3-mini")).list(Setting::effort),
            (std::vector<std::string>{"low", "medium", "high"}))
      << "what is known of the model holds on this wire too";
  EXPECT_EQ(deployment(config, "door/m").url, "http://127.0.0.1:1/v1/responses");
  EXPECT_EQ(profile_of(deployment(config, "door/m")).text(Setting::responses_instructions), "all");
  EXPECT_EQ(deployment(config, "az/m").url, "https://x.openai.azure.com/openai/v1/responses");
  EXPECT_EQ(deployment(config, "az/m").connection->row->auth_header, "api-key");
}

TEST(Openclaw, EveryCutOfAFileIsReadOrRefused) {
  std::ifstream in(std::string(DRAGOMAN_SOURCE_DIR) + "/tests/configs/openclaw.json5");
  std::stringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  for (std::size_t size = 0; size < text.size(); size += 17) {
    const auto config = read(text.substr(0, size), {{"SANDBOX", "http://127.0.0.1:1"}, {"PROXY_KEY", "k"}});
    if (!config) EXPECT_FALSE(config.error().empty()) << size;
  }
}

TEST(Openclaw, Credentials) {
  const auto key = [](std::string_view api_key, std::string_view more = "") {
    const Config config = loaded(
        "secrets:\n  providers:\n    vault: {source: file, path: /s.json, mode: json}\n    one: {source: "
        "file, path: "
        "/k.txt, mode: singleValue}\nmodels:\n  providers:\n    p: {baseUrl: 'http://127.0.0.1:1/v1', "
        "apiKey: " +
            std::string(api_key) + std::string(more) + ", models: [{id: m, name: M}]}\n",
        {{"SOME_KEY", "from-env"}}, {{"/s.json", R"({"a":{"k":"from-json"}})"}, {"/k.txt", "from-text\n"}});
    const Deployment& d = deployment(config, "p/m");
    const auto& row = *d.connection->row;
    return std::string(row.auth == profile::Auth::bearer   ? "bearer "
                       : row.auth == profile::Auth::header ? row.auth_header + " "
                                                           : "none ") +
           d.credential->key.reveal();
  };
  EXPECT_EQ(key("sk-plain"), "bearer sk-plain");
  EXPECT_EQ(key("SOME_KEY"), "bearer from-env");
  EXPECT_EQ(key("'${SOME_KEY}'"), "bearer from-env");
  EXPECT_EQ(key("'secretref-env:SOME_KEY'"), "bearer from-env");
  EXPECT_EQ(key("{source: env, provider: default, id: SOME_KEY}"), "bearer from-env");
  EXPECT_EQ(key("{source: file, provider: vault, id: /a/k}"), "bearer from-json");
  EXPECT_EQ(key("{source: file, provider: one, id: value}"), "bearer from-text");
  EXPECT_EQ(key("sk-plain", ", authHeader: false").substr(0, 5), "none ");
  EXPECT_EQ(key("sk-plain", ", api: anthropic-messages"), "x-api-key sk-plain");
  EXPECT_EQ(key("sk-plain", ", api: anthropic-messages, authHeader: true"), "bearer sk-plain");
  EXPECT_EQ(key("sk-plain", ", request: {auth: {mode: header, headerName: x-k, value: v, prefix: 'T '}}"),
            "x-k T v");

  const auto wrong = [](std::string_view api_key) {
    return errors(
        "models:\n  providers:\n    p: {baseUrl: 'http://127.0.0.1:1/v1', models: [{id: m, name: M}],\n      "
        "apiKey: " +
        std::string(api_key) + "}\n");
  };
  EXPECT_TRUE(wrong("'${NOT_SET}'").contains("c.yaml:4:")) << wrong("'${NOT_SET}'");
  EXPECT_TRUE(wrong("{source: env, id: NOT_SET}").contains("NOT_SET is not set"));
  EXPECT_TRUE(wrong("{source: exec, provider: op, id: x}").contains("dragoman runs no commands"));
  EXPECT_TRUE(wrong("{source: file, provider: v, id: /a}").contains("names no file"));
}

TEST(Openclaw, Faults) {
  EXPECT_EQ(
      errors("models:\n  providers:\n    p:\n      baseUrl: http://127.0.0.1:1/v1\n      models:\n"
             "        - id: m\n          compat: {requireStringContent: true, maxTokensField: tokens, "
             "supportsTools: 1}\n"),
      "c.yaml:7:20: models.providers.p.models[0].compat.requireStringContent: unknown compat flag "
      "'requireStringContent' (did you mean 'requiresStringContent'?)\n"
      "c.yaml:7:64: models.providers.p.models[0].compat.maxTokensField: expected a known word, found "
      "'tokens' "
      "(one of max_tokens, max_completion_tokens)\n"
      "c.yaml:7:87: models.providers.p.models[0].compat.supportsTools: expected true or false, found '1' "
      "(takes "
      "tools; false: tools, tool_choice and calls in the history are left out, and the model is told so)\n");
  EXPECT_TRUE(
      errors("models:\n  providers:\n    p: {baseUrl: 'http://h/v1', api: openai-completion, models: []}\n")
          .contains("did you mean 'openai-completions'?"));
  EXPECT_TRUE(errors("models:\n  providers:\n    p: {baseUrl: 'http://h/v1', models: [{id: m}, {id: m}]}\n")
                  .contains("'p/m' stands in this file already"));
  EXPECT_TRUE(
      errors("providers:\n  p: {dialect: openai_chat, base_url: 'http://h'}\nmodels:\n  providers:\n    p: "
             "{baseUrl: 'http://h/v1', models: []}\n")
          .contains("'p' stands in this file already"));
  // A model of ours may be called "providers".
  EXPECT_EQ(errors("providers: {x: {dialect: openai_chat, base_url: 'http://h'}}\nmodels: {providers: "
                   "{targets: [x/m]}}\n"),
            "");
  // A key of tomorrow's OpenClaw is no reason not to run.
  const Config config =
      loaded("models:\n  providers:\n    p: {baseUrl: 'http://h/v1', models: [{id: m, maxToken: 3}]}\n");
  EXPECT_EQ(warnings(config),
            "3 models.providers.p.models[0].maxToken: not honoured: no such key is known\n");
}

TEST(Compat, InOurOwnWords) {
  const Config config = loaded(R"(
providers:
  mine:
    dialect: openai_chat
    base_url: http://127.0.0.1:1/v1
    compat: {maxTokensField: max_completion_tokens, thinkingFormat: deepseek, supportsReasoningEffort: true}
    models:
      - plain
      - id: odd
        compat: {maxTokensField: max_tokens, openRouterRouting: {only: [a]}}
models:
  a:
    targets:
      - target: mine/plain
        compat: {supportsStrictMode: false}
        settings: {strict_tools: true}
    compat: {supportsStrictMode: true, requiresToolResultName: true, codeMode: preferred}
  b: mine/odd
)");
  const profile::Profile a = profile_of(deployment(config, "a"));
  EXPECT_EQ(a.text(Setting::max_tokens_field), "max_completion_tokens");
  EXPECT_EQ(a.text(Setting::reasoning_style), "deepseek") << "thinkingFormat outranks what effort implies";
  EXPECT_TRUE(a.flag(Setting::result_name));
  EXPECT_TRUE(a.flag(Setting::strict_tools)) << "settings outrank compat";
  const profile::Profile b = profile_of(deployment(config, "b"));
  EXPECT_EQ(b.text(Setting::max_tokens_field), "max_tokens");
  EXPECT_EQ(b.text(Setting::openrouter_routing), R"({"only":["a"]})");
  EXPECT_EQ(deployment(config, "b").connection->row->models, (std::vector<std::string>{"plain", "odd"}));
  EXPECT_EQ(
      warnings(config),
      "17 models.a.compat.codeMode: changes nothing here: it steers OpenClaw's own agent, not a request\n");
}

}  // namespace
}  // namespace dragoman::config
