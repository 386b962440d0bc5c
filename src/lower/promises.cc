#include "lower/promises.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/strings.h"
#include "dialect/tool_namespace.h"
#include "json/fault.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::lower {
namespace {

using canon::FormatKind;

constexpr std::size_t kShown = 5;  // violations in a sentence

// {"type":"object"} is all that JSON mode promises.
json::Value any_object() {
  static const auto schema = validate::compile_schema(R"({"type":"object"})");
  return schema->schema;
}

// JSON inside a code fence or between words, as models without a JSON mode wrap it.
std::string_view unwrapped(std::string_view text) {
  text = trim(text);
  const std::size_t open = text.find_first_of("{[");
  if (open == std::string_view::npos) return text;
  const std::size_t close = text.rfind(text[open] == '{' ? '}' : ']');
  return close == std::string_view::npos || close < open ? text : text.substr(open, close - open + 1);
}

bool is_at_or_below(std::string_view pointer, std::string_view place) {
  return pointer.starts_with(place) && (pointer.size() == place.size() || pointer[place.size()] == '/');
}

// Why `text` could not be read. What is nested too deep may be JSON all the same, and even fit.
Broken unreadable(std::string_view tool, std::string_view pointer, const Error& error,
                  std::string_view text) {
  Broken out{.tool = dialect::shown_name(tool),
             .pointer = error.pointer,
             .keyword = "json",
             .message = "is not JSON: " + error.message,
             .schema_pointer = std::string(pointer)};
  const std::size_t limit = static_cast<std::size_t>(json::ParseLimits().depth);
  if (json::nesting(text) <= limit) return out;
  out.pointer = {};
  if (const auto fault = json::find_fault(text)) {
    out.message = "is not JSON: " + fault->what;
    return out;
  }
  out.keyword = "limit";
  out.message = fmt::format("was not checked: it is nested deeper than {} levels", limit);
  out.undecided = true;
  return out;
}

std::string place_of(const Broken& one) {
  return one.pointer.empty() ? std::string() : fmt::format(" at {}", one.pointer);
}

}  // namespace

bool Verdict::good() const {
  return std::ranges::all_of(broken, [](const Broken& one) { return one.undecided; });
}

// The last definition of a name is the one that was sent.
const canon::Tool* Promises::schema_of(std::string_view tool) const {
  for (const canon::Tool& one : request_.tools | std::views::reverse)
    if (one.name == tool && one.kind == canon::ToolKind::function)
      return one.schema.present() ? &one : nullptr;
  return nullptr;
}

bool Promises::covers_output() const {
  const canon::ResponseFormat& format = request_.response_format;
  return format.kind == FormatKind::json_object ||
         (format.kind == FormatKind::json_schema && format.schema.present());
}

json::Value Promises::schema_for(std::string_view tool) const {
  const canon::Tool* declared = schema_of(tool);
  return declared ? declared->schema : json::Value();
}

json::Value Promises::output_schema() const {
  const canon::ResponseFormat& format = request_.response_format;
  if (!covers_output()) return {};
  return format.kind == FormatKind::json_schema ? format.schema : any_object();
}

// Whether no edit kept the keyword from the target. An edit is about a member of the object its pointer
// names, or about all of what stands there.
bool Promises::told(std::string_view schema_pointer) const {
  return std::ranges::none_of(edits_, [&](const Edit& edit) {
    if (edit.loss != Loss::widened || edit.pointer.empty()) return false;
    if (edit.keyword == "strict") return false;  // not enforced there, but told
    if (!is_at_or_below(schema_pointer, edit.pointer)) return false;
    const std::string member = json::pointer_join(edit.pointer, edit.keyword);
    return !json::resolve(request_.source, member) || is_at_or_below(schema_pointer, member);
  });
}

Verdict Promises::judge_call(std::string_view tool, std::string_view arguments, bool coerce) const {
  const canon::Tool* declared = schema_of(tool);
  if (!declared) return {};
  Arena arena;
  const auto value = json::parse(arena, is_blank(arguments) ? std::string_view("{}") : arguments);
  const std::string_view pointer =
      declared->schema_pointer.empty() ? declared->pointer : declared->schema_pointer;
  if (!value) return {.broken = {unreadable(tool, pointer, value.error(), arguments)}};
  return judge(tool, arguments, declared->schema, pointer, coerce, arena, *value);
}

Verdict Promises::judge_output(std::string_view text, bool coerce) const {
  if (!covers_output()) return {};
  const canon::ResponseFormat& format = request_.response_format;
  const std::string_view pointer =
      format.kind == FormatKind::json_schema ? format.schema_pointer : format.pointer;
  Arena arena;
  auto value = json::parse(arena, text);
  std::optional<Broken> wrapped;
  if (!value) {
    wrapped = unreadable("", pointer, value.error(), text);
    if (coerce) value = json::parse(arena, unwrapped(text));
    if (!value || !coerce) return {.broken = {*std::move(wrapped)}};
  }
  Verdict out = judge("", text, output_schema(), pointer, coerce, arena, *value);
  if (wrapped) {
    if (!out.text) out.text = unwrapped(text);
    out.coerced.insert(out.coerced.begin(), *std::move(wrapped));
    out.changes.insert(out.changes.begin(), {"", "json", "words around the JSON", "the JSON"});
  }
  return out;
}

Verdict Promises::judge(std::string_view tool, std::string_view, json::Value schema, std::string_view pointer,
                        bool coerce, Arena& arena, json::Value value) const {
  Verdict out;
  const auto compiled = schemas_.get(schema);
  if (!compiled->validator) {
    out.broken.push_back(
        {dialect::shown_name(tool), "", "limit", compiled->why, std::string(pointer), true, true});
    return out;
  }
  std::vector<Violation> found = compiled->validator->check(value);
  if (found.empty()) {
    add_unchecked(*compiled->validator, tool, pointer, out);
    return out;
  }
  const auto in_request = [&](const Violation& v) {
    Broken one{dialect::shown_name(tool),
               v.instance_pointer,
               v.keyword,
               v.message,
               std::string(pointer) + v.schema_pointer,
               true,
               v.undecided};
    if (v.keyword.empty()) one.keyword = v.undecided ? "limit" : "false";
    one.told = told(one.schema_pointer);
    return one;
  };
  if (!coerce || found.front().undecided) {
    for (const Violation& v : found) out.broken.push_back(in_request(v));
    return out;
  }
  const std::vector<Violation> before = found;
  Coerced mended = lower::coerce(value, *compiled, std::move(found), arena);
  for (const Violation& v : mended.left) out.broken.push_back(in_request(v));
  for (const Violation& v : before)
    if (std::ranges::none_of(mended.left, [&](const Violation& left) {
          return left.instance_pointer == v.instance_pointer && left.schema_pointer == v.schema_pointer;
        }))
      out.coerced.push_back(in_request(v));
  if (!mended.made.empty()) out.text = json::dump_compact(mended.value);
  out.changes = std::move(mended.made);
  add_unchecked(*compiled->validator, tool, pointer, out);
  return out;
}

// A constraint that neither the target was told nor can be checked here (a pattern with look-around) is said
// to be open, unless something is known to be broken already.
void Promises::add_unchecked(const Validator& validator, std::string_view tool, std::string_view pointer,
                             Verdict& out) const {
  if (!out.good()) return;
  for (const validate::Unsupported& one : validator.unsupported()) {
    const std::string place = std::string(pointer) + one.schema_pointer;
    if (one.keyword != "format" && !told(place))
      out.broken.push_back(
          {std::string(tool), "", one.keyword, "was not checked: " + one.reason, place, false, true});
  }
}

std::string describe(std::span<const Broken> broken) {
  std::string out;
  const std::string* tool = nullptr;
  for (const Broken& one : broken | std::views::take(kShown)) {
    if (!tool || *tool != one.tool) {
      out += out.empty() ? "" : "; ";
      out += one.tool.empty() ? "the structured output breaks its schema"
                              : fmt::format("the call of {} breaks its schema", one.tool);
    } else {
      out += ", and";
    }
    tool = &one.tool;
    out += fmt::format("{}: {} ({})", place_of(one), one.message, one.keyword);
  }
  if (broken.size() > kShown) out += fmt::format(", and {} more", broken.size() - kShown);
  return out;
}

namespace {

std::string complaint(const std::vector<Broken>& broken) {
  std::string out = "Error: these arguments are not valid under the tool's schema, so it was not run.";
  for (const Broken& one : broken | std::views::take(kShown))
    out += fmt::format("\n- {}: {} ({})", one.pointer.empty() ? "the whole" : one.pointer, one.message,
                       one.keyword);
  return out + "\nCall the tool once more with the arguments corrected.";
}

std::string output_complaint(const std::vector<Broken>& broken) {
  std::string out = "That answer is not valid under the JSON Schema it has to fit:";
  for (const Broken& one : broken | std::views::take(kShown))
    out += fmt::format("\n- {}: {} ({})", one.pointer.empty() ? "the whole" : one.pointer, one.message,
                       one.keyword);
  return out + "\nGive the whole answer once more, corrected, as JSON and nothing else.";
}

canon::Block text_block(std::string_view text) {
  canon::Block block;
  block.body = canon::Text{text};
  return block;
}

}  // namespace

canon::Request ask_again(const canon::Request& request, const canon::Choice& answer,
                         std::span<const BrokenBlock> broken, Arena& arena) {
  canon::Request out = request;
  out.stream = out.stream_usage = false;
  out.source = {};  // the client's bytes are not this request
  canon::Message said, reply;
  said.role = canon::Role::assistant;
  said.blocks = answer.blocks;
  reply.role = canon::Role::user;
  for (std::size_t i = 0; i < answer.blocks.size(); ++i) {
    const auto wrong = std::ranges::find(broken, i, &BrokenBlock::block);
    const bool is_broken = wrong != broken.end();
    if (const auto* call = std::get_if<canon::ToolCall>(&answer.blocks[i].body)) {
      canon::ToolResult result;
      result.call_id = call->id;
      result.name = call->name;
      result.is_error = true;
      result.content.push_back(
          text_block(is_broken ? arena.copy(std::string_view(complaint(wrong->broken)))
                               : "Not run yet: another call of the same turn has to be corrected first."));
      canon::Block block;
      block.body = std::move(result);
      reply.blocks.push_back(std::move(block));
    } else if (is_broken) {
      reply.blocks.push_back(text_block(arena.copy(std::string_view(output_complaint(wrong->broken)))));
    }
  }
  out.messages.push_back(std::move(said));
  out.messages.push_back(std::move(reply));
  return out;
}

}  // namespace dragoman::lower
