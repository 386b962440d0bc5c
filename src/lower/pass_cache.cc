// ANT-42, ANT-43: prompt-cache markers, as many as the target takes and in an order it takes.
#include <algorithm>
#include <utility>

#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Message;
using canon::ToolResult;

// Chat Completions has no place for a marker on a tool message: the last text in it carries it.
void markers_into_results(Context& c) {
  if (c.wire.name != canon::DialectName::openai_chat) return;
  for (Message& message : c.draft.messages)
    for (Block& block : message.blocks) {
      auto* result = std::get_if<ToolResult>(&block.body);
      if (!result || !block.cache.set || result->content.empty()) continue;
      if (!result->content.back().cache.set) result->content.back().cache = block.cache;
      block.cache = {};
    }
}

// Results stand together in Converse: a cachePoint between them waits until behind the last.
void markers_behind_results(Context& c) {
  if (c.wire.name != canon::DialectName::bedrock_converse) return;
  for (Message& message : c.draft.messages)
    for (std::size_t i = 0; i < message.blocks.size(); ++i) {
      auto* result = std::get_if<ToolResult>(&message.blocks[i].body);
      if (!result) continue;
      Block& block = message.blocks[i];
      for (Block& part : result->content)
        if (part.cache.set) block.cache = std::exchange(part.cache, {});
      const bool last =
          i + 1 == message.blocks.size() || !std::holds_alternative<ToolResult>(message.blocks[i + 1].body);
      if (last || !block.cache.set) continue;
      c.edit("ANT-42", block.pointer, "cache_control", "between tool results", "behind them", Loss::none);
      message.blocks[i + 1].cache = std::exchange(block.cache, {});
    }
}

// ANT-42: a marker of the whole request, which the API puts behind the last block, takes one of the places.
canon::Extra* whole_marker(Context& c) {
  const auto at = std::ranges::find(c.draft.extra, "cache_control", &canon::Extra::key);
  const bool counts = c.wire.name == canon::DialectName::anthropic_messages && at != c.draft.extra.end() &&
                      at->value.is_object();
  return counts ? &*at : nullptr;
}

// A marker inside what only Anthropic knows (blocks of its own, its server's tools), which goes to it as it
// came: counted like any other, and put back into `source` when all is decided.
struct Verbatim {
  json::Value* source;
  canon::CacheMarker* marker;
  std::string_view ttl;  // as the client wrote it
};

void note_verbatim(json::Value& source, canon::CacheMarker& marker, std::vector<Verbatim>& out) {
  const json::Value said = source["cache_control"];
  if (!said.is_object()) return;
  marker = {true, said["ttl"].text()};
  out.push_back({&source, &marker, marker.ttl});
}

void note_verbatim(std::vector<Block>& blocks, std::vector<Verbatim>& out) {
  for (Block& block : blocks) {
    if (auto* result = std::get_if<ToolResult>(&block.body)) note_verbatim(result->content, out);
    if (auto* foreign = std::get_if<canon::Foreign>(&block.body))
      note_verbatim(foreign->source, block.cache, out);
  }
}

std::vector<Verbatim> verbatim_markers(Context& c) {
  std::vector<Verbatim> out;
  if (c.wire.name != canon::DialectName::anthropic_messages) return out;
  for (canon::Tool& tool : c.draft.tools)
    if (tool.kind == canon::ToolKind::server) note_verbatim(tool.source, tool.cache, out);
  for (Message& message : c.draft.messages) note_verbatim(message.blocks, out);
  return out;
}

// Takes out of the sources, or shortens there, what was taken out or shortened of their markers.
void write_verbatim(Context& c, const std::vector<Verbatim>& all) {
  json::Builder build(c.arena);
  for (const auto& [source, marker, ttl] : all) {
    if (!marker->set)
      *source = build.without(*source, "cache_control");
    else if (marker->ttl != ttl)
      *source = build.with(*source, "cache_control", build.without((*source)["cache_control"], "ttl"));
  }
}

// Nor one on a call: the text in front of it carries it. What both end is the same prefix but for the call.
void markers_off_calls(Context& c) {
  if (c.wire.name != canon::DialectName::openai_chat) return;
  for (Message& message : c.draft.messages) {
    Block* text = nullptr;
    for (Block& block : message.blocks) {
      if (std::holds_alternative<canon::Text>(block.body)) text = &block;
      if (!std::holds_alternative<canon::ToolCall>(block.body) || !block.cache.set) continue;
      const bool moves = text && !text->cache.set;
      c.edit(Setting::cache_markers, "ANT-42", block.pointer, "cache_control", "on a call",
             moves ? "on the text before it" : "", Loss::none);
      if (moves) text->cache = block.cache;
      block.cache = {};
    }
  }
}

struct Marker {
  enum class Of { tools, system, messages };
  canon::CacheMarker* marker;
  std::string_view pointer;
  Of of;
};

// ANT-42: of more markers than the target takes, the last of the tools, the last of the system text and those
// of the newest messages stay; what is left of the places goes to the latest others.
std::vector<bool> kept_markers(const std::vector<Marker>& markers, std::size_t most) {
  std::vector<bool> keep(markers.size(), false);
  std::size_t room = most;
  const auto take = [&](std::size_t i) {
    if (room == 0 || keep[i]) return;
    keep[i] = true;
    --room;
  };
  const auto last_of = [&](Marker::Of of) {
    for (std::size_t i = markers.size(); i-- > 0;)
      if (markers[i].of == of) return take(i);
  };
  if (most > 2) {  // with one or two places the longest prefixes are worth most
    last_of(Marker::Of::tools);
    last_of(Marker::Of::system);
  }
  for (std::size_t i = markers.size(); i-- > 0;)
    if (markers[i].of == Marker::Of::messages) take(i);
  for (std::size_t i = markers.size(); i-- > 0;) take(i);
  return keep;
}

}  // namespace

void pass_cache(Context& c) {
  const std::int64_t most = c.profile.integer(Setting::cache_markers);
  if (most > 0) {
    markers_into_results(c);
    markers_behind_results(c);
    markers_off_calls(c);
  }
  canon::Extra* whole = whole_marker(c);
  const std::vector<Verbatim> verbatim = verbatim_markers(c);
  std::vector<Marker> all;
  for (canon::Tool& tool : c.draft.tools)
    if (tool.cache.set) all.push_back({&tool.cache, tool.pointer, Marker::Of::tools});
  for (Message& message : c.draft.messages) {
    const auto of = canon::is_system(message) ? Marker::Of::system : Marker::Of::messages;
    for (Block& block : message.blocks) {
      if (block.cache.set) all.push_back({&block.cache, block.pointer, of});
      if (auto* result = std::get_if<ToolResult>(&block.body))
        for (Block& part : result->content)
          if (part.cache.set) all.push_back({&part.cache, part.pointer, of});
    }
  }
  const std::vector<bool> keep =
      kept_markers(all, static_cast<std::size_t>(std::max<std::int64_t>(most - (whole ? 1 : 0), 0)));
  std::vector<Marker> markers;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (keep[i]) {
      markers.push_back(all[i]);
      continue;
    }
    c.edit(Setting::cache_markers, "ANT-42", all[i].pointer, "cache_control", "marker", "", Loss::none);
    *all[i].marker = {};
  }
  bool short_before = false;
  for (const Marker& at : markers) {
    std::string_view& ttl = at.marker->ttl;
    // ANT-43: none may outlive one that stands before it.
    if (ttl == "1h" && short_before && c.flag(Setting::cache_ttl)) {
      c.edit("ANT-43", at.pointer, "ttl", "1h after 5m", "5m", Loss::none);
      ttl = {};
    }
    short_before |= ttl != "1h";
    if (ttl.empty() || c.flag(Setting::cache_ttl)) continue;
    c.edit(Setting::cache_ttl, "ANT-43", at.pointer, "ttl", std::string(ttl), "", Loss::none);
    ttl = {};
  }
  if (whole && short_before && whole->value["ttl"].text() == "1h") {
    c.edit("ANT-43", whole->pointer, "ttl", "1h after 5m", "5m", Loss::none);
    whole->value = json::Builder(c.arena).without(whole->value, "ttl");
  }
  write_verbatim(c, verbatim);
}

}  // namespace dragoman::lower
