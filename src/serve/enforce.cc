#include "serve/enforce.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::serve {
namespace {

using canon::StopReason;
using config::ArgumentsPolicy;
using Action = KeptPromise::Action;

constexpr std::size_t kHeaderBytes = 1000;

// An answer that ended before it was whole promises nothing of its text, and says so itself.
bool is_whole(const canon::Choice& choice) {
  switch (choice.stop) {
    case StopReason::max_tokens:
    case StopReason::content_filter:
    case StopReason::refusal:
    case StopReason::pause_turn:
    case StopReason::context_window:
    case StopReason::malformed_tool_call:
      return false;
    default:
      break;
  }
  return std::ranges::none_of(choice.blocks, [](const canon::Block& block) {
    return std::holds_alternative<canon::Refusal>(block.body) ||
           std::holds_alternative<canon::ToolCall>(block.body);
  });
}

std::string text_of(const canon::Choice& choice) {
  std::string out;
  for (const canon::Block& block : choice.blocks)
    if (const auto* text = std::get_if<canon::Text>(&block.body)) out += text->text.view();
  return out;
}

std::size_t first_text(const canon::Choice& choice) {
  const auto at = std::ranges::find_if(choice.blocks, [](const canon::Block& block) {
    return std::holds_alternative<canon::Text>(block.body);
  });
  return static_cast<std::size_t>(at - choice.blocks.begin());
}

// All of the choice's text becomes `text`.
void set_text(canon::Choice& choice, std::string_view text) {
  const std::size_t at = first_text(choice);
  if (at == choice.blocks.size()) choice.blocks.emplace_back();
  choice.blocks[at].body = canon::Text{text};
  for (std::size_t i = at + 1; i < choice.blocks.size(); ++i)
    if (auto* more = std::get_if<canon::Text>(&choice.blocks[i].body)) more->text = {};
}

std::string_view arguments_of(const canon::ToolCall& call, Arena& arena) {
  if (!call.arguments_text.empty() || !call.arguments) return call.arguments_text;
  return arena.copy(std::string_view(json::dump_compact(call.arguments)));
}

// One word of a header: what would end the word or the header is written as %XX.
std::string header_word(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 200)) {
    const bool plain = c > 0x20 && c < 0x7f && c != '%' && c != ',' && c != ';';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string header_of(const std::vector<KeptPromise>& kept, auto&& counts, bool by) {
  const auto all = std::ranges::count_if(kept, counts);
  if (all == 0) return {};
  std::string out = std::to_string(all);
  std::string_view separator = "; ";
  for (const KeptPromise& one : kept) {
    if (!counts(one)) continue;
    std::string entry = fmt::format("keyword={}", header_word(one.what.keyword));
    if (!one.what.tool.empty()) entry += fmt::format(" tool={}", header_word(one.what.tool));
    entry += fmt::format(" pointer={}", header_word(one.what.pointer));
    if (by) entry += one.action == Action::coerced ? " by=coercion" : " by=asking";
    if (out.size() + entry.size() > kHeaderBytes) return out + ", …";
    out += fmt::format("{}{}", separator, entry);
    separator = ", ";
  }
  return out;
}

}  // namespace

std::string_view name(Action action) {
  constexpr std::array<std::string_view, 5> kNames = {"reported", "coerced", "repaired", "failed",
                                                      "unchecked"};
  return kNames[static_cast<std::size_t>(action)];
}

void set_arguments(canon::ToolCall& call, std::string_view text, Arena& arena) {
  call.arguments_text = text;
  const auto parsed = json::parse(arena, text);
  call.arguments = parsed && parsed->is_object() ? *parsed : json::Value();
}

Enforcement::Enforcement(const canon::Request& request, const lower::Lowered& lowered,
                         const config::Promises& policy, validate::ValidatorCache& schemas)
    : policy_(policy), request_(request), promises_(request, lowered.edits, schemas) {
  if (policy.arguments == ArgumentsPolicy::off) return;
  output_ = promises_.covers_output();
  active_ = output_ || !request.tools.empty();
}

bool Enforcement::holds() const {
  return active_ &&
         (policy_.arguments == ArgumentsPolicy::repair || policy_.arguments == ArgumentsPolicy::fail);
}

bool Enforcement::may_fail() const {
  return active_ && (policy_.arguments == ArgumentsPolicy::fail ||
                     (policy_.arguments == ArgumentsPolicy::repair && policy_.repair_or_fail));
}

std::vector<json::Value> Enforcement::schemas_of(const ToolNames& called) const {
  std::vector<json::Value> out;
  if (!active_) return out;
  for (const std::string& tool : called)
    if (const json::Value schema = promises_.schema_for(tool)) out.push_back(schema);
  if (output_) out.push_back(promises_.output_schema());
  return out;
}

std::vector<json::Value> Enforcement::schemas_of(const canon::Response& answer) const {
  ToolNames called;
  for (const canon::Choice& choice : answer.choices)
    for (const canon::Block& block : choice.blocks)
      if (const auto* call = std::get_if<canon::ToolCall>(&block.body)) called.emplace(call->name);
  return schemas_of(called);
}

std::vector<json::Value> Enforcement::schemas() const {
  ToolNames all;
  for (const canon::Tool& tool : request_.tools) all.emplace(tool.name);
  return schemas_of(all);
}

void Enforcement::note_verdict(lower::Verdict& verdict, std::size_t block) {
  for (const lower::Broken& one : verdict.coerced) note(one, Action::coerced);
  changed_ |= verdict.text.has_value();
  if (verdict.good()) {
    for (const lower::Broken& one : verdict.broken) note(one, Action::unchecked);
  } else if (policy_.arguments == ArgumentsPolicy::repair && block != kNowhere) {
    pending_.push_back({block, std::move(verdict.broken)});
  } else {
    for (lower::Broken& one : verdict.broken) lost_.push_back(std::move(one));
  }
}

std::string_view Enforcement::judge_call(std::string_view tool, std::string_view arguments, std::size_t block,
                                         Arena& arena) {
  lower::Verdict verdict =
      promises_.judge_call(tool, arguments, policy_.arguments == ArgumentsPolicy::repair);
  note_verdict(verdict, block);
  return verdict.text ? arena.copy(std::string_view(*verdict.text)) : arguments;
}

void Enforcement::judge(canon::Response& answer, Arena& arena, bool calls) {
  if (!active_) return;
  const bool only = answer.choices.size() == 1;
  for (canon::Choice& choice : answer.choices) {
    for (std::size_t i = 0; calls && i < choice.blocks.size(); ++i) {
      auto* call = std::get_if<canon::ToolCall>(&choice.blocks[i].body);
      if (!call || call->custom || !promises_.covers(call->name)) continue;
      const std::string_view before = arguments_of(*call, arena);
      const std::string_view after = judge_call(call->name, before, only ? i : kNowhere, arena);
      if (after.data() != before.data()) set_arguments(*call, after, arena);
    }
    if (output_ && is_whole(choice)) judge_output(choice, only, arena);
  }
}

void Enforcement::judge_output(canon::Choice& choice, bool only, Arena& arena) {
  lower::Verdict verdict =
      promises_.judge_output(text_of(choice), policy_.arguments == ArgumentsPolicy::repair);
  if (verdict.text) set_text(choice, arena.copy(std::string_view(*verdict.text)));
  const std::size_t at = first_text(choice);
  note_verdict(verdict, only && at < choice.blocks.size() ? at : kNowhere);
}

void Enforcement::take(canon::Choice& answer, const canon::Choice& second, Arena& arena) {
  std::set<std::size_t> used;
  std::vector<lower::BrokenBlock> left;
  for (lower::BrokenBlock& one : pending_) {
    auto* call = std::get_if<canon::ToolCall>(&answer.blocks[one.block].body);
    bool repaired = false;
    if (call) {
      for (std::size_t i = 0; i < second.blocks.size() && !repaired; ++i) {
        const auto* other = std::get_if<canon::ToolCall>(&second.blocks[i].body);
        if (!other || other->name != call->name || used.contains(i)) continue;
        const std::string_view text = arguments_of(*other, arena);
        const lower::Verdict verdict = promises_.judge_call(call->name, text, true);
        if (!verdict.good()) continue;
        used.insert(i);
        repaired = true;
        set_arguments(*call, arena.copy(verdict.text ? std::string_view(*verdict.text) : text), arena);
      }
    } else {
      const std::string text = text_of(second);
      const lower::Verdict verdict = promises_.judge_output(text, true);
      repaired = verdict.good();
      if (repaired) set_text(answer, arena.copy(std::string_view(verdict.text ? *verdict.text : text)));
    }
    changed_ |= repaired;
    if (repaired)
      for (const lower::Broken& broken : one.broken) note(broken, Action::repaired);
    else
      left.push_back(std::move(one));
  }
  pending_ = std::move(left);
  if (!pending_.empty()) gave_up_ = "the second answer was no better";
}

bool Enforcement::settle() {
  for (lower::BrokenBlock& one : pending_)
    for (lower::Broken& broken : one.broken) lost_.push_back(std::move(broken));
  pending_.clear();
  failed_ = failed_ || (!lost_.empty() && may_fail());
  for (const lower::Broken& one : lost_)
    note(one, one.undecided ? Action::unchecked : failed_ ? Action::failed : Action::reported);
  lost_.clear();
  return !failed_;
}

std::string Enforcement::failure() const {
  std::vector<lower::Broken> broken;
  for (const KeptPromise& one : kept_)
    if (one.action == Action::failed) broken.push_back(one.what);
  std::string out = lower::describe(broken);
  if (!gave_up_.empty()) out += fmt::format("; asked once more: {}", gave_up_);
  return out;
}

std::string Enforcement::failure_pointer() const {
  const auto first = std::ranges::find(kept_, Action::failed, &KeptPromise::action);
  return first == kept_.end() ? std::string() : first->what.schema_pointer;
}

std::string Enforcement::json() const {
  if (kept_.empty()) return {};
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (const KeptPromise& one : kept_) {
    w.begin_object().field("tool", one.what.tool).field("pointer", one.what.pointer);
    w.field("keyword", one.what.keyword).field("message", one.what.message);
    w.field("schema", one.what.schema_pointer).field("told", one.what.told);
    w.field("action", name(one.action)).end_object();
  }
  w.end_array();
  return out;
}

std::string Enforcement::violations_header() const {
  return header_of(kept_, [](const KeptPromise& one) { return one.action == Action::reported; }, false);
}

std::string Enforcement::repairs_header() const {
  return header_of(
      kept_,
      [](const KeptPromise& one) { return one.action == Action::coerced || one.action == Action::repaired; },
      true);
}

}  // namespace dragoman::serve
