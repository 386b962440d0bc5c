#include "sandbox/bedrock/families.h"

#include <array>

#include "base/strings.h"

namespace dragoman::sandbox::bedrock {
namespace {

constexpr std::string_view kAnyChoice = "auto|any|tool";
constexpr std::string_view kClaudeResults = "text|json|image|document|searchResult";
constexpr std::string_view kNoSampling = "temperature|topP|stopSequences";

// First match wins.
constexpr std::array kFamilies = {
    // Claude: parameters beyond this table are checked as Anthropic checks them (claude_check.cc).
    Family{.pattern = "anthropic.claude-3-haiku-*",
           .images = true,
           .choices = kAnyChoice,
           .assistant_first = true,
           .result_parts = kClaudeResults,
           .open_schema = true,
           .window = 200000},
    Family{.pattern = "anthropic.claude-3-5-haiku-*",
           .choices = kAnyChoice,
           .assistant_first = true,
           .result_parts = kClaudeResults,
           .caching = true,
           .open_schema = true,
           .window = 200000},
    Family{.pattern = "anthropic.claude-3-5-sonnet-*",
           .images = true,
           .choices = kAnyChoice,
           .assistant_first = true,
           .result_parts = kClaudeResults,
           .open_schema = true,
           .window = 200000},
    Family{.pattern = "anthropic.claude-*-4-5-*",
           .profile_only = true,
           .images = true,
           .choices = kAnyChoice,
           .assistant_first = true,
           .result_parts = kClaudeResults,
           .structured = true,
           .caching = true,
           .open_schema = true,
           .window = 200000},
    Family{.pattern = "anthropic.claude-*-4-6*",
           .profile_only = true,
           .images = true,
           .choices = kAnyChoice,
           .assistant_first = true,
           .result_parts = kClaudeResults,
           .structured = true,
           .caching = true,
           .open_schema = true,
           .window = 1000000},
    Family{.pattern = "anthropic.claude-*",
           .profile_only = true,
           .images = true,
           .choices = kAnyChoice,
           .assistant_first = true,
           .result_parts = kClaudeResults,
           .caching = true,
           .open_schema = true,
           .window = 1000000},
    Family{.pattern = "amazon.nova-micro-*",
           .documents = false,
           .choices = kAnyChoice,
           .extra_fields = "inferenceConfig",
           .caching = true,
           .window = 128000},
    Family{.pattern = "amazon.nova-premier-*",
           .profile_only = true,
           .images = true,
           .video = true,
           .choices = kAnyChoice,
           .result_parts = "text|json|image|document",
           .extra_fields = "inferenceConfig|reasoningConfig",
           .caching = true,
           .window = 1000000},
    Family{.pattern = "amazon.nova-2-lite-*",
           .profile_only = true,
           .images = true,
           .video = true,
           .choices = kAnyChoice,
           .result_parts = "text|json|image|document",
           .extra_fields = "inferenceConfig|reasoningConfig",
           .caching = true,
           .window = 1000000},
    Family{.pattern = "amazon.nova-*",
           .images = true,
           .video = true,
           .choices = kAnyChoice,
           .result_parts = "text|json|image|document",
           .extra_fields = "inferenceConfig",
           .caching = true,
           .window = 300000},
    Family{.pattern = "amazon.titan-text-premier-*",
           .system = false,
           .documents = false,
           .tools = false,
           .window = 32000},
    Family{.pattern = "amazon.titan-text-*", .system = false, .tools = false, .window = 8000},
    Family{.pattern = "meta.llama4-*",
           .profile_only = true,
           .stream_tools = false,
           .images = true,
           .mixed_results = false,
           .mixed_calls = false,
           .result_parts = "text|json|image|document",
           .status = false,
           .window = 1000000},
    Family{.pattern = "meta.llama3-3-70b-*",
           .profile_only = true,
           .stream_tools = false,
           .mixed_results = false,
           .mixed_calls = false,
           .status = false},
    Family{.pattern = "meta.llama3-2-1b-*", .profile_only = true, .tools = false},
    Family{.pattern = "meta.llama3-2-3b-*", .profile_only = true, .tools = false},
    Family{.pattern = "meta.llama3-2-*",
           .profile_only = true,
           .stream_tools = false,
           .images = true,
           .mixed_results = false,
           .mixed_calls = false,
           .result_parts = "text|json|image",
           .status = false},
    Family{.pattern = "meta.llama3-1-*",
           .stream_tools = false,
           .mixed_results = false,
           .mixed_calls = false,
           .status = false},
    Family{.pattern = "meta.llama3-*", .tools = false, .window = 8192},
    Family{.pattern = "meta.llama2-*", .tools = false, .window = 4096},
    Family{.pattern = "mistral.mistral-7b-*", .system = false, .tools = false, .window = 32000},
    Family{.pattern = "mistral.mixtral-8x7b-*", .system = false, .tools = false, .window = 32000},
    Family{.pattern = "mistral.pixtral-*",
           .profile_only = true,
           .stream_tools = false,
           .images = true,
           .choices = "auto|any",
           .mixed_results = false,
           .mixed_calls = false,
           .result_parts = "text|json|document",
           .extra_fields = "top_k",
           .short_ids = true},
    Family{.pattern = "mistral.mistral-large-3-*",
           .images = true,
           .choices = "auto|any",
           .extra_fields = "top_k",
           .structured = true,
           .short_ids = true,
           .window = 256000},
    Family{.pattern = "mistral.mistral-*",
           .stream_tools = false,
           .choices = "auto|any",
           .mixed_results = false,
           .mixed_calls = false,
           .result_parts = "text|json|document",
           .extra_fields = "top_k",
           .short_ids = true},
    Family{.pattern = "mistral.ministral-3-*",
           .images = true,
           .choices = "auto|any",
           .extra_fields = "top_k",
           .structured = true,
           .short_ids = true,
           .window = 256000},
    Family{.pattern = "mistral.magistral-*",
           .choices = "auto|any",
           .extra_fields = "top_k",
           .structured = true,
           .short_ids = true},
    Family{.pattern = "mistral.voxtral-*",
           .choices = "auto|any",
           .extra_fields = "top_k",
           .structured = true,
           .short_ids = true},
    Family{.pattern = "cohere.command-r*", .extra_fields = "k|p|seed|frequency_penalty|presence_penalty"},
    Family{.pattern = "cohere.command-*", .system = false, .tools = false, .window = 4096},
    Family{.pattern = "ai21.jamba-instruct-*", .documents = false, .tools = false, .window = 256000},
    Family{.pattern = "ai21.jamba-1-5-*", .result_parts = "text", .window = 256000},
    Family{.pattern = "deepseek.r1-*", .profile_only = true, .tools = false, .always_thinks = true},
    Family{.pattern = "deepseek.v3*", .result_parts = "text"},
    Family{.pattern = "openai.gpt-oss-*",
           .extra_fields = "reasoning_effort",
           .refused_parameters = "stopSequences",
           .always_thinks = true},
    Family{.pattern = "openai.gpt-*",
           .images = true,
           .choices = kAnyChoice,
           .extra_fields = "reasoning",
           .refused_parameters = kNoSampling,
           .window = 400000},
    Family{.pattern = "writer.palmyra-*", .profile_only = true, .mixed_results = false, .status = false},
    Family{.pattern = "qwen.qwen3-vl-*",
           .images = true,
           .assistant_first = true,
           .extra_fields = "reasoning_config",
           .structured = true},
    Family{.pattern = "qwen.qwen3-*",
           .assistant_first = true,
           .extra_fields = "reasoning_config",
           .structured = true},
    Family{.pattern = "zai.glm-*v*",
           .images = true,
           .choices = kAnyChoice,
           .assistant_first = true,
           .structured = true},
    Family{.pattern = "zai.glm-*", .choices = kAnyChoice, .assistant_first = true, .structured = true},
    Family{.pattern = "moonshot*.kimi-k2.5*",
           .images = true,
           .choices = kAnyChoice,
           .assistant_first = true,
           .refused_parameters = "temperature",
           .structured = true,
           .window = 256000},
    Family{.pattern = "moonshot*.kimi-*",
           .choices = kAnyChoice,
           .assistant_first = true,
           .refused_parameters = "temperature",
           .structured = true,
           .window = 256000},
    Family{.pattern = "minimax.minimax-*", .structured = true},
    Family{.pattern = "google.gemma-3-*", .images = true, .tools = false, .structured = true},
    Family{.pattern = "nvidia.nemotron-nano-*", .structured = true},
    Family{.pattern = "xai.grok-*", .images = true},
};

constexpr std::array<std::string_view, 9> kProfiles = {"us-gov", "us", "eu", "apac",  "jp",
                                                       "au",     "ca", "sa", "global"};
constexpr std::array<std::string_view, 5> kRetired = {
    "anthropic.claude-v2*", "anthropic.claude-instant-*", "anthropic.claude-3-sonnet-*",
    "anthropic.claude-3-opus-*", "amazon.titan-text-lite-*"};

}  // namespace

ModelName read_model_name(std::string_view id) {
  if (id.starts_with("arn:")) {
    // An application profile hides its model; the sandbox's one hides Claude Haiku 4.5.
    if (id.find(":application-inference-profile/") != std::string_view::npos) {
      return {"anthropic.claude-haiku-4-5-20251001-v1:0", "global"};
    }
    id = id.substr(id.rfind('/') + 1);
  }
  for (const std::string_view profile : kProfiles) {
    if (id.starts_with(profile) && id.size() > profile.size() && id[profile.size()] == '.') {
      return {id.substr(profile.size() + 1), profile};
    }
  }
  return {id, ""};
}

bool is_claude(std::string_view bare) { return bare.starts_with("anthropic.claude-"); }
bool is_nova(std::string_view bare) { return bare.starts_with("amazon.nova-"); }

bool is_retired(std::string_view bare) {
  for (const std::string_view pattern : kRetired) {
    if (glob_match(pattern, bare)) return true;
  }
  return false;
}

const Family* find_family(std::string_view bare) {
  for (const Family& family : kFamilies) {
    if (glob_match(family.pattern, bare)) return &family;
  }
  return nullptr;
}

bool profile_fits_region(std::string_view profile, std::string_view region) {
  if (region.empty() || profile.empty() || profile == "global") return true;
  if (profile == "apac") return region.starts_with("ap-");
  if (profile == "jp") return region.starts_with("ap-northeast-");
  if (profile == "au") return region.starts_with("ap-southeast-");
  if (profile == "us") return region.starts_with("us-") && !region.starts_with("us-gov-");
  return region.starts_with(profile) && region.size() > profile.size() && region[profile.size()] == '-';
}

}  // namespace dragoman::sandbox::bedrock
