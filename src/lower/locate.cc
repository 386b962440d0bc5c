#include "lower/locate.h"

#include <algorithm>
#include <array>
#include <optional>

#include "dialect/tool_namespace.h"
#include "json/path.h"
#include "json/write.h"
#include "lower/context.h"
#include "lower/locate_schema.h"
#include "lower/sent_messages.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using json::PathStep;

class Locator {
 public:
  Locator(const Inside& inside, std::string_view message)
      : in_(inside), message_(message), context_(context_in(message)) {}

  ClientPlace find(std::string_view provider_pointer) {
    const std::vector<PathStep> path = json::read_path(provider_pointer);
    ClientPlace place = from_path(path);
    if (!place.found()) place = from_words(path);
    if (place.found()) finish(place);
    return place;
  }

 private:
  ClientPlace from_path(Steps path) {
    if (path.empty()) return {};
    if (path[0].is("toolConfig") || path[0].is("tool_config")) {
      if (path.size() > 1 && path[1].is("tools")) return tool_path(path.subspan(2));
      return at_param(in_.original.tool_choice.pointer);
    }
    if (path[0].is("tools") || path[0].is("functions")) return tool_path(path.subspan(1));
    if (ClientPlace same = own_bytes(path); same.found()) return same;
    if (path[0].is("messages") || path[0].is("message") || path[0].is("contents") || path[0].is("input"))
      return message_path(path.subspan(1), dialect_of(path[0]));
    if (path[0].is("system") || path[0].is("systemInstruction")) return system_path(path.subspan(1));
    return param_path(path);
  }

  // Where the client's own bytes went out, the provider's path is one into them.
  ClientPlace own_bytes(Steps path) const {
    if (!in_.lowered.same_bytes) return {};
    ClientPlace place;
    json::Value at = in_.original.source;
    for (const PathStep& step : path) {
      const json::Value next = step.index >= 0 ? at.at(static_cast<std::size_t>(step.index)) : at[step.name];
      if (!next.present()) break;
      at = next;
      place.pointer =
          json::pointer_join(place.pointer, step.index >= 0 ? std::to_string(step.index) : step.name);
    }
    return place;
  }

  // What holds the thing at `pointer`: "/tools" for "/tools/3".
  static std::string holder_of(std::string_view pointer) {
    const std::size_t cut = pointer.rfind('/');
    return std::string(cut == std::string_view::npos ? std::string_view() : pointer.substr(0, cut));
  }

  // --- Tools ---

  // The list of tools, also where the first of them stands in a namespace.
  static std::string list_of(const canon::Tool& first) {
    const bool spaced = !dialect::split_space(first.name).space.empty();
    return holder_of(spaced ? dialect::space_pointer(first.pointer) : first.pointer);
  }

  ClientPlace tool_path(Steps path) {
    // The list itself: too many, names that stand twice.
    if (path.empty() && message_names_no_tool() && !in_.original.tools.empty())
      return {.pointer = list_of(in_.original.tools.front())};
    // Gemini keeps all functions in one tool: tools[0].function_declarations[46].
    if (path.size() >= 3 && path[0].index >= 0 && path[1].is("functionDeclarations") && path[2].index >= 0)
      path = path.subspan(2);
    else if (path.size() >= 2 && path[0].is("functionDeclarations") && path[1].index >= 0)
      path = path.subspan(1);
    if (path.empty() || path[0].index < 0) return {};
    // A namespace is one entry of the list: tools[1].tools[0].parameters.
    int entry = -1, inside = 0;
    std::string_view last;
    for (const canon::Tool& tool : in_.draft.tools) {
      const bool spaced = !dialect::split_space(tool.name).space.empty();
      const std::string_view place = spaced ? dialect::space_pointer(tool.pointer) : std::string_view();
      inside = spaced && place == last ? inside + 1 : 0;
      if (inside == 0) ++entry;
      last = place;
      if (entry != path[0].index) continue;
      if (!spaced) return in_tool(tool, path.subspan(1));
      if (path.size() < 3 || !path[1].is("tools")) return {.pointer = std::string(place)};
      if (path[2].index == inside) return in_tool(tool, path.subspan(3));
    }
    return {};
  }

  bool message_names_no_tool() const {
    return std::ranges::none_of(in_.draft.tools, [&](const canon::Tool& tool) { return quoted(tool.name); });
  }

  const canon::Tool* original_tool(const canon::Tool& sent) const {
    for (const canon::Tool& tool : in_.original.tools)
      if (!sent.pointer.empty() && tool.pointer == sent.pointer) return &tool;
    return nullptr;
  }

  ClientPlace in_tool(const canon::Tool& sent, Steps rest) {
    const canon::Tool* mine = original_tool(sent);
    if (!mine) return {};
    ClientPlace place{.pointer = std::string(mine->pointer), .tool = dialect::shown_name(mine->name)};
    bool schema = false;
    while (!rest.empty() && is_wrapping(rest.front())) {
      schema = schema ||
               !(rest.front().is("custom") || rest.front().is("function") || rest.front().is("toolSpec"));
      rest = rest.subspan(1);
    }
    const bool names_schema =
        !rest.empty() && (rest[0].is("properties") || rest[0].is("$defs") || rest[0].is("items") ||
                          rest[0].is("required") || rest[0].is("anyOf"));
    if ((schema || names_schema || (rest.empty() && !context_.empty())) && mine->schema) {
      if (rest.empty()) rest = context_;  // the path leads to the schema, the words into it
      const Reached reached = walk_schema(mine->schema, sent.schema, rest, std::string(mine->schema_pointer));
      place.pointer = reached.pointer;
      return place;
    }
    if (!rest.empty() && rest[0].index < 0) {
      // "name", "description", "strict": beside the schema in the client's own tool, whichever way it nests
      // it.
      const json::Value tool = json::resolve(in_.original.source, mine->pointer);
      for (const std::string_view inner : {"", "function", "custom", "toolSpec"}) {
        const json::Value holder = inner.empty() ? tool : tool[inner];
        if (!holder[rest[0].name]) continue;
        if (!inner.empty()) place.pointer = json::pointer_join(place.pointer, inner);
        place.pointer = json::pointer_join(place.pointer, rest[0].name);
        break;
      }
    }
    return place;
  }

  // --- Messages ---

  // The dialect in which a place is counted: a text that comes from elsewhere need not be in the wire's.
  canon::DialectName dialect_of(const PathStep& head) const {
    using enum canon::DialectName;
    const canon::DialectName wire = in_.wire.name;
    if (head.is("input")) return openai_responses;
    if (head.is("contents")) return gemini_generate;
    return wire == openai_responses || wire == gemini_generate ? openai_chat : wire;
  }

  ClientPlace message_path(Steps path, canon::DialectName spoken) {
    if (path.empty() && !in_.original.messages.empty())
      return {.pointer = holder_of(pointer_of(in_.original.messages.back()))};
    if (path.empty() || path[0].index < 0) return {};
    const Sent sent = sent_message(in_, static_cast<std::size_t>(path[0].index), spoken);
    if (!sent.message) return {};
    if (sent.block && !sent.block->pointer.empty()) return block_place(*sent.message, *sent.block);
    path = path.subspan(1);
    // pydantic names the branch of a union: ["body", "messages", 2, "assistant", "tool_calls", 1].
    static constexpr std::array<std::string_view, 5> kRoles = {"assistant", "user", "tool", "system",
                                                               "developer"};
    if (path.size() >= 2 && path[0].index < 0 && std::ranges::find(kRoles, path[0].name) != kRoles.end())
      path = path.subspan(1);
    // content[3], parts[2], tool_calls[1]
    if (path.size() >= 2 && path[0].index < 0 && path[1].index >= 0) {
      const bool calls = path[0].is("tool_calls");
      int at = 0;
      for (const Block& block : sent.message->blocks) {
        if (calls != std::holds_alternative<canon::ToolCall>(block.body) &&
            spoken == canon::DialectName::openai_chat)
          continue;
        if (at++ == path[1].index) return block_place(*sent.message, block);
      }
    }
    // "role", "name": beside the content in the client's own message.
    std::string pointer = pointer_of(*sent.message);
    if (!path.empty() && path[0].index < 0 && json::resolve(in_.original.source, pointer)[path[0].name])
      pointer = json::pointer_join(pointer, path[0].name);
    return {.pointer = std::move(pointer)};
  }

  static std::string pointer_of(const canon::Message& message) {
    if (!message.pointer.empty()) return std::string(message.pointer);
    for (const Block& block : message.blocks)
      if (!block.pointer.empty()) return std::string(block.pointer);
    return {};
  }

  ClientPlace block_place(const canon::Message& message, const Block& block) const {
    ClientPlace place{.pointer = block.pointer.empty() ? pointer_of(message) : std::string(block.pointer)};
    if (const auto* call = std::get_if<canon::ToolCall>(&block.body)) place.tool = client_name(call->name);
    return place;
  }

  ClientPlace system_path(Steps path) {
    std::size_t wanted = !path.empty() && path[0].index >= 0 ? static_cast<std::size_t>(path[0].index) : 0;
    for (const canon::Message& message : in_.draft.messages) {
      if (!canon::is_system(message)) continue;
      for (const Block& block : message.blocks)
        if (wanted-- == 0) return block_place(message, block);
    }
    return {};
  }

  // --- Parameters ---

  ClientPlace at_param(std::string_view pointer) const { return {.pointer = std::string(pointer)}; }

  ClientPlace param_path(Steps path) const {
    std::string dotted;
    for (const PathStep& step : path) {
      if (step.index >= 0) break;
      dotted += (dotted.empty() ? "" : ".") + step.name;
    }
    for (std::size_t i = 0; i < canon::kParams; ++i) {
      const auto param = static_cast<canon::Param>(i);
      const std::string_view pointer = in_.original.params[param].pointer;
      if (pointer.empty()) continue;
      const std::string_view field = in_.wire.param_fields[i];
      const std::string_view last = field.substr(field.rfind('.') + 1);
      if (dotted == field || path.back().is(last) || path.back().is(canon::name(param)) ||
          (param == canon::Param::max_tokens &&
           (path.back().is("max_completion_tokens") || path.back().is("maxTokens") ||
            path.back().is("max_output_tokens"))))
        return at_param(pointer);
    }
    const canon::Request& mine = in_.original;
    if (path[0].is("tool_choice") || path[0].is("toolConfig")) return at_param(mine.tool_choice.pointer);
    if (path[0].is("response_format") || path[0].is("output_config") || path[0].is("output_format") ||
        path[0].is("responseSchema") || path[0].is("text"))
      return format_place(path);
    if (path[0].is("thinking") || path[0].is("reasoning") || path[0].is("reasoning_effort"))
      return at_param(mine.reasoning.pointer.empty() ? mine.reasoning.effort_pointer
                                                     : mine.reasoning.pointer);
    for (const canon::Extra& extra : mine.extra)
      if (extra.key == dotted || path[0].is(extra.key)) return at_param(extra.pointer);
    return {};
  }

  ClientPlace format_place(Steps path) const {
    const canon::ResponseFormat& format = in_.original.response_format;
    ClientPlace place{.pointer = std::string(format.pointer)};
    const auto schema =
        std::find_if(path.begin(), path.end(), [](const PathStep& step) { return step.is("schema"); });
    if (schema != path.end() && format.schema)
      place.pointer = walk_schema(format.schema, in_.draft.response_format.schema,
                                  Steps(schema + 1, path.end()), std::string(format.schema_pointer))
                          .pointer;
    return place;
  }

  // --- Words ---

  std::string client_name(std::string_view wire) const {
    const auto known = in_.lowered.restore.names.find(wire);
    return known == in_.lowered.restore.names.end() ? std::string(wire) : known->second;
  }

  bool quoted(std::string_view word) const {
    if (word.size() < 2) return false;
    for (std::size_t at = message_.find(word); at != std::string_view::npos;
         at = message_.find(word, at + 1)) {
      const auto edge = [&](std::size_t i) {
        return i >= message_.size() ||
               std::string_view(" '\"`:,;()[]{}.\n").find(message_[i]) != std::string_view::npos;
      };
      if ((at == 0 || edge(at - 1)) && edge(at + word.size())) return true;
    }
    return false;
  }

  // By its name on the wire, by the client's, or by what others make of that ("hotels_search").
  bool names_tool(const canon::Tool& sent) const {
    if (quoted(sent.name)) return true;
    std::string name = client_name(sent.name);
    if (quoted(name)) return true;
    for (char& c : name)
      if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) c = '_';
    return quoted(name);
  }

  // The provider names the tool ("Invalid schema for function 'f'") and gives a path inside it, or nothing;
  // or it names a call by its id.
  ClientPlace from_words(Steps path) {
    const canon::Tool* named = nullptr;
    for (const canon::Tool& tool : in_.draft.tools)
      if (names_tool(tool) && (!named || tool.name.size() > named->name.size())) named = &tool;
    if (named) {
      const canon::Tool* mine = original_tool(*named);
      if (!mine) return {};
      ClientPlace place{.pointer = std::string(mine->schema ? mine->schema_pointer : mine->pointer),
                        .tool = dialect::shown_name(mine->name)};
      if (mine->schema && !path.empty() && path[0].index < 0)
        place.pointer =
            walk_schema(mine->schema, named->schema, path, std::string(mine->schema_pointer)).pointer;
      return place;
    }
    for (const canon::Message& message : in_.draft.messages) {
      for (const Block& block : message.blocks) {
        const auto* call = std::get_if<canon::ToolCall>(&block.body);
        const auto* result = std::get_if<canon::ToolResult>(&block.body);
        if ((call && quoted(call->id)) || (result && quoted(result->call_id)))
          return block_place(message, block);
      }
    }
    // A path of names that leads somewhere in exactly one tool's schema (Moonshot names no tool).
    if (path.size() >= 2 && path[0].is("properties")) {
      ClientPlace only;
      for (const canon::Tool& tool : in_.draft.tools) {
        const canon::Tool* mine = original_tool(tool);
        if (!mine || !mine->schema) continue;
        const Reached reached =
            walk_schema(mine->schema, tool.schema, path, std::string(mine->schema_pointer));
        if (std::count(reached.pointer.begin(), reached.pointer.end(), '/') <
            std::count(mine->schema_pointer.begin(), mine->schema_pointer.end(), '/') +
                static_cast<std::ptrdiff_t>(path.size()))
          continue;
        if (only.found()) return {};
        only = {.pointer = reached.pointer, .tool = dialect::shown_name(mine->name)};
      }
      return only;
    }
    return {};
  }

  void finish(ClientPlace& place) const {
    if (const json::Value there = json::resolve(in_.original.source, place.pointer)) place.text = show(there);
    for (const Edit& edit : in_.lowered.edits) {
      const bool at = json::pointer_within(edit.pointer, place.pointer);
      const bool around = !edit.pointer.empty() && json::pointer_within(place.pointer, edit.pointer);
      if (at || around) place.edits.add(edit);
    }
  }

  // OpenAI's words: "In context=('properties', 'tags'), array schema missing items."
  static std::vector<PathStep> context_in(std::string_view message) {
    const std::size_t at = message.find("In context=(");
    if (at == std::string_view::npos) return {};
    const std::string_view rest = message.substr(at);
    return json::read_path(rest.substr(0, rest.find(')') + 1));
  }

  const Inside& in_;
  std::string_view message_;
  std::vector<PathStep> context_;
};

}  // namespace

ClientPlace locate(const Inside& inside, std::string_view provider_pointer, std::string_view message) {
  return Locator(inside, message).find(provider_pointer);
}

}  // namespace dragoman::lower
