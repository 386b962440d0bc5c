// GEN-06, GEN-07: tool definitions a target takes, and the way back to the client's names.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/seen_texts.h"
#include "dialect/custom_tool.h"
#include "dialect/tool_namespace.h"
#include "json/parse.h"
#include "json/path.h"
#include "lower/argument_plan.h"
#include "lower/context.h"
#include "lower/names.h"
#include "lower/strict.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Message;
using canon::Tool;
using canon::ToolCall;
using canon::ToolKind;
using canon::ToolResult;

// Responses alone has namespaces; other targets are told plain functions.
bool takes_namespaces(const Context& c) {
  return c.wire.name == canon::DialectName::openai_responses && c.flag(Setting::server_tools);
}

// Client name → wire name, for definitions, choice and history alike.
class NameMap {
 public:
  explicit NameMap(Context& c)
      : c_(c),
        alphabet_{c.profile.text(Setting::tool_name_first), c.profile.text(Setting::tool_name_rest),
                  static_cast<std::size_t>(c.profile.integer(Setting::tool_name_max)), 0},
        judge_(alphabet_),
        namespaces_(takes_namespaces(c)) {}

  std::string_view wire(std::string_view name, std::string_view pointer) {
    if (name.empty() || stays(name)) return name;
    for (const auto& [client, wire] : map_)
      if (client == name) return wire;
    if (map_.empty()) take_standing_names();
    std::string made = fitted(name, 0);
    for (std::uint64_t salt = 1; !taken_.insert(made).second; ++salt) made = fitted(name, salt);
    const std::string_view kept = c_.keep(made);
    map_.emplace_back(name, kept);
    c_.restore.names.emplace(made, name);
    const Setting cause = !in_class(alphabet_.first, name.front())       ? Setting::tool_name_first
                          : alphabet_.max && name.size() > alphabet_.max ? Setting::tool_name_max
                                                                         : Setting::tool_name_rest;
    c_.edit(cause, "GEN-06", pointer, "name", dialect::shown_name(name), dialect::shown_name(made),
            Loss::none);
    return kept;
  }

 private:
  bool stays(std::string_view name) const {
    const dialect::SpacedName parts = dialect::split_space(name);
    return (parts.space.empty() || namespaces_) && judge_.fits(parts.name);
  }
  // Names that stay as they are come first, so that no made-up name can take theirs.
  void take_standing_names() {
    const auto keep = [&](std::string_view name) {
      if (stays(name)) taken_.insert(std::string(name));
    };
    for (const Tool& tool : c_.draft.tools) keep(tool.name);
    for (const Message& message : c_.draft.messages)
      for (const Block& block : message.blocks)
        if (const auto* call = std::get_if<ToolCall>(&block.body)) keep(call->name);
  }
  std::string fitted(std::string_view name, std::uint64_t salt) const {
    const dialect::SpacedName parts = dialect::split_space(name);
    return namespaces_ ? dialect::join_space(parts.space, fit(alphabet_, parts.name, salt))
                       : fit(alphabet_, dialect::flat_name(parts), salt);
  }

  Context& c_;
  Alphabet alphabet_;
  NameJudge judge_;
  bool namespaces_;
  std::set<std::string> taken_;
  std::vector<std::pair<std::string_view, std::string_view>> map_;
};

// A past call of such a tool, in the same form.
void call_to_function(Context& c, Block& block) {
  auto& call = std::get<ToolCall>(block.body);
  const json::Builder build(c.arena);
  const json::Member input{"input", build.string(call.arguments_text)};
  call.custom = false;
  call.arguments = build.object({&input, 1});
  call.arguments_text = {};
  c.edit(Setting::custom_tools, "OAIR-17", block.pointer, "type", "custom", "function", Loss::none);
}

// A past call's arguments are the client's; the model knows their names as the schema beside them has them.
void rename_arguments(Context& c, ToolCall& call, std::string_view pointer) {
  const WayBack* const back = c.restore.way_back(call.name);
  if (!back || call.custom) return;
  const ArgumentPlan& plan = back->plan();
  json::Value written = call.arguments;
  if (!written) {  // a wrapped root may have been anything
    const auto parsed = json::parse(c.arena, call.arguments_text);
    if (plan.wrapped.empty() || !parsed) return;
    written = *parsed;
  }
  const json::Value made = to_wire(plan, written, json::Builder(c.arena));
  if (made.node() == written.node()) return;
  c.edit(Setting::property_chars, "ANT-35", pointer, "arguments", show(written), show(made), Loss::none);
  call.arguments = made;
  call.arguments_text = {};
}

void rename_history(Context& c, std::vector<Block>& blocks, NameMap& names) {
  for (Block& block : blocks) {
    if (auto* call = std::get_if<ToolCall>(&block.body)) {
      if (call->custom && !c.flag(Setting::custom_tools)) call_to_function(c, block);
      call->name = names.wire(call->name, block.pointer);
      rename_arguments(c, *call, block.pointer);
    }
    if (auto* result = std::get_if<ToolResult>(&block.body))
      result->name = names.wire(result->name, block.pointer);
  }
}

// A tool of free text, for targets that know functions only: one string property carries it.
void custom_to_function(Context& c, Tool& tool) {
  const json::Builder build(c.arena);
  const json::Member type{"type", build.string("string")};
  const json::Member input{"input", build.object({&type, 1})};
  const json::Value required = build.string("input");
  const json::Member members[] = {{"type", build.string("object")},
                                  {"properties", build.object({&input, 1})},
                                  {"required", build.array({&required, 1})},
                                  {"additionalProperties", build.boolean(false)}};
  c.edit(Setting::custom_tools, "OAIR-17", tool.pointer, "type", "custom", "function", Loss::widened);
  tool.kind = ToolKind::function;
  tool.schema = build.object(members);
  tool.schema_pointer = tool.pointer;
  // A grammar cannot be enforced by such a target; the model is told it.
  const dialect::CustomFormat format = dialect::custom_format(tool.source);
  if (!format.definition.empty())
    tool.description =
        c.keep(fmt::format("{}{}The input follows this {} grammar:\n{}", tool.description,
                           tool.description.empty() ? "" : "\n\n", format.syntax, format.definition));
  c.restore.custom_tools.insert(std::string(tool.name));
}

void fit_description(Context& c, Tool& tool) {
  const std::string& want = c.profile.text(Setting::tool_description);
  if (tool.kind == ToolKind::server) return;
  if (tool.description.empty() && want == "required") {
    // GEM-64: some back-ends refuse a missing description; the name says no more than the client did.
    tool.description = tool.name;
    c.edit(Setting::tool_description, "GEM-64", tool.pointer, "description", "", std::string(tool.name),
           Loss::none);
  }
  const auto most = static_cast<std::size_t>(c.profile.integer(Setting::tool_description_max));
  if (most == 0 || tool.description.size() <= most) return;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(tool.description[end]) & 0xC0) == 0x80) --end;
  c.edit(Setting::tool_description_max, "GEN-07", tool.pointer, "description",
         fmt::format("{} bytes", tool.description.size()), fmt::format("{} bytes", end), Loss::semantic);
  tool.description = tool.description.substr(0, end);
}

// What the client said of the namespace is told with each of its tools, where there is room for both.
void tell_namespace(Context& c, Tool& tool) {
  if (takes_namespaces(c) || dialect::split_space(tool.name).space.empty()) return;
  const std::string_view place = dialect::space_pointer(tool.pointer);
  const std::string_view words = json::resolve(c.original.source, place)["description"].text();
  if (words.empty()) return;
  const std::string both =
      fmt::format("{}{}{}", words, tool.description.empty() ? "" : "\n\n", tool.description);
  const auto most = static_cast<std::size_t>(c.profile.integer(Setting::tool_description_max));
  if (most && both.size() > most) {
    c.edit(Setting::tool_description_max, "GEN-07", place, "description", cut(words), "", Loss::semantic);
    return;
  }
  c.edit("GEN-07", tool.pointer, "description", cut(tool.description),
         cut(fmt::format("{} / {}", words, tool.description)), Loss::none);
  tool.description = c.keep(both);
}

// What the target counts: a namespace is one tool where it goes out as one.
std::size_t tools_on_wire(const Context& c) {
  if (!takes_namespaces(c)) return c.draft.tools.size();
  SeenTexts seen(c.draft.tools.size());
  return static_cast<std::size_t>(std::ranges::count_if(c.draft.tools, [&](const Tool& tool) {
    const bool inside = !dialect::split_space(tool.name).space.empty();
    return seen.insert(inside ? dialect::space_pointer(tool.pointer) : tool.pointer);
  }));
}

// A duplicate name is refused everywhere (ANT-40, KIMI-14); the client means the last definition of a name.
void drop_twins(Context& c) {
  auto& tools = c.draft.tools;
  SeenTexts names(tools.size()), later(tools.size());
  if (std::ranges::all_of(tools, [&](const Tool& tool) { return names.insert(tool.name); })) return;
  for (std::size_t i = tools.size(); i-- > 0;) {
    if (tools[i].name.empty() || later.insert(tools[i].name)) continue;
    c.edit("ANT-40", tools[i].pointer, "tool", dialect::shown_name(tools[i].name), "", Loss::semantic);
    tools.erase(tools.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

// Where the client lists its tools: "/tools", in Bedrock's dialect "/toolConfig/tools", in OpenAI's first
// words for them "/functions".
std::string list_pointer(const Context& c) {
  for (const Tool& tool : c.draft.tools)
    for (const std::string_view list : {"/tools/", "/functions/"})
      if (const std::size_t at = tool.pointer.find(list); at != tool.pointer.npos)
        return std::string(tool.pointer.substr(0, at + list.size() - 1));
  return "/tools";
}

}  // namespace

void pass_tools(Context& c) {
  const std::string list = list_pointer(c);
  if (!c.flag(Setting::tools) && c.draft.tool_choice.mode == canon::ChoiceMode::none) {
    // Tools that must not be called can as well stay at home.
    c.edit(Setting::tools, "BRM-05", list, "tools", fmt::format("{} tools", c.draft.tools.size()), "",
           Loss::none);
    c.draft.tools.clear();
  }
  if (!c.flag(Setting::tools) && !c.draft.tools.empty()) {
    c.refuse(c.rule(Setting::tools, "BRM-05"), list,
             fmt::format("{} does not take tools; route this request to a model that does", c.model));
    return;
  }
  const auto most = static_cast<std::size_t>(c.profile.integer(Setting::tools_max));
  if (const std::size_t count = tools_on_wire(c); most && count > most) {
    c.refuse(c.rule(Setting::tools_max, "OAI-11"), list,
             fmt::format("{} takes at most {} tools, the request has {}", c.model, most, count));
    return;
  }
  drop_twins(c);
  for (Tool& tool : c.draft.tools) {
    tell_namespace(c, tool);
    if (tool.kind == ToolKind::custom && !c.flag(Setting::custom_tools)) custom_to_function(c, tool);
  }
  NameMap names(c);
  for (Tool& tool : c.draft.tools) {
    const bool was_custom = c.restore.custom_tools.erase(std::string(tool.name)) > 0;
    tool.name = names.wire(tool.name, tool.pointer);
    if (was_custom) c.restore.custom_tools.insert(std::string(tool.name));
    fit_description(c, tool);
  }
  fit_tool_schemas(c);
  fit_strict_together(c);
  c.draft.tool_choice.tool = names.wire(c.draft.tool_choice.tool, c.draft.tool_choice.pointer);
  for (std::string_view& name : c.draft.tool_choice.allowed)
    name = names.wire(name, c.draft.tool_choice.pointer);
  for (Message& message : c.draft.messages) rename_history(c, message.blocks, names);
}

}  // namespace dragoman::lower
