// The canonical request as a Converse body. The model is in the URL (BRW-01).
#include <utility>
#include <vector>

#include "base/strings.h"
#include "dialect/bedrock_converse/bedrock_converse.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::dialect::bedrock {
namespace {

using canon::Param;

// Members of these objects the canonical request has no name for come as extras with a path for a key.
constexpr std::string_view kInference = "inferenceConfig.";
constexpr std::string_view kMore = "additionalModelRequestFields.";
constexpr std::string_view kToolConfig = "toolConfig.";
constexpr std::string_view kOutput = "outputConfig.";
constexpr std::string_view kNested[] = {kInference, kMore, kToolConfig, kOutput};

class Encoder {
 public:
  Encoder(const canon::Request& request, const WireOptions& options, std::string& out)
      : request_(request),
        options_(options),
        w_(out),
        native_(request.dialect == canon::DialectName::bedrock_converse) {}

  void run() {
    w_.begin_object();
    std::size_t first = 0;
    while (first < request_.messages.size() && is_system(request_.messages[first])) ++first;
    if (first > 0) {
      w_.key("system").begin_array();
      for (std::size_t i = 0; i < first; ++i) blocks(request_.messages[i].blocks);
      w_.end_array();
    }
    w_.key("messages").begin_array();
    for (std::size_t i = first; i < request_.messages.size(); ++i) message(request_.messages[i]);
    w_.end_array();
    inference_config();
    tool_config();
    output_config();
    more_fields();
    if (request_.params.has(Param::metadata))
      w_.field("requestMetadata", request_.params[Param::metadata].value);
    if (request_.params.has(Param::service_tier))
      w_.key("serviceTier")
          .begin_object()
          .field("type", request_.params[Param::service_tier].value)
          .end_object();
    for (const canon::Extra& extra : request_.extra)
      if (!nested(extra.key)) w_.field(extra.key, extra.value);
    w_.end_object();
  }

 private:
  static bool nested(std::string_view key) {
    for (const std::string_view prefix : kNested)
      if (key.starts_with(prefix)) return true;
    return false;
  }
  bool has_extras(std::string_view prefix) const {
    for (const canon::Extra& extra : request_.extra)
      if (extra.key.starts_with(prefix)) return true;
    return false;
  }
  void extras(std::string_view prefix) {
    for (const canon::Extra& extra : request_.extra)
      if (extra.key.starts_with(prefix)) w_.field(extra.key.substr(prefix.size()), extra.value);
  }

  void message(const canon::Message& message) {
    w_.begin_object();
    w_.field("role", is_system(message) ? "system" : name(message.role));
    w_.key("content").begin_array();
    blocks(message.blocks);
    w_.end_array().end_object();
  }

  void blocks(const std::vector<canon::Block>& list) {
    for (const canon::Block& block : list) {
      if (guarded(block)) {
        cache_point(block.cache);
        continue;
      }
      std::visit([this](const auto& body) { write(body); }, block.body);
      cache_point(block.cache);
      // A tool result's content has no cachePoint member: its markers go behind the result.
      if (const auto* result = std::get_if<canon::ToolResult>(&block.body); result && !block.cache.set) {
        for (const canon::Block& inner : result->content) {
          if (!inner.cache.set) continue;
          cache_point(inner.cache);
          break;
        }
      }
    }
  }

  // What the client wrapped for its guardrail goes back into its wrapping.
  bool guarded(const canon::Block& block) {
    for (const canon::Extra& extra : block.extra) {
      if (extra.key != "guardContent") continue;
      w_.begin_object().field(extra.key, extra.value).end_object();
      return true;
    }
    return false;
  }

  void cache_point(const canon::CacheMarker& cache) {
    if (!cache.set) return;
    w_.begin_object().key("cachePoint").begin_object().field("type", "default");
    if (!cache.ttl.empty()) w_.field("ttl", cache.ttl);
    w_.end_object().end_object();
  }

  void write(const canon::Text& text) { w_.begin_object().field("text", text.text).end_object(); }
  void write(const canon::Refusal& refusal) { w_.begin_object().field("text", refusal.text).end_object(); }

  void write(const canon::Media& media) {
    w_.begin_object().key(name(media.kind)).begin_object();
    const bool plain = media.source == canon::MediaSource::text && media.media_type.empty();
    const std::string_view format = plain ? "txt" : format_of(media.kind, media.media_type);
    if (!format.empty()) w_.field("format", format);
    if (media.kind == canon::MediaKind::document)
      w_.field("name", media.name.empty() ? std::string_view("document") : media.name);
    w_.key("source").begin_object();
    switch (media.source) {
      case canon::MediaSource::base64:
        w_.field("bytes", media.data);
        break;
      case canon::MediaSource::text:
        w_.field("text", media.data);
        break;
      case canon::MediaSource::url:
      case canon::MediaSource::file_id:
        w_.key("s3Location").begin_object().field("uri", media.data).end_object();
        break;
    }
    w_.end_object();
    if (media.kind == canon::MediaKind::document) {
      if (!media.context.empty()) w_.field("context", media.context);
      if (media.citations.present()) w_.field("citations", media.citations);
    }
    w_.end_object().end_object();
  }

  void write(const canon::ToolCall& call) {
    w_.begin_object().key("toolUse").begin_object().field("toolUseId", call.id).field("name", call.name);
    if (call.arguments.is_object())
      w_.field("input", call.arguments);
    else
      w_.key("input").begin_object().end_object();
    w_.end_object().end_object();
  }

  void write(const canon::ToolResult& result) {
    w_.begin_object().key("toolResult").begin_object().field("toolUseId", result.call_id);
    w_.key("content").begin_array();
    for (const canon::Block& block : result.content) {
      const auto* text = std::get_if<canon::Text>(&block.body);
      if (text && (options_.json_results || was_json(block)) && json_result(text->text)) continue;
      std::visit([this](const auto& body) { write(body); }, block.body);
    }
    w_.end_array();
    if (result.is_error) w_.field("status", "error");
    w_.end_object().end_object();
  }

  bool was_json(const canon::Block& block) const {
    return native_ && options_.json_blocks && !block.pointer.empty() &&
           json::resolve(request_.source, block.pointer)["json"].is_object();
  }

  bool json_result(std::string_view text) {
    if (!trim(text).starts_with('{')) return false;
    Arena arena;
    const auto value = json::parse(arena, text);
    if (!value || !value->is_object()) return false;
    w_.begin_object().field("json", *value).end_object();
    return true;
  }

  void write(const canon::Reasoning& reasoning) {
    w_.begin_object().key("reasoningContent").begin_object();
    if (!reasoning.redacted.empty()) {
      w_.field("redactedContent", reasoning.redacted);
    } else {
      w_.key("reasoningText").begin_object().field("text", reasoning.text);
      if (options_.send_signatures && !reasoning.signature.empty())
        w_.field("signature", reasoning.signature);
      w_.end_object();
    }
    w_.end_object().end_object();
  }

  void write(const canon::Foreign& foreign) {
    if (foreign.dialect == name(canon::DialectName::bedrock_converse)) w_.value(foreign.source);
  }

  void inference_config() {
    static constexpr std::pair<Param, std::string_view> kFields[] = {{Param::max_tokens, "maxTokens"},
                                                                     {Param::temperature, "temperature"},
                                                                     {Param::top_p, "topP"},
                                                                     {Param::stop, "stopSequences"}};
    bool any = has_extras(kInference);
    for (const auto& [param, field] : kFields) any = any || request_.params.has(param);
    if (!any) return;
    w_.key("inferenceConfig").begin_object();
    for (const auto& [param, field] : kFields)
      if (request_.params.has(param)) w_.field(field, request_.params[param].value);
    extras(kInference);
    w_.end_object();
  }

  void tool_config() {
    if (request_.tools.empty()) return;  // BR-02, GEN-08
    w_.key("toolConfig").begin_object().key("tools").begin_array();
    for (const canon::Tool& tool : request_.tools) {
      if (tool.kind == canon::ToolKind::function) {
        w_.begin_object().key("toolSpec").begin_object().field("name", tool.name);
        if (!tool.description.empty()) w_.field("description", tool.description);  // BR-31
        w_.key("inputSchema").begin_object();
        if (tool.schema.present())
          w_.field("json", tool.schema);
        else
          w_.key("json").raw(R"({"type":"object","properties":{}})");
        w_.end_object();
        if (tool.strict == true)
          w_.field("strict", true);  // false says nothing, and BRM-17 refuses the member
        w_.end_object().end_object();
      } else if (native_) {
        w_.value(tool.source);
      }
      cache_point(tool.cache);
    }
    w_.end_array();
    switch (request_.tool_choice.mode) {
      case canon::ChoiceMode::unset:
      case canon::ChoiceMode::none:
        break;  // BR-35: no such member
      case canon::ChoiceMode::automatic:
        w_.key("toolChoice").raw(R"({"auto":{}})");
        break;
      case canon::ChoiceMode::required:
        w_.key("toolChoice").raw(R"({"any":{}})");
        break;
      case canon::ChoiceMode::named:
        w_.key("toolChoice").begin_object().key("tool").begin_object();
        w_.field("name", request_.tool_choice.tool).end_object().end_object();
        break;
    }
    extras(kToolConfig);
    w_.end_object();
  }

  void output_config() {
    const canon::ResponseFormat& format = request_.response_format;
    const bool schema = format.kind == canon::FormatKind::json_schema && format.schema.present();
    const bool effort = options_.reasoning_style == "bedrock_claude" && !request_.reasoning.effort.empty();
    if (!schema && !effort && !has_extras(kOutput)) return;
    w_.key("outputConfig").begin_object();
    if (schema) {
      w_.key("textFormat").begin_object().field("type", "json_schema").key("structure").begin_object();
      w_.key("jsonSchema")
          .begin_object()
          .field("schema", json::dump_compact(format.schema));  // BR-39: as a string
      if (!format.name.empty()) w_.field("name", format.name);
      if (!format.description.empty()) w_.field("description", format.description);
      w_.end_object().end_object().end_object();
    }
    if (effort) w_.field("effort", request_.reasoning.effort);
    extras(kOutput);
    w_.end_object();
  }

  // Everything that is the model's and not Converse's, and the client's own members beside it.
  void more_fields() {
    std::vector<std::pair<std::string_view, std::string>> fields;
    if (request_.params.has(Param::top_k) && !options_.top_k_path.empty()) {
      const auto path = split(options_.top_k_path, '.');
      std::string text = json::dump(request_.params[Param::top_k].value);
      for (std::size_t i = path.size(); i-- > 1;) {
        std::string outer;
        json::Writer(outer).begin_object().key(path[i]).raw(text).end_object();
        text = std::move(outer);
      }
      fields.emplace_back(path.front(), std::move(text));
    }
    reasoning(fields);
    if (fields.empty() && !has_extras(kMore)) return;
    w_.key(kMore.substr(0, kMore.size() - 1)).begin_object();
    for (const canon::Extra& extra : request_.extra) {
      if (!extra.key.starts_with(kMore)) continue;
      const std::string_view key = extra.key.substr(kMore.size());
      bool ours = false;
      for (const auto& field : fields) ours = ours || field.first == key;
      if (!ours) w_.field(key, extra.value);
    }
    for (const auto& [key, text] : fields) w_.key(key).raw(text);
    w_.end_object();
  }

  void reasoning(std::vector<std::pair<std::string_view, std::string>>& fields) const {
    using Mode = canon::ReasoningConfig::Mode;
    const canon::ReasoningConfig& config = request_.reasoning;
    const std::string_view style = options_.reasoning_style;
    std::string text;
    json::Writer w(text);
    if (style == "bedrock_claude") {
      if (config.mode == Mode::unset) return;
      w.begin_object().field("type", config.mode == Mode::on    ? "enabled"
                                     : config.mode == Mode::off ? "disabled"
                                                                : "adaptive");
      if (config.mode == Mode::on && config.budget) w.field("budget_tokens", *config.budget);
      w.end_object();
      fields.emplace_back("thinking", std::move(text));
    } else if (style == "bedrock_nova") {
      if (config.mode == Mode::unset && config.effort.empty()) return;
      w.begin_object().field("type", config.mode == Mode::off ? "disabled" : "enabled");
      if (config.mode != Mode::off && !config.effort.empty()) w.field("maxReasoningEffort", config.effort);
      w.end_object();
      fields.emplace_back("reasoningConfig", std::move(text));
    } else if (!config.effort.empty()) {
      if (style == "bedrock_nested_effort") {
        w.begin_object().field("effort", config.effort).end_object();
        fields.emplace_back("reasoning", std::move(text));
      } else if (style == "bedrock_effort" || style == "bedrock_config") {
        w.string(config.effort);
        fields.emplace_back(style == "bedrock_effort" ? "reasoning_effort" : "reasoning_config",
                            std::move(text));
      }
    }
  }

  const canon::Request& request_;
  const WireOptions& options_;
  json::Writer w_;
  bool native_;
};

}  // namespace

void encode(const canon::Request& request, const WireOptions& options, std::string& out) {
  Encoder(request, options, out).run();
}

}  // namespace dragoman::dialect::bedrock
