#include "dialect/openai_chat/wire.h"
#include "dialect/reasoning_state.h"

namespace dragoman::dialect::openai_chat {

using canon::Reasoning;
using canon::ReasoningConfig;

// Items of `reasoning_details` (OpenRouter; MiniMax sends the same): reasoning.text {text, signature},
// reasoning.summary {summary}, reasoning.encrypted {data}; each with format, id, index.
Reasoning read_detail(json::Value detail) {
  Reasoning r;
  r.source = detail;
  r.text = detail["text"].text();
  if (detail["type"].text() == "reasoning.summary") r.text = detail["summary"].text();
  r.signature = detail["signature"].text();
  if (r.text.empty()) r.redacted = detail["data"].text();
  r.issuer = format_issuer(detail["format"].text());
  return r;
}

void read_reasoning(Arena& arena, json::Value message, std::string_view pointer,
                    std::vector<canon::Block>& out) {
  const auto at = [&](std::string_view key) {
    return arena.copy(std::string_view(json::pointer_join(pointer, key)));
  };
  const json::Value details = message["reasoning_details"];
  bool text_in_details = false;
  std::vector<canon::Block> blocks;
  for (const json::Value detail : details.items()) {
    if (!detail.is_object()) continue;
    const Reasoning r = read_detail(detail);
    if (r.text.empty() && r.signature.empty() && r.redacted.empty()) continue;
    text_in_details |= !r.text.empty();
    blocks.push_back({r, at("reasoning_details")});
  }
  // The plain field repeats the details' text; it is read only where they have none (signatures alone).
  if (!text_in_details) {
    for (const std::string_view key : {"reasoning_content", "reasoning"}) {
      const std::string_view text = message[key].text();
      if (text.empty()) continue;
      if (blocks.size() == 1 && std::get<Reasoning>(blocks.front().body).redacted.empty()) {
        Reasoning& signed_part = std::get<Reasoning>(blocks.front().body);
        signed_part.text = text;
        signed_part.source = {};  // the item as written lacks the text
      } else {
        blocks.insert(blocks.begin(), {Reasoning{.text = text}, at(key)});
      }
      break;
    }
  }
  for (canon::Block& block : blocks) out.push_back(std::move(block));
}

void write_detail(json::Writer& w, const Reasoning& reasoning, int index, bool signatures) {
  const bool detail = reasoning.source.is_object() && reasoning.source["type"].text() != "reasoning";
  if (detail && signatures) {  // not an item of the Responses API
    w.value(reasoning.source);
    return;
  }
  w.begin_object();
  if (!reasoning.redacted.empty())
    w.field("type", "reasoning.encrypted").field("data", reasoning.redacted);
  else
    w.field("type", "reasoning.text").field("text", reasoning.text);
  if (signatures && !reasoning.signature.empty()) w.field("signature", reasoning.signature);
  if (!reasoning.issuer.empty()) w.field("format", issuer_format(reasoning.issuer));
  w.field("index", index).end_object();
}

namespace {

using Mode = ReasoningConfig::Mode;

bool wanted(const ReasoningConfig& r) {
  return r.mode == Mode::on || r.mode == Mode::adaptive ||
         (r.mode == Mode::unset && (r.budget || !r.effort.empty()));
}
bool said(const ReasoningConfig& r) { return r.mode != Mode::unset || r.budget || !r.effort.empty(); }

void effort(json::Writer& w, const ReasoningConfig& r) {
  if (!r.effort.empty())
    w.field("reasoning_effort", r.effort);
  else if (r.mode == Mode::off)
    w.field("reasoning_effort", "none");
}

// RULES OR-10.
void openrouter(json::Writer& w, const ReasoningConfig& r) {
  if (!said(r) && !r.include) return;
  w.key("reasoning").begin_object();
  if (!r.effort.empty() && r.effort != "none")
    w.field("effort", r.effort);
  else if (r.mode == Mode::off)
    w.field("enabled", false);
  else if (r.budget)
    w.field("max_tokens", *r.budget);
  else if (said(r))
    w.field("enabled", true);
  if (r.include && !*r.include) w.field("exclude", true);
  w.end_object();
}

void thinking_type(json::Writer& w, const ReasoningConfig& r) {
  if (!said(r)) return;
  w.key("thinking").begin_object().field("type", wanted(r) ? "enabled" : "disabled").end_object();
}

// RULES ZAI-10, KIMI: the switch alone.
void zai(json::Writer& w, const ReasoningConfig& r) { thinking_type(w, r); }

// RULES MM-06: the model sees for itself how much, or not at all.
void minimax(json::Writer& w, const ReasoningConfig& r) {
  if (!said(r)) return;
  w.key("thinking").begin_object().field("type", wanted(r) ? "adaptive" : "disabled").end_object();
}

// RULES DS-03, DS-13: the switch, and the effort beside it.
void deepseek(json::Writer& w, const ReasoningConfig& r) {
  thinking_type(w, r);
  if (wanted(r) && !r.effort.empty()) w.field("reasoning_effort", r.effort);
}

// RULES QWEN-02, QWEN-03.
void qwen(json::Writer& w, const ReasoningConfig& r) {
  if (!said(r)) return;
  w.field("enable_thinking", wanted(r));
}

// Together (OpenClaw's `together`): the switch, and the effort beside it.
void together(json::Writer& w, const ReasoningConfig& r) {
  if (!said(r)) return;
  w.key("reasoning").begin_object().field("enabled", wanted(r)).end_object();
  if (wanted(r) && !r.effort.empty()) w.field("reasoning_effort", r.effort);
}

// Qwen behind vLLM or SGLang (OpenClaw's `qwen-chat-template`): arguments of the chat template.
void qwen_template(json::Writer& w, const ReasoningConfig& r) {
  if (!said(r)) return;
  w.key("chat_template_kwargs").begin_object().field("enable_thinking", wanted(r));
  if (wanted(r) && !r.effort.empty()) w.field("reasoning_effort", r.effort);
  w.end_object();
}

void none(json::Writer&, const ReasoningConfig&) {}

struct Style {
  std::string_view name;
  void (*write)(json::Writer&, const ReasoningConfig&);
  bool budget = false;  // with a budget in a field of its own: QWEN-03, MISC-10
};
constexpr std::array kStyles = {
    Style{"", none},           Style{"effort", effort},     Style{"openrouter", openrouter},
    Style{"zai", zai},         Style{"qwen", qwen, true},   Style{"deepseek", deepseek},
    Style{"none", none},       Style{"together", together}, Style{"qwen_template", qwen_template, true},
    Style{"minimax", minimax},
};

}  // namespace

void write_reasoning_config(json::Writer& w, const ReasoningConfig& reasoning, std::string_view style,
                            std::string_view budget_field) {
  for (const Style& row : kStyles) {
    if (row.name != style) continue;
    row.write(w, reasoning);
    if (row.budget && wanted(reasoning) && reasoning.budget) w.field(budget_field, *reasoning.budget);
    return;
  }
}

}  // namespace dragoman::dialect::openai_chat
