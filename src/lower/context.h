// What the passes of one lowering share. Private to this room.
#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "canon/request.h"
#include "dialect/dialect.h"
#include "json/value.h"
#include "lower/lower.h"
#include "profile/profile.h"

namespace dragoman::lower {

using profile::Setting;

struct Context {
  const canon::Request& original;
  canon::Request draft;  // starts as a copy of cheap values; passes change this one only
  const profile::Profile& profile;
  const dialect::Dialect& wire;
  std::string_view model;
  Arena& arena;
  std::string_view route = {};    // the provider's name
  std::string_view account = {};  // its credential's
  std::span<const Recalled> recalled = {};
  SchemaCache* schemas = nullptr;
  std::size_t keeping = 0;                             // what this request has spent on keeping schemas there
  std::vector<std::shared_ptr<const void>> held = {};  // what the draft points to of the cache
  EditList edits = {};
  Restore restore = {};
  std::optional<Refused> refused = {};
  std::optional<Refused> unseen = {};
  std::string_view fixed_effort = {};  // the endpoint's own label (effort_map): not to be fitted any more
  std::vector<std::pair<std::string, std::string>> headers = {};

  bool flag(Setting s) const { return profile.flag(s); }

  // `rule` is the cause as this room names it: a rule of the contracts, with a word behind a dot where one
  // rule of ours answers to several of a provider's ("GEN-03.orphan"). The edit carries what the target's
  // rows cite for it.
  void edit(std::string_view rule, std::string_view pointer, std::string_view keyword,
            std::string_view before, std::string_view after, Loss loss);
  // The same, for a change that a setting asked for: its row is the rule (or `fallback` when it is a
  // default).
  void edit(Setting cause, std::string_view fallback, std::string_view pointer, std::string_view keyword,
            std::string_view before, std::string_view after, Loss loss);
  // Does an edit speak of this place of the client's request, or of something in it?
  bool told(std::string_view pointer) const;
  // The first refusal wins; later passes still run on the draft, harmlessly.
  void refuse(std::string_view rule, std::string_view pointer, std::string reason);
  std::string_view rule(Setting cause, std::string_view fallback) const;

  // The turns are in a prompt that lies with OpenAI (pass_cached refuses it elsewhere).
  bool prompted() const {
    return std::ranges::any_of(draft.extra, [this](const canon::Extra& extra) {
      return extra.key == "prompt" && original.dialect == canon::DialectName::openai_responses;
    });
  }

  // Text that lives as long as the arena.
  std::string_view keep(std::string_view text) { return arena.copy(text); }
  // Appends to the leading system text; makes one if there is none.
  void instruct(std::string_view text);
};

// A value as an edit shows it: compact JSON, cut to a readable length.
std::string show(json::Value value);
std::string cut(std::string_view text);

// What the output cap is called on the wire. Where the host takes either name: the client's own, so that its
// bytes can go out as they are.
std::string_view max_tokens_name(const Context& c);

// May reasoning state of this issuer be replayed to the target? Route and account are "" where nobody knows
// them: what a client carries names its issuer only.
bool accepts(const Context& c, std::string_view issuer, std::string_view route, std::string_view account);
bool accepts(const Context& c, const canon::Reasoning& reasoning);

// The passes, in the order they run (lower.cc). Each reads the profile and changes the draft.
void pass_recall(Context& c);        // GEN-12: what the vault knew of the history's turns
void pass_compat(Context& c);        // OpenClaw's compat flags, what they ask before the rest
void pass_enum(Context& c);          // Google's text/x.enum, where nobody else has it
void pass_extras(Context& c);        // GEN-01: keys the target does not list
void pass_foreign(Context& c);       // blocks and tools only another dialect knows
void pass_cached(Context& c);        // GEM-51: what a cached content leaves no place for
void pass_params(Context& c);        // GEN-13: ranges, exclusions, renames
void pass_tools(Context& c);         // GEN-06, GEN-07: names, descriptions, schemas, counts
void fit_tool_schemas(Context& c);   // its part in tool_strict.cc: schemas, and which tools are strict
void pass_schema_drop(Context& c);   // keywords a user or host wants out of tool parameters
void pass_format(Context& c);        // structured output
void pass_choice(Context& c);        // GEN-08: tool choice
void pass_thinking(Context& c);      // reasoning configuration
void pass_told(Context& c);          // what of it has no words on the wire
void pass_calls(Context& c);         // GEN-03, GEN-04, GEN-05: pairing, ids, arguments
void fit_arguments(Context& c);      // its part in pass_arguments.cc: GEN-05, arguments are objects
void pass_reasoning(Context& c);     // GEN-12: reasoning state
void pass_items(Context& c);         // OAIR-06 … OAIR-12: ids and reasoning of OpenAI Responses
void pass_media(Context& c);         // GEN-14
void pass_system(Context& c);        // GEN-10
void pass_text(Context& c);          // GEN-02: blank text
void pass_turns(Context& c);         // GEN-11: order of turns
void pass_compat_turns(Context& c);  // compat flags on finished turns: text, markers, tool choice
void pass_one_call(Context& c);      // parallel calls in turns of their own, where a turn makes one
void pass_cache(Context& c);         // cache markers
void pass_sizes(Context& c);         // greatest sizes of text and media
void pass_limits(Context& c);        // output cap
void pass_places(Context& c);        // where Bedrock families take what a Converse client wrote for another
void pass_words(Context& c);         // the client's words for reasoning, where the target's are others
void pass_compat_shape(Context& c);  // compat flags that the encoder and the way back carry out

// How reasoning is asked for (Setting::reasoning_style); by OpenAI's word where a row says no more than that
// it can be.
std::string_view reasoning_style(const Context& c);
// A style that says how much and has no word for "think" alone.
bool efforts_only(const Context& c);

// VTX-09: the client's Tool objects go out as one.
bool one_tool(const Context& c);

// Reasoning at the end of an assistant's turn goes, since it is followed by what came of it (OAIR-10, and
// Anthropic alike): a turn that was cut off while the model still thought has nothing to follow.
void drop_unfollowed(Context& c, canon::Message& message);

// Asserts that nothing illegal is left. A failure is a bug of ours; it is refused rather than sent.
void verify(Context& c);

}  // namespace dragoman::lower
