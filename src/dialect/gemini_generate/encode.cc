// The canonical request as a GenerateContentRequest. The model is in the URL.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "dialect/extras.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "dialect/gemini_generate/spelling.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::dialect::gemini {
namespace {

using canon::Param;

// Members of these objects the canonical request has no name for come as extras with a path for a key.
constexpr std::string_view kConfig = "generationConfig.";
constexpr std::string_view kToolConfig = "toolConfig.";
constexpr std::string_view kThinking = "generationConfig.thinkingConfig.";

constexpr std::pair<Param, std::string_view> kConfigFields[] = {
    {Param::max_tokens, "maxOutputTokens"},
    {Param::temperature, "temperature"},
    {Param::top_p, "topP"},
    {Param::top_k, "topK"},
    {Param::stop, "stopSequences"},
    {Param::seed, "seed"},
    {Param::n, "candidateCount"},
    {Param::presence_penalty, "presencePenalty"},
    {Param::frequency_penalty, "frequencyPenalty"},
    {Param::logprobs, "responseLogprobs"},
    {Param::top_logprobs, "logprobs"},
};

std::string upper_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

class Encoder {
 public:
  Encoder(const canon::Request& request, const WireOptions& options, std::string& out)
      : request_(request),
        options_(options),
        w_(out),
        native_(request.dialect == canon::DialectName::gemini_generate) {}

  void run() {
    w_.begin_object();
    system_instruction();
    w_.key("contents").begin_array();
    for (const canon::Message& message : request_.messages) {
      if (is_system(message)) continue;
      w_.begin_object().field("role", message.role == canon::Role::assistant ? "model" : "user");  // GEM-03
      w_.key("parts").begin_array();
      parts(message.blocks);
      w_.end_array().end_object();
    }
    w_.end_array();
    tools();
    tool_config();
    generation_config();
    if (options_.labels && request_.params.has(Param::metadata))
      w_.field("labels", request_.params[Param::metadata].value);
    for (const canon::Extra& extra : request_.extra)
      if (!extra.key.starts_with(kConfig) && !extra.key.starts_with(kToolConfig))
        w_.field(extra.key, extra.value);
    w_.end_object();
  }

 private:
  // There is one place for it, wherever in the conversation it stood.
  void system_instruction() {
    bool open = false;
    for (const canon::Message& message : request_.messages) {
      if (!is_system(message)) continue;
      if (!open) w_.key("systemInstruction").begin_object().key("parts").begin_array();
      open = true;
      parts(message.blocks);
    }
    if (open) w_.end_array().end_object();
  }

  void parts(const std::vector<canon::Block>& blocks) {
    for (const canon::Block& block : blocks) {
      block_ = &block;
      std::visit([this](const auto& body) { write(body); }, block.body);
    }
    flush_signature();
  }

  // A signature that came on a part which is no call stands before that part's block (see stream.cc). It goes
  // back onto the part, or, where the part was empty, onto an empty one.
  void close_part() {
    if (!signature_.empty()) w_.field("thoughtSignature", signature_);
    signature_ = {};
    w_.end_object();
  }
  void flush_signature() {
    if (signature_.empty()) return;
    w_.begin_object();
    if (options_.call_ids) w_.field("text", "");  // Vertex refuses a text that is empty (VTX-03)
    close_part();
  }

  // videoMetadata, partMetadata and their like, which stand beside a part's data.
  void extras() { write_extras(w_, block_->extra); }

  void text_part(canon::Words text) {
    w_.begin_object().field("text", text);
    extras();
    close_part();
  }

  void write(const canon::Text& text) { text_part(text.text); }
  void write(const canon::Refusal& refusal) { text_part(refusal.text); }

  void write(const canon::Media& media) {
    if (media.source == canon::MediaSource::text) return text_part(media.data);
    w_.begin_object();
    media_member(media);
    extras();
    close_part();
  }

  void media_member(const canon::Media& media) {
    const bool inlined = media.source == canon::MediaSource::base64;
    w_.key(inlined ? "inlineData" : "fileData").begin_object();
    if (!media.media_type.empty()) w_.field("mimeType", media.media_type);
    if (native_ && !media.name.empty()) w_.field("displayName", media.name);
    w_.field(inlined ? "data" : "fileUri", media.data).end_object();
  }

  void write(const canon::ToolCall& call) {
    flush_signature();
    w_.begin_object().key("functionCall").begin_object();
    if (options_.call_ids && !call.id.empty()) w_.field("id", call.id);
    w_.field("name", call.name);
    if (call.arguments.is_object())
      w_.field("args", call.arguments);
    else
      w_.key("args").begin_object().end_object();  // GEM-12
    w_.end_object();
    if (options_.send_signatures && !call.signature.empty()) w_.field("thoughtSignature", call.signature);
    extras();
    w_.end_object();
  }

  void write(const canon::ToolResult& result) {
    flush_signature();
    std::string text;
    bool has_media = false;
    for (const canon::Block& block : result.content) {
      std::string_view piece;
      if (const auto* words = std::get_if<canon::Text>(&block.body)) piece = words->text;
      if (const auto* media = std::get_if<canon::Media>(&block.body)) {
        if (media->source == canon::MediaSource::text)
          piece = media->data;
        else
          has_media = true;
      }
      if (!text.empty() && !piece.empty()) text += '\n';
      text += piece;
    }
    w_.begin_object().key("functionResponse").begin_object();
    if (options_.call_ids && !result.call_id.empty()) w_.field("id", result.call_id);
    w_.field("name", result.name);
    w_.key("response");
    if (const json::Value written = as_written(result, text))
      w_.value(written);
    else if (result.is_error || !json_object(text))
      w_.begin_object().field(result.is_error ? "error" : "output", text).end_object();
    if (has_media) {  // GEM-22: Gemini 3 and later
      w_.key("parts").begin_array();
      for (const canon::Block& block : result.content) {
        const auto* media = std::get_if<canon::Media>(&block.body);
        if (!media || media->source == canon::MediaSource::text) continue;
        w_.begin_object();
        media_member(*media);
        w_.end_object();
      }
      w_.end_array();
    }
    w_.end_object();
    extras();
    w_.end_object();
  }

  // The client's own `response`, if its words are still the same: {"result": "x"} does not become {"output":
  // "x"}.
  json::Value as_written(const canon::ToolResult& result, std::string_view text) const {
    if (!native_ || block_->pointer.empty()) return {};
    const json::Value part = json::resolve(request_.source, block_->pointer);
    const json::Value response = get(get(part, "functionResponse"), "response");
    if (!response.is_object()) return {};
    if (response.members().empty()) return text.empty() ? response : json::Value();
    const json::Member& first = response.members().front();
    const bool wrapped = response.members().size() == 1 &&
                         (first.key == "output" || first.key == "result" || first.key == "error");
    if (result.is_error != (wrapped && first.key == "error" && first.value.present())) return {};
    const json::Value inner = wrapped ? first.value : response;
    const bool same = inner.is_string() ? inner.text() == text : json::dump_compact(inner) == text;
    return same ? response : json::Value();
  }

  // A result that is a JSON object already is the response: wrapped as text, the model would see its quotes
  // escaped.
  bool json_object(std::string_view text) {
    if (!trim(text).starts_with('{')) return false;
    Arena arena;
    const auto value = json::parse(arena, text);
    if (!value || !value->is_object()) return false;
    w_.value(*value);
    return true;
  }

  void write(const canon::Reasoning& reasoning) {
    const bool ours = reasoning.issuer == "gemini";
    if (!ours && !reasoning.issuer.empty()) return;  // GEN-12: another's, which lowering has dropped aloud
    const bool sign = ours && options_.send_signatures && !reasoning.signature.empty();
    flush_signature();
    if (reasoning.text.empty()) {
      if (sign) signature_ = reasoning.signature;
      return;
    }
    w_.begin_object().field("text", reasoning.text).field("thought", true);
    if (sign) w_.field("thoughtSignature", reasoning.signature);
    w_.end_object();
  }

  void write(const canon::Foreign& foreign) {
    if (foreign.dialect != name(canon::DialectName::gemini_generate)) return;
    flush_signature();
    w_.value(foreign.source);
  }

  void tools() {
    bool functions = false, others = false;
    for (const canon::Tool& tool : request_.tools)
      (tool.kind == canon::ToolKind::function ? functions : others) = true;
    if (!functions && !(others && native_)) return;
    w_.key("tools").begin_array();
    const bool one = options_.one_tool && native_ && others;
    if (one) w_.begin_object();
    if (functions) {  // one Tool holds all declarations (VTX-09)
      if (!one) w_.begin_object();
      w_.key("functionDeclarations").begin_array();
      for (const canon::Tool& tool : request_.tools) {
        if (tool.kind != canon::ToolKind::function) continue;
        w_.begin_object().field("name", tool.name);
        if (!tool.description.empty()) w_.field("description", tool.description);
        if (tool.schema.present())
          w_.field(options_.schema_field.empty() ? std::string_view("parametersJsonSchema")
                                                 : options_.schema_field,
                   tool.schema);
        write_extras(w_, tool.extra);
        w_.end_object();
      }
      w_.end_array();
      if (!one) w_.end_object();
    }
    if (native_)
      for (const canon::Tool& tool : request_.tools) {
        if (tool.kind == canon::ToolKind::function) continue;
        if (!one)
          w_.value(tool.source);
        else
          for (const json::Member& member : tool.source.members()) w_.field(member.key, member.value);
      }
    if (one) w_.end_object();
    w_.end_array();
  }

  void tool_config() {
    const bool chosen = !request_.tools.empty() &&
                        (request_.tool_choice.mode != canon::ChoiceMode::unset || strict());  // GEM-37
    bool more = false;
    for (const canon::Extra& extra : request_.extra) more = more || extra.key.starts_with(kToolConfig);
    if (!chosen && !more) return;
    w_.key("toolConfig").begin_object();
    if (chosen) function_calling();
    for (const canon::Extra& extra : request_.extra)
      if (extra.key.starts_with(kToolConfig)) w_.field(extra.key.substr(kToolConfig.size()), extra.value);
    w_.end_object();
  }

  // The API's strict mode is of the whole call: arguments are held to the schemas (GEM-61).
  bool strict() const {
    return std::ranges::any_of(request_.tools, [](const canon::Tool& tool) { return tool.strict == true; });
  }

  void function_calling() {
    const canon::ToolChoice& choice = request_.tool_choice;
    std::string_view mode = "AUTO";
    if (choice.mode == canon::ChoiceMode::none) mode = "NONE";
    if (choice.mode == canon::ChoiceMode::required || choice.mode == canon::ChoiceMode::named) mode = "ANY";
    // GEM-61: a subset goes with ANY or VALIDATED, and VALIDATED leaves the model free to answer in words.
    const bool free = choice.mode == canon::ChoiceMode::automatic || choice.mode == canon::ChoiceMode::unset;
    if (free && (!choice.allowed.empty() || strict())) mode = "VALIDATED";
    w_.key("functionCallingConfig").begin_object().field("mode", mode);
    const bool named = choice.mode == canon::ChoiceMode::named;
    if (named || (!choice.allowed.empty() && choice.mode != canon::ChoiceMode::none)) {
      w_.key("allowedFunctionNames").begin_array();
      if (named) w_.string(choice.tool);
      if (!named)
        for (const std::string_view name : choice.allowed) w_.string(name);
      w_.end_array();
    }
    w_.end_object();
  }

  void generation_config() {
    std::string text;
    json::Writer w(text);
    w.begin_object();
    const std::size_t empty = text.size();
    for (const auto& [param, field] : kConfigFields)
      if (request_.params.has(param)) w.field(field, request_.params[param].value);
    if (request_.params.has(Param::modalities)) {
      w.key("responseModalities").begin_array();
      for (const json::Value item : request_.params[Param::modalities].value.items())
        w.string(upper_ascii(item.text()));
      w.end_array();
    }
    const canon::ResponseFormat& format = request_.response_format;
    if (format.kind == canon::FormatKind::json_object || format.kind == canon::FormatKind::json_schema) {
      w.field("responseMimeType", "application/json");
      if (format.kind == canon::FormatKind::json_schema && format.schema.present())
        w.field(options_.schema_field == "parameters" ? "responseSchema" : "responseJsonSchema",
                format.schema);
    }
    thinking(w);
    for (const canon::Extra& extra : request_.extra)
      if (extra.key.starts_with(kConfig) && !extra.key.starts_with(kThinking))
        w.field(extra.key.substr(kConfig.size()), extra.value);
    if (text.size() == empty) return;
    w.end_object();
    w_.key("generationConfig").raw(text);
  }

  void thinking(json::Writer& w) const {
    using Mode = canon::ReasoningConfig::Mode;
    const canon::ReasoningConfig& config = request_.reasoning;
    const bool by_budget = options_.reasoning_style == "gemini_budget";
    const bool by_level = options_.reasoning_style == "gemini_level";
    if (!by_budget && !by_level) return;
    std::optional<std::int64_t> budget;
    if (by_budget) {
      if (config.mode == Mode::off)
        budget = 0;
      else if (config.budget)
        budget = config.budget;
      else if (config.mode == Mode::adaptive)
        budget = -1;
    }
    const bool level = by_level && !config.effort.empty();
    bool more = false;
    for (const canon::Extra& extra : request_.extra) more = more || extra.key.starts_with(kThinking);
    if (!budget && !level && !config.include && !more) return;
    w.key("thinkingConfig").begin_object();
    if (budget) w.field("thinkingBudget", *budget);
    if (level) w.field("thinkingLevel", upper_ascii(config.effort));
    if (config.include) w.field("includeThoughts", *config.include);
    for (const canon::Extra& extra : request_.extra)
      if (extra.key.starts_with(kThinking)) w.field(extra.key.substr(kThinking.size()), extra.value);
    w.end_object();
  }

  const canon::Request& request_;
  const WireOptions& options_;
  json::Writer w_;
  bool native_;
  std::string_view signature_;           // waiting for its part
  const canon::Block* block_ = nullptr;  // being written
};

}  // namespace

void encode(const canon::Request& request, const WireOptions& options, std::string& out) {
  Encoder(request, options, out).run();
}

}  // namespace dragoman::dialect::gemini
