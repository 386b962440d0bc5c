#include "lower/lower.h"

#include <fmt/format.h>

#include <array>

#include "json/path.h"
#include "json/write.h"
#include "lower/context.h"
#include "lower/splice.h"

namespace dragoman::lower {
namespace {

using canon::Param;

constexpr void (*kPasses[])(Context&) = {
    pass_recall, pass_compat, pass_enum,         pass_extras,       pass_foreign, pass_cached,
    pass_params, pass_format, pass_tools,        pass_schema_drop,  pass_choice,  pass_thinking,
    pass_told,   pass_calls,  pass_reasoning,    pass_items,        pass_media,   pass_system,
    pass_text,   pass_turns,  pass_one_call,     pass_compat_turns, pass_cache,   pass_sizes,
    pass_limits, pass_places, pass_compat_shape, pass_words};

// Fields of the config's own that the client left open count as if the client had said them.
void lay_defaults(canon::Request& request, std::span<const canon::Extra> defaults) {
  for (const canon::Extra& field : defaults) {
    if (const auto param = canon::param_named(field.key)) {
      if (!request.params.has(*param)) request.params[*param] = {field.value, {}};
    } else if (field.key == "max_completion_tokens") {
      if (!request.params.has(Param::max_tokens)) request.params[Param::max_tokens] = {field.value, {}};
    } else if (field.key == "reasoning_effort") {
      if (request.reasoning.effort.empty() && request.reasoning.mode == canon::ReasoningConfig::Mode::unset)
        request.reasoning.effort = field.value.text();
    } else {
      bool said = false;
      for (const canon::Extra& mine : request.extra) said = said || mine.key == field.key;
      if (!said) request.extra.push_back(field);
    }
  }
}

dialect::WireOptions wire_options(const Context& c, bool stream) {
  const profile::Profile& p = c.profile;
  dialect::WireOptions o;
  o.model = c.model;
  o.stream = stream;
  o.model_in_body = p.flag(Setting::model_in_body);
  o.max_tokens_field = max_tokens_name(c);
  o.seed_field = p.text(Setting::seed_field);
  o.system_role = p.text(Setting::system_role);
  o.reasoning_style = reasoning_style(c);
  o.budget_field = p.text(Setting::thinking_budget_field);
  o.reasoning_replay = p.text(Setting::reasoning_replay);
  o.schema_field = p.text(Setting::schema_field);
  o.stream_usage = p.flag(Setting::stream_usage);
  o.string_content = p.flag(Setting::string_content);
  o.top_k_path = p.text(Setting::top_k_path);
  o.json_blocks = p.flag(Setting::json_blocks);
  o.json_results = p.flag(Setting::json_results);
  o.one_tool = one_tool(c);
  o.call_ids = p.flag(Setting::call_ids);
  o.labels = p.flag(Setting::labels);
  o.encrypted_reasoning = p.flag(Setting::encrypted_reasoning);
  o.version = p.text(Setting::body_version);
  o.bare_messages = p.flag(Setting::bare_messages);
  o.null_content = p.flag(Setting::null_content);
  o.result_name = p.flag(Setting::result_name);
  o.reasoning_always = p.flag(Setting::reasoning_always);
  o.openai_tools = p.flag(Setting::openai_tools);
  if (c.wire.name == canon::DialectName::openai_responses &&
      (p.text(Setting::responses_instructions) == "all" ||
       p.text(Setting::responses_instructions) == "required"))
    o.system_role = "instructions";
  return o;
}

// QWEN-02, FW-05: what the host answers as a stream only; serve/ puts the answer together.
bool must_stream(const Context& c) {
  if (c.flag(Setting::stream_always)) return true;
  const std::int64_t most = c.profile.integer(Setting::stream_above);
  const json::Value cap = c.draft.params[Param::max_tokens].value;
  return most > 0 && cap && cap.number() > static_cast<double>(most);
}

// Converse carries an output schema as text, into which no pointer leads.
void point_at_text(Context& c) {
  const std::string_view schema = c.original.response_format.schema_pointer;
  if (schema.empty() || !json::resolve(c.original.source, schema).is_string()) return;
  for (Edit& edit : c.edits)
    if (edit.pointer.starts_with(schema)) edit.pointer = edit.pointer.substr(0, schema.size());
  if (c.refused && c.refused->pointer.starts_with(schema)) c.refused->pointer.resize(schema.size());
}

}  // namespace

std::string_view reasoning_style(const Context& c) {
  const std::string_view style = c.profile.text(Setting::reasoning_style);
  const bool chat = c.wire.name == canon::DialectName::openai_chat;
  return (style.empty() || style == "none") && chat && c.flag(Setting::thinking) ? std::string_view("effort")
                                                                                 : style;
}

bool efforts_only(const Context& c) {
  if (c.wire.name == canon::DialectName::anthropic_messages) return false;
  static constexpr std::array<std::string_view, 6> kStyles = {
      "none", "effort", "gemini_level", "bedrock_effort", "bedrock_nested_effort", "bedrock_config"};
  return std::ranges::find(kStyles, reasoning_style(c)) != kStyles.end();
}

std::string cut(std::string_view text) {
  constexpr std::size_t kReadable = 200;
  if (text.size() <= kReadable) return std::string(text);
  std::size_t end = kReadable;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
  return fmt::format("{}… ({} bytes)", text.substr(0, end), text.size());
}

std::string show(json::Value value) { return value ? cut(json::dump_compact(value)) : std::string(); }

void Context::edit(std::string_view rule_id, std::string_view pointer, std::string_view keyword,
                   std::string_view before, std::string_view after, Loss loss) {
  edits.add({profile.cite(rule_id), pointer, keyword, before, after, loss});
}

void Context::edit(Setting cause, std::string_view fallback, std::string_view pointer,
                   std::string_view keyword, std::string_view before, std::string_view after, Loss loss) {
  edit(rule(cause, fallback), pointer, keyword, before, after, loss);
}

bool Context::told(std::string_view pointer) const {
  return std::ranges::any_of(edits, [&](const Edit& e) { return json::pointer_within(e.pointer, pointer); });
}

std::string_view Context::rule(Setting cause, std::string_view fallback) const {
  const std::string_view id = profile.rule(cause);
  return id.empty() ? profile.cite(fallback) : id;
}

void Context::refuse(std::string_view rule_id, std::string_view pointer, std::string reason) {
  if (!refused)
    refused = Refused{std::string(profile.cite(rule_id)), std::string(pointer), std::move(reason)};
}

void Context::instruct(std::string_view text) {
  canon::Block block;
  block.body = canon::Text{keep(text)};
  if (draft.messages.empty() || !canon::is_system(draft.messages.front())) {
    canon::Message system;
    system.role = canon::Role::system;
    draft.messages.insert(draft.messages.begin(), std::move(system));
  }
  draft.messages.front().blocks.push_back(std::move(block));
}

profile::Mode mode_of(const canon::Request& request) {
  using Mode = canon::ReasoningConfig::Mode;
  const auto& reasoning = request.reasoning;
  const bool asked = reasoning.mode == Mode::on || reasoning.mode == Mode::adaptive || reasoning.budget ||
                     (!reasoning.effort.empty() && reasoning.effort != "none");
  return {.stream = request.stream,
          .tools = !request.tools.empty(),
          .thinking = asked && reasoning.mode != Mode::off,
          .thinking_off = reasoning.mode == Mode::off || (reasoning.effort == "none" && !asked),
          .structured = request.response_format.kind == canon::FormatKind::json_schema};
}

std::expected<Lowered, Refused> lower(const canon::Request& request, const Target& target, Arena& arena,
                                      canon::Request* inside) {
  Context c{.original = request,
            .draft = request,
            .profile = *target.profile,
            .wire = dialect::get(target.provider->dialect),
            .model = target.model,
            .arena = arena,
            .route = target.provider->name,
            .account = target.account,
            .recalled = target.recalled,
            // What it lends lives no longer than the call, and `inside` does.
            .schemas = inside ? nullptr : target.schemas};
  lay_defaults(c.draft, target.defaults);
  if (const std::string& why = c.profile.text(Setting::unserved); !why.empty())
    c.refuse(c.rule(Setting::unserved, "GEN-01"), "", why);
  for (const auto pass : kPasses) pass(c);
  point_at_text(c);
  if (!c.refused) verify(c);
  if (c.refused) return std::unexpected(*std::move(c.refused));

  Lowered out;
  out.stream = (request.stream || must_stream(c)) && c.flag(Setting::streaming) &&
               (c.draft.tools.empty() || c.flag(Setting::stream_tools));
  const dialect::WireOptions options = wire_options(c, out.stream);
  out.added_usage = out.stream && options.stream_usage && !request.stream_usage;
  const bool untouched = c.edits.empty() && target.defaults.empty() && out.stream == request.stream &&
                         request.dialect == target.provider->dialect;
  // Most of what is sent is what came: a large body is not moved while it is written.
  out.body.reserve(request.source.raw().size() + 512);
  if (untouched && splice(request, options, out.body)) {
    out.same_bytes = true;
  } else {
    c.wire.encode(c.draft, options, out.body);
  }
  out.edits = std::move(c.edits);
  // A Cohere model tells its plan even where it has to call a tool, which elsewhere ends all talk.
  const canon::ChoiceMode choice = c.draft.tool_choice.mode;
  const bool forced = choice == canon::ChoiceMode::required || choice == canon::ChoiceMode::named;
  out.restore = std::move(c.restore);
  out.restore.aside_of = !out.restore.structured_tool.empty() ? out.restore.structured_tool
                         : forced && c.wire.name == canon::DialectName::cohere_chat ? "*"
                                                                                    : "";
  out.restore.issuer = c.profile.text(Setting::reasoning_issuer);
  out.restore.issuer_always = c.wire.name != canon::DialectName::openai_chat;
  if (out.restore.issuer.empty()) {
    // Nobody takes these thoughts back, its own host included. Under a name they are foreign everywhere;
    // without one a host that takes bare thoughts would be told them as its own.
    out.restore.issuer = target.provider->name;
    out.restore.issuer_always = false;
  }
  out.headers = std::move(c.headers);
  out.unseen = std::move(c.unseen);
  if (inside) *inside = std::move(c.draft);
  return out;
}

}  // namespace dragoman::lower
