#include "sandbox/bedrock/answer.h"

#include "json/parse.h"
#include "json/write.h"
#include "sandbox/anthropic/models.h"
#include "sandbox/anthropic/signature.h"

namespace dragoman::sandbox::bedrock {
namespace {

const anthropic::Model* claude_of(const Target& target) {
  if (!is_claude(target.bare)) return nullptr;
  return anthropic::find_model(target.bare.substr(std::string_view("anthropic.").size()));
}

bool thinks(json::Value extra, const Target& target) {
  if (target.family->always_thinks) return true;
  if (extra["reasoningConfig"]["type"].text() == "enabled") return true;
  const std::string_view type = extra["thinking"]["type"].text();
  const anthropic::Model* claude = claude_of(target);
  if (claude == nullptr) return false;
  return type.empty() ? claude->thinks_by_default : type != "disabled";
}

std::string result_text(json::Value content) {
  std::string out;
  for (const json::Value& part : content.items()) {
    if (!part["text"] && !part["json"]) continue;
    if (!out.empty()) out += '\n';
    out += part["text"] ? std::string(part["text"].text()) : json::dump_compact(part["json"]);
  }
  return out;
}

void read_last_message(json::Value messages, Ask& ask) {
  if (messages.items().empty()) return;
  const json::Value message = messages.items().back();
  ask.last = message["role"].text() == "assistant" ? LastTurn::assistant : LastTurn::user;
  const auto count_media = [&ask](json::Value block) {
    ask.images += block["image"].present();
    ask.documents += block["document"].present();
  };
  for (const json::Value& block : message["content"].items()) {
    count_media(block);
    if (block["text"]) {
      if (!ask.user_text.empty()) ask.user_text += '\n';
      ask.user_text += block["text"].text();
    }
    if (const json::Value result = block["toolResult"]; result.present()) {
      ask.last = LastTurn::tool_results;
      ask.results.push_back(result_text(result["content"]));
      for (const json::Value& part : result["content"].items()) count_media(part);
    }
  }
}

bool has_cache_point(json::Value body) {
  const auto in = [](json::Value list) {
    for (const json::Value& item : list.items()) {
      if (item["cachePoint"].present()) return true;
    }
    return false;
  };
  for (const json::Value& message : body["messages"].items()) {
    if (in(message["content"])) return true;
  }
  return in(body["system"]) || in(body["toolConfig"]["tools"]);
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

}  // namespace

OutMessage compose(json::Value body, std::string_view body_text, const Target& target, Arena& arena) {
  Ask ask;
  read_last_message(body["messages"], ask);
  for (const json::Value& tool : body["toolConfig"]["tools"].items()) {
    const json::Value spec = tool["toolSpec"];
    if (spec.present()) ask.tools.push_back({spec["name"].text(), spec["inputSchema"]["json"]});
  }
  const json::Value choice = body["toolConfig"]["toolChoice"];
  if (choice["any"]) ask.choice = Choice::required;
  if (choice["tool"]) ask.choice = Choice::named;
  ask.named = choice["tool"]["name"].text();
  // Claude's own word for it, where its other fields go.
  if (const json::Value own = body["additionalModelRequestFields"]["output_config"]["format"]["schema"])
    ask.output_schema = own;
  if (const json::Value schema = body["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"]) {
    if (const Result<json::Value> parsed = json::parse(arena, schema.text())) ask.output_schema = *parsed;
  }
  ask.reasoning = thinks(body["additionalModelRequestFields"], target);
  ask.max_tokens = body["inferenceConfig"]["maxTokens"].integer().value_or(0);
  for (const json::Value& stop : body["inferenceConfig"]["stopSequences"].items())
    ask.stop.push_back(stop.text());
  ask.request_bytes = body_text.size();
  ask.say = target.say;
  ask.cached = target.family->caching && has_cache_point(body);

  const Answer answer = plan(ask);
  OutMessage out;
  out.stop_reason = stop_word(answer.stop);
  out.usage = answer.usage;
  if (!answer.reasoning.empty()) {
    const anthropic::Model* claude = claude_of(target);
    out.blocks.push_back(
        {OutBlock::Kind::reasoning, answer.reasoning,
         claude != nullptr ? anthropic::sign_thinking(claude->line, answer.reasoning, body_text) : "", "",
         ""});
  }
  // An empty answer still has its text block.
  if (!answer.text.empty() || answer.calls.empty()) {
    out.blocks.push_back({OutBlock::Kind::text, answer.text, "", "", ""});
  }
  const bool short_ids = target.family->short_ids;
  for (std::size_t i = 0; i < answer.calls.size(); ++i) {
    const ToolCall& call = answer.calls[i];
    const std::string own =
        short_ids ? stable_id("", body_text, i + 1, 9) : stable_id("tooluse_", body_text, i + 1, 22);
    out.blocks.push_back({OutBlock::Kind::tool_use, call.arguments, "", call.id.value_or(own), call.name});
  }
  return out;
}

void write_usage(std::string& out, const Usage& usage) {
  json::Writer w(out);
  w.begin_object().field("inputTokens", usage.prompt - usage.cached).field("outputTokens", usage.completion);
  w.field("totalTokens", usage.prompt + usage.completion);
  if (usage.cached > 0) w.field("cacheReadInputTokens", usage.cached).field("cacheWriteInputTokens", 0);
  w.end_object();
}

std::string message_json(const OutMessage& message) {
  std::string usage;
  write_usage(usage, message.usage);
  std::string out;
  json::Writer w(out);
  w.begin_object().key("metrics").begin_object().field("latencyMs", 412).end_object();
  w.key("output").begin_object().key("message").begin_object().key("content").begin_array();
  for (const OutBlock& block : message.blocks) {
    w.begin_object();
    if (block.kind == OutBlock::Kind::text) w.field("text", block.text);
    if (block.kind == OutBlock::Kind::reasoning) {
      w.key("reasoningContent").begin_object().key("reasoningText").begin_object();
      if (!block.signature.empty()) w.field("signature", block.signature);
      w.field("text", block.text).end_object().end_object();
    }
    if (block.kind == OutBlock::Kind::tool_use) {
      w.key("toolUse").begin_object().key("input").raw(block.text).field("name", block.name);
      w.field("toolUseId", block.id).end_object();
    }
    w.end_object();
  }
  w.end_array().field("role", "assistant").end_object().end_object();
  w.field("stopReason", message.stop_reason).key("usage").raw(usage).end_object();
  return out;
}

}  // namespace dragoman::sandbox::bedrock
