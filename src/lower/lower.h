// Lowering: one const request, one target, out come the bytes to send. A pure function: no clock, no socket,
// no state, so that attempt N to a target sends exactly what a first attempt would have sent (GEN-01 …
// GEN-15).
#pragma once
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "canon/issued.h"
#include "canon/request.h"
#include "lower/edit.h"
#include "profile/provider.h"

namespace dragoman::lower {

class WayBack;

// What the answer needs to be put back into the client's words.
struct Restore {
  std::map<std::string, std::string, std::less<>> names;  // tool name on the wire → the client's
  std::set<std::string, std::less<>> custom_tools;        // sent as functions of one string: wire names
  std::string structured_tool;  // the forced tool that carries the JSON output; "" none
  // Words beside this tool's call are no part of the answer (aside.h): its wire name; "*" any call's; ""
  // none.
  std::string aside_of = {};
  std::string issuer;          // whose reasoning this target's answers carry: a family, or the host itself
  bool issuer_always = false;  // also where the wire names one (else it names who is behind the host)
  // Where arguments differ from what the client declared (argument_plan.h), by the tool's wire name. They
  // are worked out when a call comes, from the schemas in the arena.
  std::vector<std::pair<std::string_view, std::shared_ptr<const WayBack>>> arguments = {};  // by rising name
  const WayBack* way_back(std::string_view wire_name) const;  // nullptr: they come as they are
  std::shared_ptr<const WayBack> output = {};                 // the same of a JSON answer
  bool html_arguments = false;  // tool arguments arrive with HTML entities in them
  std::set<std::string, std::less<>> visible_details = {};  // reasoning that is text to show, by its type
  std::string prefill = {};  // of the last turn: the answer says it again before it goes on
  bool logprobs =
      false;  // the host's shape of them is not the client's: the answer is never relayed as it is
  bool own_words() const { return !html_arguments && visible_details.empty() && prefill.empty(); }
  bool empty() const {
    return aside_of.empty() && names.empty() && custom_tools.empty() && structured_tool.empty() &&
           arguments.empty() && !output && !logprobs && own_words();
  }
};

// The target cannot serve this request at all; another may.
struct Refused {
  std::string rule;
  std::string pointer;
  std::string reason;  // what the target does not do and what to change
};

struct Lowered {
  std::string body;
  bool stream = false;       // call the streaming endpoint; what the client asked for may differ
  bool same_bytes = false;   // the client's own body went out, but for the model name and its like
  bool added_usage = false;  // stream_options.include_usage was ours, not the client's
  EditList edits;
  Restore restore;
  std::vector<std::pair<std::string, std::string>> headers = {};  // to send besides the target's own
  // The user's last words show something of a kind that the target does not read at all (an image, a
  // document …): a note stands for it, as the rules have it (BRM-21, DS-04, GEN-14). Why that is, for whoever
  // knows a target that reads it.
  std::optional<Refused> unseen = {};
};

class SchemaCache;

// What is known of an assistant turn of the history besides what the client sent of it: looked up before, so
// that lowering stays a function of values.
struct Recalled {
  std::size_t message = 0;  // index into Request::messages
  canon::IssuedTurn turn;   // views outlive the lowering
};

struct Target {
  const profile::Provider* provider = nullptr;
  std::string_view model;                       // upstream name
  const profile::Profile* profile = nullptr;    // resolved for mode_of(request)
  std::span<const canon::Extra> defaults = {};  // body fields the config adds where the client said nothing
  std::span<const Recalled> recalled = {};      // by rising message
  std::string_view account = {};                // credential, where reasoning is bound to one
  SchemaCache* schemas = nullptr;  // saves the work of lowering the same schemas again; changes nothing
};

// The mode under which to resolve the target's profile.
profile::Mode mode_of(const canon::Request& request);

// `arena` and the client's body must live as long as the result's `restore` is used. `inside`, for
// those who explain (locate.h), gets the request as it was encoded; its views point into `arena` and the
// client's body.
std::expected<Lowered, Refused> lower(const canon::Request& request, const Target& target, Arena& arena,
                                      canon::Request* inside = nullptr);

}  // namespace dragoman::lower
