#include "config/promises.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "config/native_parts.h"

namespace dragoman::config {
namespace {

template <class Enum, std::size_t N>
void read_word(const Place& place, Reader& reader, const std::array<std::string_view, N>& words,
               std::optional<Enum>& out) {
  std::string word;
  reader.word(place, {words.begin(), words.end()}, word);
  const auto found = std::ranges::find(words, word);
  if (found != words.end()) out = static_cast<Enum>(found - words.begin());
}

void read_arguments(const Place& place, Reader& reader, PromiseSettings& out) {
  const auto policy = [&](const Place& p) { read_word(p, reader, kArgumentsPolicies, out.arguments); };
  if (!place.value->is_map()) return policy(place);
  reader.map(place, {{"policy", policy},
                     {"tokens",
                      [&](const Place& p) {
                        std::int64_t value = 0;
                        reader.integer(p, 1, 1'000'000'000, value);
                        if (value > 0) out.repair_tokens = value;
                      }},
                     {"time",
                      [&](const Place& p) {
                        out.repair_time = Promises().repair_time;
                        reader.duration(p, *out.repair_time);
                      }},
                     {"otherwise", [&](const Place& p) {
                        std::string word = "report";
                        reader.word(p, {"report", "fail"}, word);
                        out.repair_or_fail = word == "fail";
                      }}});
}

void read_loss(const Place& place, Reader& reader, PromiseSettings& out) {
  if (!place.value->is_map()) {
    // The short form means every edit that loses something.
    std::optional<LossPolicy> all;
    read_word(place, reader, kLossPolicies, all);
    for (std::size_t i = 1; i < kLossClasses.size(); ++i)
      if (all) out.loss[i] = all;
    return;
  }
  std::vector<Reader::Field> fields;
  for (std::size_t i = 0; i < kLossClasses.size(); ++i)
    fields.push_back({kLossClasses[i], [&reader, &out, i](const Place& p) {
                        read_word(p, reader, kLossPolicies, out.loss[i]);
                      }});
  reader.map(place, fields);
}

template <class T>
void inherit(std::optional<T>& mine, const std::optional<T>& outer) {
  if (!mine) mine = outer;
}

}  // namespace

PromiseSettings PromiseSettings::over(const PromiseSettings& outer) const {
  PromiseSettings out = *this;
  inherit(out.arguments, outer.arguments);
  inherit(out.repair_tokens, outer.repair_tokens);
  inherit(out.repair_time, outer.repair_time);
  inherit(out.repair_or_fail, outer.repair_or_fail);
  for (std::size_t i = 0; i < loss.size(); ++i) inherit(out.loss[i], outer.loss[i]);
  return out;
}

Promises PromiseSettings::resolved() const {
  Promises out;
  out.arguments = arguments.value_or(out.arguments);
  out.repair_tokens = repair_tokens.value_or(out.repair_tokens);
  out.repair_time = repair_time.value_or(out.repair_time);
  out.repair_or_fail = repair_or_fail.value_or(out.repair_or_fail);
  for (std::size_t i = 0; i < loss.size(); ++i) out.loss[i] = loss[i].value_or(LossPolicy::allow);
  return out;
}

Reader::Field arguments_field(Reader& reader, PromiseSettings& out) {
  return {"arguments", [&](const Place& p) { read_arguments(p, reader, out); }};
}

Reader::Field loss_field(Reader& reader, PromiseSettings& out) {
  return {"loss", [&](const Place& p) { read_loss(p, reader, out); }};
}

}  // namespace dragoman::config
