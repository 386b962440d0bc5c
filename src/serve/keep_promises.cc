// The exchange's side of kept promises: the second question, what is said of violations, what fails.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "failure/classify.h"
#include "json/parse.h"
#include "lower/promises.h"
#include "serve/edit_report.h"
#include "serve/enforce.h"
#include "serve/exchange.h"
#include "serve/gather.h"
#include "serve/loss.h"
#include "serve/upstream.h"

namespace dragoman::serve {
namespace {

using namespace std::chrono;
using canon::Param;

constexpr std::size_t kRepairLimit = 16u << 20;    // bytes of the second answer
constexpr std::int64_t kLeastRepairOutput = 4096;  // tokens, where the client set no cap
constexpr std::int64_t kUsefulOutput = 256;        // tokens; with less a repair is not worth asking

std::optional<std::int64_t> add(const std::optional<std::int64_t>& a, const std::optional<std::int64_t>& b) {
  if (!a && !b) return std::nullopt;
  return a.value_or(0) + b.value_or(0);
}

store::TokenUsage sum(const store::TokenUsage& a, const store::TokenUsage& b) {
  return {add(a.input, b.input), add(a.output, b.output), add(a.cached, b.cached),
          add(a.cache_write, b.cache_write), add(a.reasoning, b.reasoning)};
}

canon::Usage canon_usage(const store::TokenUsage& usage) {
  return {.input = usage.input.value_or(-1),
          .output = usage.output.value_or(-1),
          .cached = usage.cached.value_or(-1),
          .cache_write = usage.cache_write.value_or(-1),
          .reasoning = usage.reasoning.value_or(-1)};
}

// Keeps the second answer within what may be spent, `left` tokens.
void cap_output(canon::Request& request, std::int64_t left, std::int64_t first_output, Arena& arena) {
  if (request.reasoning.budget) return;  // caps below a thinking budget are refused
  const auto own = request.params[Param::max_tokens].value.integer();
  const std::int64_t cap =
      own ? std::min(*own, left) : std::min(left, std::max(kLeastRepairOutput, 4 * first_output));
  if (!own || cap < *own) request.params[Param::max_tokens].value = json::Builder(arena).integer(cap);
}

}  // namespace

// What an answer is judged by, made beside the loop: what a schema's patterns cost is not told by its size.
// The judgement itself is short (validate::kAnswerLimits).
net::Task<void> Exchange::compile(std::vector<json::Value> schemas) {
  std::erase_if(schemas, [&](json::Value schema) { return loop_.schemas.has(schema); });
  if (schemas.empty()) co_return;
  std::vector<std::shared_ptr<const validate::CompiledSchema>> made;
  co_await loop_.helper.run([&] {
    for (const json::Value schema : schemas)
      made.push_back(validate::compile_schema(validate::text_of(schema)));
  });
  for (auto& one : made) loop_.schemas.put(std::move(one));
}

// One more call of the same target, from a request of its own that is derived from the const original.
net::Task<void> Exchange::ask_again(Enforcement& kept, canon::Response& answer, const Deployment& deployment,
                                    Arena& answer_arena) {
  const config::Promises& policy = deployment.spec().promises;
  const store::AttemptRecord& asked = record_.attempts.back();
  const std::int64_t output = asked.usage.output.value_or(0);
  const std::int64_t prompt =
      asked.usage.input.value_or(static_cast<std::int64_t>(http_.body().size() / 4)) + output;
  const std::int64_t left = policy.repair_tokens - prompt;
  if (answer.choices.front().stop == canon::StopReason::max_tokens) {
    kept.give_up("not asked, as the answer was cut off at its output cap");
    co_return;
  }
  if (left < kUsefulOutput) {
    kept.give_up(
        fmt::format("not asked, as the conversation takes about {} tokens and arguments.tokens is {}", prompt,
                    policy.repair_tokens));
    co_return;
  }

  Arena arena(8 * 1024);
  canon::Request again = lower::ask_again(request_, answer.choices.front(), kept.pending(), arena);
  cap_output(again, left, output, arena);
  const profile::Profile& profile = deployment.profile(snapshot_->catalogue(), lower::mode_of(again));
  std::expected<lower::Lowered, lower::Refused> lowered;
  co_await beside([&] {
    lowered = lower::lower(again,
                           {&deployment.provider(), deployment.model(), &profile, deployment.defaults(),
                            recall_.turns(), account_of(deployment), &schemas()},
                           arena);
  });
  if (!lowered) {
    kept.give_up("the target does not take the second question: " + lowered.error().reason);
    co_return;
  }
  auto request = upstream_request(deployment, deployment.url(lowered->stream), lowered->stream, lowered->body,
                                  http_.headers(), deployment.provider().dialect == request_.dialect,
                                  time_point_cast<seconds>(system_clock::now()));
  if (!request) {
    kept.give_up(request.error().message);
    co_return;
  }
  const store::TokenUsage first_usage = record_.usage;
  store::AttemptRecord record;
  record.number = static_cast<int>(record_.attempts.size()) + 1;
  record.target = asked.target;
  record.provider = asked.provider;
  record.model = asked.model;
  record.edits = edits_json(lowered->edits);
  record.decision = "asked to correct what broke the schema";
  record.started_ms = unix_ms();
  record.outcome = "ok";
  if (snapshot_->config().journal.keep_bodies) record.request_body = lowered->body;
  record_.attempts.push_back(std::move(record));  // `asked` is gone
  const auto begun = steady_clock::now();

  request->timeouts = deployment.timeouts(lowered->stream);
  net::milliseconds time = policy.repair_time;
  if (deadline_) time = std::min(time, std::max(*deadline_ - now(), net::milliseconds(1)));
  request->timeouts.total = time;
  request->cancel = &cancel_;
  std::string failed;
  auto response = co_await loop_.client.send(*std::move(request));
  if (!response) {
    failed = response.error().message;
  } else {
    record_.attempts.back().status = response->status();
    const auto body = co_await response->read_all(kRepairLimit);
    const dialect::Dialect& wire = dialect::get(deployment.provider().dialect);
    Arena second(8 * 1024);
    const auto value = !body             ? Result<json::Value>(fail(""))
                       : lowered->stream ? Result<json::Value>(json::Value())
                                         : json::parse(second, *body);
    if (!body) {
      failed = body.error().message;
    } else if (response->status() != 200) {
      failed =
          wire.decode_error(response->status(), *body, response->headers().get("x-amzn-errortype")).message;
      record_.attempts.back().error_body = serve::kept(*body, snapshot_->config().journal.max_answer);
    } else if (!value) {
      failed = "the second answer is no JSON";
    } else if (auto decoded = lowered->stream ? gather(wire, second, *body) : wire.decode(second, *value);
               !decoded || decoded->choices.empty()) {
      failed = "the second answer cannot be read";
    } else {
      if (snapshot_->config().journal.keep_bodies) record_.attempts.back().response_body = *body;
      lower::restore(*decoded, lowered->restore, second);
      note_usage(decoded->usage);
      kept.take(answer.choices.front(), decoded->choices.front(), answer_arena);
    }
  }
  if (!failed.empty()) kept.give_up(failed);
  store::AttemptRecord& done = record_.attempts.back();
  done.total_ms = duration_cast<milliseconds>(steady_clock::now() - begun).count();
  if (!failed.empty()) {
    done.outcome = failure::name(failure::FailureClass::other);
    if (done.error_body.empty()) done.error_body = failed;
  }
  record_.usage = sum(first_usage, done.usage);
  answer.usage = canon_usage(record_.usage);
  loop_.metrics.repair(done.target, kept.pending().empty() ? "repaired" : "unrepaired");
}

// Decides, and says what was found. What it returns is the attempt's failure.
std::optional<FailedAttempt> Exchange::settle(Enforcement& kept, const Deployment& deployment,
                                              std::size_t attempt) {
  if (!kept.active()) return std::nullopt;
  const bool good = kept.settle();
  if (kept.kept().empty()) return std::nullopt;
  const std::string& target = deployment.name();
  record_.attempts[attempt].violations = kept.json();
  violations_header_ = kept.violations_header();
  repairs_header_ = kept.repairs_header();
  for (const KeptPromise& one : kept.kept()) {
    loop_.metrics.violation(one.what.keyword, one.what.tool, target);
    if (one.action == KeptPromise::Action::coerced) loop_.metrics.repair(target, "coerced");
    const std::string words = fmt::format(
        "{} {} {} at {}: {} ({}){}", target, one.what.tool.empty() ? "structured output" : one.what.tool,
        name(one.action), one.what.pointer.empty() ? "the whole" : one.what.pointer, one.what.message,
        one.what.keyword, one.what.told ? "" : "; the target could not be told");
    const bool first = gateway_.said.first(fmt::format("violation\n{}\n{}\n{}\n{}", target, one.what.tool,
                                                       one.what.keyword, one.what.schema_pointer));
    spdlog::log(first ? spdlog::level::warn : spdlog::level::debug, "{} {}", id_, words.substr(0, 500));
  }
  if (good) return std::nullopt;
  return FailedAttempt{target,
                       deployment.provider().dialect,
                       failure::broken_promise(kept.failure(), kept.failure_pointer()),
                       {}};
}

// Before anything is sent: may the target be told only this much?
std::optional<FailedAttempt> Exchange::judge_loss(std::span<const lower::Edit> edits,
                                                  const Deployment& deployment) {
  const config::Promises& promises = deployment.spec().promises;
  if (const lower::Edit* edit = forbidden_edit(edits, promises))
    return refused(forbidden(*edit, deployment.name()), deployment);
  for (const lower::Edit& edit : edits)
    if (policy_of(edit, promises) == config::LossPolicy::warn &&
        gateway_.said.first(fmt::format("loss\n{}\n{}", edit.rule, deployment.name())))
      spdlog::warn("{} {}", id_, loss_warning(edit, deployment.name()));
  return std::nullopt;
}

}  // namespace dragoman::serve
