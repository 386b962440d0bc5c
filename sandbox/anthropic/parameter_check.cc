#include <fmt/format.h>

#include "base/strings.h"
#include "sandbox/anthropic/check.h"

namespace dragoman::sandbox::anthropic {
namespace {

Refused check_sampling(json::Value body, const Model& model) {
  const json::Value temperature = body["temperature"];
  const json::Value top_p = body["top_p"];
  const json::Value top_k = body["top_k"];
  if (model.sampling == Sampling::refused) {
    const struct {
      std::string_view name;
      json::Value value;
    } given[] = {{"temperature", temperature}, {"top_p", top_p}, {"top_k", top_k}};
    for (const auto& [name, value] : given) {
      if (value) return refuse(fmt::format("`{}` is deprecated for this model.", name));
    }
  }
  if (temperature && (temperature.number() < 0 || temperature.number() > 1)) {
    return refuse("temperature: range: 0..1");
  }
  if (top_p && (top_p.number() < 0 || top_p.number() > 1)) return refuse("top_p: range: 0..1");
  if (top_k && top_k.integer().value_or(0) < 0)
    return refuse("top_k: Input should be greater than or equal to 0");
  if (model.sampling == Sampling::one_of && temperature && top_p) {
    return refuse("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
  }
  const std::string_view thinking = body["thinking"]["type"].text();
  if (thinking != "enabled" && thinking != "adaptive") return std::nullopt;
  if (temperature && temperature.number() != 1) {
    return refuse(
        "`temperature` may only be set to 1 when thinking is enabled. Please consult our documentation at "
        "https://docs.claude.com/en/docs/build-with-claude/"
        "extended-thinking#important-considerations-when-using-"
        "extended-thinking");
  }
  if (top_k) return refuse("`top_k` must be unset when thinking is enabled.");
  if (top_p && top_p.number() < 0.95) {
    return refuse("`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.");
  }
  return std::nullopt;
}

Refused check_thinking_type(json::Value body, const Model& model) {
  const json::Value thinking = body["thinking"];
  if (!thinking) return std::nullopt;
  const std::string_view type = thinking["type"].text();
  const bool allowed = lists(model.thinking, type) || (type == "disabled" && model.thinking.empty());
  if (!allowed) {
    std::string message = fmt::format("thinking.type.{} is not supported for this model.", type);
    if (type == "enabled" && lists(model.thinking, "adaptive")) {
      message += " Use thinking.type.adaptive and output_config.effort to control thinking behavior.";
    }
    return refuse(std::move(message));
  }
  if (thinking["block_binding"] && lists(model.thinking, "enabled"))  // ANT-45
    return refuse(fmt::format("thinking.{}.block_binding: Extra inputs are not permitted", type));
  if (type == "disabled" && model.disabled_needs_low_effort) {
    const std::string_view effort = body["output_config"]["effort"].text();
    if (effort == "xhigh" || effort == "max") {
      return refuse(
          fmt::format("thinking.type.disabled is not supported for this model with effort '{}'.", effort));
    }
  }
  if (type != "enabled") return std::nullopt;
  const std::int64_t budget = thinking["budget_tokens"].integer().value_or(0);
  if (budget < 1024) {
    return refuse("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
  }
  const json::Value limit = body["max_tokens"];
  if (limit && limit.integer().value_or(0) <= budget) {
    return refuse(
        "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
        "https://docs.claude.com/en/docs/build-with-claude/"
        "extended-thinking#max-tokens-and-context-window-size");
  }
  return std::nullopt;
}

}  // namespace

Refused check_parameters(json::Value body, const Model& model) {
  if (const json::Value limit = body["max_tokens"]) {
    const std::int64_t n = limit.integer().value_or(0);
    if (n < 0) return refuse("max_tokens: Input should be greater than or equal to 0");
    if (n > model.max_output) {
      return refuse(
          fmt::format("max_tokens: {} > {}, which is the maximum allowed number of output tokens for {}", n,
                      model.max_output, body["model"] ? body["model"].text() : model.name));
    }
  }
  for (const json::Value& stop : body["stop_sequences"].items()) {
    if (is_blank(stop.text()))
      return refuse("stop_sequences: each stop sequence must contain non-whitespace");
  }
  if (Refused no = check_thinking_type(body, model)) return no;
  if (Refused no = check_sampling(body, model)) return no;
  const json::Value effort = body["output_config"]["effort"];
  if (effort.present() && model.efforts.empty())
    return refuse("This model does not support the effort parameter.");
  if (effort.present() && !lists(model.efforts, effort.text())) {
    return refuse(fmt::format("This model does not support effort level '{}'. Supported levels: {}.",
                              effort.text(), model.efforts));
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::anthropic
