#include "lower/schema_leave.h"

#include <algorithm>

#include "base/same_text.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

Value among(std::span<const Member> members, std::string_view key) {
  for (const Member& member : members)
    if (member.value && member.key == key) return member.value;
  return {};
}

bool empty_schema(Value value) {
  return (value.is_bool() && value.boolean()) || (value.is_object() && value.members().empty());
}

}  // namespace

bool says_nothing(const Keyword* keyword, const Member& member, std::span<const Member> siblings) {
  if (!keyword || keyword->note) return true;
  const Value value = member.value;
  const auto has = [&](std::string_view key) { return static_cast<bool>(among(siblings, key)); };
  switch (keyword->row) {
    case Row::additional_schema:
      // Beside unevaluated… even `true` says something: the member has been looked at.
      return !has("unevaluatedProperties") && empty_schema(value);
    case Row::unevaluated_properties:
    case Row::unevaluated_items:
    case Row::property_names:
      return empty_schema(value);
    case Row::additional_items:
      return !among(siblings, "items").is_array();
    case Row::unique_items:
    case Row::nullable:
      return !value.boolean();
    case Row::min_items:
    case Row::min_length:
    case Row::min_properties:
      return value.number() <= 0;
    case Row::multiple_of:
      return value.number() == 1 && among(siblings, "type").text() == "integer";
    case Row::pattern_properties:
    case Row::dependent_required:
    case Row::dependent_schemas:
    case Row::dependencies:
      return value.members().empty();
    case Row::min_contains:
    case Row::max_contains:
      return !has("contains");
    case Row::conditional:
      return member.key == "if" ? !has("then") && !has("else") : !has("if");
    default:
      return false;
  }
}

std::optional<LeftOut> left_untried(const Column& column, const Keyword* keyword, const Member& member,
                                    std::span<const Member> siblings) {
  if (keyword && keyword->holds == Holds::map) return std::nullopt;
  if (!keyword) return LeftOut{};
  if (keyword->row == Row::description || !says_nothing(keyword, member, siblings)) return std::nullopt;
  static constexpr Row kTelling[] = {Row::title,   Row::default_value,    Row::examples,
                                     Row::example, Row::content_encoding, Row::content_media_type};
  const bool tells = std::ranges::find(kTelling, keyword->row) != std::end(kTelling);
  if (tells && column[Row::description] != Cell::ok) return std::nullopt;
  return LeftOut{keyword->row, Loss::none, tells};
}

LeftOut left_refused(const Keyword* keyword, const Member& member, std::span<const Member> siblings) {
  LeftOut out;
  if (keyword) out.row = keyword->row;
  const Value value = member.value;
  const bool is_more = out.row == Row::additional_schema;
  if (is_more && value.is_bool()) out.row = value.boolean() ? Row::additional_true : Row::additional_false;
  const bool nothing = says_nothing(keyword, member, siblings);
  out.loss = nothing ? Loss::none : Loss::widened;
  // Closedness would be said on every object of a schema; a model needs no telling.
  const bool closes = is_more && value.is_bool();
  out.hint = (!nothing && !closes) || out.row == Row::default_value;
  return out;
}

std::optional<LeftOut> left_at_root(const SchemaTarget& target, const Column& column, const Member& member) {
  LeftOut out;
  bool taken =
      target.root_keys.empty() || std::ranges::find(target.root_keys, member.key) != target.root_keys.end();
  if (taken && target.object_root) {
    const bool annotation = member.key == "$schema" || member.key == "title" || member.key == "description";
    if (annotation && column.rejects(out.row = Row::root_notes)) taken = false;
    if (member.key == "additionalProperties" && column.rejects(out.row = Row::root_additional)) taken = false;
  }
  if (taken) return std::nullopt;
  const Keyword* keyword = find_keyword(member.key);
  const bool open = member.key == "additionalProperties" && member.value.boolean();
  out.loss = !keyword || keyword->note || open ? Loss::none : Loss::widened;
  return out;
}

}  // namespace dragoman::lower
