// `compat:` of a config: OpenClaw's flags with their names and meanings, each a rule of its own.
#include <fmt/format.h>

#include <algorithm>

#include "config/readers.h"
#include "profile/compat.h"

namespace dragoman::config {
namespace {

using profile::CompatFlag;
using profile::CompatType;
using profile::CompatValue;

bool read_value(const CompatFlag& flag, const Place& place, Reader& reader, CompatValue& out) {
  const Document& value = *place.value;
  const auto wrong = [&](std::string_view wanted) {
    reader.fault(place, fmt::format("expected {}, found {}", wanted, shown(value)), flag.meaning);
    return false;
  };
  switch (flag.type) {
    case CompatType::boolean:
      if (!value.is_scalar() || value.quoted || (value.text != "true" && value.text != "false"))
        return wrong("true or false");
      out.word = value.text;
      return true;
    case CompatType::word: {
      const auto words = flag.words();
      if (!value.is_scalar() || std::ranges::find(words, value.text) == words.end()) {
        reader.fault(
            place, fmt::format("expected a known word, found {}", shown(value)),
            suggest(value.is_scalar() && !value.substituted ? std::string_view(value.text) : "", words));
        return false;
      }
      out.word = value.text;
      return true;
    }
    case CompatType::list:
      if (!value.is_list()) return wrong("a list of words");
      for (const Document& item : value.items) {
        if (!item.is_scalar() || item.text.empty()) return wrong("a list of words");
        out.entries.push_back(item.text);
      }
      return true;
    case CompatType::map:
      if (!value.is_map()) return wrong("a map of words");
      for (const Entry& entry : value.entries) {
        if (!entry.value.is_scalar() || entry.value.text.empty() || entry.key.contains('='))
          return wrong("a map of words");
        out.entries.push_back(entry.key + "=" + entry.value.text);
      }
      return true;
    case CompatType::object:
      if (!value.is_map()) return wrong("an object");
      out.json = to_json(value);
      return true;
  }
  return false;
}

}  // namespace

std::vector<profile::Rule> read_compat(const Place& place, const profile::CompatTable& table, Reader& reader,
                                       Reader& warn) {
  // Laid in the table's order, whatever the file's.
  std::vector<std::pair<const CompatFlag*, profile::Rule>> found;
  reader.entries(place, [&](const Entry& entry, const Place& value) {
    const CompatFlag* flag = table.find(entry.key);
    if (flag == nullptr) {
      std::vector<std::string_view> names;
      for (const CompatFlag& f : table.flags()) names.push_back(f.name);
      reader.fault_at(entry.line, entry.column, value.path,
                      fmt::format("unknown compat flag '{}'", entry.key), suggest(entry.key, names));
      return;
    }
    if (entry.value.is_null()) return;
    CompatValue read;
    if (!read_value(*flag, value, reader, read)) return;
    if (!flag->idle.empty()) {
      warn.fault_at(entry.line, entry.column, value.path, "changes nothing here: " + flag->idle);
      return;
    }
    if (auto rule = flag->rule(read)) found.emplace_back(flag, std::move(*rule));
  });
  std::ranges::sort(found, {}, [](const auto& f) { return f.first; });
  std::vector<profile::Rule> out;
  for (auto& [flag, rule] : found) out.push_back(std::move(rule));
  return out;
}

}  // namespace dragoman::config
