// Makers of the fields that many sections have, so that a section's table reads like its documentation.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"
#include "config/fields.h"

namespace dragoman::config {

inline constexpr std::int64_t kMaxCount = 1'000'000;

// Fields hold references to what they fill and to this: both must outlive the table.
struct FieldMaker {
  Reader& reader;

  // ------------------------------------------------------------------------------------------------
  Reader::Field count(std::string_view name, int& out, std::int64_t min = 0, std::int64_t max = kMaxCount) {
    return {name, [this, &out, min, max](const Place& p) {
              std::int64_t value = out;
              reader.integer(p, min, max, value);
              out = static_cast<int>(value);
            }};
  }
  Reader::Field duration(std::string_view name, milliseconds& out) {
    return {name, [this, &out](const Place& p) { reader.duration(p, out); }};
  }
  Reader::Field text(std::string_view name, std::string& out) {
    return {name, [this, &out](const Place& p) { reader.text(p, out); }};
  }
  Reader::Field boolean(std::string_view name, bool& out) {
    return {name, [this, &out](const Place& p) { reader.boolean(p, out); }};
  }
  Reader::Field secret(std::string_view name, Secret& out) {
    return {name, [this, &out](const Place& p) {
              std::string value;
              reader.text(p, value);
              out = Secret(std::move(value));
            }};
  }
  Reader::Field named_texts(std::string_view name, NamedTexts& out) {
    return {name, [this, &out](const Place& p) {
              reader.entries(p, [&](const Entry& entry, const Place& value) {
                std::string one;
                reader.text(value, one);
                out.emplace_back(entry.key, std::move(one));
              });
            }};
  }
  Reader::Field params(std::string_view name, std::vector<DefaultParam>& out) {
    return {name, [this, &out](const Place& p) {
              reader.entries(p, [&](const Entry& entry, const Place&) {
                out.push_back({entry.key, to_json(entry.value), canon::param_named(entry.key)});
              });
            }};
  }
};

}  // namespace dragoman::config
