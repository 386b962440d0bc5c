// What OpenAI's Responses asks of items (OAIR-06 … OAIR-12): ids it knows. Reasoning that nothing follows
// (OAIR-10) is pass_reasoning's. Everything goes out stateless; encode() writes no ids at all, so here it is
// only decided whether the client's own bytes can stay.
#include <algorithm>
#include <array>

#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Message;
using json::Value;

// The beginning of an item's id, by its type.
struct Prefix {
  std::string_view type, prefix;
};
constexpr std::array<Prefix, 6> kPrefixes = {{{"message", "msg"},
                                              {"function_call", "fc"},
                                              {"custom_tool_call", "ctc"},
                                              {"reasoning", "rs"},
                                              {"function_call_output", "fc"},
                                              {"custom_tool_call_output", "ctc"}}};

// Ids that dragoman made for another provider's answer (dialect/openai_responses/render.cc).
bool ours(std::string_view id) {
  const std::size_t line = id.find('_');
  return line != std::string_view::npos && id.substr(line + 1).starts_with("dgm");
}

bool model_said(std::string_view type, Value item) {
  return type.ends_with("_call") || (type == "message" && item["role"].text() == "assistant");
}

void look_at_ids(Context& c) {
  const Value input = c.original.source["input"];
  const bool reasons = c.flag(Setting::encrypted_reasoning);
  bool thought = false;  // reasoning in the turn at hand
  for (std::size_t i = 0; i < input.items().size(); ++i) {
    const Value item = input.at(i);
    const std::string_view given = item["type"].text();
    const std::string_view type = given.empty() ? "message" : given;
    const bool said = model_said(type, item);
    if (type == "reasoning")
      thought = true;
    else if (!said)
      thought = false;
    const std::string_view id = item["id"].text();
    if (id.empty()) continue;
    const auto row =
        std::find_if(kPrefixes.begin(), kPrefixes.end(), [&](const Prefix& p) { return p.type == type; });
    const bool wrong = ours(id) || id.size() > 64 || (row != kPrefixes.end() && !id.starts_with(row->prefix));
    // An id that came with reasoning is refused without it (OAIR-11); without the id it is a fresh item.
    const bool alone = reasons && said && !thought;
    if (!wrong && !alone) continue;
    const std::string pointer = json::pointer_join(json::pointer_join("/input", i), "id");
    c.edit(wrong ? "OAIR-06" : "OAIR-11", c.keep(pointer), "id", std::string(id), "", Loss::none);
  }
}

// OAIR-07, OAIR-18: items of the client's that encode() writes right.
void look_at_items(Context& c) {
  const Value input = c.original.source["input"];
  for (std::size_t i = 0; i < input.items().size(); ++i) {
    const Value item = input.at(i);
    const std::string at = json::pointer_join("/input", i);
    if (item["type"].text() == "reasoning" && !item["summary"].present())
      c.edit("OAIR-07", c.keep(at), "summary", "", "[]", Loss::none);
    if (item["role"].text() != "assistant") continue;
    for (std::size_t j = 0; j < item["content"].items().size(); ++j) {
      const std::string_view type = item["content"].at(j)["type"].text();
      if (type == "input_text" || type == "text")
        c.edit("OAIR-18", c.keep(json::pointer_join(json::pointer_join(at, "content"), j)), "type",
               std::string(type), "output_text", Loss::none);
    }
  }
}

// OAIR-02, OAIR-22: what encode() writes right and the client did not.
void look_at_shapes(Context& c) {
  for (const canon::Tool& tool : c.draft.tools)
    if (tool.kind == canon::ToolKind::function && !tool.source["parameters"])
      c.edit("OAIR-02", tool.pointer, "parameters", "", "an empty object", Loss::none);
  const auto look = [&](const std::vector<Block>& blocks) {
    for (const Block& block : blocks)
      if (const auto* media = std::get_if<canon::Media>(&block.body);
          media && media->source == canon::MediaSource::file_id && !media->name.empty())
        c.edit("OAIR-22", block.pointer, "filename", std::string(media->name), "", Loss::none);
  };
  for (const Message& message : c.draft.messages) {
    look(message.blocks);
    for (const Block& block : message.blocks)
      if (const auto* result = std::get_if<canon::ToolResult>(&block.body)) look(result->content);
  }
}

}  // namespace

void pass_items(Context& c) {
  if (c.wire.name != canon::DialectName::openai_responses || c.original.dialect != c.wire.name) return;
  look_at_ids(c);
  look_at_items(c);
  look_at_shapes(c);
}

}  // namespace dragoman::lower
