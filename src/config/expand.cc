#include "config/expand.h"

#include <fmt/format.h>

#include <cstddef>

namespace dragoman::config {
namespace {

bool is_name(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!word) return false;
  }
  return true;
}

class Expander {
 public:
  Expander(std::string_view file, const Environment& environment, ConfigErrors& errors)
      : file_(file), environment_(environment), errors_(errors) {}

  void visit(Document& document, const std::string& path) {
    if (document.is_scalar()) {
      scalar(document, path);
      return;
    }
    for (std::size_t i = 0; i < document.items.size(); ++i) {
      visit(document.items[i], path + "[" + std::to_string(i) + "]");
    }
    for (Entry& entry : document.entries)
      visit(entry.value, path.empty() ? entry.key : path + "." + entry.key);
  }

 private:
  void fault(const Document& at, const std::string& path, std::string message, std::string suggestion) {
    errors_.push_back({.file = std::string(file_),
                       .line = at.line,
                       .column = at.column,
                       .path = path,
                       .message = std::move(message),
                       .suggestion = std::move(suggestion)});
  }

  void scalar(Document& document, const std::string& path) {
    if (document.text.find("${") == std::string::npos) return;
    std::string out;
    std::string_view rest = document.text;
    bool all_from_environment = rest.starts_with("${");
    while (!rest.empty()) {
      const std::size_t at = rest.find("${");
      if (at == std::string_view::npos) {
        out += rest;
        break;
      }
      if (at > 0 && rest[at - 1] == '$') {  // "$${": the text itself
        out += rest.substr(0, at - 1);
        out += "${";
        rest.remove_prefix(at + 2);
        continue;
      }
      out += rest.substr(0, at);
      const std::size_t close = rest.find('}', at);
      if (close == std::string_view::npos) {
        fault(document, path, "'${' without its '}'", "write $${ for the characters themselves");
        return;
      }
      const std::string_view inside = rest.substr(at + 2, close - at - 2);
      rest.remove_prefix(close + 1);
      const std::size_t mark = inside.find(":-");
      const std::string_view name = inside.substr(0, mark);
      if (!is_name(name)) {
        fault(document, path, fmt::format("'${{{}}}' names no environment variable", inside),
              "expected ${NAME} or ${NAME:-default}");
        return;
      }
      const auto value = environment_ ? environment_(name) : std::nullopt;
      if (mark != std::string_view::npos) {
        if (value && !value->empty()) {
          out += *value;
          document.substituted = true;
        } else {
          out += inside.substr(mark + 2);
        }
        continue;
      }
      if (!value) {
        fault(document, path, fmt::format("the environment variable {} is not set", name),
              fmt::format("set it, or write ${{{}:-default}}", name));
        return;
      }
      out += *value;
      document.substituted = true;
    }
    document.text = std::move(out);
    if (document.text.empty() && all_from_environment && !document.quoted)
      document.kind = Document::Kind::null;
  }

  std::string_view file_;
  const Environment& environment_;
  ConfigErrors& errors_;
};

constexpr std::string_view kOsEnviron = "os.environ/";

void visit_os_environ(Document& document, const std::string& path, bool in_map, std::string_view file,
                      const Environment& environment, ConfigErrors& warnings) {
  if (document.is_scalar() && in_map && document.text.starts_with(kOsEnviron)) {
    const std::string name = document.text.substr(kOsEnviron.size());
    const auto value = environment ? environment(name) : std::nullopt;
    if (value) {
      document.text = *value;
      document.quoted = true;  // LiteLLM leaves it a string
      document.substituted = true;
      return;
    }
    warnings.push_back({.file = std::string(file),
                        .line = document.line,
                        .column = document.column,
                        .path = path,
                        .message = fmt::format("the environment variable {} is not set", name)});
    document.kind = Document::Kind::null;
    document.text.clear();
    return;
  }
  for (std::size_t i = 0; i < document.items.size(); ++i) {
    visit_os_environ(document.items[i], path + "[" + std::to_string(i) + "]", false, file, environment,
                     warnings);
  }
  for (Entry& entry : document.entries) {
    visit_os_environ(entry.value, path.empty() ? entry.key : path + "." + entry.key, true, file, environment,
                     warnings);
  }
}

}  // namespace

void expand_references(Document& document, std::string_view file, const Environment& environment,
                       ConfigErrors& errors, const std::string& path) {
  Expander(file, environment, errors).visit(document, path);
}

void expand_os_environ(Document& document, std::string_view file, const Environment& environment,
                       ConfigErrors& warnings) {
  visit_os_environ(document, "", false, file, environment, warnings);
}

}  // namespace dragoman::config
