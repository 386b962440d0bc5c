#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sandbox/anthropic/check.h"
#include "sandbox/anthropic/schema_check.h"

namespace dragoman::sandbox::anthropic {
namespace {

bool is_custom(json::Value tool) { return !tool["type"].present() || tool["type"].text() == "custom"; }

Refused check_name(const std::string& path, std::string_view name, std::size_t most) {
  const bool letters = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
  if (letters && name.size() <= most) return std::nullopt;
  if (letters) return refuse(fmt::format("{}.name: String should have at most {} characters", path, most));
  return refuse(fmt::format("{}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,{}}}$'", path, most));
}

Refused check_choice(json::Value body, const Model& model, const std::set<std::string_view>& names) {
  const json::Value choice = body["tool_choice"];
  const std::string_view type = choice["type"].text();
  if (type != "any" && type != "tool") return std::nullopt;
  if (!model.forced_choice) {
    return refuse("tool_choice: type \"tool\" and \"any\" are not supported for this model.");
  }
  if (body["tools"].items().empty()) {
    return refuse(fmt::format("tool_choice.{} may only be specified while providing tools", type));
  }
  if (type == "tool" && !names.contains(choice["name"].text())) {
    return refuse(fmt::format("Tool '{}' not found in provided tools", choice["name"].text()));
  }
  const std::string_view thinking = body["thinking"]["type"].text();
  const bool thinks = thinking.empty() ? model.thinks_by_default : thinking != "disabled";
  if (thinks) return refuse("Thinking may not be enabled when tool_choice forces tool use.");
  return std::nullopt;
}

Refused unsupported(const std::string& path) {
  return refuse(path + ": structured outputs are not supported for this model.");
}

}  // namespace

Refused check_tools(json::Value body, const Model& model, const Surface& surface) {
  const json::Value list = body["tools"];
  std::set<std::string_view> names;
  std::int64_t strict = 0;
  std::int64_t largest = 0;
  StrictCost total;
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    const json::Value tool = list.at(i);
    const json::Value name = tool["name"];
    if (name && !names.insert(name.text()).second) return refuse("tools: Tool names must be unique.");
    if (!is_custom(tool)) continue;
    const std::string path = fmt::format("tools.{}.custom", i);
    if (Refused no = check_name(path, name.text(), surface.hosted() ? 64 : 128)) return no;
    if (auto fault = check_tool_schema(path + ".input_schema", tool["input_schema"])) return refuse(*fault);
    if (!tool["strict"].boolean()) continue;
    if (!model.structured_output) return unsupported(path + ".strict");
    ++strict;
    StrictCost cost;
    if (auto fault = check_strict_schema(path, tool["input_schema"], surface.paranoid, cost))
      return refuse(*fault);
    total.optional_parameters += cost.optional_parameters;
    total.union_parameters += cost.union_parameters;
    largest = std::max(largest, cost.optional_parameters + cost.union_parameters);
  }
  const json::Value format = body["output_config"]["format"];
  if (format.present()) {
    if (!model.structured_output) return unsupported("output_config.format");
    StrictCost cost;
    if (auto fault =
            check_strict_schema("output_config.format.schema", format["schema"], surface.paranoid, cost)) {
      return refuse(*fault);
    }
    for (const json::Value& message : body["messages"].items()) {  // ANTS-15
      for (const json::Value& block : message["content"].items()) {
        if (block["type"].text() == "document" && block["citations"]["enabled"].boolean()) {
          return refuse("output_config.format: citations cannot be combined with structured outputs.");
        }
      }
    }
  }
  if (auto fault = check_strict_totals(strict, total, largest)) return refuse(*fault);
  return check_choice(body, model, names);
}

}  // namespace dragoman::sandbox::anthropic
