// The messages array as OpenAI's Chat Completions takes it.
#include <fmt/format.h>

#include <algorithm>

#include "sandbox/openai/rules.h"
#include "sandbox/openai/view.h"
#include "sandbox/openai/wording.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kRoles[] = {"system", "assistant", "user", "function", "tool", "developer"};
constexpr std::string_view kTextOnly[] = {"text"};
constexpr std::string_view kUserParts[] = {"text", "image_url", "input_audio", "refusal", "audio", "file"};
constexpr std::string_view kAssistantParts[] = {"text", "refusal"};
constexpr std::string_view kToolParts[] = {"text", "refusal", "image_url", "input_audio"};

std::span<const std::string_view> parts_of(std::string_view role) {
  if (role == "user") return kUserParts;
  if (role == "assistant") return kAssistantParts;
  if (role == "tool") return kToolParts;
  return kTextOnly;
}

template <class F>
Verdict each_message(const Request& r, F&& check) {
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (Verdict v = check(all[i], fmt::format("messages[{}]", i), i)) return v;
  }
  return std::nullopt;
}

Verdict empty_messages(const Request& r) {
  const Value messages = r["messages"];
  if (!messages) return missing("messages");
  if (!messages.is_array()) return wrong_type("messages", "an array of objects", messages);
  if (messages.items().empty()) return refuse("[] is too short - 'messages'");
  return each_message(r, [](Value m, const std::string& at, std::size_t) -> Verdict {
    if (!m.is_object()) return wrong_type(at, "an object", m);
    if (!m["role"]) return missing(at + ".role");
    if (std::ranges::find(kRoles, m["role"].text()) != std::end(kRoles)) return std::nullopt;
    return bad_value(m["role"].text(), kRoles, at + ".role");
  });
}

Verdict empty_content(const Request& r) {
  return each_message(r, [](Value m, const std::string& at, std::size_t) -> Verdict {
    const Value content = m["content"];
    if (!content.is_array() || !content.items().empty() || m["tool_calls"].present()) return std::nullopt;
    return refuse(
        fmt::format("Invalid '{}.content': empty array. Expected an array with minimum length 1, but got an "
                    "empty array instead.",
                    at),
        at + ".content", "empty_array");
  });
}

Verdict missing_content(const Request& r) {
  return each_message(r, [](Value m, const std::string& at, std::size_t i) -> Verdict {
    const Value content = m["content"];
    const std::string_view role = m["role"].text();
    if (content.present()) {
      if (content.is_string() || content.is_array()) return std::nullopt;
      return wrong_type(at + ".content", "one of a string or array of objects", content);
    }
    if (role == "assistant") {
      if (m["tool_calls"].present() || m["function_call"].present() || m["refusal"].present() ||
          m["audio"].present()) {
        return std::nullopt;
      }
    } else if (!content) {
      return missing(at + ".content");
    }
    return refuse("Invalid value for 'content': expected a string, got null.",
                  fmt::format("messages.[{}].content", i));
  });
}

Verdict part_types(const Request& r) {
  return each_message(r, [](Value m, const std::string& at, std::size_t) -> Verdict {
    const auto allowed = parts_of(m["role"].text());
    const auto parts = m["content"].items();
    for (std::size_t j = 0; j < parts.size(); ++j) {
      const std::string_view type = parts[j]["type"].text();
      const std::string place = fmt::format("{}.content[{}]", at, j);
      if (std::ranges::find(allowed, type) == allowed.end()) return bad_value(type, allowed, place);
      if (type == "text" && !parts[j]["text"].is_string()) return missing(place + ".text");
      if (type == "image_url" && !parts[j]["image_url"]["url"].is_string())
        return missing(place + ".image_url.url");
    }
    return std::nullopt;
  });
}

Verdict image_detail(const Request& r) {
  static constexpr std::string_view kDetails[] = {"auto", "low", "high", "original"};
  return each_message(r, [](Value m, const std::string& at, std::size_t) -> Verdict {
    const auto parts = m["content"].items();
    for (std::size_t j = 0; j < parts.size(); ++j) {
      const Value detail = parts[j]["image_url"]["detail"];
      if (!detail.present() || std::ranges::find(kDetails, detail.text()) != std::end(kDetails)) continue;
      return bad_value(detail.text(), kDetails, fmt::format("{}.content[{}].image_url.detail", at, j));
    }
    return std::nullopt;
  });
}

// Files are PDF, sound is wav or mp3 (the file-inputs guide; pydantic-ai#4445).
Verdict file_types(const Request& r) {
  static constexpr std::string_view kSounds[] = {"wav", "mp3"};
  return each_message(r, [](Value m, const std::string& at, std::size_t) -> Verdict {
    const auto parts = m["content"].items();
    for (std::size_t j = 0; j < parts.size(); ++j) {
      const std::string place = fmt::format("{}.content[{}]", at, j);
      if (const Value sound = parts[j]["input_audio"]["format"];
          sound && std::ranges::find(kSounds, sound.text()) == std::end(kSounds))
        return bad_value(sound.text(), kSounds, place + ".input_audio.format");
      const std::string_view data = parts[j]["file"]["file_data"].text();
      if (!data.starts_with("data:") || data.starts_with("data:application/pdf;base64,")) continue;
      return refuse(
          fmt::format("Invalid file data: '{}.file.file_data'. Expected a base64-encoded data URL with an "
                      "application/pdf MIME type (e.g. 'data:application/pdf;base64,SGVsbG8sIFdvcmxkIQ=='), "
                      "but got unsupported MIME type '{}'.",
                      place, data.substr(5, data.find(';') - 5)),
          place + ".file.file_data", "invalid_value");
    }
    return std::nullopt;
  });
}

Verdict message_name(const Request& r) {
  return each_message(r, [](Value m, const std::string& at, std::size_t) -> Verdict {
    const Value name = m["name"];
    return name.present() ? bad_name(name.text(), at + ".name") : std::nullopt;
  });
}

template <class F>
Verdict each_call(const Request& r, F&& check) {
  return each_message(r, [&](Value m, const std::string& at, std::size_t) -> Verdict {
    const auto calls = m["tool_calls"].items();
    for (std::size_t j = 0; j < calls.size(); ++j) {
      if (Verdict v = check(calls[j], fmt::format("{}.tool_calls[{}]", at, j))) return v;
    }
    return std::nullopt;
  });
}

Verdict long_call_id(const Request& r, std::size_t most) {
  return each_call(r, [&](Value call, const std::string& at) -> Verdict {
    const std::size_t size = call["id"].text().size();
    if (size <= most) return std::nullopt;
    return too_long(at + ".id", most, size);
  });
}

// 40 was the limit for long, 51 characters passed in a recording of 2026, 64 is the Responses API's.
Verdict call_id_64(const Request& r) { return long_call_id(r, 64); }
Verdict call_id_40(const Request& r) { return long_call_id(r, 40); }

Verdict call_shape(const Request& r) {
  return each_call(r, [](Value call, const std::string& at) -> Verdict {
    if (!call["id"].is_string()) return missing(at + ".id");
    if (!call["type"].is_string()) return missing(at + ".type");
    if (call["type"].text() == "custom") return std::nullopt;
    if (!call["function"]["name"].is_string()) return missing(at + ".function.name");
    const Value arguments = call["function"]["arguments"];
    if (!arguments) return missing(at + ".function.arguments");
    return arguments.is_string() ? Verdict() : wrong_type(at + ".function.arguments", "a string", arguments);
  });
}

Verdict tool_message(const Request& r) {
  return each_message(r, [](Value m, const std::string& at, std::size_t) -> Verdict {
    if (m["role"].text() != "tool" || m["tool_call_id"].is_string()) return std::nullopt;
    return missing(at + ".tool_call_id");
  });
}

Verdict unanswered(const Request& r) {
  const auto fault = pair_fault(r["messages"]);
  if (!fault || fault->kind != PairFault::unanswered) return std::nullopt;
  return refuse(
      fmt::format("An assistant message with 'tool_calls' must be followed by tool messages responding to "
                  "each 'tool_call_id'. The following tool_call_ids did not have response messages: {}",
                  fault->ids),
      fmt::format("messages.[{}].role", fault->index));
}

Verdict orphan(const Request& r) {
  const auto fault = pair_fault(r["messages"]);
  if (!fault || fault->kind != PairFault::orphan) return std::nullopt;
  return refuse(
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
      "'tool_calls'.",
      fmt::format("messages.[{}].role", fault->index));
}

Verdict system_role(const Request& r) {
  if (!r.has(kNoSystem)) return std::nullopt;
  return each_message(r, [](Value m, const std::string& at, std::size_t) -> Verdict {
    const std::string_view role = m["role"].text();
    if (role != "system" && role != "developer") return std::nullopt;
    return refuse(
        fmt::format("Unsupported value: '{}.role' does not support '{}' with this model.", at, role),
        at + ".role", "unsupported_value");
  });
}

template <class F>
Verdict each_image(const Request& r, F&& check) {
  return each_message(r, [&](Value m, const std::string&, std::size_t) -> Verdict {
    for (const Value part : m["content"].items()) {
      const Value url = part["image_url"]["url"];
      if (!url.is_string()) continue;
      if (Verdict v = check(url.text())) return v;
    }
    return std::nullopt;
  });
}

Verdict image_bytes(const Request& r) {
  return each_image(r, [](std::string_view url) -> Verdict {
    const auto data = data_url(url);
    if (!data) {
      if (url.starts_with("https://") || url.starts_with("http://")) return std::nullopt;
      return refuse("Invalid image URL: Expected a valid URL, but got a value with an invalid format.", "",
                    "invalid_image_url");
    }
    if (data->bad) return refuse("Invalid base64 image data.", "", "invalid_base64_image");
    if (!image_type(data->bytes).empty()) return std::nullopt;
    return refuse(
        "You uploaded an unsupported image. Please make sure your image has of one the following formats: "
        "['png', 'jpeg', 'gif', 'webp'].",
        "", "invalid_image_format");
  });
}

// Patches of 32 by 32 pixels; only PNG says its size in the first bytes, so only PNG is counted.
Verdict image_patches(const Request& r) {
  if (!r.has(kPatchLimit)) return std::nullopt;
  return each_image(r, [](std::string_view url) -> Verdict {
    const auto data = data_url(url);
    if (!data || image_type(data->bytes) != "image/png" || data->bytes.size() < 24) return std::nullopt;
    const auto number = [&](std::size_t at) {
      std::uint64_t n = 0;
      for (std::size_t i = 0; i < 4; ++i) n = n << 8 | static_cast<unsigned char>(data->bytes[at + i]);
      return (n + 31) / 32;
    };
    const std::uint64_t patches = number(16) * number(20);
    if (patches <= 30000) return std::nullopt;
    return refuse(
        fmt::format("The image requires {} patches after processing, exceeding the limit of 30000", patches));
  });
}

// Not recorded for Chat Completions: what members of messages and parts beyond the OpenAPI document do.
Verdict unknown_member(const Request& r) {
  static constexpr std::string_view kMessage[] = {"role",          "content",      "name",
                                                  "tool_calls",    "tool_call_id", "refusal",
                                                  "function_call", "audio",        "annotations"};
  static constexpr std::string_view kPart[] = {
      "type", "text", "image_url", "input_audio", "file", "refusal", "prompt_cache_breakpoint"};
  return each_message(r, [&](Value m, const std::string& at, std::size_t) -> Verdict {
    for (const json::Member& member : m.members()) {
      if (std::ranges::find(kMessage, member.key) == std::end(kMessage))
        return unknown(fmt::format("{}.{}", at, member.key));
    }
    const auto parts = m["content"].items();
    for (std::size_t j = 0; j < parts.size(); ++j) {
      for (const json::Member& member : parts[j].members()) {
        if (std::ranges::find(kPart, member.key) != std::end(kPart)) continue;
        return unknown(fmt::format("{}.content[{}].{}", at, j, member.key));
      }
    }
    return std::nullopt;
  });
}

constexpr Rule kRules[] = {
    {"OAI-01", Grade::documented, empty_messages},
    {"OAI-48", Grade::client_code, system_role},
    {"OAI-02", Grade::documented, empty_content},
    {"OAI-03", Grade::live, missing_content},
    {"OAI-04", Grade::live, part_types},
    {"OAI-05", Grade::documented, image_detail},
    {"GEN-14", Grade::documented, file_types},
    {"OAI-06", Grade::issue, message_name},
    {"OAI-23", Grade::documented, tool_message},
    {"OAI-25", Grade::documented, call_shape},
    {"OAI-20", Grade::issue, call_id_64},
    {"OAI-20", Grade::client_code, call_id_40},
    {"OAI-21", Grade::issue, unanswered},  // and OAI-24, a user turn in between
    {"OAI-22", Grade::issue, orphan},
    {"OAI-40", Grade::anecdote, unknown_member},
    {"OAI-59", Grade::documented, image_bytes},
    {"OAI-60", Grade::live, image_patches},
};

}  // namespace

const RuleSet kMessageRules = kRules;

}  // namespace dragoman::sandbox::openai
