// OpenClaw's compat flags as rows of settings, and what its endpoint classes take for granted:
// data/compat.yaml. Immutable once built.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "profile/profile.h"

namespace dragoman::profile {

enum class CompatType : std::uint8_t { boolean, word, list, map, object };
std::string_view name(CompatType type);

// A flag's value as a config or the table writes it. One member counts, as the flag's type says: `word` holds
// true and false too; `entries` is a list's items, or a map's as "key=value"; `json` is an object's text.
struct CompatValue {
  std::string word = {};
  std::vector<std::string> entries = {};
  std::string json = {};
};

struct CompatFlag {
  std::string name;
  CompatType type = CompatType::boolean;
  std::string meaning;
  std::string idle;                                         // why it changes nothing here; "" if it does
  std::vector<std::pair<std::string, Rule>> values = {};    // boolean, word
  std::vector<std::pair<std::string, Rule>> detected = {};  // instead, when only the host says it
  std::optional<Setting> into = {};                         // list, map, object
  Rule always = {};

  // What the value sets, as a rule called "compat.<name>"; nothing for a word it does not know.
  std::optional<Rule> rule(const CompatValue& value, bool by_host = false) const;
  std::vector<std::string_view> words() const;
};

// What OpenClaw takes for granted of the hosts of one class.
struct EndpointClass {
  std::string name;
  std::vector<std::string> hosts;  // globs
  std::string like;                // a provider of the catalogue; "" none
  bool proxy_like = false;
  std::vector<Rule> compat = {};     // laid under the provider's own rows
  std::vector<Rule> reasoning = {};  // for models that reason
};

class CompatTable {
 public:
  // The rows built into the program. Errors name the line: a test keeps this from failing.
  static Result<CompatTable> builtin();

  // In the order they are laid.
  std::span<const CompatFlag> flags() const { return flags_; }
  const CompatFlag* find(std::string_view flag) const;

  std::span<const EndpointClass> endpoints() const { return endpoints_; }
  // By the host of a base URL; the last class takes every host. "" is the last one's too.
  const EndpointClass& endpoint(std::string_view host) const;

  // dragoman's name for one of OpenClaw's provider ids, the same if it has no other.
  std::string_view provider(std::string_view id) const;

 private:
  std::vector<CompatFlag> flags_;
  std::vector<EndpointClass> endpoints_;
  std::vector<std::pair<std::string, std::string>> providers_;
};

}  // namespace dragoman::profile
