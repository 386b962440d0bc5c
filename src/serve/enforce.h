// Holds one attempt's answer to what the client's schemas promise, by the target's policy, and remembers what
// was found and done for header, journal, metrics and log. Pure but for the validators' cache it is given.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "canon/request.h"
#include "canon/response.h"
#include "config/promises.h"
#include "lower/lower.h"
#include "lower/promises.h"

namespace dragoman::serve {

// A violation and what became of it.
struct KeptPromise {
  enum class Action : std::uint8_t {
    reported,  // it was delivered all the same
    coerced,   // it was unambiguous what was meant, and that was delivered
    repaired,  // the model corrected it when it was asked once more
    failed,    // the attempt failed for it
    unchecked  // the schema or the check went beyond a limit
  };
  lower::Broken what;
  Action action = Action::reported;
};
std::string_view name(KeptPromise::Action action);

// Puts other arguments into a call.
void set_arguments(canon::ToolCall& call, std::string_view text, Arena& arena);

class Enforcement {
 public:
  // All must outlive it.
  Enforcement(const canon::Request& request, const lower::Lowered& lowered, const config::Promises& policy,
              validate::ValidatorCache& schemas);

  bool active() const { return active_; }  // there is something to look at
  // Nothing may be delivered before it is judged (`repair`, `fail`).
  bool holds() const;
  // A broken call fails the attempt, which may still go to another target if nothing was delivered.
  bool may_fail() const;
  bool output_promised() const { return output_; }
  bool covers(std::string_view tool) const { return promises_.covers(tool); }

  // The schemas that judging needs: of these tools' calls, of this answer's, of any; and of the output.
  using ToolNames = std::set<std::string, std::less<>>;
  std::vector<json::Value> schemas_of(const ToolNames& called) const;
  std::vector<json::Value> schemas_of(const canon::Response& answer) const;
  std::vector<json::Value> schemas() const;

  // Judges every call and output of the answer and puts in place what was coerced. For calls that were judged
  // one by one (judge_call), `calls` is false.
  void judge(canon::Response& answer, Arena& arena, bool calls = true);
  // One call of the answer's only choice, or (`block` is nowhere) of one of several. The arguments to
  // deliver: `arguments` or what they were coerced to, in `arena`.
  std::string_view judge_call(std::string_view tool, std::string_view arguments, std::size_t block,
                              Arena& arena);
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  // Blocks of the only choice that are broken and may be repaired. Then either take() or give_up().
  const std::vector<lower::BrokenBlock>& pending() const { return pending_; }
  // The second answer: whatever of it is right replaces what was broken in `answer`. New text lives in
  // `arena`.
  void take(canon::Choice& answer, const canon::Choice& second, Arena& arena);
  void give_up(std::string why) { gave_up_ = std::move(why); }

  // Under `fail`: something is broken, so that nothing more need be looked at.
  bool must_fail() const { return policy_.arguments == config::ArgumentsPolicy::fail && !lost_.empty(); }

  // Decides on what is still broken; nothing changes after it. False: the attempt has failed.
  bool settle();
  bool failed() const { return failed_; }
  bool changed() const { return changed_; }  // something of the answer was replaced

  const std::vector<KeptPromise>& kept() const { return kept_; }
  const std::string& why_not_repaired() const { return gave_up_; }

  std::string failure() const;          // the violations it failed for, as a sentence
  std::string failure_pointer() const;  // the first one's keyword in the client's request
  std::string json() const;             // for the journal; "" when nothing was found
  // "1; keyword=pattern tool=hotels.search pointer=/city", of what was delivered broken, or of what was put
  // right ("… by=coercion"); "" for none. Visible ASCII, cut to a bearable length.
  std::string violations_header() const;
  std::string repairs_header() const;

 private:
  void note(const lower::Broken& what, KeptPromise::Action action) { kept_.push_back({what, action}); }
  void note_verdict(lower::Verdict& verdict, std::size_t block);
  void judge_output(canon::Choice& choice, bool only, Arena& arena);

  config::Promises policy_;
  const canon::Request& request_;
  lower::Promises promises_;
  bool output_ = false;
  bool active_ = false;
  bool failed_ = false;
  bool changed_ = false;
  std::string gave_up_;
  std::vector<KeptPromise> kept_;
  std::vector<lower::BrokenBlock> pending_;
  std::vector<lower::Broken> lost_;  // broken, and not to be repaired
};

}  // namespace dragoman::serve
