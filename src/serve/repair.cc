// Repair of an exchange: a refusal that names a field, keyword, limit or missing state leads to one narrower
// lowering and one more try at the same target; what worked is learned for that deployment.
#include "serve/repair.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "failure/lasting.h"
#include "lower/embedding.h"
#include "serve/exchange.h"

namespace dragoman::serve {
namespace {

std::string provider_of(std::string_view target) { return std::string(target.substr(0, target.find('/'))); }

std::string pin_lines(std::string_view target, const failure::Repair& repair) {
  return fmt::format("providers:\n  {}:\n{}", provider_of(target), repair.yaml("    "));
}

}  // namespace

void warn_of(std::string_view request_id, std::string_view target, const FailedAttempt& failed,
             std::string_view action) {
  const std::string_view words =
      failed.error.message.empty() ? std::string_view(failed.failure.why) : failed.error.message;
  std::string fix;
  if (const auto repair = failure::propose_repair(failed.failure, failed.error.message);
      repair && failure::lasts(*repair, failed.error.message))
    fix = fmt::format("; to spare this, put into the config:\n{}", pin_lines(target, *repair));
  else if (const failure::Advice advice = failure::advice_for(failed.failure); !advice.request.empty())
    fix = fmt::format("; {}", advice.request);
  spdlog::warn("{} {} refused the request ({}), {}: {}{}", request_id, target,
               failure::name(failed.failure.cls), action, words.substr(0, 300), fix);
}

NarrowingRules Exchange::learned_about(const Deployment& deployment) {
  if (!routed_->route().policy.learn) return nullptr;
  return gateway_.repairs->rules(deployment.name(), unix_ms());
}

// The deployment's own profile with what was learned, and what is tried now, laid over it. `rows` keeps the
// rules alive as long as the profile.
profile::Profile Exchange::profile_of(const Deployment& deployment, const NarrowingRules& learned,
                                      const NarrowingRules& narrow, std::vector<profile::Rule>& rows) const {
  const profile::Mode mode = lower::mode_of(request_);
  if (!learned && !narrow) return deployment.profile(snapshot_->catalogue(), mode);
  rows = deployment.spec().rules;
  for (const NarrowingRules& more : {learned, narrow})
    if (more) rows.insert(rows.end(), more->begin(), more->end());
  return snapshot_->catalogue().resolve(deployment.provider(), deployment.model(), mode, rows);
}

std::optional<std::string> Exchange::bytes_under(const Deployment& deployment, const NarrowingRules& rules) {
  std::vector<profile::Rule> rows;
  const profile::Profile profile = profile_of(deployment, learned_about(deployment), rules, rows);
  const lower::Target target = {
      &deployment.provider(), deployment.model(),     &profile,  deployment.defaults(),
      recall_.turns(),        account_of(deployment), &schemas()};
  Arena arena;
  if (embedding_) {
    const auto lowered = lower::lower(*embedding_, target, arena);
    return lowered ? std::optional(lower::wire_bytes(*lowered)) : std::nullopt;
  }
  const auto lowered = lower::lower(request_, target, arena);
  if (!lowered) return std::nullopt;
  return (lowered->stream ? "stream " : "whole ") + lowered->body;
}

// The last refusal's repair, if it would change what is sent: the same bytes can only be refused again.
net::Task<std::optional<failure::Repair>> Exchange::repair_for(const route::Step& step) {
  const FailedAttempt& failed = failures_.back();
  if (!routed_->route().policy.repair || (deadline_ && now() >= *deadline_)) co_return std::nullopt;
  auto repair = failure::propose_repair(failed.failure, failed.error.message);
  if (!repair) co_return std::nullopt;
  const NarrowingRules narrow = gateway_.repairs->rules_of(*repair);
  if (!narrow) co_return std::nullopt;
  const Deployment* deployment = endpoint_of(step);
  if (!deployment) co_return std::nullopt;
  std::optional<std::string> before, after;
  co_await beside([&] {
    before = bytes_under(*deployment, nullptr);
    after = bytes_under(*deployment, narrow);
  });
  if (!before || !after || *before == *after) co_return std::nullopt;
  loop_.metrics.refusal(failed.failure.rule, step.target->name);
  warn_of(id_, step.target->name, failed, fmt::format("sending it once more as {}", repair->why));
  co_return repair;
}

void Exchange::commit() {
  committed_ = true;
  record_.status = 200;
  if (trying_) {
    loop_.metrics.refusal_repaired(trying_->step->target->name, trying_->repair.name());
    learn(*trying_);
  }
  if (passed_over_) learn(*passed_over_);
  trying_.reset();
  passed_over_.reset();
}

void Exchange::learn(const Trying& tried) {
  const route::Target& target = *tried.step->target;
  const std::string& refusal = failures_[tried.refusal].error.message;
  const route::Policy& policy = routed_->route().policy;
  if (!policy.learn || !failure::lasts(tried.repair, refusal)) return;
  gateway_.repairs->learn(routed_->deployment(target).name(), tried.repair, refusal, unix_ms(),
                          policy.learn_for);
  spdlog::warn("{} learned about {}: {}. `dragoman learned` shows and forgets it; to pin it:\n{}", id_,
               target.name, tried.repair.why, pin_lines(target.name, tried.repair));
}

}  // namespace dragoman::serve
