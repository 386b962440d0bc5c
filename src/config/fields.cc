#include "config/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/strings.h"
#include "config/units.h"

namespace dragoman::config {

std::string suggest(std::string_view word, const std::vector<std::string_view>& words) {
  if (const auto near = nearest(word, words)) return fmt::format("did you mean '{}'?", *near);
  std::string out = "one of ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += ", ";
    out += words[i];
  }
  return out;
}

void Reader::fault(const Place& place, std::string message, std::string suggestion) {
  fault_at(place.value->line, place.value->column, place.path, std::move(message), std::move(suggestion));
}

void Reader::fault_at(int line, int column, std::string path, std::string message, std::string suggestion) {
  errors_.push_back({file_, line, column, std::move(path), std::move(message), std::move(suggestion)});
}

void Reader::map(const Place& place, const std::vector<Field>& fields) {
  if (place.value->is_null()) return;
  if (!place.value->is_map()) {
    fault(place, "expected a map, found " + shown(*place.value));
    return;
  }
  for (const Entry& entry : place.value->entries) {
    const auto field = std::ranges::find_if(fields, [&](const Field& f) { return f.name == entry.key; });
    if (field == fields.end()) {
      std::vector<std::string_view> names;
      for (const Field& f : fields) names.push_back(f.name);
      fault_at(entry.line, entry.column, place.at(entry).path, fmt::format("unknown key '{}'", entry.key),
               suggest(entry.key, names));
      continue;
    }
    if (!entry.value.is_null()) field->read(place.at(entry));
  }
}

void Reader::text(const Place& place, std::string& out) {
  if (!place.value->is_scalar()) {
    fault(place, "expected text, found " + shown(*place.value));
    return;
  }
  out = place.value->text;
}

void Reader::boolean(const Place& place, bool& out) {
  const std::string word = place.value->is_scalar() ? lower_ascii(place.value->text) : "";
  if (word == "true") {
    out = true;
  } else if (word == "false") {
    out = false;
  } else {
    fault(place, "expected true or false, found " + shown(*place.value));
  }
}

void Reader::integer(const Place& place, std::int64_t min, std::int64_t max, std::int64_t& out) {
  const std::string& text = place.value->text;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!place.value->is_scalar() || text.empty() || error != std::errc{} || end != text.data() + text.size() ||
      value < min || value > max) {
    fault(place,
          fmt::format("expected a whole number from {} to {}, found {}", min, max, shown(*place.value)));
    return;
  }
  out = value;
}

void Reader::number(const Place& place, double min, double max, double& out) {
  const std::string& text = place.value->text;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!place.value->is_scalar() || text.empty() || error != std::errc{} || end != text.data() + text.size() ||
      !(value >= min && value <= max)) {
    fault(place, fmt::format("expected a number from {} to {}, found {}", min, max, shown(*place.value)));
    return;
  }
  out = value;
}

void Reader::duration(const Place& place, std::chrono::milliseconds& out) {
  const auto value = place.value->is_scalar() ? parse_duration(place.value->text) : std::nullopt;
  if (!value) {
    fault(place, "expected a duration like 500ms, 30s or 2m, found " + shown(*place.value));
    return;
  }
  out = *value;
}

void Reader::size(const Place& place, std::uint64_t& out) {
  const auto value = place.value->is_scalar() ? parse_size(place.value->text) : std::nullopt;
  if (!value) {
    fault(place, "expected a size like 512KiB or 32MiB, found " + shown(*place.value));
    return;
  }
  out = *value;
}

void Reader::word(const Place& place, const std::vector<std::string_view>& words, std::string& out) {
  if (place.value->is_scalar() && std::ranges::find(words, place.value->text) != words.end()) {
    out = place.value->text;
    return;
  }
  fault(place, "expected a known word, found " + shown(*place.value),
        suggest(place.value->substituted ? std::string_view{} : std::string_view(place.value->text), words));
}

void Reader::texts(const Place& place, std::vector<std::string>& out) {
  each(place, [&](const Place& item) {
    std::string one;
    const std::size_t before = errors_.size();
    text(item, one);
    if (errors_.size() == before) out.push_back(std::move(one));
  });
}

void Reader::each(const Place& place, const std::function<void(const Place&)>& read) {
  if (place.value->is_null()) return;
  if (!place.value->is_list()) {
    read(place);
    return;
  }
  for (std::size_t i = 0; i < place.value->items.size(); ++i) read(place.at(i));
}

void Reader::entries(const Place& place, const std::function<void(const Entry&, const Place&)>& read) {
  if (place.value->is_null()) return;
  if (!place.value->is_map()) {
    fault(place, "expected a map, found " + shown(*place.value));
    return;
  }
  for (const Entry& entry : place.value->entries) read(entry, place.at(entry));
}

}  // namespace dragoman::config
