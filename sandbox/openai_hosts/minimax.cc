// api.minimax.io: the MM section of the contracts. Every refusal carries its number in the text.
#include <fmt/format.h>

#include "json/parse.h"
#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

Refusal invalid(std::string_view detail) {
  Refusal r = refuse(fmt::format("invalid params, {} (2013)", detail));
  r.type = "bad_request_error";
  return r;
}

Verdict pairing(const Request& r) {
  const auto fault = pair_fault(r["messages"]);
  if (!fault) return std::nullopt;
  if (fault->kind == PairFault::unanswered) return invalid("tool call result does not follow tool call");
  return invalid(fmt::format("tool result's tool id({}) not found", fault->ids));
}

template <class F>
Verdict each_call(const Request& r, F&& check) {
  for (const Value m : r["messages"].items()) {
    for (const Value c : m["tool_calls"].items()) {
      if (Verdict v = check(c)) return v;
    }
  }
  return std::nullopt;
}

Verdict call_ids(const Request& r) {
  return each_call(r, [](Value c) -> Verdict {
    return is_name(c["id"].text(), 256) ? Verdict() : invalid("tool call id is invalid");
  });
}

Verdict arguments(const Request& r) {
  return each_call(r, [](Value c) -> Verdict {
    Arena arena;
    if (json::parse(arena, c["function"]["arguments"].text())) return std::nullopt;
    return invalid(fmt::format("invalid function arguments json string, tool_call_id: {}", c["id"].text()));
  });
}

Verdict empty_schema(const Request& r) {
  for (const Value t : r["tools"].items()) {
    const Value schema = t["function"]["parameters"];
    if (!schema.present() || (schema.is_object() && schema.members().empty())) {
      return invalid("function parameters is empty");
    }
  }
  return std::nullopt;
}

Verdict roles(const Request& r) {
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string_view role = all[i]["role"].text();
    if (role == "developer") return invalid("invalid chat setting");
    if (role == "system" && i > 0) return invalid("chat content has invalid message role: system");
  }
  return std::nullopt;
}

Verdict thinking_type(const Request& r) {
  if (!r.model.starts_with("MiniMax-M3") || r["thinking"]["type"].text() != "enabled") return std::nullopt;
  return invalid("invalid thinking.type: \"enabled\" (allowed: adaptive, disabled)");
}

Verdict empty_content(const Request& r) {
  if (r["messages"].items().empty()) return invalid("chat content is empty");
  for (const Value m : r["messages"].items()) {
    if (is_blank_content(m["content"]) && m["tool_calls"].items().empty())
      return invalid("chat content is empty");
  }
  return std::nullopt;
}

constexpr Rule kOwn[] = {
    {"MM-04", Grade::issue, roles},
    {"MM-06", Grade::issue, thinking_type},
    {"MM-02", Grade::issue, call_ids},
    {"MM-05", Grade::issue, arguments},
    {"MM-01", Grade::issue, pairing},
    {"MM-03", Grade::issue, empty_schema},
    {"MM-07", Grade::anecdote, empty_content},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"MiniMax-M2", kReasonsAlways},
                         {"MiniMax-M3", kReasonsByDefault},
                         {"MiniMax-*", kReasonsAlways},
                         {"abab*"}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer(out)
      .begin_object()
      .field("type", "error")
      .key("error")
      .begin_object()
      .field("type", r.type)
      .field("message", r.message)
      .field("http_code", std::to_string(r.status))
      .end_object()
      .field("request_id", stable_id("", r.message, 5, 32))
      .end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "login fail: Please carry the API secret key in the 'Authorization' field (1004)",
                     "", "authorized_error");
}

Refusal unknown_model(std::string_view model) { return invalid(fmt::format("unknown model '{}'", model)); }

Refusal overflow(std::int64_t, std::int64_t) { return invalid("context window exceeds limit"); }

Refusal failure(int status) {
  if (status == 429) return with_status(429, "rate limit exceeded (1002)", "", "rate_limit_error");
  if (status == 402) return with_status(402, "insufficient balance (1008)", "", "insufficient_balance_error");
  if (status >= 500) return with_status(status, "system error (1033)", "", "api_error");
  return {};
}

Refusal policy() {
  Refusal r;
  r.status = 200;  // policy refusals come inside a success
  r.body = R"({"base_resp":{"status_code":1026,"status_msg":"input new_sensitive"}})";
  return r;
}

bool reasons(const Request& r) { return thinking_switch(r.body).value_or(r.traits != 0); }

void extra(json::Writer& w, const Request&, bool, bool last) {
  if (last) w.key("base_resp").begin_object().field("status_code", 0).field("status_msg", "").end_object();
}

}  // namespace

extern const Host kMiniMax;
const Host kMiniMax = {.prefix = "minimax",
                       .bases = kV1,
                       .models = kModels,
                       .rules = kRules,
                       .error_body = error_body,
                       .authorize = authorize,
                       .unknown_model = unknown_model,
                       .overflow = overflow,
                       .failure = failure,
                       .policy = policy,
                       .reasons = reasons,
                       .style = {.reasoning_key = "reasoning_content",
                                 .calls_whole = true,
                                 .empty_content_with_calls = true,
                                 .extra = extra}};

Emulator minimax_row() { return emulator<kMiniMax>(); }

}  // namespace dragoman::sandbox::openai
