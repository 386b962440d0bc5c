// What a refusal's sentence says besides its cause: the key or keyword it names, the status it quotes, the
// wait it asks for. Every search is linear in the text (RE2).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace dragoman::failure {

// The parameter, field or schema keyword that is refused ("additionalProperties", "max_tokens", "seed"); ""
// when the sentence names none. Sources: RULES CLS H and the sentences of each provider's rules.
std::string refused_keyword(std::string_view message);

// The HTTP status an SDK or relay put into its words ("Error code: 400 - …", "HTTP 529", "400 {…}"), for
// texts that come without one.
std::optional<int> status_in(std::string_view text);

// Seconds the sentence asks to wait ("Please try again in 1m3.5s", "retry after 20 seconds"), when no header
// says so.
std::optional<double> wait_in(std::string_view text);

// The wait that a relay hangs behind an upstream's body: "(reset after 30s)" (9router).
std::optional<double> relays_wait_in(std::string_view body);

}  // namespace dragoman::failure
