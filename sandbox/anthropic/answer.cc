#include "sandbox/anthropic/answer.h"

#include "json/write.h"
#include "sandbox/anthropic/signature.h"

namespace dragoman::sandbox::anthropic {
namespace {

// The documented test strings; the rest of each is a fixed digest which nobody mistakes for prose either way.
constexpr std::string_view kRedactedTrigger = "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING";
constexpr std::string_view kRefusalTrigger = "ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL";

bool thinks(json::Value body, const Model& model) {
  const std::string_view type = body["thinking"]["type"].text();
  return type.empty() ? model.thinks_by_default : type != "disabled";
}

bool has_marker(json::Value value) {
  if (value["cache_control"].present()) return true;
  for (const json::Value& item : value.items()) {
    if (has_marker(item)) return true;
  }
  return value["content"].is_array() && has_marker(value["content"]);
}

void count_media(std::string_view type, Ask& ask) {
  if (type == "image") ++ask.images;
  if (type == "document") ++ask.documents;
}

void read_last_turn(std::span<const Turn> turns, Ask& ask) {
  std::size_t at = turns.size();
  while (at > 0 && turns[at - 1].role == "system") --at;
  if (at == 0) return;
  const Turn& turn = turns[at - 1];
  ask.last = turn.role == "assistant" ? LastTurn::assistant : LastTurn::user;
  for (const Block& block : turn.blocks) {
    count_media(block.type, ask);
    if (block.type == "text") {
      if (!ask.user_text.empty()) ask.user_text += '\n';
      ask.user_text += block.text();
    }
    if (block.type == "tool_result") {
      ask.last = LastTurn::tool_results;
      ask.results.push_back(text_of(block.value["content"]));
      for (const json::Value& item : block.value["content"].items()) count_media(item["type"].text(), ask);
    }
  }
}

Ask read_ask(json::Value body, std::string_view body_text, const Model& model, std::span<const Turn> turns) {
  Ask ask;
  read_last_turn(turns, ask);
  for (const json::Value& tool : body["tools"].items()) {
    if (tool["input_schema"]) ask.tools.push_back({tool["name"].text(), tool["input_schema"]});
  }
  const json::Value choice = body["tool_choice"];
  const std::string_view type = choice["type"].text();
  if (type == "none") ask.choice = Choice::none;
  if (type == "any") ask.choice = Choice::required;
  if (type == "tool") ask.choice = Choice::named;
  ask.named = choice["name"].text();
  ask.parallel = !choice["disable_parallel_tool_use"].boolean();
  ask.output_schema = body["output_config"]["format"]["schema"];
  ask.reasoning = thinks(body, model);
  ask.max_tokens = body["max_tokens"].integer().value_or(0);
  for (const json::Value& stop : body["stop_sequences"].items()) ask.stop.push_back(stop.text());
  ask.request_bytes = body_text.size();
  ask.cached = has_marker(body) || has_marker(body["system"]) || has_marker(body["tools"]) ||
               has_marker(body["messages"]);
  return ask;
}

std::string_view stop_word(Stop stop) {
  switch (stop) {
    case Stop::length:
      return "max_tokens";
    case Stop::sequence:
      return "stop_sequence";
    case Stop::tool_calls:
      return "tool_use";
    case Stop::end:
      break;
  }
  return "end_turn";
}

void write_block(json::Writer& out, const OutBlock& block) {
  out.begin_object();
  switch (block.kind) {
    case OutBlock::Kind::thinking:
      out.field("type", "thinking").field("thinking", block.text).field("signature", block.signature);
      break;
    case OutBlock::Kind::redacted:
      out.field("type", "redacted_thinking").field("data", block.signature);
      break;
    case OutBlock::Kind::text:
      out.field("type", "text").field("text", block.text);
      break;
    case OutBlock::Kind::tool_use:
      out.field("type", "tool_use")
          .field("id", block.id)
          .field("name", block.name)
          .key("input")
          .raw(block.text);
      out.key("caller").begin_object().field("type", "direct").end_object();
      break;
  }
  out.end_object();
}

}  // namespace

OutMessage compose(json::Value body, std::string_view body_text, std::string_view model_name,
                   const Model& model, std::span<const Turn> turns, std::string_view id_prefix,
                   const Say* say) {
  Ask ask = read_ask(body, body_text, model, turns);
  ask.say = say;
  Answer answer = plan(ask);
  OutMessage out;
  out.id = stable_id(id_prefix, body_text, 0, 22);
  out.model = model_name;
  out.usage = answer.usage;
  out.stop_reason = stop_word(answer.stop);
  out.stop_sequence = answer.stop_sequence;
  if (ask.user_text.find(kRefusalTrigger) != std::string::npos) {
    out.refused = true;
    out.stop_reason = "refusal";
    return out;
  }
  if (body["max_tokens"] && ask.max_tokens == 0) {  // warms the cache and writes nothing
    out.stop_reason = "max_tokens";
    out.usage.completion = 0;
    return out;
  }
  const std::string seed = json::dump(body["messages"]);
  if (ask.reasoning && ask.user_text.find(kRedactedTrigger) != std::string::npos) {
    out.blocks.push_back({OutBlock::Kind::redacted, "", sign_redacted(model.line, seed), "", ""});
  } else if (!answer.reasoning.empty()) {
    const bool shown = body["thinking"]["display"].text() != "omitted";
    out.blocks.push_back({OutBlock::Kind::thinking, shown ? answer.reasoning : "",
                          sign_thinking(model.line, answer.reasoning, seed), "", ""});
  }
  if (!answer.text.empty()) out.blocks.push_back({OutBlock::Kind::text, answer.text, "", "", ""});
  for (std::size_t i = 0; i < answer.calls.size(); ++i) {
    out.blocks.push_back({OutBlock::Kind::tool_use, answer.calls[i].arguments, "",
                          answer.calls[i].id.value_or(stable_id("toolu_01", body_text, i + 1, 22)),
                          answer.calls[i].name});
  }
  return out;
}

// Anthropic counts what came from the cache beside input_tokens, not in them.
void write_usage(std::string& out, const Usage& usage, std::int64_t output_tokens) {
  json::Writer w(out);
  w.begin_object();
  w.field("input_tokens", usage.prompt - usage.cached).field("cache_creation_input_tokens", 0);
  w.field("cache_read_input_tokens", usage.cached).key("cache_creation").begin_object();
  w.field("ephemeral_5m_input_tokens", 0).field("ephemeral_1h_input_tokens", 0).end_object();
  w.field("output_tokens", output_tokens).field("service_tier", "standard").end_object();
}

std::string message_json(const OutMessage& message) {
  std::string out;
  json::Writer w(out);
  w.begin_object().field("model", message.model).field("id", message.id).field("type", "message");
  w.field("role", "assistant").key("content").begin_array();
  for (const OutBlock& block : message.blocks) write_block(w, block);
  w.end_array().field("stop_reason", message.stop_reason).key("stop_sequence");
  message.stop_sequence.empty() ? w.null() : w.string(message.stop_sequence);
  w.key("stop_details");
  if (message.refused) {
    w.begin_object().field("type", "refusal").key("category").null().key("explanation").null().end_object();
  } else {
    w.null();
  }
  std::string usage;
  write_usage(usage, message.usage, message.usage.completion);
  w.key("usage").raw(usage).end_object();
  return out;
}

}  // namespace dragoman::sandbox::anthropic
