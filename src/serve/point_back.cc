// From what an upstream refused back to where that stands in the client's request.
#include "lower/locate.h"
#include "serve/exchange.h"

namespace dragoman::serve {
namespace {

// Causes that lie in the request: only those have a place in it.
bool has_place(failure::FailureClass cls) {
  return failure::is_deterministic(cls) && cls != failure::FailureClass::content_policy;
}

}  // namespace

// Lowers once more, to see the request from inside: lowering is pure, and only a refusal pays for it.
void Exchange::point_back(FailedAttempt& failed, const lower::Target& target) const {
  if (failed.failure.source != failure::Source::upstream || !has_place(failed.failure.cls)) return;
  if (failed.failure.cls == failure::FailureClass::not_found) {
    if (request_.source["model"].present()) failed.place = "/model";
    return;
  }
  Arena arena;
  canon::Request inside;
  const auto again = lower::lower(request_, target, arena, &inside);
  if (!again) return;
  const lower::ClientPlace place =
      lower::locate({request_, inside, *again, dialect::get(target.provider->dialect)},
                    failed.failure.pointer, failed.error.message);
  failed.place = turn_ ? turn_->own_pointer(place.pointer) : place.pointer;
  failed.tool = place.tool;
}

}  // namespace dragoman::serve
