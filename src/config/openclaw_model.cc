// One model of an entry of OpenClaw's models.providers.
#include <fmt/format.h>

#include <algorithm>

#include "config/openclaw_entry.h"
#include "config/readers.h"

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

Timeouts whole_timeouts(milliseconds all) {
  Timeouts out;
  out.connect = std::min(out.connect, all);
  out.first_byte = out.between_events = out.total = all;
  return out;
}

}  // namespace

// What stands in the model's map. Tokens: 0 is not said.
struct EntryReader::Model {
  std::string id, base_url;
  const OpenclawApi* api = nullptr;  // with api_given: not served, which has been said
  bool api_given = false;
  std::optional<bool> reasoning;
  std::optional<std::vector<std::string>> input;
  std::int64_t window = 0, tokens = 0, most = 0;
  std::vector<Rule> compat;
  std::optional<Rule> levels;
  TargetSpec target;
};

void EntryReader::model_fields(const Place& place, Model& out) {
  fields(place,
         {{"id", [&](const Place& p) { reader_.text(p, out.id); }},
          {"name", [](const Place&) {}},
          {"api",
           [&](const Place& p) {
             out.api = read_api(p);
             out.api_given = true;
           }},
          {"baseUrl", [&](const Place& p) { reader_.text(p, out.base_url); }},
          {"reasoning",
           [&](const Place& p) {
             bool value = false;
             reader_.boolean(p, value);
             out.reasoning = value;
           }},
          {"input",
           [&](const Place& p) {
             out.input.emplace();
             reader_.texts(p, *out.input);
           }},
          {"contextWindow", [&](const Place& p) { whole(p, out.window); }},
          {"cost", [&](const Place& p) { out.target.price = cost(p); }},
          {"contextTokens", [&](const Place& p) { whole(p, out.tokens); }},
          {"maxTokens", [&](const Place& p) { whole(p, out.most); }},
          {"thinkingLevelMap", [&](const Place& p) { out.levels = thinking_levels(p); }},
          {"params", [&](const Place& p) { params(p, out.target.defaults); }},
          {"headers", [&](const Place& p) { headers(p, out.target.headers); }},
          {"compat", [&](const Place& p) { out.compat = read_compat(p, table_, reader_, warn_); }}},
         {{"mediaInput", "OpenClaw shrinks images by it before it sends them"},
          {"agentRuntime", "it chooses how OpenClaw runs the model"},
          {"metadataSource", "it says where OpenClaw has the entry from"}});
}

// US dollars per million tokens.
profile::Price EntryReader::cost(const Place& place) {
  profile::Price price;
  const auto number = [&](double& into) { return [&](const Place& p) { reader_.number(p, 0, 1e6, into); }; };
  double cache = 0;
  fields(place,
         {{"input", number(price.input)},
          {"output", number(price.output)},
          {"cacheRead", number(cache)},
          {"cacheWrite", number(cache)}},
         {});
  return price;
}

// {off: null, low: "minimal", …}: null is a level the model does not have.
Rule EntryReader::thinking_levels(const Place& place) {
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

// What the fields say as rules of the target; compat flags last, they outrank the rest.
void EntryReader::add_rules(Model& model, const OpenclawConnection& own) {
  std::vector<Rule>& rules = model.target.rules;
  if (model.reasoning == true && own.by_host && is_openai(own.shared->row->dialect))
    rules = own.endpoint->reasoning;
  if (model.reasoning == false)
    rules.push_back(
        setting_rule("openclaw.reasoning", "the model is said not to reason", {{Setting::thinking, false}}));
  if (model.input) {
    const auto takes = [&](std::string_view kind) {
      return std::ranges::find(*model.input, kind) != model.input->end();
    };
    rules.push_back(setting_rule("openclaw.input", "what the model is said to read",
                                 {{Setting::images, takes("image")}, {Setting::audio, takes("audio")}}));
  }
  if (model.most > 0)
    rules.push_back(setting_rule("openclaw.maxTokens", "the model's greatest output",
                                 {{Setting::max_tokens_cap, model.most}}));
  if (model.levels) rules.push_back(std::move(*model.levels));
  for (Rule& rule : model.compat) rules.push_back(std::move(rule));
}

void EntryReader::model(const Place& place, const OpenclawConnection& shared) {
  Model model;
  model.window = context_window_;
  model.most = max_tokens_;
  TargetSpec& target = model.target;
  target.defaults = defaults_;
  model_fields(place, model);
  if (!place.value->is_map()) return;
  if (model.id.empty()) {
    reader_.fault(place, "a model needs its id");
    return;
  }
  if (model.api_given && model.api == nullptr) return;
  OpenclawConnection own = shared;
  if (model.api != nullptr || !model.base_url.empty()) {
    auto made = connect_to(model.api != nullptr ? *model.api : *api_,
                           model.base_url.empty() ? base_url_ : model.base_url);
    if (!made) return;
    own = std::move(*made);
  }
  target.connection = own.shared;
  target.model = model.id;
  const std::int64_t window = model.window, tokens = model.tokens;
  target.context_window = tokens > 0 && (window == 0 || tokens < window) ? tokens : window;
  if (timeout_) target.timeouts = target.stream_timeouts = whole_timeouts(*timeout_);
  add_rules(model, own);
  if (own.ollama && num_ctx_.value_or(true) && target.context_window > 0 &&
      std::ranges::none_of(target.defaults, [](const DefaultParam& p) { return p.name == "options"; }))
    target.defaults.push_back({"options", fmt::format(R"({{"num_ctx":{}}})", target.context_window), {}});

  ModelSpec spec;
  spec.name = entry_.key + "/" + model.id;
  spec.pasted = true;
  if (std::ranges::any_of(config_.models, [&](const ModelSpec& m) { return m.name == spec.name; })) {
    reader_.fault(place, fmt::format("a model '{}' stands in this file already", spec.name));
    return;
  }
  spec.targets.push_back(std::move(target));
  config_.models.push_back(std::move(spec));
}

}  // namespace dragoman::config
