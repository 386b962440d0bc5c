#include "json/parse.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "base/strings.h"
#include "json/escape.h"
#include "json/fault.h"
#include "json/node.h"

namespace dragoman::json {
namespace {

static_assert(kPadding >= simdjson::SIMDJSON_PADDING);

namespace sj = simdjson::ondemand;

constexpr bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

bool valid_number(std::string_view t) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < t.size() && digit(t[i])) ++i;
    return i > start;
  };
  if (i < t.size() && t[i] == '-') ++i;
  if (i < t.size() && t[i] == '0')
    ++i;
  else if (!digits())
    return false;
  if (i < t.size() && t[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < t.size() && (t[i] == 'e' || t[i] == 'E')) {
    ++i;
    if (i < t.size() && (t[i] == '+' || t[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == t.size();
}

// In words of people and with the place, where it can be found.
std::string not_json(std::string_view text, simdjson::error_code error) {
  const auto fault = find_fault(text);
  if (!fault) return fmt::format("the body is not valid JSON: {}", simdjson::error_message(error));
  return fmt::format("the body is not valid JSON: {} (line {}, column {})", fault->what, fault->line,
                     fault->column);
}

class TreeBuilder {
 public:
  TreeBuilder(Arena& arena, std::string_view text, ParseLimits limits)
      : arena_(arena), text_(text), limits_(limits) {}

  Result<Value> run(sj::document& document) {
    sj::value root;
    if (const auto error = document.get_value().get(root); error) {
      // A document that is one scalar is legal JSON but On-Demand reads it differently.
      // It has not looked for what stands behind, or for quotes within.
      if (error == simdjson::SCALAR_DOCUMENT_AS_VALUE) {
        if (find_fault(text_)) return fail(not_json(text_, error));
        return scalar(trim_token(text_));
      }
      return broken(error);
    }
    const char* end = nullptr;
    auto value = build(document, root, 1, end);
    if (!value) return value;
    if (!trim_token(text_.substr(static_cast<std::size_t>(end - text_.data()))).empty())
      return fail(fmt::format("expected one JSON value, found more after it at byte {}", end - text_.data()));
    return value;
  }

 private:
  struct Step {
    std::string_view key;
    std::size_t index;
    bool is_key;
  };

  std::string pointer() const {
    std::string out;
    for (const Step& step : path_)
      out = step.is_key ? pointer_join(out, step.key) : pointer_join(out, step.index);
    return out;
  }

  std::unexpected<Error> broken(simdjson::error_code error) const {
    return fail(not_json(text_, error), pointer());
  }
  std::unexpected<Error> broken(std::string_view what) const {
    return fail(fmt::format("the body is not valid JSON: {}", what), pointer());
  }

  // Where the text goes on after what was read last: the next token, or the end.
  const char* next_token(sj::document& document) const {
    const char* at = nullptr;
    if (document.current_location().get(at) || at == nullptr || at > text_.data() + text_.size())
      return text_.data() + text_.size();
    return at;
  }

  Result<Value> build(sj::document& document, sj::value value, int depth, const char*& end) {
    if (++built_ > limits_.values)
      return fail(fmt::format("more than {} values in one text", limits_.values), pointer());
    sj::json_type type{};
    if (const auto error = value.type().get(type); error) return broken(error);
    if (type != sj::json_type::object && type != sj::json_type::array) {
      // On-Demand steps over a scalar nobody consumed, so the token's text is all that is needed; but a
      // string before ':' it would take for a key, wherever it stands.
      const auto made = scalar(trim_token(value.raw_json_token()));
      if (!made) return made;
      sj::raw_json_string passed;
      if (type == sj::json_type::string)
        if (const auto error = value.get_raw_json_string().get(passed); error) return broken(error);
      end = made->raw().data() + made->raw().size();
      return made;
    }
    if (depth > limits_.depth)
      return fail(fmt::format("nested deeper than the limit of {} levels", limits_.depth), pointer());
    const char* begin = value.raw_json_token().data();
    return type == sj::json_type::object ? object(document, value, depth, begin, end)
                                         : array(document, value, depth, begin, end);
  }

  static std::string_view trim_token(std::string_view token) {
    while (!token.empty() && space(token.front())) token.remove_prefix(1);
    while (!token.empty() && space(token.back())) token.remove_suffix(1);
    return token;
  }

  Result<Value> scalar(std::string_view token) {
    Node* node = arena_.make<Node>();
    node->raw = token;
    if (token.starts_with('"')) {
      if (token.size() < 2 || !token.ends_with('"')) return broken("a string without its end quote");
      node->kind = Kind::string;
      return string(node, token.substr(1, token.size() - 2));
    }
    if (token == "true" || token == "false") {
      node->kind = Kind::boolean;
      node->truth = token == "true";
      return Value(node);
    }
    if (token == "null") return Value(node);
    if (!valid_number(token)) return broken(fmt::format("expected a value, found '{}'", token.substr(0, 40)));
    node->kind = Kind::number;
    node->chars = token.data();
    node->size = token.size();
    return Value(node);
  }

  Result<Value> string(Node* node, std::string_view between_quotes) {
    if (between_quotes.find('\\') == std::string_view::npos) {
      node->chars = between_quotes.data();
      node->size = between_quotes.size();
      return Value(node);
    }
    if (const char* problem = check_escapes(between_quotes)) return broken(problem);
    node->lazy = true;
    node->lazy_text = arena_.make<LazyText>(between_quotes, &arena_);
    return Value(node);
  }

  // The container's closing bracket is the last non-blank byte before the next token.
  Value finish(Node* node, const char* begin, sj::document& document, const char*& end) {
    const char* at = next_token(document);
    while (at > begin && space(at[-1])) --at;
    end = at;
    node->raw = std::string_view(begin, static_cast<std::size_t>(end - begin));
    return Value(node);
  }

  Result<Value> array(sj::document& document, sj::value& value, int depth, const char* begin,
                      const char*& end) {
    sj::array items;
    if (const auto error = value.get_array().get(items); error) return broken(error);
    const std::size_t base = values_.size();
    path_.push_back({{}, 0, false});
    for (auto element : items) {
      sj::value item;
      if (const auto error = element.get(item); error) return broken(error);
      const char* ignored = nullptr;
      const auto built = build(document, item, depth + 1, ignored);
      if (!built) return built;
      values_.push_back(*built);
      ++path_.back().index;
    }
    path_.pop_back();
    Node* node = arena_.make<Node>();
    node->kind = Kind::array;
    node->count = static_cast<std::uint32_t>(values_.size() - base);
    node->items = arena_.copy(std::span<const Value>(values_).subspan(base)).data();
    values_.resize(base);
    return finish(node, begin, document, end);
  }

  Result<Value> object(sj::document& document, sj::value& value, int depth, const char* begin,
                       const char*& end) {
    sj::object fields;
    if (const auto error = value.get_object().get(fields); error) return broken(error);
    const std::size_t base = members_.size();
    for (auto element : fields) {
      sj::field field;
      if (const auto error = std::move(element).get(field); error) return broken(error);
      const auto key = read_key(field.key().raw());
      if (!key) return std::unexpected(key.error());
      path_.push_back({key->key, 0, true});
      sj::value item = field.value();
      const char* ignored = nullptr;
      const auto built = build(document, item, depth + 1, ignored);
      if (!built) return built;
      path_.pop_back();
      members_.push_back({key->key, *built, key->raw_key});
    }
    const auto mine = std::span<const Member>(members_).subspan(base);
    if (const Member* twin = duplicate(mine)) {
      path_.push_back({twin->key, 0, true});
      return fail(fmt::format("the key \"{}\" stands twice in one object", twin->key), pointer());
    }
    Node* node = arena_.make<Node>();
    node->kind = Kind::object;
    node->count = static_cast<std::uint32_t>(mine.size());
    node->members = arena_.copy(mine).data();
    members_.resize(base);
    return finish(node, begin, document, end);
  }

  Result<Member> read_key(const char* after_quote) {
    const char* end = after_quote;
    bool escaped = false;
    while (*end != '"') {
      if (*end == '\\') {
        escaped = true;
        ++end;
      }
      ++end;
    }
    const std::string_view inside(after_quote, static_cast<std::size_t>(end - after_quote));
    const std::string_view raw(after_quote - 1, inside.size() + 2);
    if (!escaped) return Member{inside, {}, raw};
    if (const char* problem = check_escapes(inside)) return broken(fmt::format("{}, in a key", problem));
    char* out = arena_.characters(inside.size());
    return Member{std::string_view(out, unescape(inside, out)), {}, raw};
  }

  static const Member* duplicate(std::span<const Member> members) {
    if (members.size() <= 16) {
      for (std::size_t i = 1; i < members.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
          if (members[i].key == members[j].key) return &members[i];
      return nullptr;
    }
    std::unordered_set<std::string_view> seen;
    for (const Member& member : members)
      if (!seen.insert(member.key).second) return &member;
    return nullptr;
  }

  Arena& arena_;
  std::string_view text_;
  ParseLimits limits_;
  std::size_t built_ = 0;
  std::vector<Step> path_;
  std::vector<Value> values_;    // items of the arrays being read, innermost last
  std::vector<Member> members_;  // likewise for objects
};

}  // namespace

Result<Value> parse_padded(Arena& arena, std::string_view text, ParseLimits limits) {
  if (is_blank(text)) return fail("the body is not valid JSON: it is empty");
  // The parser's index buffers are worth keeping from one text to the next; nothing else of it survives a
  // call.
  thread_local simdjson::ondemand::parser parser;
  sj::document document;
  if (const auto error = parser.iterate(text.data(), text.size(), text.size() + kPadding).get(document);
      error) {
    if (error == simdjson::UTF8_ERROR) {
      std::size_t good = 0;
      // Find the place: halving finds the longest valid prefix, give or take the tail of one character.
      for (std::size_t step = text.size(); step > 0; step /= 2)
        while (good + step <= text.size() && is_utf8(text.substr(good, step))) good += step;
      return fail(fmt::format("the body is not valid UTF-8 near byte {}", good));
    }
    return fail(not_json(text, error));
  }
  return TreeBuilder(arena, text, limits).run(document);
}

Result<Value> parse(Arena& arena, std::string_view text, ParseLimits limits) {
  char* copy = arena.characters(text.size() + kPadding);
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());  // an empty view may point to nothing
  std::memset(copy + text.size(), ' ', kPadding);
  return parse_padded(arena, {copy, text.size()}, limits);
}

}  // namespace dragoman::json
