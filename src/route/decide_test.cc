#include "route/decide.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "failure/classify.h"
#include "route/cooldown.h"

namespace dragoman::route {
namespace {

using failure::Failure;
using failure::FailureClass;

Target target(std::string name, std::size_t deployment, int order = 1) {
  return {.name = name, .deployment = deployment, .key = name, .weight = 0, .order = order};
}

Failure of(FailureClass cls, std::optional<double> retry_after = {}, std::uint64_t likeness = 0) {
  Failure f;
  f.cls = cls;
  f.retryable = !failure::is_deterministic(cls) && !failure::is_credential(cls) &&
                cls != FailureClass::other && cls != FailureClass::local_fault &&
                cls != FailureClass::cancelled;
  f.retry_after = retry_after;
  f.likeness = likeness;
  f.why = "why";
  return f;
}

// Runs a chain: each attempt at a target fails as the table says, until the decision is to stop. "a a b
// stop".
struct World {
  Route route;
  std::vector<std::pair<std::string, Failure>> fails;  // by target name; the last entry for a name repeats
  std::optional<Time> deadline = {};
  bool committed_at_once = false;
  bool may_retry = true;  // the route's retry budget has something left
};

std::string run(const World& world, std::string* last_reason = nullptr, Duration* waited = nullptr) {
  const Plan plan = route::plan(world.route, {}, Time{0}, [] { return 0.0; });
  AttemptState state = begin(plan, world.deadline);
  state.committed = world.committed_at_once;
  Time now{0};
  std::string out;
  for (int i = 0; i < 50; ++i) {
    const std::string name = plan.steps[state.at].target->name;
    out += name + " ";
    Failure failure = of(FailureClass::server_error);
    for (const auto& [of_target, f] : world.fails) {
      if (of_target == name) failure = f;
    }
    const Decision d = decide(plan, state, failure, world.route.policy, now, 0.0, world.may_retry);
    if (last_reason) *last_reason = d.reason;
    EXPECT_FALSE(d.reason.empty());
    state = advance(std::move(state), plan, failure, d);
    if (d.action == Action::stop) return out + "stop";
    now += d.delay;
    if (waited) *waited = now;
    if (d.loud) out += "(loud) ";
  }
  return out + "...";
}

Route chain() {  // a, then b, then the fallback f; big for context, lax for policy
  Route r{.name = "m", .targets = {target("a", 0, 1), target("b", 1, 2)}};
  r.fallbacks = {{"f", {target("f", 2)}}};
  return r;
}

TEST(Decide, EveryClass) {
  struct Row {
    FailureClass cls;
    std::string want;  // a fails with it, everything else too but with another text
  };
  const Row rows[] = {
      {FailureClass::network, "a a a b b b f f f stop"},
      {FailureClass::timeout, "a a a b b b f f f stop"},
      {FailureClass::stream_interrupted, "a a a b b b f f f stop"},
      {FailureClass::rate_limit, "a a a b b b f f f stop"},
      {FailureClass::overloaded, "a a a b b b f f f stop"},
      {FailureClass::server_error, "a a a b b b f f f stop"},
      {FailureClass::generation_failed, "a a a b b b f f f stop"},
      {FailureClass::quota_billing, "a b f stop"},
      {FailureClass::auth, "a b f stop"},
      {FailureClass::permission, "a b f stop"},
      {FailureClass::content_policy, "a stop"},
      {FailureClass::context_length, "a (loud) b (loud) f stop"},
      {FailureClass::not_found, "a (loud) b (loud) f stop"},
      {FailureClass::schema_rejected, "a (loud) b (loud) f stop"},
      {FailureClass::state_missing, "a (loud) b (loud) f stop"},
      {FailureClass::message_rejected, "a (loud) b (loud) f stop"},
      {FailureClass::param_rejected, "a (loud) b (loud) f stop"},
      {FailureClass::local_fault, "a stop"},
      {FailureClass::cancelled, "a stop"},
      {FailureClass::other, "a b f stop"},
  };
  static_assert(std::size(rows) == failure::kFailureClasses);
  for (const Row& row : rows) {
    World world{chain(), {{"a", of(row.cls, {}, 1)}, {"b", of(row.cls, {}, 2)}, {"f", of(row.cls, {}, 3)}}};
    EXPECT_EQ(run(world), row.want) << failure::name(row.cls);
    world.committed_at_once = true;
    EXPECT_EQ(run(world), "a stop") << failure::name(row.cls) << " after the first token";
  }
}

TEST(Decide, SameRefusalFromSeveralTargetsStops) {
  const Failure alike = of(FailureClass::schema_rejected, {}, 7);
  std::string reason;
  EXPECT_EQ(run({chain(), {{"a", alike}, {"b", alike}, {"f", alike}}}, &reason), "a (loud) b stop");
  EXPECT_EQ(reason, "the same refusal from 2 targets");
  EXPECT_EQ(run({chain(), {{"a", alike}, {"b", of(FailureClass::auth)}, {"f", alike}}}), "a (loud) b f stop");

  Route three = chain();
  three.policy.same_refusals = 3;
  EXPECT_EQ(run({three, {{"a", alike}, {"b", alike}, {"f", alike}}}), "a (loud) b (loud) f stop");
  three.policy.same_refusals = 0;
  EXPECT_EQ(run({three, {{"a", alike}, {"b", alike}, {"f", alike}}}, &reason), "a (loud) b (loud) f stop");
  EXPECT_EQ(reason, "no target left: why");

  // A missing model says nothing about the next target's.
  const Failure missing = of(FailureClass::not_found, {}, 7);
  EXPECT_EQ(run({chain(), {{"a", missing}, {"b", missing}, {"f", missing}}}), "a (loud) b (loud) f stop");
}

TEST(Decide, WhatThisTargetCannotAnotherMay) {
  EXPECT_EQ(run({chain(), {{"a", failure::target_cannot("no images")}, {"b", failure::local_fault("bad")}}}),
            "a (loud) b stop");
}

TEST(Decide, WhatIsStillAhead) {
  Route r = chain();
  r.context_window_fallbacks = {{"big", {target("big", 4)}}};
  Plan plan = route::plan(r, {}, Time{0}, [] { return 0.0; });
  const auto names = [&](const AttemptState& state) {
    std::string out;
    for (const Step* step : ahead(plan, state)) out += step->target->name + " ";
    return out;
  };
  AttemptState state = begin(plan, {});
  EXPECT_EQ(names(state), "b f ") << "a larger window's targets are another chain's";
  plan.steps[1].cooled = true;
  EXPECT_EQ(names(state), "f ");
  state.tries[2] = 1;
  EXPECT_EQ(names(state), "");
  state.at = 3;
  EXPECT_EQ(names(state), "");
}

TEST(Decide, SpecialChains) {
  Route r = chain();
  r.context_window_fallbacks = {{"big", {target("big", 4)}}};
  r.content_policy_fallbacks = {{"lax", {target("lax", 5)}}};
  const Failure context = of(FailureClass::context_length);
  const Failure policy = of(FailureClass::content_policy);
  EXPECT_EQ(run({r, {{"a", context}, {"big", context}}}), "a (loud) big stop");
  EXPECT_EQ(run({r, {{"a", context}}}), "a (loud) big big big stop") << "and no way back to smaller windows";
  EXPECT_EQ(run({r, {{"a", of(FailureClass::auth)}, {"b", context}, {"big", of(FailureClass::auth)}}}),
            "a b (loud) big stop");
  EXPECT_EQ(run({r, {{"a", policy}, {"lax", policy}}}), "a (loud) lax stop");
  EXPECT_EQ(run({r, {{"a", context}, {"big", policy}, {"lax", policy}}}), "a (loud) big (loud) lax stop");
}

TEST(Decide, ContextSkipsWindowsKnownToBeAsSmall) {
  Route r = chain();
  r.targets[0].context_window = 8000;
  r.targets[1].context_window = 8000;
  const Failure context = of(FailureClass::context_length);
  EXPECT_EQ(run({r, {{"a", context}, {"f", context}}}), "a (loud) f stop");
  r.fallbacks[0].targets[0].context_window = 4000;
  std::string reason;
  EXPECT_EQ(run({r, {{"a", context}}}, &reason), "a stop");
  EXPECT_EQ(reason, "no target with a larger window left: why");
}

TEST(Decide, EqualsFirst) {
  Route r{.name = "m", .targets = {target("a", 0), target("b", 1)}};
  r.fallbacks = {{"f", {target("f", 2)}}};
  EXPECT_EQ(run({r, {}}), "a b b b f f f stop");
  r.policy.retries_per_model = 2;  // LiteLLM's num_retries: over the whole model group
  EXPECT_EQ(run({r, {}}), "a b b f f f stop");
  r.policy.retries_per_model = 0;
  EXPECT_EQ(run({r, {}}), "a f stop");
  EXPECT_EQ(run({r, {{"a", of(FailureClass::auth)}}}), "a b f stop") << "a bad key is no retry";
}

TEST(Decide, RetryCounts) {
  Route r = chain();
  r.targets[0].retries = 0;
  r.targets[1].retries = 1;
  EXPECT_EQ(run({r, {}}), "a b b f f f stop");
  r.policy.retries_for = {{FailureClass::timeout, 0}};
  EXPECT_EQ(run({r, {{"b", of(FailureClass::timeout)}, {"f", of(FailureClass::timeout)}}}), "a b f stop");
}

TEST(Decide, MaxFallbacks) {
  Route r{.name = "m", .targets = {target("a", 0)}};
  r.fallbacks = {{"f", {target("f1", 1), target("f2", 2)}}, {"g", {target("g", 3)}}};
  const Failure auth = of(FailureClass::auth);
  World world{r, {{"a", auth}, {"f1", auth}, {"f2", auth}, {"g", auth}}};
  EXPECT_EQ(run(world), "a f1 f2 g stop");
  world.route.policy.max_fallbacks = 1;
  std::string reason;
  EXPECT_EQ(run(world, &reason), "a f1 f2 stop") << "a fallback is a model name, with all its targets";
  EXPECT_EQ(reason, "max_fallbacks (1) reached: why");
  world.route.policy.max_fallbacks = 0;
  EXPECT_EQ(run(world), "a stop");
}

TEST(Decide, WaitsAndDeadlines) {
  struct Row {
    std::string what;
    std::optional<double> retry_after;
    std::optional<int> deadline_ms;
    std::string want;
    int waited_ms;
  };
  const Row rows[] = {
      {"backoff doubles", {}, {}, "a a a stop", 500 + 1000},
      {"Retry-After when it is longer", 3, {}, "a a a stop", 3000 + 3000},
      {"backoff when that is longer", 0.1, {}, "a a a stop", 500 + 1000},
      {"fractions round up", 0.7004, {}, "a a a stop", 701 + 1000},
      {"longer than max_wait", 10.5, {}, "a stop", 0},
      {"exactly max_wait", 10, {}, "a a a stop", 20'000},
      {"does not fit the total time", 3, 3000, "a stop", 0},
      {"the second does not fit", 3, 5000, "a a stop", 3000},
      {"no time at all", {}, 0, "a stop", 0},
      {"absurd", 1e300, {}, "a stop", 0},
  };
  for (const Row& row : rows) {
    World world{Route{.name = "m", .targets = {target("a", 0)}},
                {{"a", of(FailureClass::rate_limit, row.retry_after)}}};
    if (row.deadline_ms) world.deadline = Time{*row.deadline_ms};
    Duration waited{0};
    EXPECT_EQ(run(world, nullptr, &waited), row.want) << row.what;
    EXPECT_EQ(waited.count(), row.waited_ms) << row.what;
  }
}

TEST(Decide, TooLongAWaitGoesToTheNextTarget) {
  std::string reason;
  World world{chain(),
              {{"a", of(FailureClass::rate_limit, 60)},
               {"b", of(FailureClass::auth)},
               {"f", of(FailureClass::auth)}}};
  EXPECT_EQ(run(world, &reason), "a b f stop");
}

TEST(Decide, Backoff) {
  Backoff b;
  EXPECT_EQ(backoff_delay(b, 0, 0).count(), 500);
  EXPECT_EQ(backoff_delay(b, 3, 0).count(), 4000);
  EXPECT_EQ(backoff_delay(b, 4, 0).count(), 8000);
  EXPECT_EQ(backoff_delay(b, 100000, 0).count(), 8000) << "no overflow";
  EXPECT_EQ(backoff_delay(b, 0, 0.5).count(), 375);
  b.jitter = 1;
  EXPECT_EQ(backoff_delay(b, 0, 0.999).count(), 0);
  b.multiplier = 0;
  b.jitter = 0;
  EXPECT_EQ(backoff_delay(b, 5, 0.3).count(), 500);
}

// --- The table of docs/decisions.md, row by row
// ------------------------------------------------------------------

std::string asked(std::string calls) {  // "a (loud) b stop" -> "a b"
  for (const std::string_view word : {" (loud)", " stop"})
    for (std::size_t at; (at = calls.find(word)) != std::string::npos;) calls.erase(at, word.size());
  return calls;
}

std::string_view rest_after(const Failure& failure) {
  CooldownPolicy policy;
  policy.allowed_fails = 1;
  CooldownState state = after_failure({}, "k", failure, policy, Time{0});
  if (state.cooled_until("k", Time{1}))
    return failure::is_credential(failure.cls) ? "the credential, until a probe passes" : "at once";
  state = after_failure(std::move(state), "k", failure, policy, Time{1});
  return state.cooled_until("k", Time{2}) ? "after `allowed_fails`" : "";
}

std::string row(std::string_view what, const World& world, const Failure& failure) {
  const std::string calls = run(world);
  World begun = world;
  begun.committed_at_once = true;
  std::string out = "| ";
  out += what;
  out += " | " + asked(calls) + " | " + asked(run(begun)) + " | ";
  out += calls.find("(loud)") != std::string::npos ? "yes" : "";
  out += " | ";
  out += rest_after(failure);
  return out + " |\n";
}

std::string decision_table() {
  std::string out =
      "| what went wrong | asked, in turn | once content was shown | loud | rests |\n|---|---|---|---|---|\n";
  for (int i = 0; i < failure::kFailureClasses; ++i) {
    const auto cls = static_cast<FailureClass>(i);
    const World world{chain(), {{"a", of(cls, {}, 1)}, {"b", of(cls, {}, 2)}, {"f", of(cls, {}, 3)}}};
    out += row("`" + std::string(failure::name(cls)) + "`", world, of(cls));
  }
  const Failure alike = of(FailureClass::param_rejected, {}, 7);
  out += row("the same refusal from two targets", {chain(), {{"a", alike}, {"b", alike}}}, alike);
  Route special = chain();
  special.context_window_fallbacks = {{"g", {target("g", 4)}}};
  special.content_policy_fallbacks = {{"g", {target("g", 4)}}};
  const Failure context = of(FailureClass::context_length), policy = of(FailureClass::content_policy);
  out += row("`context_length`, with a context-window fallback g",
             {special, {{"a", context}, {"g", context}}}, context);
  out += row("`content_policy`, with a content-policy fallback g", {special, {{"a", policy}, {"g", policy}}},
             policy);
  const Failure slow = of(FailureClass::rate_limit, 3600);
  out += row("`rate_limit`, asking to wait longer than `max_wait`",
             {chain(), {{"a", slow}, {"b", slow}, {"f", slow}}}, slow);
  const Failure busy = of(FailureClass::overloaded);
  World spent{chain(), {{"a", busy}, {"b", busy}, {"f", busy}}};
  spent.may_retry = false;
  out += row("`overloaded`, when the model's retry budget is spent", spent, busy);
  World equals{Route{.name = "m", .targets = {target("a", 0), target("b", 1)}}, {{"a", busy}, {"b", busy}}};
  out += row("`overloaded`, when b is a's equal and there is no fallback", equals, busy);
  World late{chain(), {{"a", busy}}};
  late.deadline = Time{0};
  out += row("any, when the request's total time is up", late, busy);
  return out;
}

TEST(DecisionTable, IsTheOneOfTheDocs) {
  const std::string path = std::string(DRAGOMAN_SOURCE_DIR) + "/docs/decisions.md";
  std::ifstream file(path, std::ios::binary);
  std::stringstream page;
  page << file.rdbuf();
  const std::string text = page.str();
  const std::size_t begin = text.find("| what went wrong"), end = text.find("\n\n", begin);
  ASSERT_NE(end, std::string::npos) << path;
  if (std::getenv("DRAGOMAN_UPDATE_GOLDEN"))
    std::ofstream(path, std::ios::binary)
        << text.substr(0, begin) << decision_table() << text.substr(end + 1);
  else
    EXPECT_EQ(text.substr(begin, end + 1 - begin), decision_table());
}

TEST(Decide, NothingToDecideOn) {
  const Plan empty;
  EXPECT_EQ(decide(empty, begin(empty, {}), of(FailureClass::timeout), {}, Time{0}, 0).action, Action::stop);
}

}  // namespace
}  // namespace dragoman::route
