#include "failure/classify.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"
#include "base/strings.h"
#include "failure/answer.h"
#include "failure/pattern.h"
#include "failure/phrases.h"
#include "failure/pointer.h"
#include "failure/rules.h"

namespace dragoman::failure {
namespace {

// The provider's path. What some put into `param` is a sentence with the path in it (Xiaomi), or a label
// ("validation_error", Cerebras) while the path heads the message.
std::string place_of(const canon::UpstreamError& error) {
  const std::string_view param = error.param;
  if (param.find(' ') != std::string_view::npos && param.find_first_of("[{(") != 0) {
    if (const std::string_view path = find_pointer(param); !path.empty()) return std::string(path);
  }
  // A label, or the status a relay got ("400", one-api), is no path.
  const bool digits = param.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits && !param.ends_with("_error")) return error.param;
  return std::string(find_pointer(error.message));
}

// The causes that lie outside the request: nothing the request says can name them.
bool outside_the_request(const Rule& rule) {
  if (!rule.cls || rule.pattern.find_first_of("'\"") != std::string_view::npos) return false;
  switch (*rule.cls) {
    case FailureClass::quota_billing:
    case FailureClass::rate_limit:
    case FailureClass::overloaded:
    case FailureClass::server_error:
    case FailureClass::auth:
    case FailureClass::permission:
    case FailureClass::content_policy:
    case FailureClass::context_length:
      return true;
    default:
      return false;
  }
}

bool applies(const Rule& rule, const Answer& answer) {
  if (!accepts_status(rule.status, answer.status)) return false;
  if (!rule.provider.empty() && !glob_match(rule.provider, answer.provider)) return false;
  switch (rule.where) {
    case Where::label:
      return answer.type == rule.pattern || answer.code == rule.pattern;
    case Where::text:
      return occurs(rule.pattern, outside_the_request(rule) ? answer.own_words : answer.text);
    case Where::body:
      return occurs(rule.pattern, answer.body);
    case Where::status:
      return true;
    case Where::empty:
      return is_blank(answer.body);
  }
  return false;
}

const Rule* first_rule(const Answer& answer) {
  for (const std::span<const Rule> part : rule_parts()) {
    for (const Rule& rule : part) {
      if (applies(rule, answer)) return &rule;
    }
  }
  return nullptr;
}

// ["body","messages",0,"user","name"] ends with the key that is meant.
std::string last_of_loc(std::string_view pointer) {
  if (!pointer.starts_with("[\"") || !pointer.ends_with("\"]")) return {};
  pointer.remove_suffix(2);
  return std::string(pointer.substr(pointer.rfind('"') + 1));
}

std::string sentence(std::string_view provider, FailureClass cls, int status) {
  std::string why(provider.empty() ? std::string_view("upstream") : provider);
  if (status != 0) why += " answered " + std::to_string(status);
  why += ": ";
  why += describe(cls);
  return why;
}

// How much the row that decided knows. Own words and own labels say the cause; a pointer says only the place;
// what is put on everything, and a bare status, say little.
double confidence_of(const Rule& rule, const Failure& failure) {
  if (failure.cls == FailureClass::other) return 0.2;
  if (!rule.cls) return failure.pointer.empty() ? 0.4 : 0.7;
  switch (rule.where) {
    case Where::text:
    case Where::body:
      return 0.95;
    case Where::label:
      return rule.id.starts_with("label_") ? 0.9 : 0.95;
    case Where::status:
    case Where::empty:
      break;
  }
  return rule.status == kBroken || rule.status == kRefusal ? 0.4 : 0.6;
}

// A schema that is refused without a place is a tool's, unless the words name the parameter of output schemas
// alone.
bool names_the_output(std::string_view text) {
  constexpr std::array<std::string_view, 6> kOutput = {"response_format", "output_config",   "output schema",
                                                       "responseschema",  "response_schema", "text.format"};
  if (occurs("~tool", text) || occurs("~function", text)) return false;
  return std::any_of(kOutput.begin(), kOutput.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool may_point(FailureClass cls) {
  return cls == FailureClass::schema_rejected || cls == FailureClass::message_rejected ||
         cls == FailureClass::param_rejected || cls == FailureClass::state_missing;
}

}  // namespace

Failure classify(std::string_view provider, const canon::UpstreamError& error,
                 std::span<const HeaderField> headers, double now) {
  const Answer answer = read_answer(provider, error);
  Failure failure;
  failure.status = error.status;
  failure.pointer = place_of(error);
  failure.likeness = likeness(error.message);

  if (const Rule* rule = first_rule(answer)) {
    failure.rule = rule->id;
    failure.cls = rule->cls.value_or(class_of(failure.pointer));
    failure.retryable = rule->retryable;
    failure.side = rule->side;
    if (!rule->cls && (!failure.pointer.empty() || rule->side == Side::none))
      failure.side = side_of(failure.pointer);
    // A row that names a side but no class, for a refusal that names no place: its own words are enough.
    if (!rule->cls && failure.pointer.empty() && rule->side == Side::params)
      failure.cls = FailureClass::param_rejected;
    if (failure.cls == FailureClass::schema_rejected && failure.side == Side::tools &&
        failure.pointer.empty() && names_the_output(answer.text))
      failure.side = Side::params;
    failure.confidence = confidence_of(*rule, failure);
  } else if (error.in_stream) {
    failure.rule =
        "stream_unnamed";  // an error object inside a stream: the provider had accepted the request
    failure.cls = FailureClass::server_error;
    failure.retryable = true;
    failure.confidence = 0.4;
  } else if (!failure.pointer.empty()) {
    failure.rule = "place_only";  // no status, no known words, but a place: something there is refused
    failure.cls = class_of(failure.pointer);
    failure.side = side_of(failure.pointer);
    failure.confidence = 0.5;
  } else {
    failure.confidence = 0.2;
    failure.rule = "unnamed";
  }
  if (!may_point(failure.cls)) {
    failure.pointer = failure.pointer == error.param ? error.param : std::string();
  } else {
    failure.keyword = refused_keyword(error.message);
    if (failure.keyword.empty()) failure.keyword = last_of_loc(failure.pointer);
  }

  const RetryHints hints = read_retry_headers(headers, now);
  failure.retry_after = hints.retry_after ? hints.retry_after : error.retry_after;
  if (!failure.retry_after && failure.retryable && failure.cls != FailureClass::generation_failed)
    failure.retry_after = wait_in(answer.text);
  if (!failure.retry_after && failure.retryable) failure.retry_after = relays_wait_in(answer.body);
  if (!failure.retry_after && failure.cls == FailureClass::rate_limit)
    failure.retry_after = hints.window_resets;
  // The provider knows best whether it could ever take this; but "true" comes with 429s that are about money.
  if (hints.should_retry == false) failure.retryable = false;
  if (hints.should_retry == true && failure.cls == FailureClass::other) failure.retryable = true;
  failure.why = sentence(provider, failure.cls, error.status);
  return failure;
}

Failure classify(std::string_view provider, const NetFailure& net) {
  struct Row {
    NetKind kind;
    FailureClass cls;
    std::string_view rule;
    std::string_view words;
  };
  constexpr std::array kRows{
      Row{NetKind::resolve, FailureClass::network, "net_resolve", "the host name has no address"},
      Row{NetKind::connect, FailureClass::network, "net_connect", "no connection"},
      Row{NetKind::tls, FailureClass::network, "net_tls", "no TLS session"},
      Row{NetKind::connect_timeout, FailureClass::timeout, "net_connect_timeout", "connecting took too long"},
      Row{NetKind::first_byte_timeout, FailureClass::timeout, "net_first_byte",
          "no answer within the time allowed"},
      Row{NetKind::idle_timeout, FailureClass::timeout, "net_idle",
          "too long between two events of the stream"},
      Row{NetKind::total_timeout, FailureClass::timeout, "net_total", "the attempt's time is up"},
      Row{NetKind::reset, FailureClass::network, "net_reset", "the connection closed before an answer"},
      Row{NetKind::cut, FailureClass::stream_interrupted, "net_cut", "the answer broke off"},
      Row{NetKind::protocol, FailureClass::network, "net_protocol", "the answer is no HTTP"},
  };
  Failure failure;
  failure.source = Source::network;
  failure.confidence = 1;
  failure.retryable = true;
  for (const Row& row : kRows) {
    if (row.kind != net.kind) continue;
    failure.cls = row.cls;
    failure.rule = row.rule;
    failure.why = std::string(provider.empty() ? std::string_view("upstream") : provider) + ": ";
    failure.why += row.words;
    if (!net.text.empty()) failure.why += " (" + net.text + ")";
  }
  return failure;
}

Failure local_fault(std::string why, std::string pointer) {
  Failure failure;
  failure.cls = FailureClass::local_fault;
  failure.source = Source::us;
  failure.confidence = 1;
  failure.rule = "local_fault";
  failure.side = side_of(pointer);
  failure.pointer = std::move(pointer);
  failure.why = std::move(why);
  return failure;
}

Failure target_cannot(std::string why, std::string pointer) {
  Failure failure = local_fault(std::move(why), std::move(pointer));
  failure.cls = FailureClass::param_rejected;
  failure.rule = "target_cannot";
  return failure;
}

Failure broken_promise(std::string why, std::string pointer) {
  Failure failure = local_fault(std::move(why), std::move(pointer));
  failure.cls = FailureClass::generation_failed;
  failure.rule = "broken_promise";
  failure.side = Side::tools;
  failure.retryable = true;
  return failure;
}

Failure cancelled() {
  Failure failure;
  failure.cls = FailureClass::cancelled;
  failure.source = Source::us;
  failure.confidence = 1;
  failure.rule = "cancelled";
  failure.why = "the client went away";
  return failure;
}

std::uint64_t likeness(std::string_view message) {
  // A word with a digit in it (an id, a count, a model version) is masked whole; punctuation and spaces only
  // separate.
  std::string key;
  std::string word;
  bool masked = false;
  const auto flush = [&] {
    if (!word.empty() || masked) {
      key += masked ? std::string_view("0") : std::string_view(word);
      key += ' ';
    }
    word.clear();
    masked = false;
  };
  for (const char c : message.substr(0, kReadLimit)) {
    const auto u = static_cast<unsigned char>(c);
    if (c >= '0' && c <= '9') {
      masked = true;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || u >= 0x80) {
      word += (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
    } else if (c != '_' && c != '-') {
      flush();
    }
  }
  flush();
  if (key.empty()) return 0;
  const std::uint64_t hash = stable_hash(key);
  return hash == 0 ? 1 : hash;
}

}  // namespace dragoman::failure
