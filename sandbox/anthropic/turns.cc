#include "sandbox/anthropic/turns.h"

namespace dragoman::sandbox::anthropic {

std::vector<Turn> read_turns(json::Value messages) {
  std::vector<Turn> turns;
  for (std::size_t i = 0; i < messages.items().size(); ++i) {
    const json::Value message = messages.at(i);
    const std::string_view role = message["role"].text();
    if (turns.empty() || turns.back().role != role) turns.push_back({role, i, {}});
    const json::Value content = message["content"];
    if (content.is_string()) turns.back().blocks.push_back({"text", content, i, 0, true});
    for (std::size_t j = 0; j < content.items().size(); ++j) {
      turns.back().blocks.push_back({content.at(j)["type"].text(), content.at(j), i, j});
    }
  }
  return turns;
}

std::string text_of(json::Value content) {
  if (content.is_string()) return std::string(content.text());
  std::string out;
  for (const json::Value& block : content.items()) {
    if (block["type"].text() != "text") continue;
    if (!out.empty()) out += '\n';
    out += block["text"].text();
  }
  return out;
}

}  // namespace dragoman::sandbox::anthropic
