// What in a request providers refuse, where the refusal itself does not say: found by lowering it, without
// sending anything.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "offline.h"

namespace dragoman::app {

struct Suspect {
  std::string pointer;  // into the client's request
  std::string keyword, tool;
  std::size_t places = 1;   // this one and those like it (the same keyword of other tools)
  std::string why;          // the rule's, or why a target would refuse the whole
  std::string by;           // one of the targets
  std::size_t targets = 0;  // how many do not take it
};

struct Suspects {
  std::vector<Suspect> list;  // those that most targets do not take first; few
  std::size_t asked = 0;      // targets
};

// Of `target` alone, when it is one (and the request went to it as it is); with `sent_through`, what others
// do not take and `target` was believed to, for a request that dragoman had lowered for it.
Suspects find_suspects(const Offline& offline, const ClientRequest& request, std::string_view target,
                       bool sent_through);

}  // namespace dragoman::app
