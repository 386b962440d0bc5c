// A picture, document, sound or film of the user's last words, and a target that reads nothing of the kind:
// with a note in its place the answer would be to another question. Where the route has a target that reads
// it, that one is asked; where it has none, the note is the best there is, and what the rules ask for
// (BRM-21, DS-04).
#include <algorithm>

#include "serve/exchange.h"
#include "serve/loss.h"

namespace dragoman::serve {

bool Exchange::seen_ahead() {
  return std::ranges::any_of(ahead_, [&](const route::Step* step) {
    const Deployment* deployment = endpoint_of(*step);
    if (!deployment) return false;
    std::vector<profile::Rule> rows;
    const profile::Profile profile = profile_of(*deployment, learned_about(*deployment), nullptr, rows);
    Arena arena;
    const auto lowered =
        lower::lower(request_,
                     {&deployment->provider(), deployment->model(), &profile, deployment->defaults(),
                      recall_.turns(), account_of(*deployment), &schemas()},
                     arena);
    return lowered && !lowered->unseen && !forbidden_edit(lowered->edits, deployment->spec().promises);
  });
}

}  // namespace dragoman::serve
