#include "config/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "route/plan.h"

namespace dragoman::config {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

std::shared_ptr<const profile::Catalogue> catalogue() {
  static const auto shared = [] {
    auto built = profile::Catalogue::builtin();
    EXPECT_TRUE(built) << built.error().message;
    return std::make_shared<const profile::Catalogue>(std::move(*built));
  }();
  return shared;
}

Sources with(Variables variables) {
  return {
      .environment = [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return {};
        return found->second;
      }};
}

Config loaded(std::string_view text, Variables variables = {}) {
  auto config = load(text, "c.yaml", with(std::move(variables)), catalogue());
  if (!config) {
    for (const ConfigError& error : config.error()) ADD_FAILURE() << format(error);
    return {};
  }
  return std::move(*config);
}

std::string first_error(std::string_view text, Variables variables = {}) {
  auto config = load(text, "c.yaml", with(std::move(variables)), catalogue());
  return config ? "loaded" : format(config.error()[0]);
}

// "openai/gpt-4o@1 azure/x@2 | f: g/y@1": targets with their order, then the fallbacks.
std::string route_of(const Config& config, std::string_view model) {
  const auto resolved = config.find(model);
  if (!resolved) return "none";
  std::string out;
  const auto add = [&](const std::vector<route::Target>& targets) {
    for (const route::Target& t : targets) {
      if (!out.empty() && out.back() != ' ') out += ' ';
      out += t.name + "@" + std::to_string(t.order);
    }
  };
  add(resolved->route.targets);
  const auto alternatives = [&](std::string_view label, const std::vector<route::Alternative>& all) {
    for (const route::Alternative& a : all) {
      out += " | " + std::string(label) + " " + a.model + ": ";
      add(a.targets);
    }
  };
  alternatives("then", resolved->route.fallbacks);
  alternatives("default", resolved->route.default_fallbacks);
  alternatives("context", resolved->route.context_window_fallbacks);
  alternatives("policy", resolved->route.content_policy_fallbacks);
  return out;
}

Deployment deployment(const Config& config, std::string_view model, std::size_t index = 0) {
  const auto resolved = config.find(model);
  if (!resolved || index >= resolved->deployments.size()) {
    ADD_FAILURE() << "no deployment " << index << " of " << model;
    return {.connection = std::make_shared<Connection>(), .credential = std::make_shared<Credential>()};
  }
  return *resolved->deployments[index];
}

TEST(Native, Routes) {
  const Config config = loaded(R"(
models:
  short: openai/gpt-4o-mini
  list: [openai/gpt-4o, openai/gpt-4.1]
  weighted:
    targets:
      - {target: openai/a, weight: 3}
      - {target: openai/b, weight: 1}
      - {target: openai/c, weight: 1, order: 2}
    fallbacks: [short, openai/direct]
    context_window_fallbacks: [list]
    content_policy_fallbacks: short
  "gpt-*": openai/gpt-*
  "gpt-4*": openai/four-*
aliases: {default: weighted}
fallbacks: {default: [short]}
)",
                               {{"OPENAI_API_KEY", "k"}, {"ANTHROPIC_API_KEY", "a"}});
  EXPECT_EQ(route_of(config, "short"), "openai/gpt-4o-mini@1") << "no fallback to itself";
  EXPECT_EQ(route_of(config, "list"),
            "openai/gpt-4o@1 openai/gpt-4.1@2 | default short: openai/gpt-4o-mini@1");
  const std::string weighted =
      "openai/a@1 openai/b@1 openai/c@2 | then short: openai/gpt-4o-mini@1 | then openai/direct: "
      "openai/direct@1"
      " | default short: openai/gpt-4o-mini@1 | context list: openai/gpt-4o@1 openai/gpt-4.1@2"
      " | policy short: openai/gpt-4o-mini@1";
  EXPECT_EQ(route_of(config, "weighted"), weighted);
  EXPECT_EQ(route_of(config, "default"), weighted);
  EXPECT_EQ(route_of(config, "gpt-5").substr(0, 14), "openai/gpt-5@1");
  EXPECT_EQ(route_of(config, "gpt-4x").substr(0, 15), "openai/four-x@1") << "the longest wildcard";
  EXPECT_EQ(route_of(config, "anthropic/claude-x").substr(0, 20), "anthropic/claude-x@1");
  EXPECT_EQ(route_of(config, "claude-x").substr(0, 20), "anthropic/claude-x@1") << "a well-known family";
  EXPECT_EQ(route_of(config, "mistral/x"), "none") << "no key";
  EXPECT_EQ(route_of(config, "nonsense"), "none");
  EXPECT_EQ(route_of(config, "openai/"), "none");
}

TEST(Native, StrictModels) {
  const Config config = loaded("strict_models: true\nmodels: {m: {targets: openai/x, fallbacks: openai/y}}\n",
                               {{"OPENAI_API_KEY", "k"}});
  EXPECT_EQ(route_of(config, "m"), "openai/x@1 | then openai/y: openai/y@1");
  EXPECT_EQ(route_of(config, "openai/x"), "none");
  EXPECT_EQ(config.model_names(), std::vector<std::string>{"m"});
}

TEST(Native, ProvidersAndUrls) {
  const Config config = loaded(R"(
providers:
  azure: {base_url: "https://x.openai.azure.com/openai/", api_key: zk, api_version: "2025-01-01"}
  claude: {like: anthropic, base_url: "https://relay.example/v1", api_key: rk, headers: {Anthropic-Version: "2024-01-01", x-team: t}}
  box: {dialect: openai_chat, base_url: "http://127.0.0.1:8000/v1/", settings: {images: false}}
  bedrock: {region: eu-west-1, aws: {access_key_id: AK, secret_access_key: SK}}
  openai: {api_keys: [k1, k2]}
)",
                               {{"VERTEX_ACCESS_TOKEN", "t"},
                                {"VERTEX_PROJECT", "p"},
                                {"VERTEX_LOCATION", "global"},
                                {"ANTHROPIC_API_KEY", "real"}});
  struct Row {
    std::string model, url, stream_url;
  };
  const Row rows[] = {
      {"azure/gpt 4o",
       "https://x.openai.azure.com/openai/deployments/gpt%204o/chat/completions?api-version=2025-01-01", ""},
      {"claude/c", "https://relay.example/v1/messages", ""},
      {"box/m", "http://127.0.0.1:8000/v1/chat/completions", ""},
      {"bedrock/us.x-v1:0", "https://bedrock-runtime.eu-west-1.amazonaws.com/model/us.x-v1%3A0/converse",
       "https://bedrock-runtime.eu-west-1.amazonaws.com/model/us.x-v1%3A0/converse-stream"},
      {"bedrock/arn:aws:bedrock:us-east-1:1:inference-profile/x",
       "https://bedrock-runtime.eu-west-1.amazonaws.com/model/"
       "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse",
       "https://bedrock-runtime.eu-west-1.amazonaws.com/model/"
       "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse-stream"},
      {"vertex/g",
       "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/"
       "g:generateContent",
       "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/"
       "g:streamGenerateContent?alt=sse"},
  };
  for (const Row& row : rows) {
    const Deployment d = deployment(config, row.model);
    EXPECT_EQ(d.url, row.url);
    EXPECT_EQ(d.stream_url, row.stream_url.empty() ? row.url : row.stream_url);
  }
  const auto two_keys = config.find("openai/x");
  ASSERT_EQ(two_keys->deployments.size(), 2u);
  EXPECT_NE(two_keys->route.targets[0].key, two_keys->route.targets[1].key);
  EXPECT_EQ(two_keys->route.targets[0].order, two_keys->route.targets[1].order);

  const Deployment claude = deployment(config, "claude/c");
  EXPECT_EQ(claude.credential->key.reveal(), "rk");
  EXPECT_EQ(claude.connection->headers.size(), 2u)
      << "the config's version replaces the row's, whatever its case";
  EXPECT_TRUE(deployment(config, "box/m").credential->key.empty());
  EXPECT_EQ(deployment(config, "anthropic/c").credential->key.reveal(), "real");
  EXPECT_EQ(deployment(config, "bedrock/x").credential->aws->credentials.secret_key, "SK");

  const Deployment box = deployment(config, "box/m");
  const auto profile = catalogue()->resolve(*box.connection->row, "m", {});
  EXPECT_FALSE(profile.flag(profile::Setting::images));
  EXPECT_EQ(profile.rule(profile::Setting::images), "providers.box.settings");

  const auto secrets = config.secrets();
  for (const char* secret : {"zk", "rk", "k1", "k2", "SK", "t", "real"}) {
    EXPECT_TRUE(std::ranges::find(secrets, secret) != secrets.end()) << secret;
  }
}

TEST(Native, AKnownKeyNeverGoesToAnotherHost) {
  const Config config = loaded("providers: {mine: {like: openai, base_url: \"https://evil.example/v1\"}}",
                               {{"OPENAI_API_KEY", "real"}});
  EXPECT_TRUE(deployment(config, "mine/x").credential->key.empty());
}

TEST(Native, TimeoutsRetriesParams) {
  const Config config = loaded(R"(
models:
  m:
    targets:
      - target: openai/a
        timeouts: {first_byte: 5s}
        retries: 0
        context_window: 1000
        params: {temperature: 0.70, stop: [a, "1"], metadata: {k: v}}
        settings: {images: false}
      - openai/b
    retries: 4
    retries_for: {timeout: 1}
    deadline: 1m
    max_wait: 3s
defaults:
  retries: 7
  timeouts: {connect: 1s, first_byte: 20s}
  stream_timeouts: {first_byte: 9s}
  cooldown: {time: 4s, allowed_fails: 1}
)",
                               {{"OPENAI_API_KEY", "k"}});
  const auto m = config.find("m");
  ASSERT_TRUE(m);
  EXPECT_EQ(m->deadline.count(), 60'000);
  EXPECT_EQ(m->route.policy.retries, 4);
  EXPECT_EQ(m->route.policy.max_wait.count(), 3000);
  EXPECT_EQ(m->route.policy.retries_for.size(), 1u);
  EXPECT_EQ(m->route.cooldown.time.count(), 4000);
  EXPECT_EQ(m->route.targets[0].retries, 0);
  EXPECT_EQ(m->route.targets[0].context_window, 1000);
  const Deployment& a = *m->deployments[0];
  EXPECT_EQ(a.timeouts.first_byte.count(), 5000);
  EXPECT_EQ(a.timeouts.connect.count(), 1000);
  EXPECT_EQ(a.stream_timeouts.first_byte.count(), 5000) << "a target's own count for both";
  ASSERT_EQ(a.defaults.size(), 3u);
  EXPECT_EQ(a.defaults[0].json, "0.70");
  EXPECT_EQ(a.defaults[0].param, canon::Param::temperature);
  EXPECT_EQ(a.defaults[1].json, R"(["a","1"])");
  ASSERT_EQ(a.rules.size(), 2u);
  EXPECT_EQ(a.rules[0].id, "models.m.targets[0].settings");
  EXPECT_EQ(a.rules[1].id, "context_window") << "an output cap is held within it";
  const Deployment& b = *m->deployments[1];
  EXPECT_EQ(b.timeouts.first_byte.count(), 20'000);
  EXPECT_EQ(b.stream_timeouts.first_byte.count(), 9000);
  EXPECT_EQ(config.find("openai/z")->route.policy.retries, 7) << "unlisted names have the defaults";
}

TEST(Native, Errors) {
  struct Row {
    std::string_view what, text, want;
  };
  const Row rows[] = {
      {"unknown key", "sever: {}", "c.yaml:1:1: sever: unknown key 'sever' (did you mean 'server'?)"},
      {"unknown key inside", "server:\n  lisen: x",
       "c.yaml:2:3: server.lisen: unknown key 'lisen' (did you mean 'listen'?)"},
      {"bad listen", "server: {listen: 4000}",
       "c.yaml:1:18: server.listen: expected HOST:PORT, found '4000' (like 127.0.0.1:4000 or [::1]:4000)"},
      {"open to the world", "server: {listen: '0.0.0.0:4000'}",
       "c.yaml:1:9: server.listen: '0.0.0.0' can be reached from other machines, and no client key is "
       "required (set auth.master_key or auth.keys, or listen on 127.0.0.1)"},
      {"bad duration", "server:\n  drain: 30",
       "c.yaml:2:10: server.drain: expected a duration like 500ms, 30s or 2m, found '30'"},
      {"bad size", "server: {max_body: lots}",
       "c.yaml:1:20: server.max_body: expected a size like 512KiB or 32MiB, found 'lots'"},
      {"bad number", "defaults: {retries: -1}",
       "c.yaml:1:21: defaults.retries: expected a whole number from 0 to 100, found '-1'"},
      {"bad word", "log: {level: verbos}", "c.yaml:1:14: log.level: expected a known word, found 'verbos'"},
      {"unknown provider", "models: {m: opnai/x}",
       "c.yaml:1:13: models.m: no provider is called 'opnai' (did you mean 'openai'?)"},
      {"no key", "models: {m: mistral/x}",
       "c.yaml:1:13: models.m: there is no key for 'mistral' (set MISTRAL_API_KEY, or "
       "providers.mistral.api_key)"},
      {"no base URL", "providers: {azure: {api_key: k}}",
       "c.yaml:1:13: providers.azure: there is no base URL for 'azure' (set AZURE_API_BASE or "
       "AZURE_OPENAI_ENDPOINT, or providers.azure.base_url)"},
      {"no slash", "models: {m: gpt-4o}", "c.yaml:1:13: models.m: expected provider/model, found 'gpt-4o'"},
      {"no targets", "models:\n  m: {retries: 1}",
       "c.yaml:2:3: models.m: a model needs targets (like targets: [openai/gpt-4o])"},
      {"unknown fallback", "models: {smart: {targets: openai/x, fallbacks: [smrt]}}",
       "c.yaml:1:49: models.smart.fallbacks[0]: no model is called 'smrt' (did you mean 'smart'?)"},
      {"unknown setting", "providers: {openai: {settings: {imagse: false}}}",
       "c.yaml:1:33: providers.openai.settings.imagse: unknown setting 'imagse' (did you mean 'images'?)"},
      {"bad setting", "providers: {openai: {settings: {images: perhaps}}}",
       "c.yaml:1:41: providers.openai.settings.images: expected true or false, found 'perhaps' (takes "
       "images)"},
      {"unknown failure class", "defaults: {retries_for: {timeuot: 1}}",
       "c.yaml:1:26: defaults.retries_for.timeuot: unknown failure class 'timeuot' (did you mean "
       "'timeout'?)"},
      {"half a client key", "auth: {keys: [{name: a}]}",
       "c.yaml:1:15: auth.keys[0]: expected either key or hash (`dragoman keys new` makes one of each)"},
      {"half a key pair", "auth: {keys: [{name: a, access_key_id: b}]}",
       "c.yaml:1:15: auth.keys[0]: access_key_id and secret_access_key go together"},
      {"bad hash", "auth: {keys: [{name: a, hash: abc}]}",
       "c.yaml:1:15: auth.keys[0]: expected a hash of the form sha256:<64 hexadecimal digits>"},
      {"a provider from nowhere", "providers: {acme: {base_url: 'http://x'}}",
       "c.yaml:1:13: providers.acme: 'acme' is no known provider: say which one it is like, or its dialect"},
      {"a list", "[a]", "c.yaml:1:1: expected a map, found a list"},
      {"a tab", "models:\n\tm: openai/x",
       "c.yaml:2:3: this is not YAML: illegal map value (line 2 is indented with a "
       "tab; YAML wants spaces)"},
      {"a variable inside braces", "providers:\n  openai: {api_key: ${KEY}}\n",
       "c.yaml:2:22: this is not YAML: end of map flow not found (inside { } a ${NAME} needs quotes: "
       "\"${KEY}\")"},
  };
  for (const Row& row : rows) {
    const std::string got = first_error(row.text, {{"OPENAI_API_KEY", "k"}});
    EXPECT_TRUE(got.starts_with(row.want)) << row.what << ": " << got;
  }
}

// A server of one's own is spoken to in the clear, a host of the world is not: the key goes with every call.
TEST(Native, BaseUrlsWithoutAScheme) {
  const std::pair<const char*, const char*> rows[] = {
      {"api.openai.com/v1", "https://api.openai.com/v1/chat/completions"},
      {"127.0.0.1/v1", "http://127.0.0.1/v1/chat/completions"},
      {"localhost:8000", "http://localhost:8000/chat/completions"},
      {"gpu-box:8000/v1", "http://gpu-box:8000/v1/chat/completions"},
      {"[::1]:8000/v1", "http://[::1]:8000/v1/chat/completions"},
  };
  for (const auto& [base, url] : rows) {
    const Config config =
        loaded(fmt::format("providers: {{box: {{like: openai, base_url: '{}', api_key: k}}}}", base));
    EXPECT_EQ(deployment(config, "box/m").url, url) << base;
  }
}

TEST(Native, AllErrorsAtOnceInLineOrder) {
  const auto config =
      load("log: {level: loud}\nmodels: {m: x}\nserver: {threads: many}\n", "c.yaml", with({}), catalogue());
  ASSERT_FALSE(config);
  ASSERT_EQ(config.error().size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(config.error()[i].line, static_cast<int>(i) + 1);
}

TEST(Native, SecretsStayOutOfErrors) {
  const std::string got =
      first_error("server: {drain: '${SECRET}', listen: '${SECRET}'}\nlog: {level: '${SECRET}'}",
                  {{"SECRET", "hush-hush"}});
  EXPECT_EQ(got.find("hush"), std::string::npos) << got;
}

TEST(Native, EmptyFileIsTheEnvironment) {
  const Config config = loaded("", {{"OPENAI_API_KEY", "k"}});
  EXPECT_EQ(route_of(config, "openai/x"), "openai/x@1");
}

TEST(Environment, FindsProvidersByTheirVariables) {
  auto config = from_environment(with({{"GEMINI_API_KEY", "g"},
                                       {"AWS_BEARER_TOKEN_BEDROCK", "b"},
                                       {"OLLAMA_HOST", "127.0.0.1:11434"},
                                       {"AZURE_API_KEY", "no base"},
                                       {"OPENAI_API_KEY", " "},
                                       {"DRAGOMAN_MASTER_KEY", "mk"}}),
                                 catalogue());
  ASSERT_TRUE(config);
  std::string names;
  for (const auto& c : config->connections) names += c->name + " ";
  EXPECT_EQ(names, "bedrock gemini ollama ");
  EXPECT_EQ(config->auth.master_key.reveal(), "mk");
  EXPECT_EQ(deployment(*config, "bedrock/x").url,
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/x/converse");
  EXPECT_EQ(deployment(*config, "ollama/llama3").url, "http://127.0.0.1:11434/v1/chat/completions");
  EXPECT_FALSE(config->model_names().empty());
}

TEST(Environment, NothingIsNoError) {
  const auto config = from_environment(with({}), catalogue());
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->connections.empty());
}

TEST(Example, Loads) {
  std::ifstream in(std::string(DRAGOMAN_SOURCE_DIR) + "/dragoman.example.yaml");
  std::stringstream text;
  text << in.rdbuf();
  ASSERT_FALSE(text.str().empty());
  const Config config = loaded(text.str(), {{"OPENAI_API_KEY", "o"},
                                            {"ANTHROPIC_API_KEY", "a"},
                                            {"AWS_ACCESS_KEY_ID", "k"},
                                            {"AWS_SECRET_ACCESS_KEY", "s"},
                                            {"AZURE_API_KEY", "z"}});
  EXPECT_EQ(config.auth.keys.size(), 3u);
  EXPECT_EQ(route_of(config, "balanced"),
            "azure/gpt-4o@1 azure-eu/gpt-4o@1 openai/gpt-4o@2 | default fast: openai/gpt-4o-mini@1");
  EXPECT_EQ(config.find("default")->deadline.count(), 300'000);
  EXPECT_EQ(config.find("smart")->route.targets.size(), 3u) << "two keys of Anthropic's, one of AWS's";
}

}  // namespace
}  // namespace dragoman::config
