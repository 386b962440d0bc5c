// Objects against tables of their fields, worded as Pydantic words it: the shape half of Anthropic's
// validation. The tables come from the parameter types of @anthropic-ai/sdk 1.11.0 (messages.d.ts).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "json/value.h"

namespace dragoman::sandbox::anthropic {

enum class Want : std::uint8_t {
  any,
  text,
  integer,
  number,
  boolean,
  object,
  array,
  text_or_array,
  text_or_object
};

struct Field {
  std::string_view name;
  Want want = Want::any;
  bool required = false;
  bool nullable = false;
  std::string_view one_of = {};  // for text: the values allowed, '|' between them
};

// The first fault as "path.name: what is wrong", or nothing. Fields nobody listed are faults (ANT-41).
std::optional<std::string> check_fields(const std::string& path, json::Value object,
                                        std::span<const Field> fields);

// "'a', 'b' or 'c'" for "a|b|c".
std::string quoted_list(std::string_view alternatives, std::string_view last_separator);

std::string join(const std::string& path, std::string_view name);  // with a dot, unless path is ""

// The fields of a content block, tool, source or thinking configuration of that tag; empty for an unknown
// tag.
struct Tagged {
  std::string_view tag;
  std::span<const Field> fields;
};
// Checks `object` against the row of `table` that its "type" names; the tag becomes part of the path.
std::optional<std::string> check_tagged(const std::string& path, json::Value object,
                                        std::span<const Tagged> table);

std::span<const Tagged> content_blocks();  // of messages
std::span<const Tagged> result_blocks();   // inside a tool_result
std::span<const Tagged> image_sources();
std::span<const Tagged> document_sources();
std::span<const Tagged> tools();  // "custom" first; a tool without type is custom
std::span<const Tagged> tool_choices();
std::span<const Tagged> thinking_types();
std::span<const Tagged> callers();
std::span<const Field> text_block();  // system prompts
std::span<const Field> message();
std::span<const Field> request();
std::span<const Field> count_request();
std::span<const Field> cache_control();
std::span<const Field> output_config();
std::span<const Field> output_format();
std::span<const Field> metadata();
std::span<const Field> citations_config();

}  // namespace dragoman::sandbox::anthropic
