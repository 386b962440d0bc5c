#include <fmt/format.h>

#include "base/strings.h"
#include "json/write.h"
#include "sandbox/answer.h"
#include "sandbox/gemini/check.h"
#include "sandbox/gemini/proto.h"

namespace dragoman::sandbox::gemini {
namespace {

Refused out_of_range(json::Value value, std::string_view name, double least, double most,
                     std::string_view shown) {
  if (!value.present() || (value.number() >= least && value.number() <= most)) return std::nullopt;
  return refuse(fmt::format("* GenerateContentRequest.generation_config.{0}: {0} must be in the range {1}.",
                            name, shown));
}

Refused check_budget(json::Value budget, json::Value include, const Target& target) {
  if (!budget.present()) return std::nullopt;
  const std::int64_t n = budget.integer().value_or(0);
  const Model& model = *target.model;
  if (n == -1) return std::nullopt;  // let the model choose
  if (n == 0) {
    if (!model.can_stop_thinking && target.vertex) {
      return refuse(
          "Unable to submit request because Thinking can't be disabled for this model. Remove "
          "'thinking_config.thinking_budget' from your request and try again.. Learn more: "
          "https://cloud.google.com/vertex-ai/generative-ai/docs/thinking");
    }
    if (!model.can_stop_thinking)
      return refuse("Budget 0 is invalid. This model only works in thinking mode.");
    if (include.boolean() && target.vertex) {
      return refuse(
          "Unable to submit request because Thinking_config.include_thoughts is only enabled when thinking "
          "is "
          "enabled.. Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/thinking");
    }
    return std::nullopt;
  }
  if (n < model.least_budget || n > model.most_budget) {
    return refuse(fmt::format("The thinking budget {} is invalid. Please choose a value between {} and {}.",
                              n, model.least_budget, model.most_budget));
  }
  return std::nullopt;
}

Refused check_thinking(json::Value thinking, const Target& target) {
  const json::Value level = get(thinking, "thinking_level");
  const json::Value budget = get(thinking, "thinking_budget");
  if (level.present() && budget.present()) {
    return refuse("You can only set only one of thinking budget and thinking level.");
  }
  if (level.present()) {
    if (target.model->levels.empty()) return refuse("Thinking level is not supported for this model.");
    bool listed = false;
    for (const std::string_view known : split(target.model->levels, '|')) {
      listed = listed || equals_ignoring_case(known, level.text());
    }
    if (!listed && equals_ignoring_case(level.text(), "MINIMAL")) {
      return refuse(
          "Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.");
    }
  }
  return check_budget(budget, get(thinking, "include_thoughts"), target);
}

Refused check_cached(json::Value body, const Target& target) {
  if (!target.paranoid || !get(body, "cached_content").present()) return std::nullopt;  // GEM-51
  if (get(body, "system_instruction").present() || body["tools"].present() ||
      get(body, "tool_config").present()) {
    return refuse(
        "CachedContent can not be used with GenerateContent request setting system_instruction, tools or "
        "tool_config.");
  }
  return std::nullopt;
}

}  // namespace

std::int64_t request_tokens(json::Value body) {
  return count_tokens(json::dump_compact(body["contents"])) +
         count_tokens(json::dump_compact(get(body, "system_instruction"))) +
         count_tokens(json::dump_compact(body["tools"])) + 3;
}

Refused check_config(json::Value body, const Target& target) {
  if (get(body, "system_instruction").present() && !target.model->system) {
    return refuse(fmt::format("Developer instruction is not enabled for models/{}", target.name));
  }
  const json::Value config = get(body, "generation_config");
  const json::Value limit = get(config, "max_output_tokens");
  if (target.vertex && limit.present()) {
    const std::int64_t n = limit.integer().value_or(0);
    if (n < 1 || n > 65536) {
      return refuse(
          fmt::format("Unable to submit request because it has a maxOutputTokens value of {} but the "
                      "supported range is from 1 "
                      "(inclusive) to 65537 (exclusive). Update the value and try again.",
                      n));
    }
  }
  if (Refused no = out_of_range(get(config, "temperature"), "temperature", 0, 2, "[0.0, 2.0]")) return no;
  if (Refused no = out_of_range(get(config, "top_p"), "top_p", 0, 1, "[0.0, 1.0]")) return no;
  if (Refused no = out_of_range(get(config, "top_k"), "top_k", 1, 1e9, "[1, 1000000000]")) return no;
  if (Refused no = out_of_range(get(config, "candidate_count"), "candidate_count", 1, 8, "[1, 8]")) return no;
  for (const std::string_view name : {"presence_penalty", "frequency_penalty"})
    if (Refused no = out_of_range(get(config, name), name, -2, target.vertex ? 1.999 : 2, "[-2.0, 2.0]"))
      return no;
  const json::Value stops = get(config, "stop_sequences");
  if (stops.items().size() > 5) {
    return refuse(
        "* GenerateContentRequest.generation_config.stop_sequences: must have at most 5 stop sequences.");
  }
  for (std::size_t i = 0; i < stops.items().size(); ++i) {
    if (stops.at(i).text().empty()) {
      return refuse(
          fmt::format("* GenerateContentRequest.generation_config.stop_sequences[{}]: cannot be empty", i));
    }
  }
  const json::Value schema = get(config, "response_schema");
  if (schema.present() && get(config, "response_json_schema").present()) {
    return refuse(
        "* GenerateContentRequest.generation_config: only one of response_schema and response_json_schema "
        "may be set");
  }
  if (schema.present()) {
    if (Refused no = check_schema(schema, "generation_config.response_schema")) return no;
  }
  return check_thinking(get(config, "thinking_config"), target);
}

Refused check_request(json::Value body, const Target& target) {
  if (Refused no = check_cached(body, target)) return no;
  if (Refused no = check_contents(body["contents"], target)) return no;
  if (Refused no = check_tools(body, target)) return no;
  if (Refused no = check_config(body, target)) return no;
  const std::int64_t tokens = request_tokens(body);
  if (tokens > target.model->window) {
    return refuse(fmt::format("The input token count ({}) exceeds the maximum number of tokens allowed ({}).",
                              tokens, target.model->window));
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::gemini
