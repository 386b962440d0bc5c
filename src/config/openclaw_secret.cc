// OpenClaw's ways to write a credential.
#include <fmt/format.h>

#include "base/arena.h"
#include "base/strings.h"
#include "config/openclaw.h"
#include "json/parse.h"

namespace dragoman::config {
namespace {

// A variable's name where a key should stand: OpenClaw looks it up.
bool looks_like_variable(std::string_view text) {
  if (text.size() < 4 || text[0] < 'A' || text[0] > 'Z' || !text.contains('_')) return false;
  for (const char c : text)
    if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
  return true;
}

std::string word(const Document& map, std::string_view key) {
  const Document* value = map.find(key);
  return value != nullptr && value->is_scalar() ? value->text : std::string();
}

}  // namespace

std::optional<Secret> SecretReader::variable(const Place& place, std::string_view name) {
  const auto value = sources_.environment ? sources_.environment(name) : std::nullopt;
  if (value && !is_blank(*value)) return Secret(std::string(trim(*value)));
  reader_.fault(place, fmt::format("the environment variable {} is not set", name), "set it");
  return {};
}

std::optional<Secret> SecretReader::from_file(const Place& place, const std::string& provider,
                                              const std::string& id) {
  const Document* source = providers_.is_map() ? providers_.find(provider) : nullptr;
  const std::string path = source != nullptr && source->is_map() ? word(*source, "path") : "";
  if (path.empty()) {
    reader_.fault(place, fmt::format("secrets.providers.{} names no file", provider));
    return {};
  }
  const auto text = sources_.file ? sources_.file(path) : std::nullopt;
  if (!text) {
    reader_.fault(place, fmt::format("the file of secrets.providers.{} cannot be read", provider));
    return {};
  }
  if (word(*source, "mode") == "singleValue" || id == "value") return Secret(std::string(trim(*text)));
  Arena arena;
  const auto parsed = json::parse(arena, *text);
  const json::Value value = parsed ? json::resolve(*parsed, id) : json::Value();
  if (value.is_string()) return Secret(std::string(value.text()));
  reader_.fault(place, fmt::format("secrets.providers.{} has no text at '{}'", provider, id));
  return {};
}

std::optional<Secret> SecretReader::read(const Place& place) {
  const Document& value = *place.value;
  if (value.is_scalar()) {
    const std::string_view text = trim(value.text);
    if (text.empty()) return {};
    if (text.starts_with("secretref-env:")) return variable(place, text.substr(14));
    if (text == "secretref-managed") {
      reader_.fault(place, "OpenClaw keeps this key elsewhere", "write it here, or ${NAME} of a variable");
      return {};
    }
    if (!value.substituted && looks_like_variable(text)) {
      const auto found = sources_.environment ? sources_.environment(text) : std::nullopt;
      if (found && !is_blank(*found)) return Secret(std::string(trim(*found)));
      warn_.fault(place, "looks like a variable's name, and none is set: taken for the key itself");
    }
    return Secret(std::string(text));
  }
  if (!value.is_map()) {
    reader_.fault(place, "expected a key or a reference to one, found " + shown(value));
    return {};
  }
  const std::string source = word(value, "source"), provider = word(value, "provider"),
                    id = word(value, "id");
  if (source == "env" && !id.empty()) return variable(place, id);
  if (source == "file" && !id.empty()) return from_file(place, provider.empty() ? "default" : provider, id);
  if (source == "exec") {
    reader_.fault(place, "dragoman runs no commands for a key", "put it into a variable and write ${NAME}");
    return {};
  }
  reader_.fault(place, "expected {source: env | file, provider, id}");
  return {};
}

}  // namespace dragoman::config
