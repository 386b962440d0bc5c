// LiteLLM's config.yaml, as its users have it: its sections and their defaults. Keys: docs/sources.md.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/strings.h"
#include "config/litellm_fallbacks.h"
#include "config/litellm_models.h"
#include "config/litellm_target.h"
#include "config/readers.h"

namespace dragoman::config {
namespace {

using Handler = std::function<void(const Place&)>;
using Handlers = std::map<std::string_view, Handler>;

class LitellmReader {
 public:
  LitellmReader(const Sources& sources, Reader& reader, Reader& warn, Config& config)
      : sources_(sources), reader_(reader), warn_(warn), config_(config) {}

  void read(const Document& root) {
    defaults();
    config_.strict_models = true;  // LiteLLM serves what is listed
    // router_settings outranks litellm_settings: it is read second.
    const Document* settings = root.find("litellm_settings");
    const Document* router = root.find("router_settings");
    if (settings) section({settings, "litellm_settings"}, litellm_settings());
    if (router) section({router, "router_settings"}, router_settings());
    if (const Document* general = root.find("general_settings")) {
      section({general, "general_settings"}, general_settings());
    }
    if (config_.auth.master_key.empty() && sources_.environment) {
      if (auto key = sources_.environment("LITELLM_MASTER_KEY"))
        config_.auth.master_key = Secret(std::move(*key));
    }
    finish_reliability();
    read_litellm_models({root.find("model_list"), "model_list"}, sources_, reader_, warn_, config_);
    apply_fallbacks(std::move(fallbacks_), warn_, config_);
    for (const Entry& entry : root.entries) {
      const bool known = entry.key == "model_list" || entry.key == "litellm_settings" ||
                         entry.key == "router_settings" || entry.key == "general_settings" ||
                         entry.key == "environment_variables";
      if (!known) warn_.fault_at(entry.line, entry.column, entry.key, std::string(kNotHonouredText));
    }
    if (config_.models.empty())
      reader_.fault({root.find("model_list"), "model_list"}, "no entry of model_list can be used");
  }

 private:
  void defaults() {
    Reliability& r = config_.defaults;
    r.policy.retries = 2;
    r.policy.max_wait = milliseconds{60'000};
    r.cooldown.allowed_fails = 3;
    r.cooldown.time = milliseconds{5'000};
    r.deadline = milliseconds{0};
    timeout_ = milliseconds{6'000'000};
  }

  // Runs the handlers of the keys that have one; the others are warned about.
  void section(const Place& place, const Handlers& handlers) {
    reader_.entries(place, [&](const Entry& entry, const Place& value) {
      const auto handler = handlers.find(entry.key);
      if (handler == handlers.end()) {
        warn_.fault_at(entry.line, entry.column, value.path, std::string(kNotHonouredText));
      } else if (!entry.value.is_null()) {
        handler->second(value);
      }
    });
  }

  void count(const Place& place, std::optional<int>& out) {
    std::int64_t value = 0;
    ConfigErrors ignored;
    Reader(reader_.file(), ignored).integer(place, 0, 1'000'000, value);
    if (ignored.empty()) {
      out = static_cast<int>(value);
    } else {
      warn_.fault(place, "expected a whole number, found " + shown(*place.value));
    }
  }

  bool truth(const Place& place) {
    return place.value->is_scalar() && lower_ascii(place.value->text) == "true";
  }

  static void nothing(const Place&) {}

  Handlers shared_settings() {
    return {{"num_retries", [this](const Place& p) { count(p, num_retries_); }},
            {"allowed_fails", [this](const Place& p) { count(p, allowed_fails_); }},
            {"fallbacks", [this](const Place& p) { fallbacks(p, fallbacks_.any); }},
            {"context_window_fallbacks", [this](const Place& p) { fallbacks(p, fallbacks_.context_window); }},
            {"content_policy_fallbacks", [this](const Place& p) { fallbacks(p, fallbacks_.content_policy); }},
            {"default_fallbacks", [this](const Place& p) { default_fallbacks(p); }},
            {"set_verbose",
             [this](const Place& p) {
               if (truth(p)) config_.log.level = "debug";
             }},
            // What dragoman does in any case: parameters a target does not take are left out, visibly.
            {"drop_params", nothing},
            {"modify_params", nothing}};
  }

  Handlers litellm_settings() {
    Handlers out = shared_settings();
    out["request_timeout"] = [this](const Place& p) { seconds(p, timeout_); };
    out["json_logs"] = [this](const Place& p) {
      if (truth(p)) config_.log.format = "json";
    };
    out["telemetry"] = nothing;  // there is none
    return out;
  }

  Handlers router_settings() {
    Handlers out = shared_settings();
    out["timeout"] = [this](const Place& p) { seconds(p, timeout_); };
    out["stream_timeout"] = [this](const Place& p) { seconds(p, stream_timeout_); };
    out["cooldown_time"] = [this](const Place& p) { seconds(p, cooldown_time_); };
    out["retry_after"] = [this](const Place& p) { seconds(p, retry_after_); };
    out["max_fallbacks"] = [this](const Place& p) { count(p, max_fallbacks_); };
    out["disable_cooldowns"] = [this](const Place& p) { config_.defaults.cooldown.enabled = !truth(p); };
    out["model_group_alias"] = [this](const Place& p) { aliases(p); };
    out["retry_policy"] = [this](const Place& p) { retry_policy(p); };
    out["routing_strategy"] = [this](const Place& p) {
      if (!p.value->is_scalar() || p.value->text != "simple-shuffle") {
        warn_.fault(p, "not honoured: targets are chosen as by simple-shuffle");
      }
    };
    out["enable_pre_call_checks"] = [this](const Place& p) {
      if (truth(p)) {
        warn_.fault(
            p,
            "not honoured: a request that is too long goes on to its context-window fallbacks when the "
            "provider says so");
      }
    };
    return out;
  }

  Handlers general_settings() {
    return {{"master_key",
             [this](const Place& p) {
               std::string key;
               reader_.text(p, key);
               config_.auth.master_key = Secret(std::move(key));
             }},
            {"max_request_size_mb", [this](const Place& p) {
               std::optional<int> mb;
               count(p, mb);
               if (mb && *mb > 0) config_.server.max_body = static_cast<std::uint64_t>(*mb) * 1048576;
             }}};
  }

  void seconds(const Place& place, std::optional<milliseconds>& out) { read_seconds(place, warn_, out); }

  void retry_policy(const Place& place) {
    using failure::FailureClass;
    const auto set = [this](std::vector<FailureClass> classes) {
      return [this, classes = std::move(classes)](const Place& p) {
        std::optional<int> retries;
        count(p, retries);
        if (!retries) return;
        for (const FailureClass cls : classes)
          config_.defaults.policy.retries_for.emplace_back(cls, *retries);
      };
    };
    section(place,
            {{"TimeoutErrorRetries", set({FailureClass::timeout})},
             {"RateLimitErrorRetries", set({FailureClass::rate_limit})},
             {"InternalServerErrorRetries", set({FailureClass::server_error, FailureClass::overloaded})}});
  }

  void aliases(const Place& place) {
    reader_.entries(place, [&](const Entry& entry, const Place& value) {
      const Document* name = &entry.value;
      if (name->is_map()) name = entry.value.find("model");
      if (name == nullptr || !name->is_scalar()) {
        warn_.fault(value, "expected a model name");
        return;
      }
      config_.aliases.emplace_back(entry.key, name->text);
    });
  }

  void fallbacks(const Place& place, std::vector<LitellmFallbacks>& out) {
    read_fallbacks(place, reader_, warn_, out);
  }

  void default_fallbacks(const Place& place) {
    config_.default_fallbacks.clear();
    read_model_names(place, reader_, warn_, config_.default_fallbacks);
  }

  void finish_reliability() {
    Reliability& r = config_.defaults;
    r.policy.retries = num_retries_.value_or(2);
    r.policy.retries_per_model = r.policy.retries;  // LiteLLM counts over the model group
    r.policy.max_fallbacks = max_fallbacks_.value_or(5);
    if (retry_after_) {
      r.policy.backoff.initial = std::max(r.policy.backoff.initial, *retry_after_);
      r.policy.backoff.max = std::max(r.policy.backoff.max, *retry_after_);
    }
    if (allowed_fails_) r.cooldown.allowed_fails = *allowed_fails_;
    if (cooldown_time_) r.cooldown.time = *cooldown_time_;
    r.timeouts = litellm_timeouts(*timeout_);
    r.stream_timeouts = litellm_timeouts(stream_timeout_.value_or(*timeout_));
  }

  const Sources& sources_;
  Reader& reader_;
  Reader& warn_;
  Config& config_;
  std::optional<int> num_retries_, allowed_fails_, max_fallbacks_;
  std::optional<milliseconds> timeout_, stream_timeout_, cooldown_time_, retry_after_;
  LitellmFallbackLists fallbacks_;
};

}  // namespace

void read_litellm(const Document& root, const Sources& sources, Reader& reader, Reader& warn,
                  Config& config) {
  // environment_variables are set for the whole of LiteLLM's process, before anything else is read.
  std::map<std::string, std::string, std::less<>> own;
  if (const Document* variables = root.find("environment_variables"); variables && variables->is_map()) {
    for (const Entry& entry : variables->entries) {
      if (entry.value.is_scalar()) own[entry.key] = entry.value.text;
    }
  }
  Sources all = sources;
  all.environment = [own = std::move(own),
                     outer = sources.environment](std::string_view name) -> std::optional<std::string> {
    if (const auto found = own.find(name); found != own.end() && !found->second.starts_with("os.environ/")) {
      return found->second;
    }
    return outer ? outer(name) : std::nullopt;
  };
  Document expanded = root;
  expand_os_environ(expanded, reader.file(), all.environment, config.warnings);
  ConfigErrors unset = std::move(config.warnings);
  config.warnings.clear();
  LitellmReader(all, reader, warn, config).read(expanded);
  // A variable that only a key without effect wants is not missed.
  for (ConfigError& warning : unset) {
    const bool idle = std::ranges::any_of(config.warnings, [&](const ConfigError& w) {
      return warning.path.starts_with(w.path) && w.message == kNotHonouredText;
    });
    if (!idle) config.warnings.push_back(std::move(warning));
  }
}

}  // namespace dragoman::config
