#include "sandbox/script.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "json/write.h"

namespace dragoman::sandbox {

Result<void> PlayBook::script(json::Value spec) {
  const auto glob = [&](std::string_view key) {
    return spec[key].is_string() ? std::string(spec[key].text()) : std::string("*");
  };
  Script made{glob("provider"), glob("model"), {}};
  const json::Value turns = spec["turns"];
  if (!turns.is_array() || turns.items().empty())
    return fail("expected a list of turns, each with calls or text", "/turns");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < turns.items().size(); ++i) {
    const json::Value turn = turns.at(i);
    if (!turn["calls"].is_array() && !turn["text"].is_string())
      return fail("expected \"calls\" or \"text\"", fmt::format("/turns/{}", i));
    if (!turn["calls"].items().empty()) names.clear();
    Say say;
    say.text = turn["text"].text();
    for (const json::Value call : turn["calls"].items()) {
      if (!call["name"].is_string() || !call["arguments"].is_object())
        return fail("a call needs a name and arguments", fmt::format("/turns/{}/calls", i));
      names.push_back(fmt::format("\"{}\"", call["name"].text()));
      say.calls.push_back(
          {std::string(call["name"].text()), json::dump_compact(call["arguments"]), scripted_id(call)});
    }
    made.turns.push_back({std::move(say), names, 0});
  }
  const std::lock_guard lock(mutex_);
  scripts_.push_back(std::move(made));
  return {};
}

void PlayBook::clear() {
  const std::lock_guard lock(mutex_);
  scripts_.clear();
}

std::optional<PlayBook::Turn> PlayBook::take(std::string_view provider, std::string_view model,
                                             std::string_view body) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < scripts_.size(); ++i) {
    Script& script = scripts_[i];
    if (script.turns.empty() || !glob_match(script.provider, provider) || !glob_match(script.model, model))
      continue;
    const Turn& next = script.turns.front();
    if (!std::ranges::all_of(next.names, [&](const std::string& name) { return body.contains(name); }))
      continue;
    Turn turn = next;
    turn.script = i;
    script.turns.pop_front();
    return turn;
  }
  return std::nullopt;
}

void PlayBook::give_back(Turn turn) {
  const std::lock_guard lock(mutex_);
  if (turn.script >= scripts_.size()) return;  // cleared meanwhile
  auto& turns = scripts_[turn.script].turns;
  turns.push_front(std::move(turn));
}

}  // namespace dragoman::sandbox
