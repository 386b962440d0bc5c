#include "sandbox/cohere/check.h"

#include <fmt/format.h>

#include <charconv>

#include "json/write.h"
#include "sandbox/answer.h"

namespace dragoman::sandbox::cohere {
namespace {

using json::Value;

bool outside(Value value, double low, double high) {
  return value.is_number() && (value.number() < low || value.number() > high);
}

struct Kind {
  std::string_view key;
  json::Kind kind;
};
// chatv2's properties and what each has to be.
constexpr Kind kKinds[] = {
    {"messages", json::Kind::array},
    {"stream", json::Kind::boolean},
    {"tools", json::Kind::array},
    {"strict_tools", json::Kind::boolean},
    {"documents", json::Kind::array},
    {"citation_options", json::Kind::object},
    {"response_format", json::Kind::object},
    {"safety_mode", json::Kind::string},
    {"max_tokens", json::Kind::number},
    {"stop_sequences", json::Kind::array},
    {"temperature", json::Kind::number},
    {"seed", json::Kind::number},
    {"frequency_penalty", json::Kind::number},
    {"presence_penalty", json::Kind::number},
    {"k", json::Kind::number},
    {"p", json::Kind::number},
    {"logprobs", json::Kind::boolean},
    {"tool_choice", json::Kind::string},
    {"thinking", json::Kind::object},
    {"priority", json::Kind::number},
};

Refused shape(Value body) {
  if (body["model"].text().empty()) return refuse("a model parameter is required for this endpoint.");
  for (const Kind& kind : kKinds) {
    const Value value = body[kind.key];
    if (value.present() && value.kind() != kind.kind) {
      return refuse(fmt::format("invalid type: parameter {} is of type {} but should be of type {}.",
                                kind.key, json::name(value.kind()), json::name(kind.kind)));
    }
  }
  return std::nullopt;
}

// COH-08.
Refused sampling(Value body) {
  if (outside(body["temperature"], 0, 1))
    return refuse("invalid request: temperature must be between 0 and 1.0 inclusive.");
  if (outside(body["p"], 0.01, 0.99))
    return refuse("invalid request: p must be between 0.01 and 0.99 inclusive.");
  if (outside(body["k"], 0, 500)) return refuse("invalid request: k must be between 0 and 500 inclusive.");
  for (const std::string_view key : {"frequency_penalty", "presence_penalty"}) {
    if (outside(body[key], 0, 1))
      return refuse(fmt::format("invalid request: {} must be between 0 and 1 inclusive.", key));
  }
  if (body["frequency_penalty"].present() && body["presence_penalty"].present())
    return refuse("invalid request: cannot specify both frequency_penalty and presence_penalty.");
  if (body["stop_sequences"].items().size() > 5)
    return refuse("invalid request: stop_sequences must have at most 5 elements.");
  if (outside(body["seed"], 0, 18446744073709552000.0))
    return refuse("invalid request: seed must not be negative.");
  if (body["max_tokens"].present() && body["max_tokens"].number() < 1)
    return refuse("invalid request: max_tokens must be greater than 0.");
  return std::nullopt;
}

// COH-10, COH-11.
Refused response_format(Value body) {
  const Value format = body["response_format"];
  if (!format.present()) return std::nullopt;
  const std::string_view type = format["type"].text();
  if (type != "text" && type != "json_object")
    return refuse("invalid request: response_format type must be one of 'text' or 'json_object'.");
  const Value schema = format["json_schema"] ? format["json_schema"] : format["schema"];
  if (type == "text")
    return schema ? refuse("invalid request: json_schema requires the type 'json_object'.") : std::nullopt;
  if (!body["documents"].items().empty())
    return refuse("invalid request: response_format is not supported with RAG.");
  if (!body["tools"].items().empty())
    return refuse("invalid request: response_format is not supported with tools.");
  if (!schema) return std::nullopt;
  if (schema["type"].text() != "object") return refuse("schema must be an object");
  int fields = 0;
  const std::string fault = structured_fault("response_format", schema, fields);
  return fault.empty() ? std::nullopt : refuse(fault);
}

// COH-17.
Refused thinking(Value body, const Model& model) {
  const Value thinking = body["thinking"];
  if (!thinking.present()) return std::nullopt;
  if (!model.thinks)
    return refuse(
        fmt::format("invalid request: thinking is not supported by the provided model: {}.", model.name));
  const std::string_view type = thinking["type"].text();
  if (type != "enabled" && type != "disabled")
    return refuse("invalid request: thinking type must be one of 'enabled' or 'disabled'.");
  if (thinking["token_budget"].present() && thinking["token_budget"].integer().value_or(0) < 1)
    return refuse("invalid request: thinking token_budget must be a positive integer.");
  return std::nullopt;
}

std::int64_t window_of(std::string_view model) {
  std::int64_t window = 288000;
  if (const std::size_t at = model.rfind("-ctx"); at != std::string_view::npos)
    std::from_chars(model.data() + at + 4, model.data() + model.size(), window);
  return window;
}

std::int64_t text_tokens(Value content) {
  std::int64_t sum = content.is_string() ? count_tokens(content.text()) : 0;
  for (const Value part : content.items())
    sum += count_tokens(part["text"].text()) + count_tokens(part["thinking"].text());
  return sum;
}

}  // namespace

std::optional<Model> find_model(std::string_view name) {
  const auto has = [&](std::string_view word) { return name.find(word) != std::string_view::npos; };
  for (const std::string_view word : {"nonexistent", "does-not-exist", "no-such-model"})
    if (has(word)) return std::nullopt;
  if (!name.starts_with("command") && !name.starts_with("c4ai-")) return std::nullopt;
  const bool plus = name.starts_with("command-a-plus");
  const bool before_r7b = name.starts_with("command-r") && !name.starts_with("command-r7b");
  return Model{.name = name,
               .vision = plus || has("vision"),
               .thinks = plus || has("reasoning"),
               .chooses = !before_r7b};
}

std::int64_t request_tokens(Value body) {
  std::int64_t sum = 0;
  for (const Value m : body["messages"].items()) {
    sum += 3 + text_tokens(m["content"]) + count_tokens(m["tool_plan"].text());
    for (const Value c : m["tool_calls"].items()) sum += 4 + count_tokens(c["function"]["arguments"].text());
  }
  return body["tools"].present() ? sum + count_tokens(json::dump(body["tools"])) : sum;
}

Refused check_request(Value body, const Model& model) {
  if (Refused no = shape(body)) return no;
  if (Refused no = check_turns(body, model)) return no;
  if (Refused no = check_tools(body, model)) return no;
  if (Refused no = sampling(body)) return no;
  if (Refused no = response_format(body)) return no;
  if (Refused no = thinking(body, model)) return no;
  const std::int64_t tokens = request_tokens(body), window = window_of(model.name);
  if (tokens <= window) return std::nullopt;
  return Refusal{400,  // COH-14
                 fmt::format("too many tokens: size limit exceeded by {} tokens. Try using shorter or fewer "
                             "inputs. The limit for this model is {} tokens.",
                             tokens - window, window),
                 "TOO_MANY_TOKENS"};
}

}  // namespace dragoman::sandbox::cohere
