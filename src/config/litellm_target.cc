#include "config/litellm_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/strings.h"

namespace dragoman::config {
namespace {

// Keys of litellm_params that configure LiteLLM itself, not the call, and that dragoman has nothing for.
constexpr std::array<std::string_view, 62> kNotHonoured{"litellm_credential_name",
                                                        "configurable_clientside_auth_params",
                                                        "max_parallel_requests",
                                                        "tags",
                                                        "tag_regex",
                                                        "max_budget",
                                                        "budget_duration",
                                                        "region_name",
                                                        "max_retries",
                                                        "mock_response",
                                                        "allowed_openai_params",
                                                        "merge_reasoning_content_in_choices",
                                                        "cache_control_injection_points",
                                                        "supports_system_message",
                                                        "ensure_alternating_roles",
                                                        "user_continue_message",
                                                        "roles",
                                                        "initial_prompt_value",
                                                        "final_prompt_value",
                                                        "hf_model_name",
                                                        "aws_session_name",
                                                        "aws_role_name",
                                                        "aws_web_identity_token",
                                                        "aws_sts_endpoint",
                                                        "aws_external_id",
                                                        "vertex_credentials",
                                                        "vertex_ai_credentials",
                                                        "azure_ad_token",
                                                        "tenant_id",
                                                        "client_id",
                                                        "client_secret",
                                                        "azure_username",
                                                        "azure_password",
                                                        "azure_scope",
                                                        "base_model",
                                                        "use_in_pass_through",
                                                        "use_litellm_proxy",
                                                        "auto_router_config",
                                                        "auto_router_config_path",
                                                        "auto_router_default_model",
                                                        "auto_router_embedding_model",
                                                        "complexity_router_config",
                                                        "complexity_router_default_model",
                                                        "vector_store_id",
                                                        "s3_bucket_name",
                                                        "gcs_bucket_name",
                                                        "max_file_size_mb",
                                                        "watsonx_region_name",
                                                        "guardrails",
                                                        "prompt_id",
                                                        "cooldown_time",
                                                        "input_cost_per_second",
                                                        "output_cost_per_second",
                                                        "cache_read_input_token_cost",
                                                        "cache_creation_input_token_cost",
                                                        "caching",
                                                        "cache",
                                                        "metadata_tags",
                                                        "litellm_trace_id",
                                                        "text_completion"};

// Parameters of the call that this program's canonical list holds elsewhere.
constexpr std::array<std::string_view, 12> kCallParams{
    "reasoning_effort",      "thinking",       "response_format", "tools",
    "tool_choice",           "functions",      "function_call",   "stream_options",
    "max_completion_tokens", "stop_sequences", "safety_settings", "service_tier"};

// Prefixes LiteLLM has for servers that speak OpenAI's dialect and have no row of their own.
constexpr std::array<std::string_view, 8> kOpenaiLike{"custom_openai", "openai_like", "openai_compatible",
                                                      "litellm_proxy", "llamafile",   "xinference",
                                                      "deepinfra",     "github"};

bool looks_like_region(std::string_view text) {  // "us-east-1", "ap-southeast-2"
  const auto parts = split(text, '-');
  return parts.size() >= 3 && parts[0].size() == 2 && parts.back().size() == 1 && parts.back()[0] >= '1' &&
         parts.back()[0] <= '9';
}

class TargetReader {
 public:
  TargetReader(const Sources& sources, const profile::Catalogue& catalogue, Reader& reader, Reader& warn)
      : sources_(sources), catalogue_(catalogue), reader_(reader), warn_(warn) {}

  std::optional<LitellmTarget> read(const Place& place, const Timeouts& timeouts,
                                    const Timeouts& stream_timeouts) {
    if (!place.value->is_map()) {
      reader_.fault(place, "expected a map with `model`, found " + shown(*place.value));
      return {};
    }
    reader_.entries(place, [&](const Entry& entry, const Place& value) {
      if (!entry.value.is_null()) key(entry, value);
    });
    if (model_.empty()) {
      reader_.fault(place, "litellm_params needs a `model`", "like openai/gpt-4o");
      return {};
    }
    if (!choose_provider(place)) return {};

    // A timeout of the entry counts for both kinds of call; stream_timeout for streams alone.
    out_.spec.timeouts = timeout_ ? litellm_timeouts(*timeout_) : timeouts;
    out_.spec.stream_timeouts = stream_timeout_ ? litellm_timeouts(*stream_timeout_)
                                : timeout_      ? litellm_timeouts(*timeout_)
                                                : stream_timeouts;
    if (!drop_.params.empty()) out_.spec.rules.push_back(std::move(drop_));
    return connected(place);
  }

 private:
  void text(const Place& place, std::string& out) { reader_.text(place, out); }

  void var(std::string_view name, const Place& place) {
    std::string value;
    text(place, value);
    if (!value.empty()) input_.vars.emplace_back(name, std::move(value));
  }

  void number(const Place& place, std::optional<double>& out) {
    double value = 0;
    ConfigErrors ignored;
    Reader(reader_.file(), ignored).number(place, 0, 1e18, value);
    if (ignored.empty()) {
      out = value;
    } else {
      warn_.fault(place, "expected a number, found " + shown(*place.value));
    }
  }

  void headers(const Place& place) {
    reader_.entries(place, [&](const Entry& entry, const Place& value) {
      std::string one;
      text(value, one);
      input_.headers.emplace_back(entry.key, std::move(one));
    });
  }

  void drop_params(const Place& place) {
    std::vector<std::string> names;
    reader_.texts(place, names);
    drop_.id = place.path;
    drop_.why = "additional_drop_params of the configuration";
    for (const std::string& name : names) {
      if (const auto param = canon::param_named(name)) {
        profile::ParamSpec spec;
        spec.support = profile::Support::drop;
        drop_.params.emplace_back(*param, spec);
      } else {
        warn_.fault(place, fmt::format("'{}' is no parameter dragoman knows: it is not dropped", name));
      }
    }
  }

  void default_param(const Entry& entry) {
    out_.spec.defaults.push_back({entry.key, to_json(entry.value), canon::param_named(entry.key)});
  }

  void key(const Entry& entry, const Place& place) {
    const std::string& name = entry.key;
    std::optional<double> count;
    if (name == "model")
      text(place, model_);
    else if (name == "custom_llm_provider")
      text(place, provider_);
    else if (name == "api_key") {
      std::string k;
      text(place, k);
      if (!is_blank(k)) input_.keys.emplace_back(std::string(trim(k)));
    } else if (name == "api_base" || name == "base_url" || name == "aws_bedrock_runtime_endpoint")
      text(place, input_.base_url);
    else if (name == "api_version")
      var("api_version", place);
    else if (name == "organization") {
      std::string v;
      text(place, v);
      input_.headers.emplace_back("OpenAI-Organization", v);
    } else if (name == "extra_headers" || name == "headers")
      headers(place);
    else if (name == "extra_body")
      reader_.entries(place, [&](const Entry& e, const Place&) { default_param(e); });
    else if (name == "aws_access_key_id")
      text(place, input_.aws.access_key);
    else if (name == "aws_secret_access_key")
      text(place, input_.aws.secret_key);
    else if (name == "aws_session_token")
      text(place, input_.aws.session_token);
    else if (name == "aws_profile_name")
      text(place, input_.aws.profile);
    else if (name == "aws_region_name")
      var("region", place);
    else if (name == "vertex_project" || name == "vertex_ai_project")
      var("project", place);
    else if (name == "vertex_location" || name == "vertex_ai_location")
      var("location", place);
    else if (name == "model_id")
      text(place, model_id_);
    else if (name == "timeout")
      read_seconds(place, warn_, timeout_);
    else if (name == "stream_timeout")
      read_seconds(place, warn_, stream_timeout_);
    else if (name == "num_retries") {
      number(place, count);
      if (count) out_.num_retries = static_cast<int>(std::min(*count, 100.0));
    } else if (name == "order") {
      number(place, count);
      if (count) out_.order = static_cast<int>(std::min(*count, 1e6));
    } else if (name == "weight")
      number(place, out_.weight);
    else if (name == "rpm") {
      number(place, out_.rpm);
      warn_.fault(place, "used as a weight; the limit itself is not enforced");
    } else if (name == "tpm") {
      number(place, out_.tpm);
      warn_.fault(place, "used as a weight; the limit itself is not enforced");
    } else if (name == "drop_params" || name == "modify_params") {
    }  // what dragoman does in any case
    else if (name == "additional_drop_params")
      drop_params(place);
    else if (name == "input_cost_per_token" || name == "output_cost_per_token") {
      number(place, count);
      set_cost(out_.spec, name == "input_cost_per_token", count);
    } else if (std::ranges::find(kNotHonoured, name) != kNotHonoured.end() || name.contains("cost_per_"))
      warn_.fault(place, std::string(kNotHonouredText));
    else {
      if (!canon::param_named(name) && std::ranges::find(kCallParams, name) == kCallParams.end()) {
        warn_.fault(place, "unknown: sent to the provider as a parameter of the call");
      }
      default_param(entry);
    }
  }

  // Sets input_.row, input_.name and the upstream model.
  bool choose_provider(const Place& place) {
    std::string prefix = provider_;
    if (prefix.empty()) {
      const std::size_t slash = model_.find('/');
      const std::string_view head =
          std::string_view(model_).substr(0, slash == std::string::npos ? 0 : slash);
      const bool known = !head.empty() && (catalogue_.find(head) != nullptr ||
                                           std::ranges::find(kOpenaiLike, head) != kOpenaiLike.end());
      if (known) {
        prefix = head;
        model_.erase(0, slash + 1);
      } else if (model_ == "*") {
        warn_.fault(place, "the model \"*\" names no provider: this entry is left out", "like openai/*");
        return false;
      } else if (const std::string_view family = provider_of_family(model_); !family.empty()) {
        // LiteLLM reads a bare Gemini name as Vertex's.
        prefix = family == "gemini" ? "vertex" : family;
      } else if (!input_.base_url.empty()) {
        prefix = "openai";
      } else {
        warn_.fault(place,
                    fmt::format("'{}' names no provider dragoman knows: this entry is left out", model_),
                    "like openai/" + model_);
        return false;
      }
    } else if (model_.starts_with(prefix + "/")) {
      model_.erase(0, prefix.size() + 1);
    }

    std::string row_name = prefix;
    const profile::Provider* row = catalogue_.find(prefix);
    const std::string canonical = row ? row->name : prefix;
    if (canonical == "bedrock") bedrock_model();
    if (canonical == "azure" && input_.base_url.contains("/openai/v1")) row_name = "azure_v1";
    if (canonical == "vertex" && model_.starts_with("claude")) row_name = "vertex_anthropic";
    row = catalogue_.find(row_name);
    if (row != nullptr) {
      input_.row = *row;
      input_.name = row->name;
    } else if (std::ranges::find(kOpenaiLike, prefix) != kOpenaiLike.end() || !input_.base_url.empty()) {
      input_.name = prefix;
      input_.row.name = prefix;
      input_.row.path = "/chat/completions";
      input_.row.embeddings = profile::usual_embeddings(input_.row);
      input_.row.local = true;
    } else {
      warn_.fault(place,
                  fmt::format("dragoman does not know the provider '{}': this entry is left out", prefix));
      return false;
    }
    if (!model_id_.empty()) model_ = model_id_;
    out_.spec.model = model_;
    return true;
  }

  // bedrock/converse/MODEL, bedrock/us-east-1/MODEL
  void bedrock_model() {
    for (const std::string_view route : {"converse/", "converse_like/", "invoke/"}) {
      if (model_.starts_with(route)) model_.erase(0, route.size());
    }
    const std::size_t slash = model_.find('/');
    if (slash != std::string::npos && looks_like_region(std::string_view(model_).substr(0, slash))) {
      input_.vars.emplace_back("region", model_.substr(0, slash));
      model_.erase(0, slash + 1);
    }
  }

  std::optional<LitellmTarget> connected(const Place& place) {
    auto connection = connect(input_, sources_, false);
    if (!connection && connection.error().missing_key) {
      // LiteLLM starts all the same and finds out when it calls.
      warn_.fault(place, connection.error().message, connection.error().suggestion);
      connection = connect(input_, sources_, true);
    }
    if (!connection) {
      warn_.fault(place, connection.error().message + ": this entry is left out",
                  "set api_base or the key it needs");
      return {};
    }
    out_.spec.connection = std::make_shared<const Connection>(std::move(*connection));
    return std::move(out_);
  }

  const Sources& sources_;
  const profile::Catalogue& catalogue_;
  Reader& reader_;
  Reader& warn_;
  LitellmTarget out_;
  ProviderInput input_;
  profile::Rule drop_;
  std::string model_, provider_, model_id_;
  std::optional<milliseconds> timeout_, stream_timeout_;
};

}  // namespace

void read_seconds(const Place& place, Reader& warn, std::optional<milliseconds>& out) {
  const std::string& text = place.value->text;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (!place.value->is_scalar() || error != std::errc{} || end != text.data() + text.size() || text.empty() ||
      !(seconds >= 0 && seconds < 1e9)) {
    warn.fault(place, "expected a number of seconds, found " + shown(*place.value));
    return;
  }
  out = milliseconds{std::llround(seconds * 1000.0)};
}

Timeouts litellm_timeouts(milliseconds timeout) {
  Timeouts out;
  out.connect = std::min(out.connect, timeout);
  out.first_byte = timeout;
  out.between_events = timeout;
  return out;
}

void set_cost(TargetSpec& spec, bool input, std::optional<double> a_token) {
  if (!a_token) return;
  if (!spec.price) spec.price.emplace();
  (input ? spec.price->input : spec.price->output) = *a_token * 1e6;
}

std::optional<LitellmTarget> read_litellm_target(const Place& params, const Timeouts& timeouts,
                                                 const Timeouts& stream_timeouts, const Sources& sources,
                                                 const profile::Catalogue& catalogue, Reader& reader,
                                                 Reader& warn) {
  return TargetReader(sources, catalogue, reader, warn).read(params, timeouts, stream_timeouts);
}

}  // namespace dragoman::config
