// A YAML document as a plain tree with positions: what yaml-cpp's events say, without its mutable nodes.
//
// Duplicate keys are errors, anchors and aliases are copied out, merge keys ("<<") are merged. Bounded: 4 MiB
// of text, 200,000 nodes after aliases, 64 levels. Pure.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "config/error.h"

namespace dragoman::config {

struct Entry;

struct Document {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text = {};     // of a scalar
  bool quoted = false;       // a string whatever it looks like
  bool substituted = false;  // came from the environment: never shown in an error
  int line = 0;
  int column = 0;
  std::vector<Document> items;
  std::vector<Entry> entries;

  bool is_null() const { return kind == Kind::null; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }
  const Document* find(std::string_view key) const;  // of a map; null if it has no such entry
};

struct Entry {
  std::string key;
  int line = 0;
  int column = 0;
  Document value;
};

// An empty text is a null document.
std::expected<Document, ConfigErrors> parse_document(std::string_view text, std::string_view file);

// "a map", "a list", "nothing", "'text'" (or "a value from the environment").
std::string shown(const Document& document);

// JSON text of the same value; plain scalars are typed by YAML's core schema, quoted ones are strings.
std::string to_json(const Document& document);

}  // namespace dragoman::config
