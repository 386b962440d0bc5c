#include "failure/own.h"

#include <algorithm>
#include <string>

#include "failure/classify.h"

namespace dragoman::failure {
namespace {

constexpr std::string_view kForbids = " cannot be sent this request without a change that `loss: {";
constexpr std::string_view kBreaks = " breaks its schema";

}  // namespace

std::optional<Failure> own_refusal(std::string_view message) {
  if (message.find(kForbids) != std::string_view::npos) {
    // "…forbids: pattern at /tools/0/…: \"^x\" (rule)"; keywords and places have no blanks that matter.
    std::string_view place = message.substr(std::min(message.find(" forbids: "), message.size()));
    const std::size_t at = place.find(" at /");
    place = at == std::string_view::npos ? std::string_view() : place.substr(at + 4);
    place = place.substr(0, place.find_first_of(" "));
    while (place.ends_with(':')) place.remove_suffix(1);
    Failure failure =
        target_cannot("the config's `loss` forbids a change that this target needs", std::string(place));
    failure.rule = "loss_forbidden";
    failure.likeness = likeness(message);
    return failure;
  }
  if ((message.starts_with("the call of ") || message.starts_with("the structured output")) &&
      message.find(kBreaks) != std::string_view::npos) {
    Failure failure = broken_promise(
        "the answer breaks the schema in the request, and the config does not let that pass", "");
    failure.likeness = likeness(message);
    return failure;
  }
  return std::nullopt;
}

}  // namespace dragoman::failure
