#include "failure/pointer.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/strings.h"

namespace dragoman::failure {
namespace {

struct Head {
  std::string_view word;  // in lower case; what follows must be a separator
  Side side;
  FailureClass cls;
};

// Notations: shared forms of 25 providers, see docs/sources.md, "How refusals read". Longer words first where
// one is the head of another.
constexpr std::array kHeads{
    Head{"toolconfig.toolchoice", Side::params, FailureClass::param_rejected},
    Head{"toolconfig", Side::tools, FailureClass::schema_rejected},
    Head{"tool_config", Side::params, FailureClass::param_rejected},
    Head{"tool_choice", Side::params, FailureClass::param_rejected},
    Head{"function_declarations", Side::tools, FailureClass::schema_rejected},
    Head{"functiondeclarations", Side::tools, FailureClass::schema_rejected},
    Head{"in context=", Side::tools, FailureClass::schema_rejected},
    Head{"tool_resources", Side::params, FailureClass::param_rejected},
    Head{"functions", Side::tools, FailureClass::schema_rejected},
    Head{"tools", Side::tools, FailureClass::schema_rejected},
    Head{"messages", Side::body, FailureClass::message_rejected},
    Head{"message", Side::body, FailureClass::message_rejected},
    Head{"contents", Side::body, FailureClass::message_rejected},
    Head{"input", Side::body, FailureClass::message_rejected},
    Head{"system", Side::body, FailureClass::message_rejected},
    Head{"response_format", Side::params, FailureClass::schema_rejected},
    Head{"output_config", Side::params, FailureClass::schema_rejected},
    Head{"output_format", Side::params, FailureClass::schema_rejected},
    Head{"generation_config.response_schema", Side::params, FailureClass::schema_rejected},
    Head{"generationconfig.responseschema", Side::params, FailureClass::schema_rejected},
    Head{"generation_config.response_json_schema", Side::params, FailureClass::schema_rejected},
    Head{"generation_config", Side::params, FailureClass::param_rejected},
    Head{"generationconfig", Side::params, FailureClass::param_rejected},
    Head{"inferenceconfig", Side::params, FailureClass::param_rejected},
    Head{"additionalmodelrequestfields", Side::params, FailureClass::param_rejected},
    Head{"thinking", Side::params, FailureClass::param_rejected},
};

bool is_path(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '[' || c == ']' || c == '/' || c == '$' || c == '-';
}

// Off come what stands before the first key in some notations: "request.", "body.", "#/", "['body','".
std::string_view strip_lead(std::string_view pointer) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view lead : {"request.", "generatecontentrequest.", "parameter.", "body.", "body/",
                                        "#/", "/", "$.", "(", "[", "'", "\"", "body'", "body\"", ",", " "}) {
      if (pointer.size() > lead.size() && equals_ignoring_case(pointer.substr(0, lead.size()), lead)) {
        pointer.remove_prefix(lead.size());
        again = true;
      }
    }
  }
  return pointer;
}

const Head* head_of(std::string_view pointer) {
  const std::string lower = lower_ascii(strip_lead(pointer).substr(0, 64));
  for (const Head& head : kHeads) {
    if (!lower.starts_with(head.word)) continue;
    if (lower.size() == head.word.size()) return &head;
    const char next = lower[head.word.size()];
    if (next == '.' || next == '[' || next == '/' || next == '\'' || next == '"' || next == '(') return &head;
  }
  return nullptr;
}

// Notations that are no plain path, and names that a sentence sets apart: group 1 is the pointer, as it
// stands there.
constexpr const char* kPhrases[] = {
    R"((In context=\(.{0,400}?\)))",  // OpenAI strict: a tuple of steps
    R"(<At path '([^']{1,400})')",    // Moonshot
    R"((?i)invalid (?:type for |value for (?:parameter )?)?'([^']{1,200})':)",
    R"((?i)(?:unknown|unsupported|missing required|mutually exclusive) parameters?: '([^']{1,200})')",
    R"((?i)unsupported (?:value|parameter): [`'"]?([a-z_][\w.]{0,100})[`'"]?)",
    R"((?i)unrecognized request arguments? supplied: ([\w.]{1,200}))",
    R"((?i)invalid value for [`'"]([\w.\[\]]{1,200})[`'"])",
    R"((?i)^\s*(?:\* )?(?:invalid request: )?((?-i:[a-z_]{3,40})(?:[.\[][\w.\[\]]{1,200})?): (?:extra inputs|field required|input should|must be|should be|value|validation error|[a-z]+ must|each ))",
    R"(, field: '([^']{1,200})')",        // Fireworks
    R"(^'([a-z_][\w.\[\]]{0,200})' : )",  // Groq
    R"(^\s*(?:\* )?((?:tools|messages|system|max_tokens|temperature|top_[pk]|tool_choice|thinking|stop_sequences)): )",
    R"(\b(parameter\.\w{1,60}))",                                     // DashScope
    R"((?i)argument not supported(?: on this model)?: (\w{1,100}))",  // xAI
    R"(functionDeclaration `([^`]{1,200})`)",                         // Vertex
    R"((?i)remove '([\w.]{1,200})' from your)",                       // Vertex
    R"((?i)unknown name \\?"([^"\\]{1,200})\\?": )",
    R"((?i)parameter '([^']{1,200})' is not a valid field)",
    R"(unknown field `([^`]{1,200})`)",
    R"((?i)does not support the parameter `(\w{1,100})`)",
    R"((?i)parameter '([^']{1,200})' is not supported)",
    R"((?i)does not support parameter (\w{1,100}))",
    R"((?i)property '([^']{1,200})' is unsupported)",
    R"(^Field '([^']{1,200})':)",
    R"(^`(\w{2,60})` (?:is|must|cannot|and|may))",
    R"(^'(\w{2,60})' (?:is only allowed|must contain|does not support))",
};

std::string_view find_phrase(std::string_view text) {
  static const auto* const compiled = [] {
    auto* all = new std::vector<std::unique_ptr<RE2>>;
    for (const char* phrase : kPhrases) all->push_back(std::make_unique<RE2>(phrase));
    return all;
  }();
  for (const auto& phrase : *compiled) {
    std::string_view found;
    re2::StringPiece piece;
    if (RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *phrase, &piece)) {
      found = {piece.data(), piece.size()};
      while (found.ends_with('.')) found.remove_suffix(1);
      if (!found.empty()) return found;
    }
  }
  return {};
}

}  // namespace

std::string_view find_pointer(std::string_view text) {
  text = text.substr(0, 4096);  // a pointer that matters stands near the start of the sentence
  // A chat template's own code, quoted by its host (llama.cpp), has paths that are no places of the request.
  text = text.substr(0, std::min(text.find("{%"), text.find("{{")));
  if (const std::string_view found = find_phrase(text); !found.empty()) return found;
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_path(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_path(text[end])) ++end;
    if (text[at] == '/' && at > 0 && text[at - 1] == '#') --at;  // a JSON pointer as a fragment (Bedrock)
    std::string_view run = text.substr(at, end - at);
    at = end;
    while (run.ends_with(']') && std::ranges::count(run, ']') > std::ranges::count(run, '['))
      run.remove_suffix(1);
    while (!run.empty() && (run.back() == '.' || run.back() == '-' || run.back() == '/' || run.back() == '['))
      run.remove_suffix(1);
    // A bare word ("tools", "messages", "input") is prose as often as a path: it takes a step to be a
    // pointer.
    if (run.find_first_of(".[/") != std::string_view::npos && head_of(run) != nullptr) return run;
  }
  return {};
}

Side side_of(std::string_view pointer) {
  if (pointer.empty()) return Side::none;
  const Head* head = head_of(pointer);
  return head ? head->side : Side::params;
}

FailureClass class_of(std::string_view pointer) {
  if (pointer.empty()) return FailureClass::other;
  const Head* head = head_of(pointer);
  if (head == nullptr) return FailureClass::param_rejected;
  // Of the parameters that carry a schema, only what lies inside can be the schema's fault.
  const bool whole = strip_lead(pointer).size() == head->word.size();
  return whole && head->side == Side::params ? FailureClass::param_rejected : head->cls;
}

}  // namespace dragoman::failure
