// One entry of OpenClaw's models.providers.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "config/openclaw.h"
#include "config/openclaw_connect.h"
#include "config/readers.h"
#include "profile/compat.h"

namespace dragoman::config {
namespace {

using profile::Rule;
using profile::Setting;

Rule setting_rule(std::string id, std::string why,
                  std::vector<std::pair<Setting, profile::SettingValue>> set) {
  Rule rule;
  rule.id = std::move(id);
  rule.why = std::move(why);
  rule.settings = std::move(set);
  return rule;
}

// Parameters by OpenClaw's spelling. What is written in snake case is a field of the body.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kParamNames = {
    {{"maxTokens", "max_tokens"},
     {"topP", "top_p"},
     {"topK", "top_k"},
     {"frequencyPenalty", "frequency_penalty"},
     {"presencePenalty", "presence_penalty"},
     {"serviceTier", "service_tier"},
     {"parallelToolCalls", "parallel_tool_calls"},
     {"responseFormat", "response_format"},
     {"reasoningEffort", "reasoning_effort"}}};
constexpr std::array<std::string_view, 5> kTheirParams = {"transport", "thinking", "fallbacks", "canonical",
                                                          "image"};

class EntryReader {
 public:
  EntryReader(const Entry& entry, const Place& place, SecretReader& secrets, IdleKeys& idle,
              const Sources& sources, Reader& reader, Reader& warn, Config& config)
      : entry_(entry),
        place_(place),
        secrets_(secrets),
        idle_(idle),
        sources_(sources),
        reader_(reader),
        warn_(warn),
        config_(config),
        table_(config.catalogue->compat()) {}

  void read() {
    way_.id = entry_.key;
    const auto skip = [](const Place&) {};
    const Document* models = nullptr;
    fields(place_,
           {{"baseUrl", [&](const Place& p) { reader_.text(p, base_url_); }},
            {"api", [&](const Place& p) { api_ = read_api(p); }},
            {"apiKey",
             [&](const Place& p) {
               key_faulty_ = true;
               if (auto key = secrets_.read(p)) {
                 way_.key = std::move(*key);
                 key_faulty_ = false;
               } else if (p.value->is_scalar() && is_blank(p.value->text)) {
                 key_faulty_ = false;
               }
             }},
            {"auth",
             [&](const Place& p) { reader_.word(p, {"api-key", "aws-sdk", "oauth", "token"}, way_.auth); }},
            {"authHeader",
             [&](const Place& p) {
               bool value = true;
               reader_.boolean(p, value);
               way_.auth_header = value;
             }},
            {"headers", [&](const Place& p) { headers(p, way_.headers); }},
            {"request", [&](const Place& p) { request(p); }},
            {"region", [&](const Place& p) { reader_.text(p, way_.region); }},
            {"timeoutSeconds",
             [&](const Place& p) {
               std::int64_t seconds = 0;
               reader_.integer(p, 1, 86'400, seconds);
               timeout_ = milliseconds(seconds * 1000);
             }},
            {"maxTokens", [&](const Place& p) { whole(p, max_tokens_); }},
            {"contextWindow", [&](const Place& p) { whole(p, context_window_); }},
            {"injectNumCtxForOpenAICompat",
             [&](const Place& p) {
               bool value = true;
               reader_.boolean(p, value);
               num_ctx_ = value;
             }},
            {"params", [&](const Place& p) { params(p, defaults_); }},
            {"compat", [&](const Place& p) { way_.compat = read_compat(p, table_, reader_, warn_); }},
            {"models", [&](const Place& p) { models = p.value; }},
            {"name", skip}},
           {{"agentRuntime", "it chooses how OpenClaw runs the model"},
            {"localService", "dragoman starts no servers"}});
    if (key_faulty_ || api_ == nullptr) return;
    auto connection = connect_to(*api_, base_url_);
    if (!connection) return;
    config_.connections.push_back(connection->shared);
    if (models == nullptr) return;
    if (!models->is_list()) {
      reader_.fault({models, place_.path + ".models"}, "expected a list of models, found " + shown(*models));
      return;
    }
    for (std::size_t i = 0; i < models->items.size(); ++i)
      model(Place{&models->items[i], fmt::format("{}.models[{}]", place_.path, i)}, *connection);
  }

 private:
  struct IdleField {
    std::string_view key, why;
  };

  void fields(const Place& place, const std::vector<Reader::Field>& known,
              const std::vector<IdleField>& idle) {
    if (!place.value->is_map()) {
      reader_.fault(place, "expected a map, found " + shown(*place.value));
      return;
    }
    for (const Entry& entry : place.value->entries) {
      const Place at = place.at(entry);
      if (const auto f = std::ranges::find_if(known, [&](const auto& k) { return k.name == entry.key; });
          f != known.end()) {
        if (!entry.value.is_null()) f->read(at);
        continue;
      }
      if (const auto f = std::ranges::find_if(idle, [&](const auto& k) { return k.key == entry.key; });
          f != idle.end()) {
        idle_.note(entry, at.path, f->why);
        continue;
      }
      // OpenClaw's next version may know it: not a reason not to run.
      std::vector<std::string_view> names;
      for (const auto& k : known) names.push_back(k.name);
      warn_.fault_at(entry.line, entry.column, at.path, "not honoured: no such key is known",
                     suggest(entry.key, names));
    }
  }

  void whole(const Place& place, std::int64_t& out) { reader_.integer(place, 1, 1'000'000'000, out); }

  const OpenclawApi* read_api(const Place& place) {
    std::vector<std::string_view> names;
    for (const OpenclawApi& api : openclaw_apis()) names.push_back(api.name);
    std::string name;
    reader_.word(place, names, name);
    for (const OpenclawApi& api : openclaw_apis()) {
      if (api.name != name) continue;
      if (!api.dialect) {
        warn_.fault(place,
                    fmt::format("'{}' is not served, and what needs it is left out: {}", name, api.why));
        return nullptr;
      }
      return &api;
    }
    return nullptr;
  }

  void headers(const Place& place, NamedTexts& out) {
    reader_.entries(place, [&](const Entry& entry, const Place& value) {
      // A header's text is no key: a word in capitals is what it is.
      if (entry.value.is_scalar() && !entry.value.text.starts_with("secretref-")) {
        out.emplace_back(entry.key, entry.value.text);
      } else if (auto secret = secrets_.read(value)) {
        out.emplace_back(entry.key, secret->reveal());
      }
    });
  }

  void request(const Place& place) {
    fields(place,
           {{"headers", [&](const Place& p) { headers(p, way_.headers); }},
            {"auth", [&](const Place& p) { request_auth(p); }}},
           {{"proxy", "dragoman calls providers directly"},
            {"tls", "the system's certificates decide"},
            {"allowPrivateNetwork", "dragoman calls what the file names, wherever it is"}});
  }

  void request_auth(const Place& place) {
    std::string mode, header, prefix;
    std::optional<Secret> secret;
    fields(place,
           {{"mode",
             [&](const Place& p) {
               reader_.word(p, {"provider-default", "authorization-bearer", "header"}, mode);
             }},
            {"token", [&](const Place& p) { secret = secrets_.read(p); }},
            {"value", [&](const Place& p) { secret = secrets_.read(p); }},
            {"headerName", [&](const Place& p) { reader_.text(p, header); }},
            {"prefix", [&](const Place& p) { reader_.text(p, prefix); }}},
           {});
    if (mode.empty() || mode == "provider-default" || !secret) return;
    if (mode == "header" && header.empty()) {
      reader_.fault(place, "mode: header needs headerName");
      return;
    }
    way_.key = Secret(prefix + secret->reveal());
    way_.own_auth = mode == "header" ? header : "Authorization";
    way_.own_bearer = mode != "header";
  }

  void params(const Place& place, std::vector<DefaultParam>& out) {
    reader_.entries(place, [&](const Entry& entry, const Place& value) {
      if (entry.key == "extra_body" || entry.key == "extraBody") {
        reader_.entries(value,
                        [&](const Entry& inner, const Place&) { set_param(inner.key, inner.value, out); });
        return;
      }
      std::string name = entry.key;
      for (const auto& [theirs, ours] : kParamNames)
        if (theirs == name) name = ours;
      const bool camel = std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
      if (camel || std::ranges::find(kTheirParams, name) != kTheirParams.end()) {
        idle_.note(entry, value.path, "it steers OpenClaw, not a request");
        return;
      }
      set_param(name, entry.value, out);
    });
  }

  static void set_param(const std::string& name, const Document& value, std::vector<DefaultParam>& out) {
    std::erase_if(out, [&](const DefaultParam& p) { return p.name == name; });
    out.push_back({name, to_json(value), canon::param_named(name)});
  }

  std::optional<OpenclawConnection> connect_to(const OpenclawApi& api, const std::string& base_url) {
    auto made = connect_openclaw(way_, api, base_url, *config_.catalogue, sources_);
    if (made) return std::move(*made);
    reader_.fault_at(entry_.line, entry_.column, place_.path, made.error().message,
                     made.error().missing_key ? "set apiKey" : made.error().suggestion);
    return {};
  }

  void model(const Place& place, const OpenclawConnection& shared) {
    std::string id, base_url;
    const OpenclawApi* api = nullptr;
    bool api_given = false;
    std::optional<bool> reasoning;
    std::optional<std::vector<std::string>> input;
    std::int64_t window = context_window_, tokens = 0, most = max_tokens_;
    TargetSpec target;
    target.defaults = defaults_;
    std::vector<Rule> compat;
    std::optional<Rule> levels;
    fields(place,
           {{"id", [&](const Place& p) { reader_.text(p, id); }},
            {"name", [](const Place&) {}},
            {"api",
             [&](const Place& p) {
               api = read_api(p);
               api_given = true;
             }},
            {"baseUrl", [&](const Place& p) { reader_.text(p, base_url); }},
            {"reasoning",
             [&](const Place& p) {
               bool value = false;
               reader_.boolean(p, value);
               reasoning = value;
             }},
            {"input",
             [&](const Place& p) {
               input.emplace();
               reader_.texts(p, *input);
             }},
            {"contextWindow", [&](const Place& p) { whole(p, window); }},
            {"cost",
             [&](const Place& p) {  // US dollars per million tokens
               profile::Price price;
               const auto number = [&](double& into) {
                 return [&](const Place& q) { reader_.number(q, 0, 1e6, into); };
               };
               double cache = 0;
               fields(p,
                      {{"input", number(price.input)},
                       {"output", number(price.output)},
                       {"cacheRead", number(cache)},
                       {"cacheWrite", number(cache)}},
                      {});
               target.price = price;
             }},
            {"contextTokens", [&](const Place& p) { whole(p, tokens); }},
            {"maxTokens", [&](const Place& p) { whole(p, most); }},
            {"thinkingLevelMap", [&](const Place& p) { levels = thinking_levels(p); }},
            {"params", [&](const Place& p) { params(p, target.defaults); }},
            {"headers", [&](const Place& p) { headers(p, target.headers); }},
            {"compat", [&](const Place& p) { compat = read_compat(p, table_, reader_, warn_); }}},
           {{"mediaInput", "OpenClaw shrinks images by it before it sends them"},
            {"agentRuntime", "it chooses how OpenClaw runs the model"},
            {"metadataSource", "it says where OpenClaw has the entry from"}});
    if (!place.value->is_map()) return;
    if (id.empty()) {
      reader_.fault(place, "a model needs its id");
      return;
    }
    if (api_given && api == nullptr) return;  // said
    OpenclawConnection own = shared;
    if (api != nullptr || !base_url.empty()) {
      auto made = connect_to(api != nullptr ? *api : *api_, base_url.empty() ? base_url_ : base_url);
      if (!made) return;
      own = std::move(*made);
    }
    target.connection = own.shared;
    target.model = id;
    target.context_window = tokens > 0 && (window == 0 || tokens < window) ? tokens : window;
    if (timeout_) target.timeouts = target.stream_timeouts = whole_timeouts(*timeout_);
    if (reasoning == true && own.by_host && is_openai(own.shared->row->dialect))
      target.rules = own.endpoint->reasoning;
    if (reasoning == false)
      target.rules.push_back(setting_rule("openclaw.reasoning", "the model is said not to reason",
                                          {{Setting::thinking, false}}));
    if (input) {
      const auto takes = [&](std::string_view kind) {
        return std::ranges::find(*input, kind) != input->end();
      };
      target.rules.push_back(
          setting_rule("openclaw.input", "what the model is said to read",
                       {{Setting::images, takes("image")}, {Setting::audio, takes("audio")}}));
    }
    if (most > 0)
      target.rules.push_back(setting_rule("openclaw.maxTokens", "the model's greatest output",
                                          {{Setting::max_tokens_cap, most}}));
    if (levels) target.rules.push_back(std::move(*levels));
    if (own.ollama && num_ctx_.value_or(true) && target.context_window > 0 &&
        std::ranges::none_of(target.defaults, [](const DefaultParam& p) { return p.name == "options"; }))
      target.defaults.push_back({"options", fmt::format(R"({{"num_ctx":{}}})", target.context_window), {}});
    for (Rule& rule : compat) target.rules.push_back(std::move(rule));

    ModelSpec spec;
    spec.name = entry_.key + "/" + id;
    spec.pasted = true;
    if (std::ranges::any_of(config_.models, [&](const ModelSpec& m) { return m.name == spec.name; })) {
      reader_.fault(place, fmt::format("a model '{}' stands in this file already", spec.name));
      return;
    }
    spec.targets.push_back(std::move(target));
    config_.models.push_back(std::move(spec));
  }

  // {off: null, low: "minimal", …}: null is a level the model does not have.
  std::optional<Rule> thinking_levels(const Place& place) {
    std::vector<std::string> map, labels;
    bool off = true;
    reader_.entries(place, [&](const Entry& entry, const Place& value) {
      if (entry.value.is_null()) {
        if (entry.key == "off") off = false;
        return;
      }
      std::string label;
      reader_.text(value, label);
      if (label.empty()) return;
      map.push_back(entry.key + "=" + label);
      if (entry.key != "off" && std::ranges::find(labels, label) == labels.end()) labels.push_back(label);
    });
    Rule rule = setting_rule("openclaw.thinkingLevelMap", "the model's own names of reasoning levels",
                             {{Setting::effort_map, map}, {Setting::thinking_off, off}});
    if (!labels.empty()) {
      rule.settings.emplace_back(Setting::effort, labels);
      rule.settings.emplace_back(Setting::thinking, true);
    }
    return rule;
  }

  static Timeouts whole_timeouts(milliseconds all) {
    Timeouts out;
    out.connect = std::min(out.connect, all);
    out.first_byte = out.between_events = out.total = all;
    return out;
  }

  const Entry& entry_;
  const Place& place_;
  SecretReader& secrets_;
  IdleKeys& idle_;
  const Sources& sources_;
  Reader& reader_;
  Reader& warn_;
  Config& config_;
  const profile::CompatTable& table_;

  const OpenclawApi* api_ = &openclaw_apis().front();  // a provider without one speaks Chat Completions
  OpenclawWay way_;
  std::string base_url_;
  bool key_faulty_ = false;
  std::optional<bool> num_ctx_;
  std::optional<milliseconds> timeout_;
  std::int64_t max_tokens_ = 0, context_window_ = 0;
  std::vector<DefaultParam> defaults_;
};

}  // namespace

void read_openclaw_provider(const Entry& entry, const Place& place, SecretReader& secrets, IdleKeys& idle,
                            const Sources& sources, Reader& reader, Reader& warn, Config& config) {
  EntryReader(entry, place, secrets, idle, sources, reader, warn, config).read();
}

}  // namespace dragoman::config
