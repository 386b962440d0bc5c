// A Converse answer, whole.
#include <algorithm>
#include <utility>
#include <vector>

#include "dialect/bedrock_converse/bedrock_converse.h"
#include "dialect/error_body.h"
#include "json/write.h"

namespace dragoman::dialect::bedrock {
namespace {

using canon::StopReason;

// BRW-11.
constexpr std::pair<std::string_view, StopReason> kStops[] = {
    {"end_turn", StopReason::end_turn},
    {"tool_use", StopReason::tool_use},
    {"max_tokens", StopReason::max_tokens},
    {"stop_sequence", StopReason::stop_sequence},
    {"guardrail_intervened", StopReason::content_filter},
    {"content_filtered", StopReason::content_filter},
    {"malformed_model_output", StopReason::malformed_tool_call},
    {"malformed_tool_use", StopReason::malformed_tool_call},
    {"model_context_window_exceeded", StopReason::context_window},
};

// No count of tokens is this large; sums of counts below it do not overflow.
constexpr std::int64_t kTooMany = std::int64_t{1} << 50;

// Where a citation points, in Bedrock's words and in Anthropic's.
struct Place {
  std::string_view member, type, index, index_to, start, start_to, end, end_to;
};
constexpr Place kPlaces[] = {
    {"documentChar", "char_location", "documentIndex", "document_index", "start", "start_char_index", "end",
     "end_char_index"},
    {"documentPage", "page_location", "documentIndex", "document_index", "start", "start_page_number", "end",
     "end_page_number"},
    {"documentChunk", "content_block_location", "documentIndex", "document_index", "start",
     "start_block_index", "end", "end_block_index"},
    {"searchResultLocation", "search_result_location", "searchResultIndex", "search_result_index", "start",
     "start_block_index", "end", "end_block_index"},
};

canon::Reasoning read_reasoning(json::Value content) {
  canon::Reasoning reasoning;
  reasoning.redacted = content["redactedContent"].text();
  if (reasoning.redacted.empty()) {
    reasoning.text = content["reasoningText"]["text"].text();
    reasoning.signature = content["reasoningText"]["signature"].text();
  }
  // Without a seal (DeepSeek, gpt-oss) it is text like any other.
  if (!reasoning.redacted.empty() || !reasoning.signature.empty()) reasoning.issuer = kIssuer;
  return reasoning;
}

canon::Block read_block(Arena& arena, json::Value source) {
  canon::Block block;
  for (const json::Member& member : source.members()) {
    const json::Value value = member.value;
    if (member.key == "text") {
      block.body = canon::Text{value.text()};
      return block;
    }
    if (member.key == "toolUse" && value["type"].text().empty()) {
      canon::ToolCall call;
      call.id = value["toolUseId"].text();
      call.name = value["name"].text();
      if (value["input"].is_object())
        call.arguments = value["input"];
      else if (value["input"].present())
        call.arguments_text = arena.copy(std::string_view(json::dump_compact(value["input"])));
      block.body = call;
      return block;
    }
    if (member.key == "reasoningContent") {
      block.body = read_reasoning(value);
      return block;
    }
    if (member.key == "citationsContent") {
      std::string text;
      for (const json::Value piece : value["content"].items()) text += piece["text"].text();
      block.body = canon::Text{arena.copy(std::string_view(text))};
      std::vector<json::Value> citations;
      for (const json::Value item : value["citations"].items()) citations.push_back(citation(arena, item));
      if (!citations.empty()) block.citations = json::Builder(arena).array(citations);
      return block;
    }
    if (const auto media = read_media(member.key, value)) {
      block.body = *media;
      return block;
    }
  }
  const auto members = source.members();
  block.body = canon::Foreign{members.empty() ? std::string_view("unknown") : members.front().key, source,
                              name(canon::DialectName::bedrock_converse)};
  return block;
}

}  // namespace

StopReason stop_reason(std::string_view word) {
  for (const auto& [text, reason] : kStops)
    if (text == word) return reason;
  return StopReason::unknown;
}

canon::Usage usage(json::Value tokens) {
  canon::Usage usage;
  if (!tokens.is_object()) return usage;
  const auto count = [&](std::string_view key) {
    const std::int64_t n = tokens[key].integer().value_or(-1);
    return n >= 0 && n < kTooMany ? n : -1;
  };
  usage.cached = count("cacheReadInputTokens");
  usage.cache_write = count("cacheWriteInputTokens");
  usage.output = count("outputTokens");
  usage.input = count("inputTokens");
  if (usage.input >= 0)
    usage.input += std::max<std::int64_t>(usage.cached, 0) + std::max<std::int64_t>(usage.cache_write, 0);
  return usage;
}

json::Value citation(Arena& arena, json::Value source) {
  const json::Builder build(arena);
  std::string cited;
  for (const json::Value piece : source["sourceContent"].items()) cited += piece["text"].text();
  std::vector<json::Member> out;
  const json::Value location = source["location"];
  const auto copy = [&](json::Value value, std::string_view to) {
    if (value.present()) out.push_back({to, value});
  };
  for (const Place& place : kPlaces) {
    const json::Value at = location[place.member];
    if (!at.is_object()) continue;
    const bool search = place.type == "search_result_location";
    out.push_back({"type", build.string(place.type)});
    out.push_back({"cited_text", build.string_copy(cited)});
    copy(at[place.index], place.index_to);
    copy(source["title"], search ? "title" : "document_title");
    if (search) copy(source["source"], "source");
    copy(at[place.start], place.start_to);
    copy(at[place.end], place.end_to);
    return build.object(out);
  }
  out.push_back({"type", build.string("web_search_result_location")});
  out.push_back({"cited_text", build.string_copy(cited)});
  copy(location["web"]["url"], "url");
  copy(source["title"], "title");
  return build.object(out);
}

void write_citation(json::Writer& w, json::Value citation) {
  const std::string_view type = citation["type"].text();
  w.begin_object();
  for (const std::string_view key : {"document_title", "title"})
    if (citation[key].is_string()) {
      w.field("title", citation[key].text());
      break;
    }
  if (citation["source"].is_string()) w.field("source", citation["source"].text());
  w.key("sourceContent").begin_array();
  if (!citation["cited_text"].text().empty())
    w.begin_object().field("text", citation["cited_text"].text()).end_object();
  w.end_array().key("location").begin_object();
  bool known = false;
  for (const Place& place : kPlaces) {
    if (place.type != type) continue;
    known = true;
    w.key(place.member).begin_object();
    for (const auto& [theirs, ours] :
         {std::pair(place.index, place.index_to), std::pair(place.start, place.start_to),
          std::pair(place.end, place.end_to)})
      if (citation[ours].is_number()) w.field(theirs, citation[ours]);
    w.end_object();
  }
  if (!known && citation["url"].is_string())
    w.key("web").begin_object().field("url", citation["url"].text()).end_object();
  w.end_object().end_object();
}

std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, json::Value body) {
  const json::Value message = body["output"]["message"];
  if (!message.is_object()) {
    // Some infrastructure answers 200 with an error ({"Output":{"__type":…}}, {"message":…}).
    const std::string text = json::dump(body);
    canon::UpstreamError error = decode_error(kUnreadableStatus, text, body["Output"]["__type"].text());
    if (error.type.empty()) error.type = kUnreadableType;
    if (!is_error_value(body)) error.message = "the answer has no output.message";
    return std::unexpected(std::move(error));
  }
  canon::Response response;
  response.source = body;
  response.model = body["trace"]["promptRouter"]["invokedModelId"].text();
  response.usage = usage(body["usage"]);
  response.service_tier = body["serviceTier"]["type"].text();
  canon::Choice choice;
  for (const json::Value source : message["content"].items())
    if (source.is_object()) choice.blocks.push_back(read_block(arena, source));
  choice.stop_text = body["stopReason"].text();
  choice.stop = stop_reason(choice.stop_text);
  if (choice.stop == StopReason::malformed_tool_call) {
    canon::UpstreamError error = read_discarded(choice.stop_text, {});
    error.body = json::dump(body);
    return std::unexpected(std::move(error));
  }
  // Claude says which one it was, if the request asked for that field.
  choice.stop_sequence = body["additionalModelResponseFields"]["stop_sequence"].text();
  response.choices.push_back(std::move(choice));
  return response;
}

}  // namespace dragoman::dialect::bedrock
