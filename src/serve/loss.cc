#include "serve/loss.h"

#include <fmt/format.h>

#include <algorithm>

namespace dragoman::serve {
namespace {

constexpr std::size_t kSaid = 4096;

static_assert(config::kLossClasses.size() == lower::kLosses);

std::string what_is_lost(const lower::Edit& edit) {
  const std::string_view place = edit.pointer.empty() ? std::string_view("the request") : edit.pointer;
  return fmt::format("{} at {}{}{}", edit.keyword, place,
                     edit.before.empty() ? "" : fmt::format(": {}", edit.before),
                     edit.after.empty() ? "" : fmt::format(" → {}", edit.after));
}

std::string_view remedy(lower::Loss loss) {
  switch (loss) {
    case lower::Loss::widened:
      return "it is enforced on the answer instead (arguments: report, repair or fail)";
    case lower::Loss::narrowed:
      return "ask for less, or route to a target that takes it as it is";
    case lower::Loss::semantic:
      return "leave it out of the request, or route to a target that takes it";
    case lower::Loss::none:
      break;
  }
  return "the meaning is kept";
}

}  // namespace

config::LossPolicy policy_of(const lower::Edit& edit, const config::Promises& promises) {
  return promises.loss[static_cast<std::size_t>(edit.loss)];
}

const lower::Edit* forbidden_edit(std::span<const lower::Edit> edits, const config::Promises& promises) {
  const auto found = std::ranges::find_if(edits, [&](const lower::Edit& edit) {
    return policy_of(edit, promises) == config::LossPolicy::forbid;
  });
  return found == edits.end() ? nullptr : &*found;
}

lower::Refused forbidden(const lower::Edit& edit, std::string_view target) {
  return {
      std::string(edit.rule), std::string(edit.pointer),
      fmt::format("{} cannot be sent this request without a change that `loss: {{{}: forbid}}` forbids: {}",
                  target, lower::name(edit.loss), what_is_lost(edit))};
}

std::string loss_warning(const lower::Edit& edit, std::string_view target) {
  return fmt::format("{} {} by {}: {}; {}; `dragoman check` shows which targets take it", target,
                     lower::name(edit.loss), edit.rule, what_is_lost(edit), remedy(edit.loss));
}

bool OnceEach::first(std::string key) {
  const std::lock_guard lock(mutex_);
  return said_.size() < kSaid && said_.insert(std::move(key)).second;
}

}  // namespace dragoman::serve
