#include "lower/validate/validate.h"

#include <algorithm>

#include "lower/validate/program.h"
#include "lower/validate/run.h"

namespace dragoman::validate {

struct Validator::State {
  Program program;
  ValidationLimits limits;
};

Validator::Validator(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Validator::Validator(Validator&&) noexcept = default;
Validator& Validator::operator=(Validator&&) noexcept = default;
Validator::~Validator() = default;

Result<Validator> Validator::compile(json::Value schema, const Options& options) {
  auto program = compile_program(schema, options);
  if (!program) return std::unexpected(std::move(program.error()));
  return Validator(std::make_unique<const State>(std::move(*program), options.limits));
}

namespace {

std::vector<Violation> check_from(const Program& program, SchemaId root, json::Value instance,
                                  ValidationLimits limits, std::size_t max_violations, std::uint64_t& steps) {
  const auto within = [&] { return limits.steps = std::min(limits.steps, steps); };
  const auto spent = [&](const Run& run, std::uint64_t given) { steps -= given - run.steps_left(); };
  // Nearly every call is valid: that is found out first, without a word of text.
  const std::uint64_t first = within();
  Run quick(program, limits, 1);
  const bool valid = quick.valid(instance, root);
  spent(quick, first);
  if (valid) return {};
  if (const char* reason = quick.stopped()) return {{"", "", "", reason, true}};
  const std::uint64_t second = within();
  Run slow(program, limits, std::max<std::size_t>(max_violations, 1));
  auto found = slow.report(instance, root);
  spent(slow, second);
  // The report looks at more than the first look did and may pass a limit; invalid it stays.
  if (found.empty())
    found.push_back({"", "", "", "does not fit the schema, which is too large for a closer look"});
  return found;
}

}  // namespace

std::vector<Violation> Validator::check(json::Value instance, std::size_t max_violations) const {
  std::uint64_t steps = UINT64_MAX;
  return check_from(state_->program, 0, instance, state_->limits, max_violations, steps);
}

std::optional<std::vector<Violation>> Validator::check(json::Value instance, json::Value part,
                                                       std::size_t max_violations,
                                                       std::uint64_t& steps) const {
  const auto& schemas = state_->program.schemas;
  const auto root = part ? std::ranges::find_if(
                               schemas, [&](const Schema& one) { return one.source.node() == part.node(); })
                         : schemas.begin();
  if (root == schemas.end()) return std::nullopt;
  return check_from(state_->program, static_cast<SchemaId>(root - schemas.begin()), instance, state_->limits,
                    max_violations, steps);
}

std::span<const Unsupported> Validator::unsupported() const { return state_->program.unsupported; }

}  // namespace dragoman::validate
