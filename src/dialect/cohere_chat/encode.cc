// The canonical request as a body of POST /v2/chat.
#include <algorithm>

#include "dialect/cohere_chat/cohere_chat.h"
#include "dialect/extras.h"
#include "json/write.h"

namespace dragoman::dialect::cohere {
namespace {

using canon::Block;
using canon::Param;

class Encoder {
 public:
  Encoder(const canon::Request& request, const WireOptions& options, std::string& out)
      : request_(request), options_(options), w_(out) {}

  void run() {
    w_.begin_object();
    if (options_.model_in_body) w_.field("model", options_.model);
    w_.key("messages").begin_array();
    for (const canon::Message& message : request_.messages) {
      if (message.role == canon::Role::assistant)
        assistant(message);
      else
        user_or_system(message);
    }
    w_.end_array();
    tools();
    tool_choice();
    response_format();
    for (std::size_t i = 0; i < canon::kParams; ++i) {
      const std::string_view field = kCohereChat.param_fields[i];
      const canon::ParamValue& param = request_.params[static_cast<Param>(i)];
      if (!field.empty() && param.value) w_.field(field, param.value);
    }
    thinking();
    write_extras(w_, request_.extra);
    if (options_.stream) w_.field("stream", true);
    w_.end_object();
  }

 private:
  using Blocks = std::vector<const Block*>;

  // Tool results are messages of their own, before what the user says in the same turn.
  void user_or_system(const canon::Message& message) {
    Blocks rest;
    bool results = false;
    for (const Block& block : message.blocks) {
      if (const auto* result = std::get_if<canon::ToolResult>(&block.body)) {
        results = true;
        tool_result(*result);
      } else {
        rest.push_back(&block);
      }
    }
    if (results && rest.empty()) return;
    w_.begin_object().field("role", canon::is_system(message) ? "system" : "user").key("content");
    content(rest);
    write_extras(w_, message.extra);
    w_.end_object();
  }

  // COH-18: a string, or a list of text parts; there is no error flag.
  void tool_result(const canon::ToolResult& result) {
    Blocks blocks;
    for (const Block& block : result.content) blocks.push_back(&block);
    w_.begin_object().field("role", "tool").field("tool_call_id", result.call_id).key("content");
    content(blocks);
    w_.end_object();
  }

  void content(const Blocks& blocks) {
    if (blocks.size() == 1)
      if (const auto* text = std::get_if<canon::Text>(&blocks.front()->body)) return text->text.write(w_);
    w_.begin_array();
    for (const Block* block : blocks) part(*block);
    w_.end_array();
  }

  void part(const Block& block) {
    if (const auto* text = std::get_if<canon::Text>(&block.body)) {
      w_.begin_object().field("type", "text").field("text", text->text).end_object();
    } else if (const auto* refusal = std::get_if<canon::Refusal>(&block.body)) {
      w_.begin_object().field("type", "text").field("text", refusal->text).end_object();
    } else if (const auto* media = std::get_if<canon::Media>(&block.body)) {
      if (media->source == canon::MediaSource::text) {
        w_.begin_object().field("type", "text").field("text", media->data).end_object();
      } else if (media->kind == canon::MediaKind::image) {
        w_.begin_object().field("type", "image_url").key("image_url").begin_object().key("url");
        if (media->source == canon::MediaSource::base64)
          w_.string_of({"data:", media->media_type.empty() ? "image/png" : media->media_type, ";base64,",
                        media->data});
        else
          w_.string(media->data);
        if (!media->detail.empty()) w_.field("detail", media->detail);
        w_.end_object().end_object();
      }
    }
  }

  // What the model says beside its calls is its `tool_plan` (COH-05); without calls it is `content`. Its
  // thoughts are parts of `content` either way.
  void assistant(const canon::Message& message) {
    const bool calls = std::any_of(message.blocks.begin(), message.blocks.end(), [](const Block& b) {
      return std::holds_alternative<canon::ToolCall>(b.body);
    });
    w_.begin_object().field("role", "assistant");
    const bool thoughts = thinks(message);
    if (calls) {
      std::string plan;
      for (const Block& block : message.blocks) {
        const std::string_view text = words(block);
        if (!plan.empty() && !text.empty()) plan += '\n';
        plan += text;
      }
      if (!plan.empty()) w_.field("tool_plan", plan);
      if (plan.empty() && !thoughts) w_.key("content").begin_array().end_array();
    }
    if (!calls || thoughts) {
      w_.key("content");
      if (!calls && !thoughts && message.blocks.size() == 1 && is_text(message.blocks.front())) {
        std::get<canon::Text>(message.blocks.front().body).text.write(w_);
      } else {
        w_.begin_array();
        for (const Block& block : message.blocks) {
          const auto* reasoning = std::get_if<canon::Reasoning>(&block.body);
          if (reasoning && !reasoning->text.empty())
            w_.begin_object().field("type", "thinking").field("thinking", reasoning->text).end_object();
          else if (!calls)
            part(block);
        }
        w_.end_array();
      }
    }
    if (calls) {
      w_.key("tool_calls").begin_array();
      for (const Block& block : message.blocks)
        if (const auto* call = std::get_if<canon::ToolCall>(&block.body)) tool_call(*call);
      w_.end_array();
    }
    write_extras(w_, message.extra);
    w_.end_object();
  }

  static bool thinks(const canon::Message& message) {
    return std::any_of(message.blocks.begin(), message.blocks.end(), [](const Block& b) {
      const auto* reasoning = std::get_if<canon::Reasoning>(&b.body);
      return reasoning && !reasoning->text.empty();
    });
  }
  static bool is_text(const Block& block) { return std::holds_alternative<canon::Text>(block.body); }
  static std::string_view words(const Block& block) {
    if (const auto* text = std::get_if<canon::Text>(&block.body)) return text->text;
    if (const auto* refusal = std::get_if<canon::Refusal>(&block.body)) return refusal->text;
    return {};
  }

  void tool_call(const canon::ToolCall& call) {
    w_.begin_object().field("id", call.id).field("type", "function").key("function").begin_object();
    w_.field("name", call.name).key("arguments");
    if (!call.arguments_text.empty())
      w_.string(call.arguments_text);
    else
      w_.string(call.arguments ? json::dump_compact(call.arguments) : std::string("{}"));
    w_.end_object().end_object();
  }

  void tools() {
    const auto is_function = [](const canon::Tool& t) { return t.kind == canon::ToolKind::function; };
    if (std::none_of(request_.tools.begin(), request_.tools.end(), is_function)) return;
    bool strict = true;
    w_.key("tools").begin_array();
    for (const canon::Tool& tool : request_.tools) {
      if (!is_function(tool)) continue;
      strict = strict && tool.strict.value_or(false);
      w_.begin_object().field("type", "function").key("function").begin_object().field("name", tool.name);
      if (!tool.description.empty()) w_.field("description", tool.description);
      w_.key("parameters");
      if (tool.schema)
        w_.value(tool.schema);
      else
        w_.begin_object().field("type", "object").key("properties").begin_object().end_object().end_object();
      w_.end_object().end_object();
    }
    w_.end_array();
    if (strict) w_.field("strict_tools", true);  // COH-12: of the request, not of a tool
  }

  // COH-07: there are two words for it; nothing is said for "auto".
  void tool_choice() {
    switch (request_.tool_choice.mode) {
      case canon::ChoiceMode::none:
        w_.field("tool_choice", "NONE");
        return;
      case canon::ChoiceMode::required:
      case canon::ChoiceMode::named:
        w_.field("tool_choice", "REQUIRED");
        return;
      case canon::ChoiceMode::unset:
      case canon::ChoiceMode::automatic:
        return;
    }
  }

  void response_format() {
    const canon::ResponseFormat& format = request_.response_format;
    if (format.kind == canon::FormatKind::unset || format.kind == canon::FormatKind::text) return;
    w_.key("response_format").begin_object().field("type", "json_object");
    if (format.kind == canon::FormatKind::json_schema && format.schema)
      w_.field("json_schema", format.schema);
    w_.end_object();
  }

  // COH-17.
  void thinking() {
    using Mode = canon::ReasoningConfig::Mode;
    const canon::ReasoningConfig& r = request_.reasoning;
    if (options_.reasoning_style != "cohere") return;
    if (r.mode == Mode::unset && !r.budget) return;
    w_.key("thinking").begin_object().field("type", r.mode == Mode::off ? "disabled" : "enabled");
    if (r.mode != Mode::off && r.budget) w_.field("token_budget", *r.budget);
    w_.end_object();
  }

  const canon::Request& request_;
  const WireOptions& options_;
  json::Writer w_;
};

}  // namespace

void encode(const canon::Request& request, const WireOptions& options, std::string& out) {
  Encoder(request, options, out).run();
}

}  // namespace dragoman::dialect::cohere
