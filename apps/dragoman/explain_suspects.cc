#include "explain_suspects.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"

namespace dragoman::app {
namespace {

constexpr std::size_t kMost = 6;

using Key = std::pair<std::string, std::string>;  // pointer, keyword

// Places of one kind: "/tools/#/function".
std::string kind_of(std::string_view pointer) {
  std::string out;
  for (const std::string_view token : split(pointer, '/'))
    out.append("/").append(token.find_first_not_of("0123456789") == std::string_view::npos ? "#" : token);
  return out;
}

std::string tool_at(const ClientRequest& request, std::string_view pointer) {
  for (const canon::Tool& tool : request.conversation.tools)
    if (!tool.pointer.empty() &&
        (pointer == tool.pointer || pointer.starts_with(std::string(tool.pointer) + "/")))
      return std::string(tool.name);
  return "";
}

class Collector {
 public:
  Collector(const Offline& offline, const ClientRequest& request) : offline_(offline), request_(request) {}

  void ask(const OfflineTarget& target, const std::set<Key>& known) {
    Arena arena;
    const auto outcome = offline_.lower(request_, target, arena);
    if (!outcome) return;
    ++asked_;
    if (outcome->refused) {
      add({outcome->refused->pointer, ""}, outcome->refused->reason, target.name(), known);
      return;
    }
    std::set<Key> once;
    for (std::size_t i = 0; i < outcome->lowered.edits.size(); ++i) {
      const lower::Edit& edit = outcome->lowered.edits[i];
      // A dialect that spells something in another way refuses nothing.
      if (canon::dialect_named(edit.rule) || outcome->sources[i] == "the dialect has no word for it")
        continue;
      const Key key{edit.pointer, edit.keyword};
      if (once.insert(key).second) add(key, outcome->sources[i], target.name(), known);
    }
  }

  Suspects take() {
    Suspects out{.asked = asked_};
    std::map<Key, std::size_t> kinds;
    for (auto& [key, suspect] : found_) {
      const auto [at, added] = kinds.emplace(Key{kind_of(key.first), key.second}, out.list.size());
      if (added) {
        out.list.push_back(std::move(suspect));
        continue;
      }
      Suspect& first = out.list[at->second];
      ++first.places;
      first.targets = std::max(first.targets, suspect.targets);
    }
    std::ranges::stable_sort(out.list, std::ranges::greater(), &Suspect::targets);
    if (out.list.size() > kMost) out.list.resize(kMost);
    return out;
  }

  std::set<Key> keys() const {
    std::set<Key> out;
    for (const auto& [key, suspect] : found_) out.insert(key);
    return out;
  }

 private:
  void add(const Key& key, std::string why, const std::string& by, const std::set<Key>& known) {
    if (known.contains(key)) return;
    Suspect& suspect = found_[key];
    if (suspect.targets++ > 0) return;
    suspect.pointer = key.first;
    suspect.keyword = key.second;
    suspect.tool = tool_at(request_, key.first);
    suspect.why = std::move(why);
    suspect.by = by;
  }

  const Offline& offline_;
  const ClientRequest& request_;
  std::map<Key, Suspect> found_;
  std::size_t asked_ = 0;
};

}  // namespace

Suspects find_suspects(const Offline& offline, const ClientRequest& request, std::string_view target,
                       bool sent_through) {
  Collector own(offline, request);
  if (!target.empty())
    if (const auto found = offline.find(target)) own.ask(*found, {});
  const std::set<Key> known = own.keys();
  if (!sent_through && !known.empty()) return own.take();
  Collector others(offline, request);
  for (const OfflineTarget& other : offline.all(request.texts.has_value())) others.ask(other, known);
  return others.take();
}

}  // namespace dragoman::app
