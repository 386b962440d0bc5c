// Ids by which a client can answer every call of an answer. Hosts repeat an id within one answer (MiMo, Kimi
// behind proxies) or give none (Gemini's Chat endpoint did; several local servers): a client finds a call's
// result by the id alone, so that it can answer but one of such calls, and a strict host refuses the next
// turn (ANT-13, MIS-11, COH-02).
//
// Nothing has to be put back on the way to the host: the client's history says the new id in call and result
// alike, and hosts take any id that fits their alphabet (GEN-04). Kimi's, which depends on the form
// (KIMI-33), keeps it.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/arena.h"
#include "canon/response.h"

namespace dragoman::canon {

// Of one answer. The same ids in the same order come out the same, whoever asks.
class CallIds {
 public:
  // `seed`: of this answer alone, for ids that are made up are unlike those of other answers.
  explicit CallIds(std::string_view seed) : seed_(seed) {}

  // What the choice's next call is to be called, whose host named it `id`: that, unless it is empty or an
  // earlier call's of the choice.
  std::string next(int choice, std::string_view id);

 private:
  std::string another(int choice, std::string_view id, int times) const;
  bool shown(int choice, std::string_view id) const { return times_.contains({choice, std::string(id)}); }

  std::string seed_;
  std::map<std::pair<int, std::string>, int> times_;  // how often a choice's ids were met
};

// In place; true if any changed. New ids are in the arena.
bool name_calls(Response& response, std::string_view seed, Arena& arena);

}  // namespace dragoman::canon
