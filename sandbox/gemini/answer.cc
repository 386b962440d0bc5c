#include "sandbox/gemini/answer.h"

#include "base/base64.h"
#include "base/strings.h"
#include "json/write.h"
#include "sandbox/answer.h"
#include "sandbox/gemini/proto.h"
#include "sandbox/gemini/schema_words.h"
#include "sandbox/gemini/signature.h"

namespace dragoman::sandbox::gemini {
namespace {

// Words in the user's text that make the model fail in ways a request alone cannot (GEM-62, GEM-63).
constexpr std::string_view kBlock = "sandbox: block this prompt";
constexpr std::string_view kMalformed = "sandbox: malformed call";

struct Candidate {
  Answer answer;
  int index = 0;
  std::string seed;
};

struct Response {
  std::vector<Candidate> candidates;
  Usage usage;
  bool blocked = false;
  bool malformed = false;
  bool show_thoughts = false;
  bool signatures = false;
  bool vertex = false;
  bool ids = false;
  std::string model;
  std::string id;
};

std::string response_text(json::Value response) {
  // What dragoman's users send most: {"output": "…"} or {"error": "…"}.
  for (const std::string_view key : {"output", "result", "error", "content"}) {
    if (response[key].is_string() && response.members().size() == 1) return std::string(response[key].text());
  }
  return json::dump_compact(response);
}

void count_media(json::Value part, Ask& ask) {
  const json::Value blob = get(part, "inline_data");
  const json::Value file = get(part, "file_data");
  const std::string_view type = get(blob.present() ? blob : file, "mime_type").text();
  ask.images += type.starts_with("image/");
  ask.documents += type == "application/pdf";
}

void read_last_content(json::Value contents, Ask& ask) {
  const json::Value content = contents.items().back();
  ask.last = content["role"].text() == "model" ? LastTurn::assistant : LastTurn::user;
  for (const json::Value& part : content["parts"].items()) {
    count_media(part, ask);
    if (part["text"] && !part["thought"].boolean()) {
      if (!ask.user_text.empty()) ask.user_text += '\n';
      ask.user_text += part["text"].text();
    }
    if (const json::Value response = get(part, "function_response"); response.present()) {
      ask.last = LastTurn::tool_results;
      ask.results.push_back(response_text(response["response"]));
      for (const json::Value& item : response["parts"].items()) count_media(item, ask);
    }
  }
}

bool names(json::Value allowed, std::string_view name) {
  if (allowed.items().empty()) return true;
  for (const json::Value& item : allowed.items()) {
    if (item.text() == name) return true;
  }
  return false;
}

void read_tools(json::Value body, Ask& ask, Arena& arena) {
  const json::Value config = get(get(body, "tool_config"), "function_calling_config");
  const std::string_view mode = config["mode"].text();
  const json::Value allowed = get(config, "allowed_function_names");
  for (const json::Value& tool : body["tools"].items()) {
    for (const json::Value& declaration : get(tool, "function_declarations").items()) {
      const std::string_view name = declaration["name"].text();
      const json::Value parameters = declaration["parameters"];
      if (names(allowed, name)) {
        const json::Value free_schema = get(declaration, "parameters_json_schema");
        ask.tools.push_back({name, parameters ? as_json_schema(arena, parameters) : free_schema});
      }
    }
  }
  if (equals_ignoring_case(mode, "NONE")) ask.choice = Choice::none;
  if (equals_ignoring_case(mode, "ANY")) ask.choice = Choice::required;
}

bool thinks(json::Value thinking, const Model& model) {
  const json::Value budget = get(thinking, "thinking_budget");
  if (budget.present()) return budget.integer().value_or(0) != 0;
  return model.thinks;
}

Response compose(json::Value body, std::string_view body_text, const Target& target, Arena& arena) {
  const json::Value config = get(body, "generation_config");
  const json::Value thinking = get(config, "thinking_config");
  Ask ask;
  read_last_content(body["contents"], ask);
  read_tools(body, ask, arena);
  if (get(config, "response_mime_type").text() == "application/json") {
    const json::Value schema = get(config, "response_schema");
    ask.output_schema =
        schema.present() ? as_json_schema(arena, schema) : get(config, "response_json_schema");
    ask.json_object = !ask.output_schema.present();
  }
  ask.reasoning = thinks(thinking, *target.model);
  ask.max_tokens = get(config, "max_output_tokens").integer().value_or(0);
  for (const json::Value& stop : get(config, "stop_sequences").items()) ask.stop.push_back(stop.text());
  ask.request_bytes = body_text.size();
  ask.say = target.say;
  ask.cached = get(body, "cached_content").present();

  Response out;
  out.show_thoughts = get(thinking, "include_thoughts").boolean();
  out.signatures = target.model->signatures;
  out.vertex = target.vertex;
  out.ids = target.model->generation >= 3;
  out.model = target.name;
  out.id = stable_id("", body_text, 7, 22);
  out.blocked = ask.user_text.find(kBlock) != std::string::npos;
  out.malformed = ask.user_text.find(kMalformed) != std::string::npos;
  const std::int64_t count = get(config, "candidate_count").integer().value_or(1);
  for (int i = 0; i < count; ++i) {
    ask.index = i;
    Answer answer = plan(ask);
    const json::Value words = get(config, "response_schema")["enum"];
    if (get(config, "response_mime_type").text() == "text/x.enum" && !words.items().empty())
      answer.text = std::string(words.at(0).text());
    out.usage.prompt = answer.usage.prompt;
    out.usage.cached = answer.usage.cached;
    out.usage.completion += answer.usage.completion;
    out.usage.reasoning += answer.usage.reasoning;
    out.candidates.push_back({std::move(answer), i, std::string(body_text)});
  }
  return out;
}

std::string signature_of(const Response& response) { return sign_thought(response.vertex, response.id); }

std::string text_part(std::string_view text, bool thought, std::string_view signature) {
  std::string out;
  json::Writer w(out);
  w.begin_object().field("text", text);
  if (thought) w.field("thought", true);
  if (!signature.empty()) w.field("thoughtSignature", signature);
  w.end_object();
  return out;
}

// Gemini never cuts a call in pieces. The first of a step carries the signature of all.
std::string call_part(const Response& response, const Candidate& candidate, std::size_t n) {
  const ToolCall& call = candidate.answer.calls[n];
  std::string out;
  json::Writer w(out);
  w.begin_object()
      .key("functionCall")
      .begin_object()
      .field("name", call.name)
      .key("args")
      .raw(call.arguments);
  if (call.id) {
    w.field("id", *call.id);
  } else if (response.ids) {
    const std::uint64_t salt = n + 1 + 100 * static_cast<std::uint64_t>(candidate.index);
    w.field("id", stable_id("", candidate.seed, salt, 8));
  }
  w.end_object();
  if (response.signatures && n == 0) w.field("thoughtSignature", signature_of(response));
  w.end_object();
  return out;
}

std::string_view finish_word(Stop stop) { return stop == Stop::length ? "MAX_TOKENS" : "STOP"; }

// `finish` is "" for a chunk that is not the last.
std::string candidate_json(const std::vector<std::string>& parts, int index, std::string_view finish) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("content").begin_object();
  if (!parts.empty()) {
    w.key("parts").begin_array();
    for (const std::string& part : parts) w.raw(part);
    w.end_array();
  }
  w.field("role", "model").end_object();
  if (!finish.empty()) w.field("finishReason", finish);
  w.field("index", index).end_object();
  return out;
}

std::string envelope(const Response& response, const std::vector<std::string>& candidates, bool last) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  if (response.blocked) {
    w.key("promptFeedback").begin_object().field("blockReason", "PROHIBITED_CONTENT").end_object();
  } else {
    w.key("candidates").begin_array();
    for (const std::string& candidate : candidates) w.raw(candidate);
    w.end_array();
  }
  const Usage& usage = response.usage;
  const std::int64_t visible = response.blocked ? 0 : usage.completion - usage.reasoning;
  const std::int64_t thoughts = response.blocked ? 0 : usage.reasoning;
  w.key("usageMetadata").begin_object().field("promptTokenCount", usage.prompt);
  if (last && visible > 0) w.field("candidatesTokenCount", visible);
  w.field("totalTokenCount", usage.prompt + (last ? visible + thoughts : 0));
  if (usage.cached > 0) w.field("cachedContentTokenCount", usage.cached);
  w.key("promptTokensDetails").begin_array().begin_object();
  w.field("modality", "TEXT").field("tokenCount", usage.prompt).end_object().end_array();
  if (last && thoughts > 0) w.field("thoughtsTokenCount", thoughts);
  w.end_object().field("modelVersion", response.model).field("responseId", response.id).end_object();
  return out;
}

}  // namespace

std::string response_json(json::Value body, std::string_view body_text, const Target& target, Arena& arena) {
  const Response response = compose(body, body_text, target, arena);
  std::vector<std::string> candidates;
  for (const Candidate& candidate : response.candidates) {
    if (response.malformed) {
      candidates.push_back(candidate_json({}, candidate.index, "MALFORMED_FUNCTION_CALL"));
      continue;
    }
    const Answer& answer = candidate.answer;
    std::vector<std::string> parts;
    if (response.show_thoughts && !answer.reasoning.empty())
      parts.push_back(text_part(answer.reasoning, true, ""));
    const bool sign_text = response.signatures && answer.calls.empty();
    if (!answer.text.empty()) {
      parts.push_back(text_part(answer.text, false, sign_text ? signature_of(response) : ""));
    }
    for (std::size_t i = 0; i < answer.calls.size(); ++i) parts.push_back(call_part(response, candidate, i));
    candidates.push_back(candidate_json(parts, candidate.index, finish_word(answer.stop)));
  }
  return envelope(response, candidates, true);
}

std::vector<std::string> response_chunks(json::Value body, std::string_view body_text, const Target& target,
                                         Arena& arena) {
  const Response response = compose(body, body_text, target, arena);
  if (response.blocked) return {envelope(response, {}, true)};
  std::vector<std::string> chunks;
  const auto add = [&](std::string part, int index) {
    chunks.push_back(envelope(response, {candidate_json({std::move(part)}, index, "")}, false));
  };
  for (const Candidate& candidate : response.candidates) {
    const bool last_candidate = &candidate == &response.candidates.back();
    if (response.malformed) {
      chunks.push_back(envelope(response, {candidate_json({}, candidate.index, "MALFORMED_FUNCTION_CALL")},
                                last_candidate));
      continue;
    }
    const Answer& answer = candidate.answer;
    if (response.show_thoughts) {
      for (const std::string_view piece : pieces(answer.reasoning)) {
        add(text_part(piece, true, ""), candidate.index);
      }
    }
    for (const std::string_view piece : pieces(answer.text))
      add(text_part(piece, false, ""), candidate.index);
    for (std::size_t i = 0; i < answer.calls.size(); ++i)
      add(call_part(response, candidate, i), candidate.index);
    // The end comes with an empty text; with Gemini 3 that part carries the signature of the text before it.
    const bool sign_text = response.signatures && answer.calls.empty();
    const std::string end = text_part("", false, sign_text ? signature_of(response) : "");
    chunks.push_back(envelope(response, {candidate_json({end}, candidate.index, finish_word(answer.stop))},
                              last_candidate));
  }
  return chunks;
}

}  // namespace dragoman::sandbox::gemini
