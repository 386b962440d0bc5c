// How a call's arguments, or a JSON answer, look on the wire where that differs from what the client
// declared: property keys a provider refuses, optional properties that a strict mode wants required and
// nullable, a root that had to be wrapped, a property that is there for form's sake.
//
// Made from the schema that goes out, when a call first asks for it: of an agent's twenty tools one or two
// are called.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "json/value.h"

namespace dragoman::lower {

class References;

// A graph with a node for each schema of the wire; references make it cyclic. A value is described by several
// nodes at once: by the branches of an anyOf, for one.
struct ArgumentPlan {
  struct Property {
    std::string client;       // the client's key
    int node = 0;             // of its schema
    bool drop_null = false;   // optional for the client, who does not take null: null means "left out"
    bool takes_null = false;  // null is a value the client declared
    bool filler = false;      // not for the client at all
  };
  struct Node {
    std::map<std::string, Property, std::less<>> properties;    // by wire key
    std::map<std::string, std::string, std::less<>> wire_keys;  // client key → wire key, renamed ones only
    std::vector<int> others;                                    // members that `properties` does not name
    std::vector<int> prefix;                                    // items of a tuple
    std::vector<int> items;                                     // the other items
    std::vector<int> same;                                      // schemas of this very value
    bool closed = false;                                        // no member but those of `properties`
    std::vector<std::string> literals;                          // what an enum or const allows (literal_key)
  };
  std::vector<Node> nodes;  // the first is the root's
  std::string wrapped;      // the root's property that holds the client's value; "" the root is the value
};

// What lowering did to a schema beyond its words. The views are keys of the wire's schema and of the
// client's.
struct WireChanges {
  bool wrapped = false;                                                 // into the property "value"
  std::unordered_map<std::string_view, std::string_view> renamed = {};  // wire key → client key
  std::span<const json::Node* const> nulled = {};  // schemas of properties that take null for our sake
};

// How values come back from a schema on the wire. It must not outlive the schema as long as nobody has asked
// for the plan; the first who does must be alone.
class WayBack {
 public:
  WayBack(json::Value wire_schema, WireChanges changes)
      : wire_schema_(wire_schema), changes_(std::move(changes)) {}

  const ArgumentPlan& plan() const;

 private:
  json::Value wire_schema_;
  WireChanges changes_;
  mutable std::optional<ArgumentPlan> plan_;
};

// nullptr when arguments need no change. It is the arena's: it must be gone before the arena is.
std::shared_ptr<const WayBack> way_back(json::Value wire_schema, WireChanges changes, Arena& arena);

// The value as the wire's schema wants it: what a client sends back of an earlier call. The value itself when
// nothing changes.
json::Value to_wire(const ArgumentPlan& plan, json::Value client, const json::Builder& build);

// Every node that describes the same value as one of `nodes`, those included, each once.
std::vector<int> same_value(const ArgumentPlan& plan, std::vector<int> nodes);

// One text for equal scalars.
std::string literal_key(json::Value value);

// Does the schema let null through? Unknown references do not. `refs` are the document's: asked of thousands
// of properties, they are read once.
bool takes_null(json::Value schema, References& refs);

// A property without use to the client, for objects that may not be empty (GEM-33).
inline constexpr std::string_view kFillerKey = "_";
inline constexpr std::string_view kFillerText = "Unused: leave it out.";
bool is_filler(const json::Member& property);

// The property a wrapped root stands in.
inline constexpr std::string_view kWrapped = "value";

}  // namespace dragoman::lower
