// LiteLLM's config.yaml, as its users have it. Keys and defaults: docs/sources.md.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/strings.h"
#include "config/litellm_target.h"
#include "config/readers.h"

namespace dragoman::config {
namespace {

constexpr std::string_view kNotHonouredText = "not honoured";

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
    model_list({root.find("model_list"), "model_list"});
    apply_fallbacks();
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
            {"fallbacks", [this](const Place& p) { fallback_map(p, fallbacks_); }},
            {"context_window_fallbacks", [this](const Place& p) { fallback_map(p, context_fallbacks_); }},
            {"content_policy_fallbacks", [this](const Place& p) { fallback_map(p, content_fallbacks_); }},
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

  struct Fallbacks {
    std::string model;
    std::vector<std::string> to;
    Place place;
  };

  void names(const Place& place, std::vector<std::string>& out) {
    reader_.each(place, [&](const Place& item) {
      if (item.value->is_scalar()) {
        out.push_back(item.value->text);
      } else {
        warn_.fault(item, "not honoured: expected a model name");
      }
    });
  }

  // [{"model": ["other", …]}, …]; a later section's list replaces an earlier one's.
  void fallback_map(const Place& place, std::vector<Fallbacks>& out) {
    out.clear();
    reader_.each(place, [&](const Place& item) {
      if (item.value->is_scalar()) {  // a bare name: for every model
        std::vector<std::string> to{item.value->text};
        out.push_back({"*", std::move(to), item});
        return;
      }
      reader_.entries(item, [&](const Entry& entry, const Place& value) {
        std::vector<std::string> to;
        names(value, to);
        out.push_back({entry.key, std::move(to), value});
      });
    });
  }

  void default_fallbacks(const Place& place) {
    config_.default_fallbacks.clear();
    names(place, config_.default_fallbacks);
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

  // --- model_list
  // --------------------------------------------------------------------------------------------------
  struct Group {
    std::string name;
    std::vector<LitellmTarget> targets;
  };

  void model_list(const Place& place) {
    if (!place.value->is_list()) {
      reader_.fault(place, "expected a list of models, found " + shown(*place.value));
      return;
    }
    std::vector<Group> groups;
    for (std::size_t i = 0; i < place.value->items.size(); ++i) entry(place.at(i), groups);
    for (Group& group : groups) add_model(group);
  }

  void entry(const Place& place, std::vector<Group>& groups) {
    if (!place.value->is_map()) {
      reader_.fault(place, "expected a map with model_name and litellm_params, found " + shown(*place.value));
      return;
    }
    const Document* name = place.value->find("model_name");
    const Document* params = place.value->find("litellm_params");
    if (name == nullptr || !name->is_scalar() || name->text.empty()) {
      reader_.fault(place, "an entry of model_list needs a model_name");
      return;
    }
    if (params == nullptr) {
      reader_.fault(place, "an entry of model_list needs litellm_params");
      return;
    }
    for (const Entry& e : place.value->entries) {
      if (e.key != "model_name" && e.key != "litellm_params" && e.key != "model_info") {
        warn_.fault_at(e.line, e.column, place.path + "." + e.key, std::string(kNotHonouredText));
      }
    }
    std::int64_t context_window = 0;
    if (const Document* info = place.value->find("model_info")) {
      if (!model_info({info, place.path + ".model_info"}, context_window)) return;
    }
    auto target =
        read_litellm_target({params, place.path + ".litellm_params"}, config_.defaults.timeouts,
                            *config_.defaults.stream_timeouts, sources_, *config_.catalogue, reader_, warn_);
    if (!target) return;
    target->spec.context_window = context_window;
    if (const Document* info = place.value->find("model_info"))
      for (const bool input : {true, false})
        if (const Document* cost = info->find(input ? "input_cost_per_token" : "output_cost_per_token")) {
          ConfigErrors ignored;
          std::optional<double> a_token(0);
          if (Reader(reader_.file(), ignored).number({cost, place.path}, 0, 1, *a_token); ignored.empty())
            set_cost(target->spec, input, a_token);
        }
    auto group = std::ranges::find_if(groups, [&](const Group& g) { return g.name == name->text; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{name->text, {}});
    group->targets.push_back(std::move(*target));
  }

  // False if the entry is for something dragoman does not serve.
  bool model_info(const Place& place, std::int64_t& context_window) {
    if (!place.value->is_map()) return true;
    if (const Document* mode = place.value->find("mode"); mode != nullptr && mode->is_scalar()) {
      if (mode->text != "chat" && mode->text != "completion" && mode->text != "responses" &&
          mode->text != "embedding") {
        warn_.fault({mode, place.path + ".mode"},
                    fmt::format("'{}' is not served: this entry is left out", mode->text));
        return false;
      }
    }
    if (const Document* window = place.value->find("max_input_tokens")) {
      ConfigErrors ignored;
      Reader(reader_.file(), ignored).integer({window, place.path}, 1, 1'000'000'000, context_window);
    }
    return true;  // the rest describes the model to LiteLLM's own pages
  }

  void add_model(Group& group) {
    ModelSpec spec;
    spec.name = group.name;
    spec.reliability = config_.defaults;
    spec.own_fallbacks_only = true;
    // simple-shuffle: by weight if the first has one, else by rpm, else by tpm, else evenly. With an order
    // given, an entry without one comes last.
    const LitellmTarget& first = group.targets.front();
    const auto member = first.weight ? &LitellmTarget::weight
                        : first.rpm  ? &LitellmTarget::rpm
                                     : &LitellmTarget::tpm;
    const bool ordered =
        std::ranges::any_of(group.targets, [](const LitellmTarget& t) { return t.order.has_value(); });
    std::optional<int> retries;
    for (LitellmTarget& target : group.targets) {
      if ((first.*member).has_value()) {
        target.spec.weight = (target.*member).value_or(0);
      } else {
        target.spec.weight = 1;
      }
      target.spec.order = target.order.value_or(ordered ? 1'000'000 : 1);
      target.spec.retries = target.num_retries;
      if (target.num_retries) retries = std::max(retries.value_or(0), *target.num_retries);
      spec.targets.push_back(std::move(target.spec));
    }
    if (retries) spec.reliability.policy.retries_per_model = *retries;
    config_.models.push_back(std::move(spec));
  }

  // --- fallbacks
  // ---------------------------------------------------------------------------------------------------
  bool is_model(const std::string& name) const {
    const auto matches = [&](const ModelSpec& m) {
      return m.name == name || (m.name.contains('*') && glob_match(m.name, name));
    };
    return std::ranges::any_of(config_.models, matches) ||
           std::ranges::any_of(config_.aliases, [&](const auto& a) { return a.first == name; });
  }

  void apply(std::vector<Fallbacks>& all, std::vector<std::string> ModelSpec::* member) {
    for (Fallbacks& fallbacks : all) {
      for (const std::string& to : fallbacks.to) {
        if (!is_model(to)) warn_.fault(fallbacks.place, fmt::format("no usable model is called '{}'", to));
      }
      if (fallbacks.model == "*") {
        for (ModelSpec& spec : config_.models) {
          if ((spec.*member).empty()) spec.*member = fallbacks.to;
        }
        continue;
      }
      const auto spec =
          std::ranges::find_if(config_.models, [&](const ModelSpec& m) { return m.name == fallbacks.model; });
      if (spec == config_.models.end()) {
        warn_.fault(fallbacks.place, fmt::format("no usable model is called '{}'", fallbacks.model));
      } else {
        (*spec).*member = fallbacks.to;
      }
    }
  }

  void apply_fallbacks() {
    // "*" last: it is for models without their own.
    for (auto* all : {&fallbacks_, &context_fallbacks_, &content_fallbacks_}) {
      std::ranges::partition(*all, [](const Fallbacks& f) { return f.model != "*"; });
    }
    apply(fallbacks_, &ModelSpec::fallbacks);
    apply(context_fallbacks_, &ModelSpec::context_window_fallbacks);
    apply(content_fallbacks_, &ModelSpec::content_policy_fallbacks);
  }

  const Sources& sources_;
  Reader& reader_;
  Reader& warn_;
  Config& config_;
  std::optional<int> num_retries_, allowed_fails_, max_fallbacks_;
  std::optional<milliseconds> timeout_, stream_timeout_, cooldown_time_, retry_after_;
  std::vector<Fallbacks> fallbacks_, context_fallbacks_, content_fallbacks_;
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
