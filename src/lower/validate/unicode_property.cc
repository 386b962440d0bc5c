#include "lower/validate/unicode_property.h"

#include <fmt/format.h>

#include <algorithm>

namespace dragoman::validate {
namespace {

// Long names of general categories (Unicode, PropertyValueAliases.txt); RE2 knows the short ones.
struct Category {
  std::string_view name, code;
};
constexpr Category kCategories[] = {
    {"Letter", "L"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Combining_Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Connector_Punctuation", "Pc"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Initial_Punctuation", "Pi"},
    {"Final_Punctuation", "Pf"},
    {"Other_Punctuation", "Po"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Other_Symbol", "So"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Line_Separator", "Zl"},
    {"Paragraph_Separator", "Zp"},
    {"Other", "C"},
    {"Control", "Cc"},
    {"cntrl", "Cc"},
    {"Format", "Cf"},
    {"Private_Use", "Co"},
};

PropertyClass wrong() { return {.text = {}, .wrong = "an unknown Unicode property"}; }

bool name_sign(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

PropertyClass property_class(std::string_view name, bool negated, bool in_class) {
  bool script = false;
  if (const auto equals = name.find('='); equals != std::string_view::npos) {
    const std::string_view key = name.substr(0, equals);
    script = key == "Script" || key == "sc" || key == "Script_Extensions" || key == "scx";
    if (!script && key != "General_Category" && key != "gc") return wrong();
    name = name.substr(equals + 1);
  }
  if (!script) {
    if (name == "Any" && negated) return {.text = {}, .beyond = "\\P{Any}"};
    if (name == "Any" || name == "ASCII") {
      const std::string_view range = name == "Any" ? R"(\x00-\x{10ffff})"
                                     : negated     ? R"(\x{80}-\x{10ffff})"
                                                   : R"(\x00-\x7f)";
      return {.text = in_class ? std::string(range) : fmt::format("[{}]", range)};
    }
    if (name == "LC" || name == "Cased_Letter") {
      constexpr std::string_view kCased = R"(\p{Lu}\p{Ll}\p{Lt})";
      return {.text = in_class ? std::string(kCased) : fmt::format("[{}{}]", negated ? "^" : "", kCased),
              .beyond = negated && in_class ? "\\P{LC} inside a class" : nullptr};
    }
    if (const auto* known = std::ranges::find(kCategories, name, &Category::name);
        known != std::end(kCategories))
      name = known->code;
  }
  if (name.empty() || !std::ranges::all_of(name, name_sign)) return wrong();
  // The rest RE2 judges: what it does not know (Emoji, …) it cannot run.
  return {.text = fmt::format("\\{}{{{}}}", negated ? 'P' : 'p', name)};
}

}  // namespace dragoman::validate
