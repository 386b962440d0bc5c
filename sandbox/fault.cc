#include "sandbox/fault.h"

#include <fmt/format.h>

#include <charconv>

#include "base/strings.h"
#include "json/write.h"

namespace dragoman::sandbox {
namespace {

struct KindName {
  std::string_view name;
  FaultKind kind;
};

constexpr KindName kKinds[] = {
    {"none", FaultKind::none},
    {"hang", FaultKind::hang},
    {"delay", FaultKind::delay},
    {"delay_event", FaultKind::delay_event},
    {"rate_limit", FaultKind::rate_limit},
    {"overloaded", FaultKind::overloaded},
    {"quota", FaultKind::quota},
    {"status", FaultKind::status},
    {"error_event", FaultKind::error_event},
    {"cut", FaultKind::cut},
    {"stall", FaultKind::stall},
    {"reset", FaultKind::reset},
    {"html_502", FaultKind::html_502},
    {"empty_200", FaultKind::empty_200},
    {"garbage", FaultKind::garbage},
    {"say", FaultKind::say},
};

Result<void> set_kind(Fault& fault, std::string_view name) {
  for (const KindName& k : kKinds) {
    if (k.name == name) {
      fault.kind = k.kind;
      return {};
    }
  }
  int status = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), status);
  if (read.ptr == name.data() + name.size() && status >= 200 && status < 600) {
    fault.kind = status == 429                    ? FaultKind::rate_limit
                 : status == 503 || status == 529 ? FaultKind::overloaded
                                                  : FaultKind::status;
    fault.status = status;
    return {};
  }
  return fail(fmt::format("unknown fault kind '{}'", name));
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 2, byte, 16).ptr == &text[i + 1] + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Result<void> set(Fault& fault, std::string_view name, std::string value) {
  const auto number = [&]() -> Result<std::int64_t> {
    std::int64_t n = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), n);
    if (value.empty() || read.ptr != value.data() + value.size() || n < 0) {
      return fail(fmt::format("{} must be a whole number, not '{}'", name, value));
    }
    return n;
  };
  if (name == "message") return void(fault.message = std::move(value)), Result<void>();
  if (name == "body") return void(fault.body = std::move(value)), Result<void>();
  if (name == "retry_after") return void(fault.retry_after = std::move(value)), Result<void>();
  if (name == "at") {
    if (value != "start" && value != "token")
      return fail(fmt::format("at must be start or token, not '{}'", value));
    fault.at_token = value == "token";
    return {};
  }
  if (name == "clean") {
    fault.clean = value.empty() || value == "true" || value == "1";
    return {};
  }
  // For `status` the code is the status; elsewhere it is the provider's error code.
  if (name == "code" && fault.kind != FaultKind::status)
    return void(fault.code = std::move(value)), Result<void>();
  if (name != "ms" && name != "delay" && name != "gap" && name != "code" && name != "status" &&
      name != "after" && name != "bytes") {
    return fail(fmt::format("unknown fault parameter '{}'", name));
  }
  const auto n = number();
  if (!n) return std::unexpected(n.error());
  if (name == "delay" || (name == "ms" && fault.kind != FaultKind::delay_event)) fault.delay_ms = *n;
  if (name == "ms" && fault.kind == FaultKind::delay_event) fault.event_delay_ms = *n;
  if (name == "code" || name == "status") fault.status = static_cast<int>(*n);
  if (name == "gap") fault.gap_ms = *n;
  if (name == "after") fault.after = *n;
  if (name == "bytes") fault.bytes = *n;
  return {};
}

}  // namespace

Result<Fault> parse_fault(std::string_view text) {
  Fault fault;
  bool first = true;
  for (const std::string_view part : split(text, ';')) {
    const std::string_view piece = trim(part);
    if (first) {
      first = false;
      if (auto ok = set_kind(fault, piece); !ok) return std::unexpected(ok.error());
      continue;
    }
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    std::string value = equals == std::string_view::npos ? "" : unescape(piece.substr(equals + 1));
    if (auto ok = set(fault, piece.substr(0, equals), std::move(value)); !ok)
      return std::unexpected(ok.error());
  }
  return fault;
}

Result<Fault> parse_fault(json::Value value) {
  Fault fault;
  const json::Value kind = value["kind"];
  const std::string name(kind.is_number() ? kind.number_text() : kind.text());
  if (auto ok = set_kind(fault, name); !ok) return std::unexpected(ok.error());
  if (fault.kind == FaultKind::say || value["text"] || value["calls"]) {
    fault.say.emplace();
    fault.say->text = value["text"].text();
    for (const json::Value call : value["calls"].items()) {
      const json::Value arguments = call["arguments"];
      fault.say->calls.push_back(
          {std::string(call["name"].text()),
           arguments.is_string() ? std::string(arguments.text()) : json::dump_compact(arguments),
           scripted_id(call)});
    }
  }
  for (const json::Member& m : value.members()) {
    if (m.key == "kind" || (fault.say && (m.key == "text" || m.key == "calls"))) continue;
    // Strings as they are; numbers and booleans as their JSON text; a body may be given as JSON itself.
    std::string text = m.value.is_string() ? std::string(m.value.text()) : json::dump(m.value);
    if (auto ok = set(fault, m.key, std::move(text)); !ok) return std::unexpected(ok.error());
  }
  return fault;
}

std::string_view real_model(std::string_view model) { return model.substr(0, model.find('!')); }

std::string_view model_fault(std::string_view model) {
  const std::size_t at = model.find('!');
  return at == std::string_view::npos ? std::string_view() : model.substr(at + 1);
}

Result<void> FaultBook::script(json::Value spec) {
  if (!spec.is_object()) return fail("expected an object");
  Script s;
  s.provider = spec["provider"].is_string() ? spec["provider"].text() : "*";
  s.model = spec["model"].is_string() ? spec["model"].text() : "*";
  s.repeat = spec["repeat"].boolean();
  if (!spec["faults"].is_array()) return fail("expected an array of faults", "/faults");
  for (std::size_t i = 0; i < spec["faults"].items().size(); ++i) {
    auto fault = parse_fault(spec["faults"].at(i));
    if (!fault) return fail(fault.error().message, fmt::format("/faults/{}", i));
    s.faults.push_back(std::move(*fault));
  }
  const std::lock_guard lock(mutex_);
  scripts_.push_back(std::move(s));
  return {};
}

void FaultBook::clear() {
  const std::lock_guard lock(mutex_);
  scripts_.clear();
}

std::optional<Fault> FaultBook::take(std::string_view provider, std::string_view model) {
  const std::lock_guard lock(mutex_);
  for (Script& s : scripts_) {
    if (s.faults.empty() || !glob_match(s.provider, provider) || !glob_match(s.model, model)) continue;
    Fault fault = s.faults.front();
    s.faults.pop_front();
    if (s.repeat) s.faults.push_back(fault);
    return fault;
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox
