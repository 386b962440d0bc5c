// An OpenAI-compatible provider as data: its paths, models, rules, error shape and the habits of its answers.
// The engine (engine.h) plays any of them.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "json/write.h"
#include "sandbox/emulator.h"

namespace dragoman::sandbox::openai {

// Why a request is refused, before it is put in the provider's shape.
struct Refusal {
  int status = 400;
  std::string message;
  std::string param;  // "" is null
  std::string code;   // "" is null
  std::string type = "invalid_request_error";
  HeaderList headers;
  std::string body;  // when not "", sent instead of the shaped error
};

using Verdict = std::optional<Refusal>;

// What is known about a model, as bits.
enum Trait : unsigned {
  kReasonsAlways = 1u << 0,     // cannot be switched off
  kReasonsOptIn = 1u << 1,      // only when an effort other than none is sent
  kReasonsByDefault = 1u << 2,  // unless effort is none
  kFixedEffort = 1u << 3,       // medium only
  kNoMaxTokens = 1u << 4,       // wants max_completion_tokens
  kNoStop = 1u << 5,
  kNoParallel = 1u << 6,
  kNoToolsWhileReasoning = 1u << 7,  // on Chat Completions
  kNoMinimalEffort = 1u << 8,
  kNoSystem = 1u << 9,
  kNoTools = 1u << 10,
  kNoVision = 1u << 11,
  kStrictJson = 1u << 12,  // takes response_format json_schema with strict
  kNoEffort = 1u << 13,    // refuses reasoning_effort
  kPatchLimit = 1u << 14,  // counts image patches
  kNoJsonSchema = 1u << 15,
  kHighOnly = 1u << 19,  // reasons at high, no other effort
  kFineTuned = 1u << 16,
  kFixedSampling = 1u << 17,
  kNoThinkingSwitch = 1u << 18,
  kTopEffort = 1u << 20,      // knows xhigh
  kFromMedium = 1u << 21,     // knows no effort below medium
  kResponsesOnly = 1u << 22,  // not served on Chat Completions
};

struct Model {
  std::string_view glob;
  unsigned traits = 0;
};

struct Host;

// One request under one host's eyes.
struct Request {
  const Call& call;
  const Host& host;
  json::Value body;
  std::string_view model;
  unsigned traits = 0;
  bool reasoning = false;    // this call thinks
  std::string_view version;  // Azure's api-version
  bool paranoid = false;

  json::Value operator[](std::string_view key) const { return body[key]; }
  bool has(Trait t) const { return (traits & t) != 0; }
};

// Evidence as contracts grade it; C and A are enforced for paranoid servers only.
enum class Grade : char { live = 'L', issue = 'I', documented = 'D', client_code = 'C', anecdote = 'A' };

struct Rule {
  std::string_view id;  // of the provider contracts, "OAI-12"
  Grade grade;
  Verdict (*check)(const Request& request);
};

using RuleSet = std::span<const Rule>;

// How answers look beyond what the dialect fixes.
struct Style {
  std::string_view reasoning_key = "";  // "reasoning_content", "reasoning"; "": thoughts are not shown
  bool usage_on_finish = false;         // stream usage stands in the finishing chunk, not in one of its own
  bool usage_unasked = false;           // … and comes without stream_options.include_usage
  bool calls_whole = false;             // a streamed tool call comes in one delta
  bool entities = false;                // models called *-entities escape tool arguments as HTML (xAI)
  bool logprob_lists = false;  // logprobs: lists of tokens and of numbers, in a stream a number (Together)
  bool empty_content_with_calls = false;         // "" where OpenAI says null
  std::string_view named_finish = "tool_calls";  // finish_reason after a call that tool_choice named
  std::string_view fingerprint = "";             // system_fingerprint
  bool repeats_prefix = false;                   // an answer to a last turn with `prefix` begins with it
  bool thinking_parts = false;                   // thoughts are a content part of type "thinking" (Mistral)
  std::string_view comment = "";                 // an SSE comment the stream starts with
  std::string_view first_frame = "";             // a whole frame before any other
  bool extended_usage = true;                    // prompt_tokens_details and completion_tokens_details
  std::string (*call_id)(std::string_view seed, std::string_view name, int index) = nullptr;
  // Adds members the provider has beside the dialect's, to the answer or to each chunk (then `first` or
  // `last`).
  void (*extra)(json::Writer& out, const Request& request, bool first, bool last) = nullptr;
  void (*usage_extra)(json::Writer& out, std::int64_t prompt, std::int64_t cached) = nullptr;
  void (*choice_extra)(json::Writer& out) = nullptr;
  // The state beside thoughts (`reasoning_details`), as a member of the message or of a delta: all of it, a
  // piece of the text (`last` false), or in a stream what comes after the pieces (`text` empty).
  void (*thought_state)(json::Writer& out, const Request& request, std::string_view all,
                        std::string_view text, bool last) = nullptr;
};

struct Host {
  std::string_view prefix;
  std::span<const std::string_view> bases;  // chat is at base + "/chat/completions"
  std::span<const Model> models;   // the first glob that matches; a model that matches none is unknown
  std::span<const RuleSet> rules;  // asked in this order
  std::string (*error_body)(const Refusal& refusal);
  Verdict (*authorize)(const Call& call);  // nothing when the key is fine
  Refusal (*unknown_model)(std::string_view model);
  Refusal (*overflow)(std::int64_t tokens, std::int64_t window);
  Refusal (*responses_only)(std::string_view model) = nullptr;  // of models that are not served on Chat
  Refusal (*failure)(int status) = nullptr;     // 429, 5xx in the host's own words; 402 stands for want of
                                                // money, whatever status the host gives that
  Refusal (*policy)() = nullptr;                // for a prompt with "[policy]" in it
  bool (*reasons)(const Request& r) = nullptr;  // whether this call thinks; without it OpenAI's table decides
  HeaderList (*headers)(const Call& call) = nullptr;  // on every admitted answer
  Style style = {};
  std::string_view no_model = "you must provide a model parameter";  // "": a call may do without
  // Told the deployment and the rest when the path is none of the bases'; Azure has such paths.
  bool (*route)(const Call& call, Request& request) = nullptr;
  bool responses = false;                                  // also serves base + "/responses"
  Verdict (*responses_rules)(const Request& r) = nullptr;  // what it refuses there before OpenAI's own rules
  bool chat = true;                                        // false: Responses alone
  bool embeddings = false;                                 // also serves base + "/embeddings"
  // A call of the host's own beside the dialect's, and its path; its key has been checked.
  std::string_view own_path = {};
  Reply (*own)(const Call& call) = nullptr;
};

}  // namespace dragoman::sandbox::openai
