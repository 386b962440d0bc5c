#include "dialect/error_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "base/arena.h"
#include "base/strings.h"
#include "dialect/dialect.h"
#include "dialect/error_words.h"
#include "dialect/python_literal.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::dialect {
namespace {

using json::Value;

constexpr std::size_t kMaxMessage = 2000;
constexpr int kMaxDepth = 8;
constexpr int kMaxTries = 8;  // braces that may begin an envelope

std::string_view bounded(std::string_view text) {
  if (text.size() <= kMaxMessage) return text;
  std::size_t end = kMaxMessage;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end);
}

std::string scalar(Value v) {
  if (v.is_string()) return std::string(v.text());
  if (v.is_number()) return std::string(v.number_text());
  return {};
}

// The first of `keys` that holds a non-blank string or a number.
std::string first_of(Value object, std::span<const std::string_view> keys) {
  for (const std::string_view key : keys)
    if (std::string text = scalar(object[key]); !is_blank(text)) return text;
  return {};
}

class Unwrapper {
 public:
  explicit Unwrapper(canon::UpstreamError& out) : out_(out) {}

  void text(std::string_view body, int depth) {
    body = trim(body);
    if (body.empty() || depth > kMaxDepth) return;
    if (body.starts_with("data:") || body.starts_with("event:")) return sse(body, depth);
    if (body.front() == '{' || body.front() == '[' || body.front() == '"') {
      if (const auto parsed = json::parse(arena_, body)) return value(*parsed, depth);
      if (const auto python = read_python_literal(body); python && read(python->json, depth)) return;
    }
    if (body.front() == '<') return html(body);
    words(body, depth);
  }

  void value(Value v, int depth) {
    if (depth > kMaxDepth) return;
    if (v.is_string()) return words(v.text(), depth);
    if (is_pydantic(v)) return pydantic(v);
    if (v.is_array()) {
      // Google's stream without alt=sse wraps the error in an array.
      for (const Value item : v.items())
        if (item.is_object() || item.is_string()) return value(item, depth + 1);
      return;
    }
    if (v.is_object()) object(v, depth);
  }

 private:
  void object(Value v, int depth) {
    labels(v);
    // Outer words first, inner envelopes after: what is deeper overwrites.
    static constexpr std::array<std::string_view, 7> kMessages = {
        "message", "messsage", "Message", "msg", "error_message", "error_msg", "title"};
    for (const std::string_view key : kMessages) {
      const Value m = v[key];
      if (m.is_string() && !is_blank(m.text())) {
        words(m.text(), depth);
        break;
      }
      if (m.is_object() || m.is_array()) {
        value(m, depth + 1);
        break;
      }
    }
    if (const Value base = v["base_resp"]; base.is_object()) {  // MiniMax
      set(out_.message, base["status_msg"].text());
      set(out_.code, scalar(base["status_code"]));
    }
    if (const Value detail = v["detail"]; detail.present()) value(detail, depth + 1);
    if (const Value errors = v["errors"]; errors.is_array() && !errors.items().empty()) {
      const Value first = errors.at(0);
      if (first["description"].is_string())
        words(first["description"].text(), depth);  // Writer
      else
        value(first, depth + 1);
    }
    if (const Value error = v["error"]; error.is_object() || error.is_array())
      value(error, depth + 1);
    else if (error.is_string() && !is_blank(error.text()))
      words(error.text(), depth);  // xAI, Ollama, TGI, Venice
    if (const Value error = v["Error"]; error.is_object()) value(error, depth + 1);  // botocore's dump
    if (const Value body = v["body"]; body.is_object() && speaks(body))
      value(body, depth + 1);  // an SDK's exception
    if (const Value error = v["response"]["error"]; error.is_object())
      value(error, depth + 1);  // response.failed
    if (const Value error = v["lastError"]; error.is_object())
      value(error, depth + 1);  // the AI SDK's retries
    if (const Value body = v["responseBody"]; body.is_string() && !is_blank(body.text()))
      text(body.text(), depth + 1);                                      // the AI SDK's exception
    for (const std::string_view key : {"err", "exception", "exc_info"})  // a line of a log
      if (const Value error = v[key]; error.is_string() && !is_blank(error.text()))
        words(error.text(), depth);
      else if (error.is_object() && speaks(error))
        value(error, depth + 1);
    google_details(v["details"]);
    upstreams_own(v, depth);
  }

  // What a relay or an SDK keeps of the upstream's answer beside its own words: OpenRouter's metadata.raw,
  // the AI SDK's responseBody, an agent's log line.
  void upstreams_own(Value v, int depth) {
    static constexpr std::array<std::string_view, 7> kKeys = {
        "errorMessage",     "errorDetails", "rawErrorMessage", "rawError",
        "upstream_details", "responseBody", "upstream_error"};
    if (const Value details = v["details"]; details["error"].is_object()) value(details, depth + 1);
    for (const std::string_view key : kKeys) whole(v[key], depth);
    whole(v["metadata"]["raw"], depth);
  }

  void whole(Value answer, int depth) {
    if (answer.is_string())
      text(answer.text(), depth + 1);
    else if (answer.is_object() || answer.is_array())
      value(answer, depth + 1);
  }

  void labels(Value v) {
    static constexpr std::array<std::string_view, 6> kTypes = {"type",   "type_",      "__type",
                                                               "status", "error_type", "tpe"};
    static constexpr std::array<std::string_view, 3> kCodes = {"code", "Code", "error_code"};
    static constexpr std::array<std::string_view, 4> kIds = {"request_id", "requestId", "RequestId",
                                                             "requestID"};
    std::string type;
    for (const std::string_view key : kTypes)
      if (const std::string_view word = v[key].text();
          !is_blank(word) && word != "error" && word != "<nil>") {
        type = word;
        break;
      }
    set(out_.type, type);
    set(out_.code, first_of(v, kCodes));
    if (const Value code = v["details"]["error_code"]; code.is_string())
      set(out_.code, code.text());  // Anthropic
    if (const Value param = v["param"]; param.is_string() && param.text() != "<nil>")
      set(out_.param, param.text());
    if (const Value key = v["key"]; key.is_string() && v["description"].is_string())
      set(out_.code, key.text());
    set(out_.request_id, first_of(v, kIds));
    numbers(v);
  }

  // The status the envelope states, and the wait it asks for.
  void numbers(Value v) {
    static constexpr std::array<std::string_view, 6> kStatuses = {"status",     "code",      "status_code",
                                                                  "statusCode", "http_code", "http_status"};
    static constexpr std::array<std::string_view, 4> kWaits = {"resets_in_seconds", "retry_after_seconds",
                                                               "retry_after", "retryAfter"};
    for (const std::string_view key : kStatuses)
      if (const int status = http_status(scalar(v[key])); status != 0) out_.stated_status = status;
    for (const std::string_view key : kWaits)
      if (const auto seconds = whole_or_decimal(scalar(v[key]))) out_.retry_after = seconds;
  }

  static int http_status(std::string_view digits) {
    int status = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), status);
    return error == std::errc() && end == digits.data() + digits.size() && status >= 400 && status <= 599
               ? status
               : 0;
  }

  static std::optional<double> whole_or_decimal(std::string_view digits) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || !(seconds >= 0))
      return {};
    return seconds;
  }

  static bool is_pydantic(Value v) {
    const Value first = v.is_array() ? v.at(0) : v;
    return first["loc"].is_array() && first["msg"].is_string();
  }

  // [{"type":"missing","loc":["body","messages"],"msg":"Field required"}, …], or one of them alone.
  void pydantic(Value v) {
    std::string message;
    const std::vector<Value> faults =
        v.is_array() ? std::vector<Value>(v.items().begin(), v.items().end()) : std::vector<Value>{v};
    set(out_.type, faults.front()["type"].text());
    for (const Value item : faults) {
      std::string path;
      for (const Value step : item["loc"].items()) {
        if (!path.empty()) path += '.';
        path += scalar(step);
      }
      if (!message.empty()) message += "; ";
      message +=
          path.empty() ? std::string(item["msg"].text()) : fmt::format("{}: {}", path, item["msg"].text());
      if (out_.param.empty()) out_.param = json::dump_compact(item["loc"]);
      if (message.size() > kMaxMessage) break;
    }
    set(out_.message, message);
  }

  // google.rpc details: RetryInfo says how long to wait, ErrorInfo names the reason.
  void google_details(Value details) {
    for (const Value d : details.items()) {
      const std::string_view type = d["@type"].text();
      if (type.ends_with("RetryInfo")) {
        std::string_view delay = d["retryDelay"].text();
        if (delay.ends_with('s')) delay.remove_suffix(1);
        double seconds = 0;
        if (std::from_chars(delay.data(), delay.data() + delay.size(), seconds).ec == std::errc() &&
            seconds >= 0)
          out_.retry_after = seconds;
      } else if (type.ends_with("BadRequest")) {
        set(out_.param, d["fieldViolations"].at(0)["field"].text());
      }
    }
  }

  // A sentence, which may carry another envelope: JSON or Python's print of a dictionary, as a whole or after
  // a relay's own words ("The model returned the following errors: {…}", "Error code: 400 - {'error': …}",
  // "litellm.X: YException - {…}. Received Model Group=…").
  void words(std::string_view sentence, int depth) {
    sentence = trim(sentence);
    if (sentence.empty()) return;
    if (const auto [type, rest] = botocore(sentence); !rest.empty()) {
      set(out_.type, type);
      sentence = rest;
    }
    set(out_.message, sentence);
    if (depth >= kMaxDepth || envelope(sentence, depth)) return;
    set(out_.message, salvage(sentence));
  }

  bool envelope(std::string_view text, int depth) {
    int tries = 0;
    for (std::size_t at = text.find('{'); at != std::string_view::npos && tries < kMaxTries;
         at = text.find('{', at + 1), ++tries) {
      // A list of faults begins before its first brace.
      std::size_t start = at;
      const std::size_t before = at == 0 ? std::string_view::npos : text.find_last_not_of(" \n\t", at - 1);
      if (before != std::string_view::npos && text[before] == '[') start = before;
      const std::string_view tail = text.substr(start);
      if (const std::string_view json = balanced(tail); !json.empty()) {
        if (read(json, depth)) return true;
        // A terminal broke the line inside a string.
        if (json.find('\n') != std::string_view::npos && read(unwrapped(json), depth)) return true;
      }
      if (const auto python = read_python_literal(tail); python && read(python->json, depth)) return true;
      if (const auto node = read_node_literal(tail); node && read(node->json, depth)) return true;
    }
    // Python's print of bytes: b'{\n "error": …'.
    for (const std::string_view open : {"b'{", "b\"{", "b'[", "b\"["}) {
      const std::size_t at = text.find(open);
      if (at == std::string_view::npos || depth + 1 >= kMaxDepth) continue;
      const auto python = read_python_literal(text.substr(at));
      if (!python) continue;
      const auto bytes = json::parse(arena_, python->json);
      if (bytes && bytes->is_string() && envelope(bytes->text(), depth + 1)) return true;
    }
    // JSON that was put into a string once more than it was taken out: {\"error\":…
    if (text.find("{\\\"") == std::string_view::npos) return false;
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
      plain += text[i];
    }
    return depth + 1 < kMaxDepth && envelope(plain, depth + 1);
  }

  bool read(std::string_view json, int depth) {
    const auto parsed = json::parse(arena_, json);
    if (!parsed || !speaks(*parsed)) return false;
    value(*parsed, depth + 1);
    return true;
  }

  // Does the object hold an error at all, or is it just JSON that somebody quoted?
  static bool speaks(Value v) {
    if (v.is_array()) return is_pydantic(v) || (v.at(0).is_object() && speaks(v.at(0)));
    static constexpr std::array<std::string_view, 7> kWords = {"message",       "messsage",  "Message", "msg",
                                                               "error_message", "error_msg", "errors"};
    for (const std::string_view key : kWords)
      if (const Value m = v[key]; (m.is_string() && !is_blank(m.text())) || m.is_object() || m.is_array())
        return true;
    if (v["errorMessage"].is_string() || v["rawErrorMessage"].present() ||
        (v["title"].is_string() && v["status"].is_number()))
      return true;
    return v["error"].is_object() || v["error"].is_string() || v["Error"].is_object() ||
           v["responseBody"].is_string() || v["err"].is_object() || v["detail"].present() ||
           v["base_resp"].is_object() || v["response"]["error"].is_object();
  }

  void sse(std::string_view body, int depth) {
    for (std::string_view line : split(body, '\n')) {
      line = trim(line);
      if (!line.starts_with("data:")) continue;
      line = trim(line.substr(5));
      if (line.starts_with('{')) text(line, depth + 1);
    }
    if (out_.message.empty()) set(out_.message, body);
  }

  // The title of a proxy's page ("502 Bad Gateway") says all there is to say.
  void html(std::string_view body) {
    const std::string lower = lower_ascii(body.substr(0, 16384));
    for (const std::string_view tag : {"title", "h1"}) {
      const std::size_t open = lower.find(fmt::format("<{}", tag));
      if (open == std::string::npos) continue;
      const std::size_t start = lower.find('>', open);
      const std::size_t end = start == std::string::npos ? start : lower.find('<', start);
      if (end == std::string::npos) continue;
      const std::string_view title = trim(body.substr(start + 1, end - start - 1));
      if (!title.empty()) return set(out_.message, title);
    }
    set(out_.message, body);
  }

  static void set(std::string& field, std::string_view text) {
    if (!is_blank(text)) field = bounded(text);
  }

  canon::UpstreamError& out_;
  Arena arena_;
};

}  // namespace

canon::UpstreamError read_error_body(int status, std::string_view body) {
  canon::UpstreamError out;
  out.status = status;
  out.body = body;
  Unwrapper(out).text(body, 0);
  if (out.message.empty()) out.message = bounded(trim(body));
  return out;
}

canon::UpstreamError read_error_value(int status, json::Value value) {
  canon::UpstreamError out;
  out.status = status;
  out.body = json::dump(value);
  Unwrapper(out).value(value, 0);
  if (out.message.empty()) out.message = bounded(out.body);
  return out;
}

canon::UpstreamError unreadable_answer(std::string_view what, std::string_view body) {
  return {.status = kUnreadableStatus,
          .type = std::string(kUnreadableType),
          .message = std::string(what),
          .body = std::string(body)};
}

canon::UpstreamError read_discarded(std::string_view word, std::string_view said) {
  canon::UpstreamError out;
  out.status = 200;
  out.type = word;
  out.message = said.empty() ? fmt::format("the model's answer could not be used: {}", word)
                             : fmt::format("{} ({})", bounded(said), word);
  return out;
}

bool is_error_value(json::Value value) {
  if (value.is_array()) return value.at(0)["error"].present();
  if (!value.is_object()) return false;
  const Value error = value["error"];
  if (error.present() && !(error.is_string() && error.text().empty()) &&
      !(error.is_bool() && !error.boolean()))
    return true;
  if (value["type"].text() == "error" || value["object"].text() == "error") return true;
  if (const auto code = value["base_resp"]["status_code"].integer(); code && *code != 0) return true;
  return (value["detail"].present() || value["message"].is_string() || value["errors"].is_array()) &&
         !value["choices"].present() && !value["content"].present() && !value["type"].present() &&
         !value["candidates"].present() && !value["output"].present();
}

}  // namespace dragoman::dialect
