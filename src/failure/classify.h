// From what came back, or did not, to what it means. Pure and linear in the size of the answer.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "canon/failure.h"
#include "failure/failure.h"
#include "failure/retry_headers.h"

namespace dragoman::failure {

// An upstream's refusal. `provider` is the provider row's name, "" if unknown; `now` is Unix time in seconds
// (some providers answer with dates). Only the first 16 KiB of message and body are read: no provider says
// what it means later than that, and a body that echoes the request could be megabytes.
Failure classify(std::string_view provider, const canon::UpstreamError& error,
                 std::span<const HeaderField> headers, double now);

// No answer, or one that broke off.
Failure classify(std::string_view provider, const NetFailure& failure);

// dragoman's own verdicts.
Failure local_fault(std::string why, std::string pointer = {});    // no target can take this request
Failure target_cannot(std::string why, std::string pointer = {});  // this target cannot; another may
// The answer breaks what the client's schemas promise of it; the same model may do better the next time.
Failure broken_promise(std::string why, std::string pointer = {});
Failure cancelled();

// Equal for two texts that agree after lower-casing and masking digits, ids and punctuation. Never 0 for a
// text with a word in it, so that 0 can mean "says nothing".
std::uint64_t likeness(std::string_view message);

}  // namespace dragoman::failure
