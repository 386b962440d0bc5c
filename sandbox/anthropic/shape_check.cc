#include <fmt/format.h>

#include "json/write.h"
#include "sandbox/answer.h"
#include "sandbox/anthropic/check.h"
#include "sandbox/anthropic/fields.h"

namespace dragoman::sandbox::anthropic {
namespace {

using Message = std::optional<std::string>;

Message check_marker(const std::string& path, json::Value holder) {
  const json::Value marker = holder["cache_control"];
  if (!marker.present()) return std::nullopt;
  const json::Value type = marker["type"];
  if (type.is_string() && type.text() != "ephemeral") {
    return fmt::format(
        "{}.cache_control: Input tag '{}' found using 'type' does not match any of the expected tags: "
        "'ephemeral'",
        path, type.text());
  }
  return check_fields(path + ".cache_control", marker, cache_control());
}

Message check_block(const std::string& path, json::Value block, std::span<const Tagged> allowed);

Message check_block_list(const std::string& path, json::Value list, std::span<const Tagged> allowed) {
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    if (auto fault = check_block(fmt::format("{}.{}", path, i), list.at(i), allowed)) return fault;
  }
  return std::nullopt;
}

Message check_block(const std::string& path, json::Value block, std::span<const Tagged> allowed) {
  if (auto fault = check_tagged(path, block, allowed)) return fault;
  const std::string_view type = block["type"].text();
  const std::string inner = fmt::format("{}.{}", path, type);
  if (type != "thinking" && type != "redacted_thinking") {
    if (auto fault = check_marker(inner, block)) return fault;
  }
  if (type == "image") return check_tagged(inner + ".source", block["source"], image_sources());
  if (type == "document") {
    if (auto fault = check_tagged(inner + ".source", block["source"], document_sources())) return fault;
    if (block["citations"].present()) {
      return check_fields(inner + ".citations", block["citations"], citations_config());
    }
    return std::nullopt;
  }
  if (type == "search_result") {
    static constexpr std::string_view kOnlyText = "text";
    for (std::size_t i = 0; i < block["content"].items().size(); ++i) {
      const json::Value item = block["content"].at(i);
      const std::string at = fmt::format("{}.content.{}", inner, i);
      if (item["type"].text() != kOnlyText) return at + ".type: Input should be 'text'";
      if (auto fault = check_fields(at, item, text_block())) return fault;
    }
  }
  if (type == "tool_result" && block["content"].is_array()) {
    return check_block_list(inner + ".content", block["content"], result_blocks());
  }
  if (block["caller"].present()) {
    if (auto fault = check_tagged(inner + ".caller", block["caller"], callers())) return fault;
  }
  return std::nullopt;
}

Message check_messages(json::Value messages, const Model& model) {
  for (std::size_t i = 0; i < messages.items().size(); ++i) {
    const std::string path = fmt::format("messages.{}", i);
    const json::Value message = messages.at(i);
    if (auto fault = check_fields(path, message, anthropic::message())) return fault;
    const std::string_view role = message["role"].text();
    const bool system = role == "system" && model.system_turns;
    if (role != "user" && role != "assistant" && !system) {
      return path + ".role: Input should be 'user' or 'assistant'";
    }
    if (auto fault = check_block_list(path + ".content", message["content"], content_blocks())) return fault;
  }
  return std::nullopt;
}

Message check_system(json::Value system) {
  for (std::size_t i = 0; i < system.items().size(); ++i) {
    const std::string path = fmt::format("system.{}", i);
    const json::Value block = system.at(i);
    if (auto fault = check_fields(path, block, text_block())) return fault;
    if (block["type"].text() != "text") return path + ".type: Input should be 'text'";
    if (auto fault = check_marker(path, block)) return fault;
  }
  return std::nullopt;
}

Message check_tool_list(json::Value list) {
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    const std::string path = fmt::format("tools.{}", i);
    const json::Value tool = list.at(i);
    if (!tool.is_object()) return path + ": Input should be a valid dictionary";
    const bool custom = !tool["type"].present();
    const std::string inner = fmt::format("{}.{}", path, custom ? "custom" : tool["type"].text());
    auto fault =
        custom ? check_fields(inner, tool, tools().front().fields) : check_tagged(path, tool, tools());
    if (!fault) fault = check_marker(inner, tool);
    if (fault) return fault;
  }
  return std::nullopt;
}

Message check_top(json::Value body) {
  if (const json::Value thinking = body["thinking"]) {
    if (auto fault = check_tagged("thinking", thinking, thinking_types())) return fault;
  }
  if (const json::Value choice = body["tool_choice"]) {
    if (auto fault = check_tagged("tool_choice", choice, tool_choices())) return fault;
  }
  if (const json::Value config = body["output_config"]) {
    if (auto fault = check_fields("output_config", config, output_config())) return fault;
    if (config["format"].present()) {
      if (auto fault = check_fields("output_config.format", config["format"], output_format())) return fault;
    }
  }
  if (const json::Value who = body["metadata"]) {
    if (auto fault = check_fields("metadata", who, metadata())) return fault;
  }
  if (auto fault = check_marker("", body)) return fault->substr(1);
  for (std::size_t i = 0; i < body["stop_sequences"].items().size(); ++i) {
    if (!body["stop_sequences"].at(i).is_string()) {
      return fmt::format("stop_sequences.{}: Input should be a valid string", i);
    }
  }
  return std::nullopt;
}

}  // namespace

Refused check_shape(json::Value body, const Model& model, const Surface& surface) {
  auto fault = surface.counting ? check_fields("", body, count_request()) : Message{};
  if (!surface.counting) {
    if (surface.hosted()) {
      std::vector<Field> fields(request().begin() + 1, request().end());  // all but the model
      fields.push_back({"anthropic_version", Want::text, true, false, surface.version});
      fields.push_back({"anthropic_beta", Want::array});
      fault = check_fields("", body, fields);
    } else {
      fault = check_fields("", body, request());
    }
  }
  if (!fault) fault = check_top(body);
  if (!fault) fault = check_messages(body["messages"], model);
  if (!fault) fault = check_system(body["system"]);
  if (!fault) fault = check_tool_list(body["tools"]);
  if (fault) return refuse(std::move(*fault));
  return std::nullopt;
}

std::int64_t request_tokens(json::Value body) {
  return count_tokens(json::dump_compact(body["messages"])) +
         count_tokens(json::dump_compact(body["system"])) + count_tokens(json::dump_compact(body["tools"])) +
         5;
}

Refused check_request(json::Value body, const Model& model, const Surface& surface) {
  if (Refused no = check_shape(body, model, surface)) return no;
  const std::vector<Turn> turns = read_turns(body["messages"]);
  if (Refused no = check_parameters(body, model)) return no;
  if (Refused no = check_tools(body, model, surface)) return no;
  if (Refused no = check_blocks(body["system"], turns, model, surface)) return no;
  if (Refused no = check_turns(body, turns, model)) return no;
  if (Refused no = check_thinking(body, turns, model)) return no;
  if (Refused no = check_cache(body, turns)) return no;
  // ANT-47: what is too long is found last, by counting.
  const std::int64_t tokens = request_tokens(body);
  if (tokens > model.window) {
    return refuse(fmt::format("prompt is too long: {} tokens > {} maximum", tokens, model.window));
  }
  const std::int64_t limit = body["max_tokens"].integer().value_or(0);
  if (tokens + limit > model.window) {
    return refuse(fmt::format(
        "input length and `max_tokens` exceed context limit: {} + {} > {}, decrease input length or "
        "`max_tokens` and try again",
        tokens, limit, model.window));
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::anthropic
