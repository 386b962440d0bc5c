// What a journalled attempt's failure means, and what would end it.
#pragma once
#include <optional>
#include <string>

#include "failure/failure.h"
#include "failure/repair.h"
#include "profile/provider.h"
#include "store/record.h"

namespace dragoman::app {

struct ReadRefusal {
  failure::Failure failure;
  std::string message;  // the provider's sentence, or ours
  std::optional<failure::Repair> repair;

  // "compat.supportsStore=false" of the repair, else what a person can do, else "".
  std::string fix() const;
  // The repair as lines for a config file; "" without one.
  std::string config_lines(std::string_view target) const;
};

// `provider` may be null: then the words are read as OpenAI Chat's. For an attempt whose outcome is not "ok".
ReadRefusal read_refusal(const store::AttemptRecord& attempt, const profile::Provider* provider);

}  // namespace dragoman::app
