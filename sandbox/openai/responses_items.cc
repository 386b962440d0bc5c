// The input: shapes of items, who may say what, calls and results, reasoning and what must follow it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sandbox/openai/responses.h"
#include "sandbox/openai/view.h"
#include "sandbox/openai/wording.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

struct Kind {
  std::string_view type;
  std::string_view prefix;  // of its id
  bool assistant;           // the model said it
};
constexpr Kind kKinds[] = {
    {"message", "msg", false},
    {"function_call", "fc", true},
    {"function_call_output", "fco", false},
    {"custom_tool_call", "ctc", true},
    {"custom_tool_call_output", "ctco", false},
    {"reasoning", "rs", true},
    {"item_reference", "", false},
    {"web_search_call", "ws", true},
    {"file_search_call", "fs", true},
    {"computer_call", "cu", true},
    {"computer_call_output", "cuo", false},
    {"image_generation_call", "ig", true},
    {"code_interpreter_call", "ci", true},
    {"local_shell_call", "lsh", true},
    {"local_shell_call_output", "lsho", false},
    {"shell_call", "sh", true},
    {"shell_call_output", "sho", false},
    {"apply_patch_call", "apc", true},
    {"apply_patch_call_output", "apco", false},
    {"mcp_list_tools", "mcpl", true},
    {"mcp_call", "mcp", true},
    {"mcp_approval_request", "mcpr", true},
    {"mcp_approval_response", "mcpa", false},
    {"compaction", "cmp", true},
    {"additional_tools", "at", false},
    {"tool_search_call", "tsc", true},
    {"tool_search_output", "tso", false},
};

const Kind* kind_of(Value item) {
  std::string_view type = item["type"].text();
  if (type.empty() && item["role"].present()) type = "message";
  if (type.empty() && item["id"].is_string()) type = "item_reference";
  for (const Kind& kind : kKinds)
    if (kind.type == type) return &kind;
  return nullptr;
}

bool is_assistant(Value item) {
  const Kind* kind = kind_of(item);
  return kind && (kind->assistant || (kind->type == "message" && item["role"].text() == "assistant"));
}

// The keys an item may have, by what it is; others are unknown.
std::span<const std::string_view> keys_of(std::string_view type) {
  static constexpr std::array<std::string_view, 6> kMessage = {"type", "role",   "content",
                                                               "id",   "status", "phase"};
  static constexpr std::array<std::string_view, 8> kCall = {"type",      "id",     "call_id",   "name",
                                                            "arguments", "status", "namespace", "caller"};
  static constexpr std::array<std::string_view, 8> kCustom = {"type",  "id",     "call_id",   "name",
                                                              "input", "status", "namespace", "caller"};
  static constexpr std::array<std::string_view, 8> kOutput = {"type",   "id",   "call_id",   "output",
                                                              "status", "name", "namespace", "caller"};
  static constexpr std::array<std::string_view, 6> kReasoning = {
      "type", "id", "summary", "content", "encrypted_content", "status"};
  static constexpr std::array<std::string_view, 2> kReference = {"type", "id"};
  if (type == "message") return kMessage;
  if (type == "function_call") return kCall;
  if (type == "custom_tool_call") return kCustom;
  if (type == "function_call_output" || type == "custom_tool_call_output") return kOutput;
  if (type == "reasoning") return kReasoning;
  if (type == "item_reference") return kReference;
  return {};
}

Verdict unknown_key(Value object, std::span<const std::string_view> known, const std::string& at) {
  if (known.empty()) return std::nullopt;
  for (const json::Member& m : object.members()) {
    if (std::ranges::find(known, m.key) != known.end()) continue;
    return unknown(fmt::format("{}.{}", at, m.key));
  }
  return std::nullopt;
}

Verdict image_fault(Value part, const std::string& at) {
  if (part["image_url"].present() && !part["image_url"].is_string())
    return wrong_type(at + ".image_url", "an image URL", part["image_url"]);
  if (!part["image_url"].present() && !part["file_id"].present()) return missing(at + ".image_url");
  const std::string_view url = part["image_url"].text();
  if (url.empty()) return std::nullopt;
  if (url.size() > 20'971'520) return too_long(at + ".image_url", 20'971'520, url.size());
  const auto data = data_url(url);
  if (data && (data->bad || image_type(data->bytes).empty()))
    return refuse(
        "The image data you provided does not represent a valid image. Please check your input and "
        "try again.",
        "input", "invalid_image");
  if (!data && !url.starts_with("http"))
    return refuse(fmt::format("Invalid '{}'. Expected a valid URL, but got a value with an invalid format.",
                              at + ".image_url"),
                  at + ".image_url", "invalid_value");
  return std::nullopt;
}

Verdict file_fault(Value part, const std::string& at) {
  if (part["file_id"].present() && part["filename"].present())  // OAIR-22
    return refuse(fmt::format("Mutually exclusive parameters: '{}'. Ensure you are only providing one of: "
                              "'file_id' or 'filename'.",
                              at),
                  at, "mutually_exclusive_parameters");
  if (part["file_data"].present()) {
    if (!part["filename"].present()) return missing(at + ".filename");
    if (!data_url(part["file_data"].text()))
      return refuse(
          fmt::format("Invalid '{}.file_data'. Expected a base64-encoded data URL with a MIME type.", at),
          at + ".file_data", "invalid_value");
    return std::nullopt;
  }
  if (!part["file_id"].present() && !part["file_url"].present()) return missing(at + ".file_id");
  return std::nullopt;
}

// OAIR-18: who may say which parts.
Verdict part_fault(Value part, const std::string& at, bool assistant) {
  static constexpr std::string_view kModel[] = {"output_text", "refusal"};
  static constexpr std::string_view kOthers[] = {"input_text", "input_image", "input_file", "input_audio"};
  static constexpr std::array<std::string_view, 5> kOutputText = {"type", "text", "annotations", "logprobs",
                                                                  "prompt_cache_breakpoint"};
  static constexpr std::array<std::string_view, 3> kInputText = {"type", "text", "prompt_cache_breakpoint"};
  static constexpr std::array<std::string_view, 2> kRefusal = {"type", "refusal"};
  static constexpr std::array<std::string_view, 5> kImage = {"type", "image_url", "file_id", "detail",
                                                             "prompt_cache_breakpoint"};
  static constexpr std::array<std::string_view, 7> kFile = {
      "type", "file_id", "filename", "file_data", "file_url", "detail", "prompt_cache_breakpoint"};
  if (!part.is_object()) return wrong_type(at, "an object", part);
  if (!part["type"].present()) return missing(at + ".type");
  const std::string_view type = part["type"].text();
  const std::span<const std::string_view> words =
      assistant ? std::span<const std::string_view>(kModel) : std::span<const std::string_view>(kOthers);
  if (std::ranges::find(words, type) == words.end()) return bad_value(type, words, at);
  if (type == "input_text" || type == "output_text") {
    if (!part["text"].present()) return missing(at + ".text");
    if (!part["text"].is_string()) return wrong_type(at + ".text", "a string", part["text"]);
    if (part["text"].text().size() > 10'485'760)
      return too_long(at + ".text", 10'485'760, part["text"].text().size());
    return unknown_key(
        part, type == "input_text" ? std::span<const std::string_view>(kInputText) : kOutputText, at);
  }
  if (type == "refusal") {
    if (!part["refusal"].is_string()) return missing(at + ".refusal");
    return unknown_key(part, kRefusal, at);
  }
  if (type == "input_image") {
    if (auto fault = unknown_key(part, kImage, at)) return fault;
    return image_fault(part, at);
  }
  if (type == "input_file") {
    if (auto fault = unknown_key(part, kFile, at)) return fault;
    return file_fault(part, at);
  }
  return std::nullopt;
}

Verdict content_fault(Value content, const std::string& at, bool assistant) {
  if (!content.present()) return missing(at);
  if (content.is_string()) return std::nullopt;
  if (!content.is_array()) return wrong_type(at, "one of an array of objects or string", content);
  for (std::size_t i = 0; i < content.items().size(); ++i)
    if (auto fault = part_fault(content.at(i), fmt::format("{}[{}]", at, i), assistant)) return fault;
  return std::nullopt;
}

Verdict call_id_fault(Value item, const std::string& at) {
  if (!item["call_id"].present()) return missing(at + ".call_id");
  const std::string_view id = item["call_id"].text();
  if (id.size() > 64) return too_long(at + ".call_id", 64, id.size());  // OAIR-04
  if (id.empty())
    return refuse(
        fmt::format("Invalid '{}.call_id': empty string. Expected a string with minimum length 1, but "
                    "got an empty string instead.",
                    at),
        at + ".call_id", "empty_string");
  return std::nullopt;
}

Verdict name_fault(Value item, const std::string& at) {
  if (!item["name"].present()) return missing(at + ".name");
  if (is_name(item["name"].text(), 128)) return std::nullopt;
  if (item["name"].text().size() > 128) return too_long(at + ".name", 128, item["name"].text().size());
  return refuse(
      fmt::format("Invalid '{}.name': string does not match pattern. Expected a string that matches "
                  "the pattern '^[a-zA-Z0-9_-]+$'.",
                  at),
      at + ".name", "invalid_value");
}

Verdict shape_fault(const Request& r, Value item, const std::string& at) {
  if (!item.is_object()) return wrong_type(at, "an object", item);
  const Kind* kind = kind_of(item);
  if (!kind) {
    static constexpr std::string_view kShown[] = {"message", "function_call", "function_call_output",
                                                  "reasoning", "item_reference"};
    if (!item["type"].present()) return missing(at + ".type");
    return bad_value(item["type"].text(), kShown, at);
  }
  if (auto fault = unknown_key(item, keys_of(kind->type), at)) return fault;
  if (item["id"].present() && !kind->prefix.empty()) {  // OAIR-06
    const std::string_view id = item["id"].text();
    if (id.size() > 64) return too_long(at + ".id", 64, id.size());
    if (!id.starts_with(kind->prefix))
      return refuse(
          fmt::format("Invalid '{}.id': '{}'. Expected an ID that begins with '{}'.", at, id, kind->prefix),
          at + ".id", "invalid_value");
  }
  if (kind->type == "message") {
    static constexpr std::string_view kRoles[] = {"assistant", "system", "developer", "user"};
    if (!item["role"].present()) return missing(at + ".role");
    const std::string_view role = item["role"].text();
    if (std::ranges::find(kRoles, role) == std::end(kRoles)) return bad_value(role, kRoles, at + ".role");
    return content_fault(item["content"], at + ".content", role == "assistant");
  }
  if (kind->type == "function_call" || kind->type == "custom_tool_call") {
    if (auto fault = call_id_fault(item, at)) return fault;
    if (auto fault = name_fault(item, at)) return fault;
    const std::string key = kind->type == "function_call" ? "arguments" : "input";
    if (!item[key].present()) return missing(at + "." + key);
    if (!item[key].is_string()) return wrong_type(at + "." + key, "a string", item[key]);
  }
  if (kind->type == "function_call_output" || kind->type == "custom_tool_call_output") {
    if (auto fault = call_id_fault(item, at)) return fault;
    if (item["output"].is_string() && item["output"].text().size() > 10'485'760)
      return too_long(at + ".output", 10'485'760, item["output"].text().size());
    return content_fault(item["output"], at + ".output", false);
  }
  if (kind->type == "reasoning") {
    if (!item["summary"].is_array()) return missing(at + ".summary");  // OAIR-07
    for (std::size_t i = 0; i < item["summary"].items().size(); ++i) {
      const Value part = item["summary"].at(i);
      if (part["type"].text() != "summary_text" || !part["text"].is_string())
        return missing(fmt::format("{}.summary[{}].text", at, i));
    }
    const std::string_view sealed = item["encrypted_content"].text();
    if (!sealed.empty() && !opens_reasoning(r.host, sealed))  // OAIR-13, OAIR-23
      return refuse(
          fmt::format("The encrypted content {}... could not be verified. Reason: Encrypted content "
                      "could not be decrypted or parsed.",
                      sealed.substr(0, 4)),
          "", "invalid_encrypted_content");
  }
  return std::nullopt;
}

// OAIR-12: what was not stored cannot be meant by its id.
Verdict stored_fault(const Request& r, Value item) {
  const Kind* kind = kind_of(item);
  const bool by_id = kind->type == "item_reference" || (kind->type == "reasoning" && item["id"].present() &&
                                                        item["encrypted_content"].text().empty());
  if (!by_id) return std::nullopt;
  ItemId id;
  if (read_item_id(item["id"].text(), id) && id.stored) return std::nullopt;
  Refusal out = refuse(fmt::format("Item with id '{}' not found.", item["id"].text()), "input");
  out.status = 404;
  if (r["store"].is_bool() && !r["store"].boolean())
    out.message +=
        " Items are not persisted when `store` is set to false. Try again with `store` set to true, or "
        "remove "
        "this item from your input.";
  return out;
}

// OAIR-10, OAIR-11.
Verdict reasoning_fault(std::span<const Value> items) {
  std::vector<std::string_view> thoughts;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Kind* kind = kind_of(items[i]);
    if (kind->type == "reasoning") {
      if (items[i]["id"].present()) thoughts.push_back(items[i]["id"].text());
      if (i + 1 < items.size() && is_assistant(items[i + 1])) continue;
      return refuse(
          fmt::format("Item '{}' of type 'reasoning' was provided without its required following item.",
                      items[i]["id"].present() ? items[i]["id"].text() : "rs_tmp"),
          "input");
    }
    ItemId id;
    if (!is_assistant(items[i]) || !read_item_id(items[i]["id"].text(), id) || !id.reasoned) continue;
    const bool there = std::ranges::any_of(thoughts, [&](std::string_view t) {
      ItemId thought;
      return read_item_id(t, thought) && thought.tail == id.tail;
    });
    if (there) continue;
    const std::string wanted =
        item_id({.prefix = "rs_", .stored = id.stored, .reasoned = true, .tail = id.tail});
    return refuse(
        fmt::format("Item '{}' of type '{}' was provided without its required 'reasoning' item: '{}'.",
                    items[i]["id"].text(), kind->type, wanted),
        "input");
  }
  return std::nullopt;
}

// OAIR-08.
Verdict pair_fault_of(std::span<const Value> items) {
  std::vector<std::string_view> open;
  for (const Value item : items) {
    const std::string_view type = item["type"].text();
    const std::string_view id = item["call_id"].text();
    if (type == "function_call" || type == "custom_tool_call") open.push_back(id);
    if (type != "function_call_output" && type != "custom_tool_call_output") continue;
    const auto at = std::ranges::find(open, id);
    if (at == open.end())
      return refuse(
          fmt::format("No tool call found for {} with call_id {}.",
                      type == "function_call_output" ? "function call output" : "custom tool call output",
                      id),
          "input");
    open.erase(at);
  }
  if (open.empty()) return std::nullopt;
  for (const Value item : items)
    if (item["call_id"].text() == open.front() && item["type"].text() == "custom_tool_call")
      return refuse(fmt::format("No tool output found for custom tool call {}.", open.front()), "input");
  return refuse(fmt::format("No tool output found for function call {}.", open.front()), "input");
}

}  // namespace

Verdict input_fault(const Request& r) {
  const Value input = r["input"];
  if (!input.present()) {
    if (r["prompt"].present() || r["previous_response_id"].present()) return std::nullopt;
    return missing("input");
  }
  if (input.is_string()) return std::nullopt;
  if (!input.is_array()) return wrong_type("input", "one of an array of objects or string", input);
  const auto items = input.items();
  for (std::size_t i = 0; i < items.size(); ++i)
    if (auto fault = shape_fault(r, items[i], fmt::format("input[{}]", i))) return fault;
  for (const Value item : items)
    if (auto fault = stored_fault(r, item)) return fault;
  if (auto fault = pair_fault_of(items)) return fault;
  return reasoning_fault(items);
}

}  // namespace dragoman::sandbox::openai
