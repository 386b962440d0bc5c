#include "refusal.h"

#include <fmt/format.h>

#include <vector>

#include "base/strings.h"
#include "dialect/dialect.h"
#include "failure/classify.h"
#include "failure/own.h"

namespace dragoman::app {

ReadRefusal read_refusal(const store::AttemptRecord& attempt, const profile::Provider* provider) {
  ReadRefusal out{.message = attempt.error_body};
  if (auto own = failure::own_refusal(attempt.error_body)) {
    out.failure = *std::move(own);
    return out;
  }
  if (attempt.status != 0) {
    std::vector<failure::HeaderField> headers;
    std::string_view type_header;
    for (const std::string_view line : split(attempt.error_headers, '\n')) {
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos) continue;
      headers.push_back({trim(line.substr(0, colon)), trim(line.substr(colon + 1))});
      if (equals_ignoring_case(headers.back().name, "x-amzn-errortype")) type_header = headers.back().value;
    }
    const dialect::Dialect& wire =
        dialect::get(provider ? provider->dialect : canon::DialectName::openai_chat);
    const canon::UpstreamError error = wire.decode_error(attempt.status, attempt.error_body, type_header);
    out.failure = failure::classify(attempt.provider, error, headers,
                                    static_cast<double>(attempt.started_ms + attempt.total_ms) / 1000);
    if (!error.message.empty()) out.message = error.message;
    out.repair = failure::propose_repair(out.failure, out.message);
  }
  // The gateway knew more than the journal: a cut stream, a timeout, its own refusal.
  if (const auto cls = failure::class_named(attempt.outcome)) out.failure.cls = *cls;
  return out;
}

std::string ReadRefusal::fix() const {
  if (repair) return repair->name();
  const failure::Advice advice = failure::advice_for(failure);
  return std::string(advice.request.empty() ? advice.operations : advice.request);
}

std::string ReadRefusal::config_lines(std::string_view target) const {
  if (!repair) return "";
  return fmt::format("providers:\n  {}:\n{}", target.substr(0, target.find('/')), repair->yaml("    "));
}

}  // namespace dragoman::app
