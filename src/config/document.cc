#include "config/document.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>
#include <utility>

#include "base/strings.h"
#include "json/write.h"

namespace dragoman::config {
namespace {

constexpr std::size_t kMaxText = 4u << 20;
constexpr std::size_t kMaxNodes = 200'000;
constexpr std::size_t kMaxDepth = 64;

// Thrown through yaml-cpp's parser, which can be stopped no other way; caught in parse_document.
struct Stop {
  YAML::Mark mark;
  std::string message;
};

// YAML 1.1 says "null" in four ways; yaml-cpp reports only the empty one and "~" itself.
bool is_null_word(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

std::size_t count(const Document& document) {
  std::size_t sum = 1;
  for (const Document& item : document.items) sum += count(item);
  for (const Entry& entry : document.entries) sum += count(entry.value);
  return sum;
}

// Builds the tree from the parser's events. A stack of unfinished collections; a map waits for key, then
// value.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string_view file) : file_(file) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    put(node(Document::Kind::null, mark), anchor, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Stop{mark, "this alias refers to itself or to nothing"};
    Document copy = found->second;
    nodes_ += count(copy);
    if (nodes_ > kMaxNodes) throw Stop{mark, "the document grows beyond 200,000 values through its aliases"};
    put(std::move(copy), 0, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Document scalar = node(Document::Kind::scalar, mark);
    scalar.quoted = tag == "!";  // yaml-cpp's way to say: not plain
    scalar.text = value;
    if (!scalar.quoted && is_null_word(value)) scalar.kind = Document::Kind::null;
    put(std::move(scalar), anchor, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(Document::Kind::list, mark, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(Document::Kind::map, mark, anchor);
  }
  void OnMapEnd() override { end(); }

  Document take_root() { return std::move(root_); }
  ConfigErrors take_errors() { return std::move(errors_); }

 private:
  struct Open {
    Document document;
    YAML::anchor_t anchor = 0;
    bool has_key = false;
    Entry pending;                      // its key is set, its value comes next
    std::vector<Document> merges = {};  // the values of "<<"
  };

  Document node(Document::Kind kind, const YAML::Mark& mark) {
    if (++nodes_ > kMaxNodes) throw Stop{mark, "more than 200,000 values"};
    Document out;
    out.kind = kind;
    out.line = mark.line + 1;
    out.column = mark.column + 1;
    return out;
  }

  void begin(Document::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (stack_.size() >= kMaxDepth) throw Stop{mark, "nested deeper than 64 levels"};
    if (!stack_.empty() && stack_.back().document.is_map() && !stack_.back().has_key) {
      throw Stop{mark, "a key must be a plain word"};
    }
    stack_.push_back({.document = node(kind, mark), .anchor = anchor});
  }

  void end() {
    Open open = std::move(stack_.back());
    stack_.pop_back();
    for (const Document& merge : open.merges) merge_into(open.document, merge);
    YAML::Mark mark;
    mark.line = open.document.line - 1;
    mark.column = open.document.column - 1;
    put(std::move(open.document), open.anchor, mark);
  }

  void merge_into(Document& into, const Document& from) {
    if (from.is_list()) {
      for (const Document& item : from.items) merge_into(into, item);
    } else if (from.is_map()) {
      for (const Entry& entry : from.entries) {
        if (into.find(entry.key) == nullptr) into.entries.push_back(entry);
      }
    } else {
      errors_.push_back({.file = file_,
                         .line = from.line,
                         .column = from.column,
                         .path = "<<",
                         .message = "expected a map to merge, found " + shown(from)});
    }
  }

  void put(Document document, YAML::anchor_t anchor, const YAML::Mark& mark) {
    if (anchor != 0) anchors_[anchor] = document;
    if (stack_.empty()) {
      root_ = std::move(document);
      return;
    }
    Open& top = stack_.back();
    if (top.document.is_list()) {
      top.document.items.push_back(std::move(document));
    } else if (!top.has_key) {
      if (!document.is_scalar()) throw Stop{mark, "a key must be a plain word"};
      top.pending = {.key = document.text, .line = document.line, .column = document.column};
      top.has_key = true;
    } else {
      top.has_key = false;
      if (top.pending.key == "<<") {
        top.merges.push_back(std::move(document));
        return;
      }
      for (const Entry& entry : top.document.entries) {
        if (entry.key != top.pending.key) continue;
        errors_.push_back(
            {.file = file_,
             .line = top.pending.line,
             .column = top.pending.column,
             .path = entry.key,
             .message = fmt::format("duplicate key '{}', first on line {}", entry.key, entry.line),
             .suggestion = "keep one of the two"});
        return;
      }
      top.pending.value = std::move(document);
      top.document.entries.push_back(std::move(top.pending));
    }
  }

  std::string file_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, Document> anchors_;
  Document root_;
  ConfigErrors errors_;
  std::size_t nodes_ = 0;
};

bool is_number(std::string_view text) {
  // JSON's own grammar: what YAML takes beyond it (hex, .5, 1_000) is kept as text.
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - from;
  };
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

void write_json(json::Writer& writer, const Document& document) {
  switch (document.kind) {
    case Document::Kind::null:
      writer.null();
      return;
    case Document::Kind::scalar:
      if (!document.quoted &&
          (document.text == "true" || document.text == "True" || document.text == "TRUE")) {
        writer.boolean(true);
      } else if (!document.quoted &&
                 (document.text == "false" || document.text == "False" || document.text == "FALSE")) {
        writer.boolean(false);
      } else if (!document.quoted && is_number(document.text)) {
        writer.raw(document.text);
      } else {
        writer.string(document.text);
      }
      return;
    case Document::Kind::list:
      writer.begin_array();
      for (const Document& item : document.items) write_json(writer, item);
      writer.end_array();
      return;
    case Document::Kind::map:
      writer.begin_object();
      for (const Entry& entry : document.entries) {
        writer.key(entry.key);
        write_json(writer, entry.value);
      }
      writer.end_object();
      return;
  }
}

}  // namespace

const Document* Document::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

namespace {

// What people stumble over most, where a parser says little: tabs, and ${NAME} inside { }.
std::string yaml_remedy(std::string_view text, int line) {
  std::string_view rest = text;
  for (int at = 0; at <= line && !rest.empty(); ++at) {
    const std::string_view one = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    const std::size_t first = one.find_first_not_of(' ');
    if (first != std::string_view::npos && one[first] == '\t')
      return fmt::format("line {} is indented with a tab; YAML wants spaces", at + 1);
    const std::size_t variable = one.find(": ${");
    const std::size_t open = one.find('{');
    if (variable != std::string_view::npos && open < variable)
      return fmt::format("inside {{ }} a ${{NAME}} needs quotes: \"{}\"",
                         one.substr(variable + 2, one.find('}', variable) - variable - 1));
  }
  return {};
}

}  // namespace

std::expected<Document, ConfigErrors> parse_document(std::string_view text, std::string_view file) {
  const auto fault = [&](int line, int column, std::string message) {
    return std::unexpected(ConfigErrors{
        {.file = std::string(file), .line = line, .column = column, .message = std::move(message)}});
  };
  if (text.size() > kMaxText) return fault(0, 0, "the file is larger than 4 MiB");
  if (!is_utf8(text)) return fault(0, 0, "the file is not UTF-8 text");
  if (text.find('\0') != std::string_view::npos) return fault(0, 0, "the file holds a NUL character");
  std::istringstream in{std::string(text)};
  TreeBuilder builder(file);
  try {
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    TreeBuilder second(file);
    if (parser.HandleNextDocument(second)) return fault(0, 0, "expected one YAML document, found several");
  } catch (const Stop& stop) {
    return fault(stop.mark.line + 1, stop.mark.column + 1, stop.message);
  } catch (const YAML::Exception& e) {
    auto said = fault(e.mark.line + 1, e.mark.column + 1, "this is not YAML: " + e.msg);
    said.error().front().suggestion = yaml_remedy(text, e.mark.line);
    return said;
  }
  ConfigErrors errors = builder.take_errors();
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return builder.take_root();
}

std::string shown(const Document& document) {
  switch (document.kind) {
    case Document::Kind::null:
      return "nothing";
    case Document::Kind::list:
      return "a list";
    case Document::Kind::map:
      return "a map";
    case Document::Kind::scalar:
      break;
  }
  if (document.substituted) return "a value from the environment";
  constexpr std::size_t kShown = 60;
  if (document.text.size() <= kShown) return "'" + document.text + "'";
  return "'" + document.text.substr(0, kShown) + "…'";
}

std::string to_json(const Document& document) {
  std::string out;
  json::Writer writer(out);
  write_json(writer, document);
  return out;
}

std::string format(const ConfigError& error) {
  std::string out = error.file;
  if (error.line > 0) out += fmt::format(":{}:{}", error.line, error.column);
  if (!out.empty()) out += ": ";
  if (!error.path.empty()) out += error.path + ": ";
  out += error.message;
  if (!error.suggestion.empty()) out += " (" + error.suggestion + ")";
  return out;
}

}  // namespace dragoman::config
