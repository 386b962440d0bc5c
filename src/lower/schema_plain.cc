#include "lower/schema_plain.h"

#include <algorithm>
#include <bit>

#include "base/same_text.h"
#include "lower/schema_leave.h"
#include "lower/schema_rewriter.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

bool is_taken(Cell cell) { return cell == Cell::ok || cell == Cell::ignore; }

// Constrains values whatever its own value is, so that leaving it out would change what the schema means.
bool constrains(Row row) {
  switch (row) {
    case Row::type:
    case Row::enumeration:
    case Row::constant:
    case Row::properties:
    case Row::required:
    case Row::items:
    case Row::any_of:
    case Row::minimum:
    case Row::maximum:
    case Row::exclusive_minimum:
    case Row::exclusive_maximum:
    case Row::max_length:
    case Row::max_items:
    case Row::max_properties:
    case Row::pattern:
    case Row::format:
      return true;
    default:
      return false;
  }
}

std::uint8_t type_of_name(std::string_view name) {
  if (same_text(name, "string")) return PlainJudge::string;
  if (same_text(name, "object")) return PlainJudge::object;
  if (same_text(name, "array")) return PlainJudge::array;
  if (same_text(name, "null")) return PlainJudge::null;
  return is_type_name(name) ? PlainJudge::others : PlainJudge::odd;
}

std::uint8_t names_of_types(Value type) {
  if (type.is_string()) return type_of_name(type.text());
  std::uint8_t all = 0;
  for (const Value name : type.items()) all |= name.is_string() ? type_of_name(name.text()) : PlainJudge::odd;
  return all;
}

// What a schema says may be said elsewhere, and in other words.
bool goes_elsewhere(Row row) {
  switch (row) {
    case Row::ref:
    case Row::dynamic_ref:
    case Row::recursive_ref:
    case Row::all_of:
    case Row::any_of:
    case Row::one_of:
    case Row::nullable:
      return true;
    default:
      return false;
  }
}

// Keywords that no other leans on: what stands beside them means the same without them.
bool stands_alone(const Keyword& keyword) {
  if (keyword.holds != Holds::data) return false;
  switch (keyword.row) {
    case Row::schema:
    case Row::comment:
    case Row::title:
    case Row::description:
    case Row::default_value:
    case Row::examples:
    case Row::example:
    case Row::deprecated:
    case Row::read_only:
    case Row::write_only:
    case Row::content_encoding:
    case Row::content_media_type:
    case Row::xml:
    case Row::min_length:
    case Row::max_length:
    case Row::pattern:
    case Row::format:
    case Row::minimum:
    case Row::maximum:
    case Row::multiple_of:
    case Row::min_items:
    case Row::max_items:
    case Row::unique_items:
      return true;
    default:
      return false;
  }
}

}  // namespace

// A list of one type and null, both by their names.
bool PlainJudge::type_or_null(std::span<const Member> members, const Told& told) const {
  const bool two = told.type.items().size() == 2 && std::popcount(told.types) == 2;
  if (!two || (told.types & odd) || !(told.types & null)) return false;
  const Cell cell = column_[Row::type_or_null];
  const bool sayable = column_[Row::any_of] == Cell::ok || column_[Row::nullable] == Cell::ok;
  if (cell == Cell::reject || (cell == Cell::unknown && sayable)) return false;
  return !traits_.lone_types || std::ranges::none_of(members, [](const Member& member) {
    return member.key == "format" || !type_of_keyword(member.key).empty();
  });
}

// An enum that the target takes as it is: of strings, of one kind of values, or of any.
bool PlainJudge::values(const Told& told) const {
  const auto all = told.values.items();
  if (all.empty()) return false;
  const Cell others = column_[Row::enum_values], mixed = column_[Row::enum_mixed];
  const bool null_beside = column_[Row::type_or_null] == Cell::ok,
             no_blank = column_.rejects(Row::enum_blank);
  bool strings = true, numbers = false, one_kind = true;
  for (const Value value : all) {
    if (no_blank && value.is_string() && value.text().empty()) return false;
    strings = strings && value.is_string();
    numbers = numbers || value.is_number();
    one_kind = one_kind && (value.kind() == all.front().kind() || (null_beside && value.is_null()));
  }
  if (others == Cell::reject) return strings && (!told.type || (told.types & string));
  if (numbers && others == Cell::unknown) return false;  // it may become a range
  const bool parted = mixed == Cell::reject || (mixed == Cell::unknown && column_[Row::any_of] == Cell::ok);
  return one_kind || !parted;
}

// None of them is for the object around them to see to.
bool PlainJudge::properties(std::span<const Member> properties) const {
  const bool lifts = column_[Row::required_invalid] != Cell::ok;
  const bool drops = column_.rejects(Row::boolean_true);
  if (!lifts && !drops) return true;
  return std::ranges::none_of(properties, [&](const Member& property) {
    return (drops && property.value.is_bool()) || (lifts && property.value["required"].is_bool());
  });
}

// GEM-32, GEM-34, GEM-35.
bool PlainJudge::only_own(std::span<const Member> members, std::string_view type) const {
  return std::ranges::all_of(members, [&](const Member& member) {
    const std::string_view owner = member.key == "enum" ? "string" : type_of_keyword(member.key);
    return owner.empty() || owner == type || (owner == "number" && type == "integer");
  });
}

PlainJudge::Fit PlainJudge::keyword(const Keyword& keyword, const Member& member,
                                    std::span<const Member> siblings, Told& told) const {
  const Row row = keyword.row;
  const Value value = member.value;
  switch (row) {
    case Row::type:
      told.type = value;
      told.types = names_of_types(value);
      break;
    case Row::enumeration:
      told.values = value;
      if (!value.is_array()) return Fit::no;
      break;
    case Row::constant:
      told.only = value;
      if (column_[row] != Cell::ok && column_[Row::enumeration] == Cell::ok) return Fit::no;
      break;
    case Row::description:
      if (!value.is_string()) return Fit::no;
      if (column_[row] == Cell::unknown) return Fit::taken;  // it is never left out
      break;
    case Row::properties:
      told.properties = value;
      if (!value.is_object()) return Fit::no;
      break;
    case Row::required:
      told.required = value;
      if (!value.is_array() || !std::ranges::all_of(value.items(), &Value::is_string)) return Fit::no;
      break;
    case Row::additional_schema:
      told.more = value;
      if (!value.is_object() && !value.is_bool()) return Fit::no;
      if (value.is_bool() && !value.boolean() &&
          (traits_.closed || column_[Row::additional_false] == Cell::unknown))
        return Fit::taken;
      break;
    case Row::items:
      told.items = value;
      if (!value.is_object()) return Fit::no;
      break;
    case Row::any_of:
      told.branches = value;
      if (value.items().empty() || std::ranges::any_of(value.items(), &Value::is_bool)) return Fit::no;
      break;
    case Row::exclusive_minimum:
    case Row::exclusive_maximum: {
      const Row plain = row == Row::exclusive_minimum ? Row::minimum : Row::maximum;
      if (!value.is_number()) return Fit::no;
      if (column_[row] != Cell::ok && column_[plain] == Cell::ok) return Fit::no;
      break;
    }
    case Row::pattern:
    case Row::format:
      if (!value.is_string() || traits_.lone_patterns) return Fit::no;
      break;
    case Row::ref:
    case Row::dynamic_ref:
    case Row::recursive_ref:
      return Fit::no;
    case Row::nullable:
      told.nullable = value;
      if (!value.is_bool() || column_[row] != Cell::ok || told.root) return Fit::no;
      break;
    default:
      // Those that are looked into have a case of their own.
      if (keyword.holds != Holds::data || keyword.wants == Wants::list || keyword.wants == Wants::schema ||
          !is_wanted(keyword.wants, value))
        return Fit::no;
  }
  const Cell cell = column_.judge(keyword, value);
  if (is_taken(cell)) return Fit::taken;
  const bool bound =
      constrains(row) || ((row == Row::min_items || row == Row::min_length) && value.number() > 0);
  if (cell == Cell::unknown && bound) return Fit::taken;
  const Fit fit = apart(keyword, cell, member, siblings);
  if (fit == Fit::apart && row == Row::additional_schema) told.more = {};
  return fit;
}

PlainJudge::Fit PlainJudge::apart(const Keyword& keyword, Cell cell, const Member& member,
                                  std::span<const Member> siblings) const {
  const bool more = keyword.row == Row::additional_schema && member.value.is_bool() && !traits_.closed;
  if (!more && !stands_alone(keyword)) return Fit::no;
  if (cell == Cell::unknown)
    return left_untried(column_, &keyword, member, siblings) ? Fit::apart : Fit::taken;
  // A greater one becomes a smaller one.
  return keyword.row == Row::min_items && column_[Row::min_items_1] == Cell::ok ? Fit::no : Fit::apart;
}

// What is about several keywords at once.
bool PlainJudge::together(std::span<const Member> members, const Told& told) const {
  if (told.branches && (told.type || traits_.own_keywords)) return false;
  if (told.type.is_string()) {
    if (column_[Row::type_unknown] != Cell::ok && (told.types & odd)) return false;
    if (traits_.own_keywords && !only_own(members, told.type.text())) return false;
  } else if (told.type) {
    if (!type_or_null(members, told)) return false;
  } else if (!told.branches && (traits_.typed || column_[Row::type_missing] == Cell::unknown)) {
    return false;
  }
  if (told.values && !values(told)) return false;
  const Cell bare = column_[Row::bare_array];
  if (!told.items && (told.types & array) &&
      (bare == Cell::reject || (bare == Cell::unknown && column_[Row::type_missing] == Cell::ok)))
    return false;
  const bool empty = told.properties.members().empty();
  const bool object = (told.types & Types::object) || (!told.type && (told.properties || told.more));
  const bool shut = told.more.is_bool() && !told.more.boolean();
  if (traits_.closed && (object ? !shut : static_cast<bool>(told.more))) return false;
  if (empty && !told.root && object && traits_.explicit_maps && !told.more) return false;
  if (empty && !told.root && (told.types & Types::object) && column_.rejects(Row::empty_object)) return false;
  if (!told.required || is_taken(column_[Row::required_unknown])) return true;
  const auto names = told.required.items();
  return names.size() < 16 &&
         std::ranges::all_of(
             names, [&](Value name) { return static_cast<bool>(told.properties[name.text()]); });
}

std::optional<std::uint64_t> PlainJudge::look(std::span<const Member> members, Told& told) const {
  if (members.size() > kMembers) return std::nullopt;
  std::uint64_t gone = 0;
  bool bounds = false;  // something that says which values are valid is among them
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Keyword* known = find_keyword(members[i].key);
    const Fit fit = known                               ? keyword(*known, members[i], members, told)
                    : is_taken(column_[Row::extension]) ? Fit::taken
                                                        : Fit::apart;
    if (fit == Fit::no) return std::nullopt;
    if (fit == Fit::taken) continue;
    gone |= std::uint64_t{1} << i;
    bounds |= known && !known->note;
  }
  told.each = !bounds;
  // What stands beside branches may first have to go into them.
  if (!together(members, told) || (bounds && told.branches)) return std::nullopt;
  return gone;
}

PlainJudge::Plain PlainJudge::judge(std::span<const Member> members) const {
  Told told;
  if (look(members, told) != 0 || !properties(told.properties.members())) return Plain::no;
  return told.properties || told.items || told.branches || told.more.is_object() ? Plain::branch
                                                                                 : Plain::leaf;
}

// One pass over each schema's members: what is asked of most tools.
bool PlainJudge::loses(Value root) const {
  if (column_.passes_all()) return false;
  Value type, properties;
  for (const Member& member : root.members()) {
    const Keyword* known = find_keyword(member.key);
    if (!known) continue;
    if (goes_elsewhere(known->row)) return false;
    if (known->row == Row::type) type = member.value;
    if (known->row == Row::properties) properties = member.value;
  }
  if (!same_text(type.text(), "object")) return false;
  return std::ranges::any_of(properties.members(),
                             [&](const Member& property) { return loses_bound(property.value); });
}

bool PlainJudge::loses_bound(Value schema) const {
  Value type;
  bool length = false, bound = false;
  for (const Member& member : schema.members()) {
    const Keyword* known = find_keyword(member.key);
    if (!known) continue;
    if (goes_elsewhere(known->row)) return false;
    const auto refused = [&](bool least) {
      const Value value = member.value;
      return value.is_number() && (!least || value.number() > 0) &&
             column_.judge(*known, value) == Cell::reject;
    };
    switch (known->row) {
      case Row::type:
        type = member.value;
        break;
      case Row::min_length:
      case Row::max_length:
        length = length || refused(known->row == Row::min_length);
        break;
      case Row::minimum:
      case Row::maximum:
        bound = bound || refused(false);
        break;
      default:
        break;
    }
  }
  const std::string_view name = type.text();
  return (length && same_text(name, "string")) ||
         (bound && (same_text(name, "integer") || same_text(name, "number")));
}

}  // namespace dragoman::lower
