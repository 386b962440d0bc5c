#include "lower/validate/regex.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "lower/validate/ecma_regex.h"

namespace dragoman::validate {

struct Pattern::Compiled {
  Compiled(const std::string& text, const re2::RE2::Options& options) : re(text, options) {}
  re2::RE2 re;
};

Pattern::Pattern(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::compile(std::string_view ecma, std::int64_t memory) {
  auto text = ecma_to_re2(ecma);
  if (!text) return std::unexpected(std::move(text.error()));
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(memory);
  auto compiled = std::make_unique<const Compiled>(*text, options);
  if (!compiled->re.ok()) return fail(fmt::format("cannot be run by RE2: {}", compiled->re.error()));
  return Pattern(std::move(compiled));
}

bool Pattern::found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->re);
}

std::size_t Pattern::program_size() const {
  return static_cast<std::size_t>(std::max(compiled_->re.ProgramSize(), 1));
}

}  // namespace dragoman::validate
