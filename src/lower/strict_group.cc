// Strict tools as a group: hosts that say `strict` once for all of them, and count over all of them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lower/context.h"
#include "lower/strict.h"

namespace dragoman::lower {
namespace {

using canon::Tool;

// Calls `visit` with the schema and each schema below it.
template <class Visit>
void each_schema(json::Value schema, const Visit& visit, int depth = 0) {
  constexpr int kMaxDepth = 128;  // as deep as schema rewriting goes
  if (!schema.is_object() || depth > kMaxDepth) return;
  visit(schema);
  for (const char* key : {"properties", "$defs", "definitions"})
    for (const json::Member& member : schema[key].members()) each_schema(member.value, visit, depth + 1);
  for (const char* key : {"anyOf", "oneOf", "allOf", "prefixItems"})
    for (const json::Value item : schema[key].items()) each_schema(item, visit, depth + 1);
  each_schema(schema["items"], visit, depth + 1);
}

// Does a schema refer, through others perhaps, to itself? Each schema is walked once.
class CycleSearch {
 public:
  explicit CycleSearch(json::Value root) : root_(root) {}

  bool found(json::Value schema) {
    if (!schema.is_object() || done_.contains(schema.node())) return false;
    if (path_.size() > kMaxDepth || !path_.insert(schema.node()).second) return true;
    const bool cycle = below(schema);
    path_.erase(schema.node());
    done_.insert(schema.node());
    return cycle;
  }

 private:
  static constexpr std::size_t kMaxDepth = 128;

  bool below(json::Value schema) {
    if (const std::string_view ref = schema["$ref"].text();
        ref.starts_with('#') && found(json::resolve(root_, ref.substr(1))))
      return true;
    for (const json::Member& member : schema["properties"].members())
      if (found(member.value)) return true;
    for (const char* key : {"anyOf", "oneOf", "allOf", "prefixItems"})
      for (const json::Value item : schema[key].items())
        if (found(item)) return true;
    return found(schema["items"]) || found(schema["additionalProperties"]);
  }

  json::Value root_;
  std::set<const json::Node*> path_, done_;
};

bool is_strict(const Tool& tool) { return tool.strict.value_or(false); }

void let_go(Context& c, Setting cause, std::string_view fallback, std::string_view why) {
  for (Tool& tool : c.draft.tools) {
    if (!is_strict(tool)) continue;
    c.edit(cause, fallback, tool.pointer, "strict", "true", fmt::format("false: {}", why), Loss::widened);
    tool.strict = false;
  }
}

}  // namespace

std::string_view unmet_need(json::Value schema, const std::vector<std::string>& needs) {
  const auto needed = [&](std::string_view need) { return std::ranges::find(needs, need) != needs.end(); };
  if (needs.empty()) return {};
  if (needed("acyclic") && CycleSearch(schema).found(schema)) return "it refers to itself";
  const bool members = needed("members"), required = needed("required"), plain = needed("plain_patterns");
  std::string_view fault;
  each_schema(schema, [&](json::Value s) {
    const bool object = s["type"].text() == "object" || s["properties"].is_object();
    if (object && members && s["properties"].members().empty()) fault = "an object names no members";
    if (object && required && s["required"].items().empty()) fault = "an object requires nothing";
    if (!plain) return;
    for (const std::string_view token : {"^", "$", "?=", "?!"})
      if (s["pattern"].text().find(token) != std::string_view::npos) fault = "a pattern has an anchor";
  });
  return fault;
}

std::int64_t count_fields(json::Value schema) {
  std::int64_t sum = 0;
  each_schema(schema,
              [&](json::Value s) { sum += static_cast<std::int64_t>(s["properties"].members().size()); });
  return sum;
}

void fit_strict_together(Context& c) {
  const auto& tools = c.draft.tools;
  if (std::none_of(tools.begin(), tools.end(), is_strict)) return;
  const auto loose = [](const Tool& t) { return t.kind == canon::ToolKind::function && !is_strict(t); };
  if (c.flag(Setting::strict_uniform) && std::any_of(tools.begin(), tools.end(), loose))
    return let_go(c, Setting::strict_uniform, "CER-05", "another tool is not strict");
  for (const Tool& tool : tools)
    if (const auto lacks = is_strict(tool)
                               ? unmet_need(tool.schema, c.profile.list(Setting::structured_needs))
                               : std::string_view();
        !lacks.empty())
      return let_go(c, Setting::strict_uniform, "COH-12", lacks);
  const std::int64_t most = c.profile.integer(Setting::strict_fields_max);
  if (most == 0) return;
  std::int64_t fields = 0;
  for (const Tool& tool : tools)
    if (is_strict(tool)) fields += count_fields(tool.schema);
  if (fields > most)
    let_go(c, Setting::strict_fields_max, "COH-12", fmt::format("{} fields, {} is the most", fields, most));
}

}  // namespace dragoman::lower
