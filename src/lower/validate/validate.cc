#include "lower/validate/validate.h"

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

std::vector<Violation> Validator::check(json::Value instance, std::size_t max_violations) const {
  // Nearly every call is valid: that is found out first, without a word of text.
  Run quick(state_->program, state_->limits, 1);
  if (quick.valid(instance)) return {};
  if (const char* reason = quick.stopped()) return {{"", "", "", reason, true}};
  Run slow(state_->program, state_->limits, std::max<std::size_t>(max_violations, 1));
  auto found = slow.report(instance);
  // The report looks at more than the first look did and may pass a limit; invalid it stays.
  if (found.empty())
    found.push_back({"", "", "", "does not fit the schema, which is too large for a closer look"});
  return found;
}

std::span<const Unsupported> Validator::unsupported() const { return state_->program.unsupported; }

}  // namespace dragoman::validate
