// The conversation's part of request_parts.h: what belongs together there.
#include <algorithm>
#include <map>
#include <numeric>

#include "failure/request_parts.h"
#include "failure/request_shape.h"

namespace dragoman::failure {

using json::pointer_join;
using json::Value;

struct RequestParts::Link {
  std::string id;  // the same for a call and its result
  std::size_t message;
  std::string pointer;  // of the block, or of the message that is nothing else
  bool result;
};

std::vector<RequestParts::Link> RequestParts::links() const {
  std::vector<Link> out;
  std::map<std::string, int, std::less<>> nth_call, nth_result;  // Gemini's calls may have no id
  for (std::size_t i = 0; i < messages_.items().size(); ++i) {
    const Value m = messages_.at(i);
    const std::string at = pointer_join(messages_at_, i);
    const auto add = [&](std::string id, std::string pointer, bool result) {
      if (!id.empty()) out.push_back({std::move(id), i, std::move(pointer), result});
    };
    for (std::size_t k = 0; k < m["tool_calls"].items().size(); ++k)
      add(std::string(m["tool_calls"].at(k)["id"].text()), pointer_join(at + "/tool_calls", k), false);
    add(std::string(m["tool_call_id"].text()), at, true);
    if (m["call_id"]) add(std::string(m["call_id"].text()), at, m["type"].text().ends_with("_output"));
    // Responses: reasoning goes with the item it led to.
    if (m["type"].text() == "reasoning" && i + 1 < messages_.items().size()) {
      add("reasoning " + std::to_string(i), at, false);
      out.push_back({"reasoning " + std::to_string(i), i + 1, pointer_join(messages_at_, i + 1), true});
    }
    const Value content = m["parts"] ? m["parts"] : m["content"];
    const std::string blocks = at + (m["parts"] ? "/parts" : "/content");
    for (std::size_t k = 0; k < content.items().size(); ++k) {
      const Value block = content.at(k);
      const std::string block_at = pointer_join(blocks, k);
      if (block["type"].text().ends_with("tool_use")) add(std::string(block["id"].text()), block_at, false);
      add(std::string(block["tool_use_id"].text()), block_at, true);
      add(std::string(block["toolUse"]["toolUseId"].text()), block_at, false);
      add(std::string(block["toolResult"]["toolUseId"].text()), block_at, true);
      for (const bool result : {false, true}) {
        const Value call = block[result ? "functionResponse" : "functionCall"];
        if (!call) continue;
        std::string id(call["id"].text());
        const std::string name(call["name"].text());
        if (id.empty()) id = name + " " + std::to_string((result ? nth_result : nth_call)[name]++);
        add(std::move(id), block_at, result);
      }
    }
  }
  return out;
}

// By message: the first message of those it goes with.
std::vector<std::size_t> RequestParts::units(const std::vector<Link>& links) const {
  std::vector<std::size_t> of(messages_.items().size());
  std::iota(of.begin(), of.end(), std::size_t{0});
  std::map<std::string, std::size_t, std::less<>> seen;
  for (const Link& link : links) {
    const auto [known, added] = seen.emplace(link.id, of[link.message]);
    const std::size_t from = of[link.message], to = of[known->second];
    if (added || from == to) continue;
    for (std::size_t& unit : of)
      if (unit == std::max(from, to)) unit = std::min(from, to);
  }
  return of;
}

// A user who says something of his own, not only a tool's result.
bool RequestParts::asks(Value m) const {
  if (m["role"].text() != "user") return false;
  const Value content = m["parts"] ? m["parts"] : m["content"];
  return std::ranges::none_of(content.items(), [](Value block) {
    return block["tool_use_id"] || block["toolResult"] || block["functionResponse"];
  });
}

std::vector<Part> RequestParts::turns() const {
  const std::vector<std::size_t> unit = units(links());
  std::vector<Part> out;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const std::string at = pointer_join(messages_at_, i);
    const bool system =
        messages_.at(i)["role"].text() == "system" || messages_.at(i)["role"].text() == "developer";
    const bool begins = out.empty() || asks(messages_.at(i)) || system ||
                        (i > 0 && (messages_.at(i - 1)["role"].text() == "system" ||
                                   messages_.at(i - 1)["role"].text() == "developer"));
    if (begins && unit[i] == i)
      out.push_back({Part::Kind::turn, at});
    else
      out.back().also.push_back(at);
  }
  return out;
}

std::vector<Part> RequestParts::units_of(const Part& turn) const {
  const std::vector<std::size_t> unit = units(links());
  std::vector<std::string> messages = turn.also;
  messages.insert(messages.begin(), turn.pointer);
  std::map<std::size_t, Part> by_unit;
  for (const std::string& at : messages) {
    const auto [part, added] = by_unit.try_emplace(unit[message_of(at)], Part{Part::Kind::unit, at});
    if (!added) part->second.also.push_back(at);
  }
  std::vector<Part> out;
  for (auto& [first, part] : by_unit) out.push_back(std::move(part));
  return out;
}

std::vector<Part> RequestParts::pieces_of(const Part& unit) const {
  std::vector<std::string> messages = unit.also;
  messages.insert(messages.begin(), unit.pointer);
  std::vector<Part> out;
  std::map<std::string, std::size_t> call_at;  // by a call's id, its part
  std::map<std::string, std::size_t> taken;    // by pointer, the part it is in
  for (const Link& link : links()) {
    const bool mine = std::ranges::any_of(messages, [&](const std::string& at) {
      return link.pointer == at || link.pointer.starts_with(at + "/");
    });
    if (!mine) continue;
    const auto here = taken.find(link.pointer);  // an item that goes with two others
    const auto [call, added] = call_at.emplace(link.id, here == taken.end() ? out.size() : here->second);
    if (here != taken.end()) continue;
    taken.emplace(link.pointer, call->second);
    if (call->second < out.size())
      out[call->second].also.push_back(link.pointer);
    else
      out.push_back({Part::Kind::node, link.pointer});
  }
  for (const std::string& at : messages) {
    std::vector<Part> pieces;
    children(at, json::resolve(body_, at), pieces);
    for (Part& piece : pieces)
      if (!taken.contains(piece.pointer)) out.push_back(std::move(piece));
  }
  return out;
}

}  // namespace dragoman::failure
