#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "config/load.h"
#include "route/decide.h"

namespace dragoman::config {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

std::shared_ptr<const profile::Catalogue> catalogue() {
  static const auto shared =
      std::make_shared<const profile::Catalogue>(profile::Catalogue::builtin().value());
  return shared;
}

std::expected<Config, ConfigErrors> read(std::string_view text, Variables variables = {}) {
  const Sources sources{.environment = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return {};
    return found->second;
  }};
  return load(text, "c.yaml", sources, catalogue());
}

Config loaded(std::string_view text, Variables variables = {}) {
  auto config = read(text, std::move(variables));
  if (!config) {
    for (const ConfigError& error : config.error()) ADD_FAILURE() << format(error);
    return {};
  }
  return std::move(*config);
}

std::string warnings_of(const Config& config) {
  std::string out;
  for (const ConfigError& w : config.warnings)
    out += std::to_string(w.line) + " " + w.path + ": " + w.message + "\n";
  return out;
}

TEST(Litellm, TheClassicBugsConfiguration) {
  std::ifstream in(std::string(DRAGOMAN_SOURCE_DIR) + "/tests/configs/litellm_classic.yaml");
  std::stringstream text;
  text << in.rdbuf();
  const Config config = loaded(text.str(), {{"AWS_ACCESS_KEY_ID", "AK"},
                                            {"AWS_SECRET_ACCESS_KEY", "SK"},
                                            {"BEDROCK_ENDPOINT", "http://127.0.0.1:9001"},
                                            {"AZURE_API_BASE", "http://127.0.0.1:9002"},
                                            {"AZURE_API_KEY", "zk"},
                                            {"LITELLM_MASTER_KEY", "sk-master"}});
  EXPECT_EQ(config.auth.master_key.reveal(), "sk-master");
  EXPECT_EQ(config.model_names(), (std::vector<std::string>{"primary-model", "fallback-model"}));
  const auto primary = config.find("primary-model");
  ASSERT_TRUE(primary);
  ASSERT_EQ(primary->deployments.size(), 2u);
  const Deployment& bedrock = *primary->deployments[0];
  EXPECT_EQ(bedrock.url, "http://127.0.0.1:9001/model/openai.gpt-oss-20b-1%3A0/converse");
  EXPECT_EQ(bedrock.credential->aws->region, "us-west-2");
  EXPECT_EQ(bedrock.credential->aws->credentials.secret_key, "SK");
  EXPECT_EQ(bedrock.timeouts.first_byte.count(), 2000);
  EXPECT_EQ(bedrock.stream_timeouts.between_events.count(), 2000);
  const Deployment& azure = *primary->deployments[1];
  EXPECT_EQ(azure.url,
            "http://127.0.0.1:9002/openai/deployments/gpt-4o-mini-2024-07-18/chat/"
            "completions?api-version=2024-10-21");
  EXPECT_EQ(azure.credential->key.reveal(), "zk");
  EXPECT_EQ(azure.timeouts.first_byte.count(), 30'000) << "router_settings outranks litellm_settings";

  // What the router then does: three times Bedrock, then Azure.
  const route::Plan plan = route::plan(primary->route, {}, route::Time{0}, [] { return 0.0; });
  route::AttemptState state = route::begin(plan, {});
  failure::Failure timeout;
  timeout.cls = failure::FailureClass::timeout;
  timeout.retryable = true;
  std::string order = plan.steps[state.at].target->name;
  for (int i = 0; i < 3; ++i) {
    const auto decision = route::decide(plan, state, timeout, primary->route.policy, route::Time{0}, 0);
    state = route::advance(std::move(state), plan, timeout, decision);
    order += " " + plan.steps[state.at].target->name;
  }
  const std::string b = "bedrock/openai.gpt-oss-20b-1:0";
  EXPECT_EQ(order, b + " " + b + " " + b + " azure/gpt-4o-mini-2024-07-18");

  EXPECT_EQ(warnings_of(config),
            "28 litellm_settings.callbacks: not honoured\n"
            "32 general_settings.database_url: not honoured\n");
}

TEST(Litellm, ModelNames) {
  struct Row {
    std::string model, more, name, url;
  };
  const Row rows[] = {
      {"openai/gpt-4o", "", "openai/gpt-4o", "https://api.openai.com/v1/chat/completions"},
      {"gpt-4o", "", "openai/gpt-4o", "https://api.openai.com/v1/chat/completions"},
      {"claude-3-5-sonnet", "", "anthropic/claude-3-5-sonnet", "https://api.anthropic.com/v1/messages"},
      {"anthropic/claude-x", "", "anthropic/claude-x", "https://api.anthropic.com/v1/messages"},
      {"bedrock/converse/us.x-v1:0", "", "bedrock/us.x-v1:0",
       "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.x-v1%3A0/converse"},
      {"bedrock/eu-west-3/x", "", "bedrock/x",
       "https://bedrock-runtime.eu-west-3.amazonaws.com/model/x/converse"},
      {"gemini/gemini-2.5-pro", "", "gemini/gemini-2.5-pro",
       "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent"},
      {"vertex_ai/gemini-2.5-pro", ", vertex_project: p, vertex_location: europe-west1",
       "vertex/gemini-2.5-pro",
       "https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/europe-west1/publishers/"
       "google/models/gemini-2.5-pro:generateContent"},
      {"vertex_ai/claude-sonnet-4", ", vertex_project: p, vertex_location: us-east5",
       "vertex_anthropic/claude-sonnet-4",
       "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/"
       "models/claude-sonnet-4:rawPredict"},
      {"together_ai/meta-llama/Llama", "", "together/meta-llama/Llama",
       "https://api.together.xyz/v1/chat/completions"},
      {"fireworks_ai/accounts/fireworks/models/x", "", "fireworks/accounts/fireworks/models/x",
       "https://api.fireworks.ai/inference/v1/chat/completions"},
      {"openrouter/openai/gpt-4o", "", "openrouter/openai/gpt-4o",
       "https://openrouter.ai/api/v1/chat/completions"},
      {"ollama_chat/llama3", ", api_base: 'http://localhost:11434'", "ollama/llama3",
       "http://localhost:11434/v1/chat/completions"},
      {"hosted_vllm/qwen", ", api_base: 'http://localhost:8000/v1'", "vllm/qwen",
       "http://localhost:8000/v1/chat/completions"},
      {"groq/x", "", "groq/x", "https://api.groq.com/openai/v1/chat/completions"},
      {"xai/grok-4", "", "xai/grok-4", "https://api.x.ai/v1/chat/completions"},
      {"moonshot/kimi-k2", "", "moonshot/kimi-k2", "https://api.moonshot.ai/v1/chat/completions"},
      {"zai/glm-4.6", "", "zai/glm-4.6", "https://api.z.ai/api/paas/v4/chat/completions"},
      {"mistral/x", "", "mistral/x", "https://api.mistral.ai/v1/chat/completions"},
      {"deepseek/deepseek-chat", "", "deepseek/deepseek-chat", ""},
      {"cerebras/x", "", "cerebras/x", "https://api.cerebras.ai/v1/chat/completions"},
      {"azure/d", ", api_base: 'https://x.openai.azure.com/openai/v1/'", "azure_v1/d",
       "https://x.openai.azure.com/openai/v1/chat/completions"},
      {"my-model", ", custom_llm_provider: openai, api_base: 'http://h/v1'", "openai/my-model",
       "http://h/v1/chat/completions"},
      {"my-model", ", api_base: 'http://h/v1'", "openai/my-model", "http://h/v1/chat/completions"},
      {"lm_studio/m", ", api_base: 'http://h:1234/v1'", "lmstudio/m", "http://h:1234/v1/chat/completions"},
      {"bedrock/x", ", model_id: 'arn:aws:bedrock:us-east-1:1:application-inference-profile/a'",
       "bedrock/arn:aws:bedrock:us-east-1:1:application-inference-profile/a", ""},
  };
  for (const Row& row : rows) {
    const Config config = loaded("model_list: [{model_name: m, litellm_params: {model: '" + row.model +
                                 "', api_key: k" + row.more + "}}]");
    const auto m = config.find("m");
    ASSERT_TRUE(m) << row.model << "\n" << warnings_of(config);
    EXPECT_EQ(m->deployments[0]->name, row.name);
    if (!row.url.empty()) {
      EXPECT_EQ(m->deployments[0]->url, row.url);
    }
  }
}

TEST(Litellm, GroupsWeightsOrdersParams) {
  const Config config = loaded(R"(
model_list:
  - {model_name: g, litellm_params: {model: openai/a, api_key: k, rpm: 9, temperature: 0.2, max_tokens: 10, custom_field: x, num_retries: 4, order: 2}}
  - {model_name: g, litellm_params: {model: openai/b, api_key: k, rpm: 1, extra_headers: {x-a: b}, stream_timeout: 3, additional_drop_params: [seed, nonsense]}}
  - {model_name: e, litellm_params: {model: openai/e, api_key: k}, model_info: {mode: image_generation}}
  - {model_name: "openai/*", litellm_params: {model: "openai/*", api_key: k}}
  - {model_name: fb, litellm_params: {model: openai/fb, api_key: k, mock_response: hi}, model_info: {max_input_tokens: 1234}}
litellm_settings: {num_retries: 1, default_fallbacks: [fb], set_verbose: false, cache: true}
router_settings:
  fallbacks: [{g: [fb, nowhere]}]
  context_window_fallbacks: [{g: [fb]}]
  model_group_alias: {alias: g, hidden: {model: fb, hidden: true}}
  allowed_fails: 1
  cooldown_time: 60
  retry_policy: {TimeoutErrorRetries: 0, BadRequestErrorRetries: 1}
  routing_strategy: least-busy
)");
  const auto g = config.find("alias");
  ASSERT_TRUE(g);
  ASSERT_EQ(g->route.targets.size(), 2u);
  EXPECT_EQ(g->route.targets[0].weight, 9);
  EXPECT_EQ(g->route.targets[0].order, 2);
  EXPECT_EQ(g->route.targets[1].order, 1'000'000);
  EXPECT_EQ(g->route.targets[0].retries, 4);
  EXPECT_EQ(g->route.policy.retries_per_model, 4);
  EXPECT_EQ(g->route.policy.retries, 1);
  EXPECT_EQ(g->route.policy.retries_for.size(), 1u);
  EXPECT_EQ(g->route.cooldown.allowed_fails, 1);
  EXPECT_EQ(g->route.cooldown.time.count(), 60'000);
  ASSERT_EQ(g->route.fallbacks.size(), 1u);
  EXPECT_TRUE(g->route.default_fallbacks.empty()) << "it has its own";
  EXPECT_EQ(g->route.context_window_fallbacks[0].targets[0].context_window, 1234);
  const Deployment& a = *g->deployments[0];
  ASSERT_EQ(a.defaults.size(), 3u);
  EXPECT_EQ(a.defaults[0].json, "0.2");
  EXPECT_FALSE(a.defaults[2].param);
  const Deployment& b = *g->deployments[1];
  EXPECT_EQ(b.stream_timeouts.first_byte.count(), 3000);
  EXPECT_EQ(b.timeouts.first_byte.count(), 6'000'000);
  ASSERT_EQ(b.rules.size(), 1u);
  EXPECT_EQ(b.rules[0].params.size(), 1u);
  EXPECT_EQ(b.connection->headers.back().first, "x-a");

  EXPECT_FALSE(config.find("e")) << "images are not made";
  EXPECT_EQ(config.find("openai/gpt-9")->deployments[0]->model, "gpt-9");
  EXPECT_EQ(config.find("openai/gpt-9")->route.default_fallbacks.size(), 1u);
  EXPECT_FALSE(config.find("mistral/x")) << "only what is listed";

  EXPECT_EQ(warnings_of(config),
            "3 model_list[0].litellm_params.rpm: used as a weight; the limit itself is not enforced\n"
            "3 model_list[0].litellm_params.custom_field: unknown: sent to the provider as a parameter of "
            "the call\n"
            "4 model_list[1].litellm_params.rpm: used as a weight; the limit itself is not enforced\n"
            "4 model_list[1].litellm_params.additional_drop_params: 'nonsense' is no parameter dragoman "
            "knows: it is not dropped\n"
            "5 model_list[2].model_info.mode: 'image_generation' is not served: this entry is left out\n"
            "7 model_list[4].litellm_params.mock_response: not honoured\n"
            "8 litellm_settings.cache: not honoured\n"
            "10 router_settings.fallbacks[0].g: no usable model is called 'nowhere'\n"
            "15 router_settings.retry_policy.BadRequestErrorRetries: not honoured\n"
            "16 router_settings.routing_strategy: not honoured: targets are chosen as by simple-shuffle\n");
}

TEST(Litellm, EmbeddingsAreServed) {
  const Config config = loaded(R"(
model_list:
  - {model_name: e, litellm_params: {model: openai/text-embedding-3-small, api_key: k}, model_info: {mode: embedding}}
  - {model_name: own, litellm_params: {model: openai_like/bge-m3, api_base: "http://h/v1"}, model_info: {mode: embedding}}
)");
  EXPECT_EQ(config.find("e")->deployments[0]->embeddings_url, "https://api.openai.com/v1/embeddings");
  EXPECT_EQ(config.find("own")->deployments[0]->embeddings_url, "http://h/v1/embeddings");
  EXPECT_TRUE(config.warnings.empty()) << warnings_of(config);
}

TEST(Litellm, DefaultsAreLitellms) {
  const Config config =
      loaded("model_list: [{model_name: m, litellm_params: {model: openai/x, api_key: k}}]");
  const auto m = config.find("m");
  EXPECT_EQ(m->route.policy.retries, 2);
  EXPECT_EQ(m->route.policy.retries_per_model, 2);
  EXPECT_EQ(m->route.policy.max_fallbacks, 5);
  EXPECT_EQ(m->route.cooldown.allowed_fails, 3);
  EXPECT_EQ(m->route.cooldown.time.count(), 5000);
  EXPECT_EQ(m->deployments[0]->timeouts.first_byte.count(), 6'000'000);
  EXPECT_TRUE(config.warnings.empty()) << warnings_of(config);
}

TEST(Litellm, EnvironmentVariablesOfTheFile) {
  const Config config = loaded(R"(
environment_variables: {MY_KEY: from-file, OPENAI_API_KEY: also-from-file}
model_list:
  - {model_name: m, litellm_params: {model: openai/x, api_key: os.environ/MY_KEY}}
  - {model_name: n, litellm_params: {model: openai/x}}
)");
  EXPECT_EQ(config.find("m")->deployments[0]->credential->key.reveal(), "from-file");
  EXPECT_EQ(config.find("n")->deployments[0]->credential->key.reveal(), "also-from-file");
}

TEST(Litellm, AMissingKeyIsAWarning) {
  const Config config =
      loaded("model_list: [{model_name: m, litellm_params: {model: openai/x, api_key: os.environ/NO}}]");
  EXPECT_TRUE(config.find("m")->deployments[0]->credential->key.empty());
  EXPECT_EQ(config.warnings.size(), 2u) << warnings_of(config);
}

TEST(Litellm, Errors) {
  struct Row {
    std::string text, want;
  };
  const Row rows[] = {
      {"model_list: 3", "c.yaml:1:13: model_list: expected a list of models, found '3'"},
      {"model_list: [{litellm_params: {model: openai/x}}]",
       "c.yaml:1:14: model_list[0]: an entry of model_list needs a model_name"},
      {"model_list: [{model_name: m}]",
       "c.yaml:1:14: model_list[0]: an entry of model_list needs litellm_params"},
      {"model_list: [{model_name: m, litellm_params: {api_key: k}}]",
       "c.yaml:1:46: model_list[0].litellm_params: litellm_params needs a `model` (like openai/gpt-4o)"},
      {"model_list: []", "c.yaml:1:13: model_list: no entry of model_list can be used"},
      {"model_list: [{model_name: m, litellm_params: {model: nobody/x}}]",
       "c.yaml:1:13: model_list: no entry of model_list can be used"},
  };
  for (const Row& row : rows) {
    const auto config = read(row.text);
    ASSERT_FALSE(config) << row.text;
    const bool said =
        std::ranges::any_of(config.error(), [&](const ConfigError& e) { return format(e) == row.want; });
    EXPECT_TRUE(said) << row.text << ": " << format(config.error()[0]);
  }
}

}  // namespace
}  // namespace dragoman::config
