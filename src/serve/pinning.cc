#include "serve/pinning.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "json/parse.h"
#include "json/write.h"
#include "serve/recall.h"

namespace dragoman::serve {
namespace {

using canon::Param;

constexpr std::string_view kSwitch = "x-dragoman-switch";
// Our own, and what Codex and others send with every request of a session.
constexpr std::string_view kHeaders[] = {"x-dragoman-conversation", "session_id", "conversation_id",
                                         "x-session-id"};
constexpr std::size_t kFirstTurns = 8192;  // bytes looked at
constexpr std::int64_t kRefresh =
    6 * 60 * 60;  // seconds after which a pin in use is written anew, so that it does not age

std::int64_t now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// All that was said before the first answer; the same in every request of the conversation.
std::string first_turns(const canon::Request& request) {
  std::string out;
  for (const canon::Message& message : request.messages) {
    if (message.role == canon::Role::assistant || out.size() > kFirstTurns) break;
    out += canon::name(message.role);
    for (const canon::Block& block : message.blocks) {
      out += '\n';
      if (const auto* text = std::get_if<canon::Text>(&block.body))
        out += text->text.view().substr(0, kFirstTurns);
      if (const auto* media = std::get_if<canon::Media>(&block.body)) out += media->data.substr(0, 256);
    }
    out += '\0';
  }
  return out;
}

std::string to_json(const route::Pin& pin) {
  std::string out;
  json::Writer(out)
      .begin_object()
      .field("target", pin.target)
      .field("key", pin.key)
      .field("last", pin.last)
      .field("at", pin.at_s)
      .end_object();
  return out;
}

std::optional<route::Pin> pin_from(std::string_view text) {
  Arena arena(512);
  const auto value = json::parse(arena, text);
  if (!value || !(*value)["target"].is_string()) return std::nullopt;
  return route::Pin{std::string((*value)["target"].text()), std::string((*value)["key"].text()),
                    std::string((*value)["last"].text()), (*value)["at"].integer().value_or(0)};
}

Result<void> check_wish(std::string_view wish, const route::Route& route) {
  std::string names;
  const auto look = [&](const std::vector<route::Target>& targets) {
    for (const route::Target& target : targets) {
      if (target.name == wish) return true;
      if (!names.contains(target.name)) names += (names.empty() ? "" : ", ") + target.name;
    }
    return false;
  };
  if (wish == "any" || look(route.targets)) return {};
  for (const auto* chain : {&route.fallbacks, &route.default_fallbacks})
    for (const route::Alternative& alternative : *chain)
      if (look(alternative.targets)) return {};
  return fail(fmt::format("the header {} names '{}', which is no target of '{}'; say any, or one of {}",
                          kSwitch, wish, route.name, names));
}

}  // namespace

ConversationId conversation_of(const canon::Request& request, const net::Headers& headers) {
  for (const std::string_view name : kHeaders)
    if (const auto value = headers.find(name); value && !value->empty()) return {name, std::string(*value)};
  if (const auto key = request.params[Param::prompt_cache_key].value; !key.text().empty())
    return {"prompt_cache_key", std::string(key.text())};
  if (request.dialect == canon::DialectName::anthropic_messages)
    if (const auto user = request.params[Param::user].value; !user.text().empty())
      return {"metadata.user_id", std::string(user.text())};
  return {"first turns", first_turns(request)};
}

net::Task<Result<void>> Pinning::look_up(net::Loop& loop, const canon::Request& request,
                                         const net::Headers& headers, const route::Route& route) {
  mode_ = route.pin;
  if (mode_ == route::PinMode::none) co_return Result<void>();
  if (const auto wish = headers.find(kSwitch)) {
    if (auto known = check_wish(*wish, route); !known) co_return known;
    wished_ = true;
    wish_ = *wish == "any" ? "" : std::string(*wish);
  }
  if (!vault_) co_return Result<void>();
  const ConversationId id = conversation_of(request, headers);
  address_ = vault_->address("pin " + scope_, fmt::format("{}\n{}\n{}", route.name, id.source, id.value));
  for (std::size_t i = 0; i < 6; ++i) shown_ += fmt::format("{:02x}", address_[i]);
  std::string value;
  if (vault_->find(address_, value) == store::Vault::Found::on_disk)
    co_await load_from(*vault_, loop, {address_});
  if (vault_->find(address_, value) == store::Vault::Found::here) pin_ = pin_from(value);
  if (pin_) current_ = pin_->last.empty() ? pin_->target : pin_->last;
  co_return Result<void>();
}

route::Plan Pinning::apply(route::Plan plan, const route::Route& route) {
  if (mode_ == route::PinMode::none) return plan;
  std::optional<route::SwitchWish> wish;
  if (wished_) wish = route::SwitchWish{wish_};
  route::Pinned pinned = route::pin_plan(std::move(plan), route, mode_, pin_, wish);
  home_in_route_ = pinned.home != nullptr;
  why_ = std::move(pinned.why);
  return std::move(pinned.plan);
}

void Pinning::attempting(const route::Step& step, std::string_view why) {
  if (mode_ == route::PinMode::none) return;
  const std::string& to = step.target->name;
  if (pin_ && current_ != to) {
    const std::string_view reason = !why.empty()    ? why
                                    : !why_.empty() ? std::string_view(why_)
                                                    : std::string_view("it is asked again");
    spdlog::warn("[PROVIDER-SWITCH] conversation={} from={} to={} why={}", shown_, current_, to, reason);
  }
  current_ = to;
  target_ = step.target;
}

void Pinning::served() {
  if (mode_ == route::PinMode::none || !vault_ || !target_) return;
  std::string value;
  if (!pin_ && !wished_ && vault_->find(address_, value) == store::Vault::Found::here)
    return;  // another was first
  const bool keep_home = pin_ && home_in_route_ && !wished_;
  route::Pin now = keep_home ? *pin_ : route::Pin{target_->name, target_->key, {}, 0};
  now.last = target_->name;
  now.at_s = now_s();
  const bool same = pin_ && pin_->target == now.target && pin_->key == now.key && pin_->last == now.last;
  if (same && now.at_s - pin_->at_s < kRefresh) return;
  vault_->put(address_, to_json(now));
}

}  // namespace dragoman::serve
