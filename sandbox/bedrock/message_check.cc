#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "json/write.h"
#include "sandbox/answer.h"
#include "sandbox/bedrock/check.h"

namespace dragoman::sandbox::bedrock {
namespace {

std::vector<std::string_view> ids_of(json::Value message, std::string_view kind) {
  std::vector<std::string_view> ids;
  for (const json::Value& block : message["content"].items()) {
    if (block[kind].present()) ids.push_back(block[kind]["toolUseId"].text());
  }
  return ids;
}

bool uses_tools(json::Value messages) {
  return std::ranges::any_of(messages.items(), [](json::Value message) {
    return !ids_of(message, "toolUse").empty() || !ids_of(message, "toolResult").empty();
  });
}

// BR-10, BR-11 and, for Claude, BR-12.
Refused check_pairing(json::Value messages, const Target& target) {
  std::vector<std::string_view> open;
  for (std::size_t i = 0; i < messages.items().size(); ++i) {
    const json::Value message = messages.at(i);
    const std::vector<std::string_view> results = ids_of(message, "toolResult");
    if (results.size() > open.size()) {
      return refuse(
          fmt::format("The number of toolResult blocks at messages.{}.content exceeds the number of toolUse "
                      "blocks of previous "
                      "turn.",
                      i));
    }
    std::string missing;
    for (const std::string_view id : open) {
      if (std::ranges::find(results, id) != results.end()) continue;
      missing += (missing.empty() ? "" : ", ") + std::string(id);
    }
    if (!missing.empty()) {
      return refuse(fmt::format("Expected toolResult blocks at messages.{}.content for the following Ids: {}",
                                i, missing));
    }
    if (is_claude(target.bare)) {
      for (std::size_t j = 0; j < open.size(); ++j) {
        if (message["content"].at(j)["toolResult"].present()) continue;
        return model_says(
            fmt::format("messages.{}: Did not find {} `tool_result` block(s) at the beginning of this "
                        "message. Messages following "
                        "`tool_use` blocks must begin with a matching number of `tool_result` blocks.",
                        i, open.size()));
      }
    }
    open = ids_of(message, "toolUse");
  }
  if (!open.empty()) {
    std::string ids;
    for (const std::string_view id : open) ids += (ids.empty() ? "" : ", ") + std::string(id);
    return refuse(fmt::format("Expected toolResult blocks at messages.{}.content for the following Ids: {}",
                              messages.items().size(), ids));
  }
  return std::nullopt;
}

Refused blank(const Target& target, std::string_view text, const std::string& path) {
  // BR-21: Claude's own validator speaks about white space; about nothing at all the service does.
  if (is_claude(target.bare) && !text.empty()) {
    return model_says("messages: text content blocks must contain non-whitespace text");
  }
  return refuse(fmt::format(
      "The text field in the ContentBlock object at {} is blank. Add text to the text field, and try again.",
      path));
}

bool has_empty_key(json::Value value) {
  for (const json::Member& member : value.members()) {
    if (member.key.empty() || has_empty_key(member.value)) return true;
  }
  return std::ranges::any_of(value.items(), has_empty_key);
}

Refused check_result(json::Value result, const Target& target, const std::string& path) {
  const json::Value content = result["content"];
  if (content.items().empty() && result["status"].text() == "error") {
    return refuse(
        fmt::format("The content field at {}.toolResult cannot be empty when status value is error.", path));
  }
  if (content.items().empty() && target.paranoid && !is_claude(target.bare)) {  // BR-14
    return refuse(
        fmt::format("The content field at {}.toolResult is empty. Add content and try again.", path));
  }
  for (std::size_t k = 0; k < content.items().size(); ++k) {
    const json::Value text = content.at(k)["text"];
    if (text && is_blank(text.text())) {
      return blank(target, text.text(), fmt::format("{}.toolResult.content.{}", path, k));
    }
    const bool media = content.at(k)["image"].present() || content.at(k)["document"].present();
    if (target.paranoid && media && is_claude(target.bare) && result["status"].text() == "error") {  // BR-45
      return model_says(
          fmt::format("{}.tool_result: all content must be type `text` if `is_error` is true", path));
    }
  }
  return std::nullopt;
}

Refused check_block(json::Value block, const Target& target, const std::string& path) {
  if (block["text"] && is_blank(block["text"].text())) return blank(target, block["text"].text(), path);
  if (const json::Value use = block["toolUse"]; use.present()) {
    if (!use["input"].is_object()) {
      return refuse(
          fmt::format("The format of the value at {}.toolUse.input is invalid. Provide a json object for the "
                      "field and try again.",
                      path));
    }
    if (target.paranoid && has_empty_key(use["input"])) {  // BR-34
      return refuse(fmt::format("The value at {}.toolUse.input contains an empty key.", path));
    }
  }
  if (block["toolResult"].present()) return check_result(block["toolResult"], target, path);
  return std::nullopt;
}

}  // namespace

std::int64_t request_tokens(json::Value body) {
  return count_tokens(json::dump_compact(body["messages"])) +
         count_tokens(json::dump_compact(body["system"])) +
         count_tokens(json::dump_compact(body["toolConfig"])) + 5;
}

Refused check_messages(json::Value body, const Target& target) {
  const json::Value messages = body["messages"];
  for (std::size_t i = 0; i < messages.items().size(); ++i) {
    const json::Value message = messages.at(i);
    if (message["content"].items().empty()) {
      return refuse(
          fmt::format("The content field in the Message object at messages.{} is empty. Add a ContentBlock "
                      "object to the content field and try again.",
                      i));
    }
    for (std::size_t j = 0; j < message["content"].items().size(); ++j) {
      const std::string path = fmt::format("messages.{}.content.{}", i, j);
      if (Refused no = check_block(message["content"].at(j), target, path)) return no;
    }
  }
  if (messages.items().empty() ||
      (messages.at(0)["role"].text() != "user" && !target.family->assistant_first)) {
    return refuse(
        "A conversation must start with a user message. Try again with a conversation that starts with a "
        "user "
        "message.");
  }
  for (std::size_t i = 1; i < messages.items().size(); ++i) {
    const std::string_view role = messages.at(i)["role"].text();
    if (role == messages.at(i - 1)["role"].text() || role == "system") {
      return refuse(
          "A conversation must alternate between user and assistant roles. Make sure the conversation "
          "alternates "
          "between user and assistant roles and try again.");
    }
  }
  if (!body["toolConfig"].present() && uses_tools(messages)) {
    return refuse("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
  }
  if (Refused no = check_pairing(messages, target)) return no;
  const bool assistant_last = messages.items().back()["role"].text() == "assistant";
  if (assistant_last &&
      !is_claude(target.bare)) {  // Claude's own check knows which of its models take a prefill
    return refuse(
        "Your API request included an `assistant` message in the final position, which would pre-fill the "
        "`assistant` "
        "response. When using tools, pre-filling the `assistant` response is not supported.");
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::bedrock
