// Bedrock hands Claude an Anthropic request and passes on what Claude says about it. So does this: the
// Converse request is written as that body and checked by the rules of sandbox/anthropic.
#include "json/parse.h"
#include "json/write.h"
#include "sandbox/anthropic/check.h"
#include "sandbox/bedrock/check.h"

namespace dragoman::sandbox::bedrock {
namespace {

constexpr std::string_view kVersion = "bedrock-2023-05-31";

class Body {
 public:
  explicit Body(std::string& out) : w_(out) {}

  void write(json::Value request, std::int64_t default_limit) {
    w_.begin_object().field("anthropic_version", kVersion);
    write_messages(request["messages"]);
    if (!request["system"].items().empty()) {
      w_.key("system").begin_array();
      write_blocks(request["system"]);
      w_.end_array();
    }
    write_parameters(request, default_limit);
    write_tools(request["toolConfig"]);
    for (const json::Member& extra : request["additionalModelRequestFields"].members()) {
      if (extra.key != "tools") w_.field(extra.key, extra.value);
    }
    w_.end_object();
  }

 private:
  void write_messages(json::Value messages) {
    w_.key("messages").begin_array();
    for (const json::Value& message : messages.items()) {
      w_.begin_object().field("role", message["role"].text()).key("content").begin_array();
      write_blocks(message["content"]);
      w_.end_array().end_object();
    }
    w_.end_array();
  }

  // A cachePoint is a mark on the block before it.
  void write_blocks(json::Value blocks) {
    for (std::size_t i = 0; i < blocks.items().size(); ++i) {
      const json::Value next = blocks.at(i + 1)["cachePoint"];
      if (!blocks.at(i)["cachePoint"].present()) write_block(blocks.at(i), next);
    }
  }

  void write_mark(json::Value cache) {
    if (!cache.present()) return;
    w_.key("cache_control").begin_object().field("type", "ephemeral");
    if (cache["ttl"].present()) w_.field("ttl", cache["ttl"].text());
    w_.end_object();
  }

  void write_block(json::Value block, json::Value cache) {
    w_.begin_object();
    if (const json::Value use = block["toolUse"]; use.present()) {
      w_.field("type", "tool_use").field("id", use["toolUseId"].text()).field("name", use["name"].text());
      w_.field("input", use["input"]);
    } else if (const json::Value result = block["toolResult"]; result.present()) {
      w_.field("type", "tool_result").field("tool_use_id", result["toolUseId"].text());
      if (result["status"].text() == "error") w_.field("is_error", true);
      w_.key("content").begin_array();
      write_blocks(result["content"]);
      w_.end_array();
    } else if (const json::Value image = block["image"]; image.present()) {
      w_.field("type", "image").key("source").begin_object().field("type", "base64");
      w_.field("media_type", "image/" + std::string(image["format"].text()));
      w_.field("data", image["source"]["bytes"].text()).end_object();
    } else if (const json::Value reasoning = block["reasoningContent"]; reasoning.present()) {
      write_reasoning(reasoning);
    } else if (block["json"]) {
      w_.field("type", "text").field("text", json::dump_compact(block["json"]));
    } else if (block["text"]) {
      w_.field("type", "text").field("text", block["text"].text());
    } else {
      // Documents, search results and guard content have been checked by the service; here they only hold a
      // place.
      w_.field("type", "text").field("text", "(content)");
    }
    write_mark(cache);
    w_.end_object();
  }

  void write_reasoning(json::Value reasoning) {
    if (reasoning["redactedContent"]) {
      w_.field("type", "redacted_thinking").field("data", reasoning["redactedContent"].text());
      return;
    }
    const json::Value text = reasoning["reasoningText"];
    w_.field("type", "thinking")
        .field("thinking", text["text"].text())
        .field("signature", text["signature"].text());
  }

  void write_parameters(json::Value request, std::int64_t default_limit) {
    const json::Value config = request["inferenceConfig"];
    w_.field("max_tokens", config["maxTokens"].integer().value_or(default_limit));
    if (config["temperature"].present()) w_.field("temperature", config["temperature"]);
    if (config["topP"].present()) w_.field("top_p", config["topP"]);
    if (!config["stopSequences"].items().empty()) w_.field("stop_sequences", config["stopSequences"]);
    const json::Value output = request["outputConfig"];
    if (!output.present()) return;
    w_.key("output_config").begin_object();
    if (output["effort"].present()) w_.field("effort", output["effort"].text());
    if (const json::Value schema = output["textFormat"]["structure"]["jsonSchema"]["schema"]) {
      w_.key("format").begin_object().field("type", "json_schema").key("schema");
      Arena arena;
      json::parse(arena, schema.text()) ? w_.raw(schema.text()) : w_.string(schema.text());
      w_.end_object();
    }
    w_.end_object();
  }

  void write_tools(json::Value config) {
    if (!config.present()) return;
    w_.key("tools").begin_array();
    for (std::size_t i = 0; i < config["tools"].items().size(); ++i) {
      const json::Value spec = config["tools"].at(i)["toolSpec"];
      if (!spec.present()) continue;
      w_.begin_object().field("name", spec["name"].text());
      if (spec["description"].present()) w_.field("description", spec["description"].text());
      w_.field("input_schema", spec["inputSchema"]["json"]);
      if (spec["strict"].present()) w_.field("strict", spec["strict"].boolean());
      write_mark(config["tools"].at(i + 1)["cachePoint"]);
      w_.end_object();
    }
    w_.end_array();
    for (const json::Member& choice : config["toolChoice"].members()) {
      w_.key("tool_choice").begin_object().field("type", choice.key);
      if (choice.key == "tool") w_.field("name", choice.value["name"].text());
      w_.end_object();
    }
  }

  json::Writer w_;
};

// BR-47: server tools go in the additional fields, and Bedrock has only the client-side ones.
Refused check_native_tools(json::Value tools) {
  for (std::size_t i = 0; i < tools.items().size(); ++i) {
    const std::string_view type = tools.at(i)["type"].text();
    if (anthropic::lists(
            "bash_20250124|custom|text_editor_20250124|text_editor_20250429|text_editor_20250728", type)) {
      continue;
    }
    return model_says(
        "tools." + std::to_string(i) + ": Input tag '" + std::string(type) +
        "' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', "
        "'text_editor_20250124', 'text_editor_20250429', 'text_editor_20250728'");
  }
  return std::nullopt;
}

}  // namespace

Refused check_claude(json::Value body, const Target& target, Arena& arena) {
  const json::Value extra = body["additionalModelRequestFields"];
  if (Refused no = check_native_tools(extra["tools"])) return no;
  for (const json::Value& beta : extra["anthropic_beta"].items()) {  // BR-46
    const std::string_view name = beta.text();
    if (target.paranoid && (name.starts_with("prompt-caching") || name.starts_with("advanced-tool-use"))) {
      return model_says("invalid beta flag");
    }
  }
  if (target.paranoid && target.region.starts_with("us-gov-") && extra["thinking"]["display"]) {  // BRM-15
    return model_says("thinking." + std::string(extra["thinking"]["type"].text()) +
                      ".display: Extra inputs are not permitted");
  }
  const anthropic::Model* model =
      anthropic::find_model(target.bare.substr(std::string_view("anthropic.").size()));
  if (model == nullptr) return refuse("The provided model identifier is invalid.");
  std::string text;
  Body(text).write(body, std::min<std::int64_t>(4096, model->max_output));
  const Result<json::Value> written = json::parse(arena, text);
  // A parameter given twice, once in each place, is a fault of its own.
  if (!written) return refuse("Malformed input request: " + written.error().message);
  const anthropic::Surface surface{.paranoid = target.paranoid, .version = kVersion};
  if (const anthropic::Refused no = anthropic::check_request(*written, *model, surface)) {
    return model_says(no->message);
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::bedrock
