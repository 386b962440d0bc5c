#include "lower/validate/document.h"

#include <algorithm>
#include <charconv>
#include <ranges>

#include "base/strings.h"
#include "lower/validate/uri.h"

namespace dragoman::validate {
namespace {

using json::Member;
using json::Value;

// What stands under a keyword: where to look for schemas. Keywords of all drafts; those that a draft lacks
// hold no references there either.
enum class Holds : std::uint8_t { schema, list, map };
struct Applicator {
  std::string_view keyword;
  Holds holds;
};
constexpr Applicator kApplicators[] = {
    {"properties", Holds::map},
    {"items", Holds::schema},  // or a list
    {"items", Holds::list},
    {"$defs", Holds::map},
    {"definitions", Holds::map},
    {"anyOf", Holds::list},
    {"allOf", Holds::list},
    {"oneOf", Holds::list},
    {"additionalProperties", Holds::schema},
    {"patternProperties", Holds::map},
    {"prefixItems", Holds::list},
    {"additionalItems", Holds::schema},
    {"not", Holds::schema},
    {"if", Holds::schema},
    {"then", Holds::schema},
    {"else", Holds::schema},
    {"contains", Holds::schema},
    {"propertyNames", Holds::schema},
    {"unevaluatedItems", Holds::schema},
    {"unevaluatedProperties", Holds::schema},
    {"dependentSchemas", Holds::map},
    {"dependencies", Holds::map},  // values that are lists of names hold no schema
    {"contentSchema", Holds::schema},
};

struct DraftName {
  std::string_view uri;
  SchemaDraft draft;
};
constexpr DraftName kDrafts[] = {
    {"//json-schema.org/draft-04/schema", SchemaDraft::draft4},
    {"//json-schema.org/draft-06/schema", SchemaDraft::draft6},
    {"//json-schema.org/draft-07/schema", SchemaDraft::draft7},
    {"//json-schema.org/draft/2019-09/schema", SchemaDraft::draft2019},
    {"//json-schema.org/draft/2020-12/schema", SchemaDraft::draft2020},
};

std::string_view without_scheme(std::string_view uri) {
  for (const std::string_view scheme : {"https:", "http:"})
    if (uri.starts_with(scheme)) return uri.substr(scheme.size());
  return uri;
}

bool is_schema(Value value) { return value.is_object() || value.is_bool(); }

}  // namespace

std::optional<SchemaDraft> draft_named(std::string_view uri) {
  if (uri.ends_with('#')) uri.remove_suffix(1);
  const std::string_view name = without_scheme(uri);
  const auto* at = std::ranges::find(kDrafts, name, &DraftName::uri);
  if (at == std::end(kDrafts)) return std::nullopt;
  return at->draft;
}

bool is_meta_schema(std::string_view uri) { return without_scheme(uri).starts_with("//json-schema.org/"); }

Document::Document(Value root, SchemaDraft default_draft) {
  resources_.push_back({.root = root, .draft = default_draft});
  by_uri_.emplace("", 0);
  adopt(root, kNoPlace, "", 0);
}

PlaceId Document::place_of(Value schema) const {
  const auto at = place_of_.find(schema.node());
  return at == place_of_.end() ? kNoPlace : at->second;
}

std::string Document::pointer(PlaceId place) const {
  std::vector<std::string_view> tails;
  for (; place != kNoPlace; place = places_[place].parent) tails.push_back(places_[place].tail);
  std::string out;
  for (const std::string_view tail : tails | std::views::reverse) out += tail;
  return out;
}

ResourceId Document::identify(Value schema, ResourceId resource, bool is_root) {
  SchemaDraft draft = resources_[resource].draft;
  if (const auto named = draft_named(schema["$schema"].text())) draft = *named;
  if (is_root) resources_[resource].draft = draft;
  const bool old = draft <= SchemaDraft::draft7;
  const Value id = schema[draft == SchemaDraft::draft4 ? "id" : "$id"];
  // Up to draft 7 everything beside a $ref is ignored. At the root it is read all the same: it names the
  // document.
  if (id.is_string() && !id.text().empty() && (is_root || !old || !schema["$ref"].is_string())) {
    const UriParts parts = split_uri(id.text());
    const std::string whole = resolve_uri(resources_[resource].uri, id.text());
    const std::string uri = whole.substr(0, whole.find('#'));
    if (is_root) {
      resources_[resource].uri = uri;
      by_uri_.emplace(uri, resource);
    } else if (id.text()[0] != '#') {
      // Of two schemas with one name the first keeps it; the other gets a resource that nobody can name.
      by_uri_.emplace(uri, static_cast<ResourceId>(resources_.size()));
      resources_.push_back({.uri = uri, .root = schema, .draft = draft});
      resource = static_cast<ResourceId>(resources_.size() - 1);
    }
    if (!parts.fragment.empty()) resources_[resource].anchors.emplace(parts.fragment, schema);
  }
  Resource& own = resources_[resource];
  if (old) return resource;
  if (const Value anchor = schema["$anchor"]; anchor.is_string()) own.anchors.emplace(anchor.text(), schema);
  if (const Value anchor = schema["$dynamicAnchor"]; anchor.is_string() && draft == SchemaDraft::draft2020) {
    own.anchors.emplace(anchor.text(), schema);
    own.dynamic_anchors.emplace(anchor.text(), schema);
  }
  if (own.root.node() == schema.node() && schema["$recursiveAnchor"].boolean()) own.recursive_anchor = true;
  return resource;
}

void Document::adopt(Value first, PlaceId above, std::string first_tail, ResourceId in) {
  struct Open {
    Value schema;
    PlaceId parent;
    std::string tail;
    ResourceId resource;
  };
  std::vector<Open> open;
  open.push_back({first, above, std::move(first_tail), in});
  while (!open.empty()) {
    Open at = std::move(open.back());
    open.pop_back();
    const auto id = static_cast<PlaceId>(places_.size());
    if (!place_of_.emplace(at.schema.node(), id).second) continue;
    const bool is_root = at.parent == kNoPlace;
    const ResourceId resource =
        at.schema.is_object() ? identify(at.schema, at.resource, is_root) : at.resource;
    places_.push_back({at.parent, std::move(at.tail), resource});
    // Backwards, so that the stack gives them in the order of the document: the first of two equal names
    // wins.
    const auto members = at.schema.members();
    for (std::size_t i = members.size(); i-- > 0;) {
      const Member& member = members[i];
      for (const Applicator& applicator : kApplicators) {
        if (applicator.keyword != member.key) continue;
        const std::string tail = json::pointer_join("", member.key);
        if (applicator.holds == Holds::schema && is_schema(member.value))
          open.push_back({member.value, id, tail, resource});
        if (applicator.holds == Holds::list)
          for (std::size_t n = member.value.items().size(); n-- > 0;)
            if (is_schema(member.value.at(n)))
              open.push_back({member.value.at(n), id, json::pointer_join(tail, n), resource});
        if (applicator.holds == Holds::map)
          for (const Member& inner : member.value.members() | std::views::reverse)
            if (is_schema(inner.value))
              open.push_back({inner.value, id, json::pointer_join(tail, inner.key), resource});
      }
    }
  }
}

Value Document::member(Value object, std::string_view key) {
  if (object.members().size() <= 16) return object[key];
  auto [at, made] = members_.try_emplace(object.node());
  if (made)
    for (const Member& m : object.members()) at->second.emplace(m.key, m.value);
  const auto found = at->second.find(key);
  return found == at->second.end() ? Value() : found->second;
}

Value Document::follow(std::string_view pointer, ResourceId from) {
  Value at = resources_[from].root;
  PlaceId known = place_of(at);
  std::string_view rest = pointer, unknown = pointer;  // the part after the last schema on the way
  while (!rest.empty() && at) {
    rest.remove_prefix(1);
    const std::string_view token = rest.substr(0, rest.find('/'));
    rest.remove_prefix(token.size());
    if (at.is_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
      at = error == std::errc() && end == token.data() + token.size() ? at.at(index) : Value();
    } else {
      at = member(at, json::unescape_pointer_token(token));
    }
    if (const PlaceId place = at ? place_of(at) : kNoPlace; place != kNoPlace) {
      known = place;
      unknown = rest;
    }
  }
  // Under a keyword that holds no schemas; being referred to makes it one.
  if (at && place_of(at) == kNoPlace && is_schema(at))
    adopt(at, known, std::string(unknown), places_[known].resource);
  return at;
}

std::optional<Document::Target> Document::resolve(std::string_view reference, ResourceId from) {
  const std::string whole = resolve_uri(resources_[from].uri, reference);
  const auto hash = whole.find('#');
  const auto found = by_uri_.find(whole.substr(0, hash));
  ResourceId in = from;
  if (!reference.starts_with('#')) {
    if (found == by_uri_.end()) return std::nullopt;
    in = found->second;
  }
  const std::string fragment = hash == std::string::npos ? "" : percent_decoded(whole.substr(hash + 1));
  if (fragment.empty() || fragment.starts_with('/')) {
    const Value at = follow(fragment, in);
    if (!is_schema(at)) return std::nullopt;
    return Target{at};
  }
  const auto anchor = resources_[in].anchors.find(fragment);
  if (anchor == resources_[in].anchors.end()) return std::nullopt;
  const auto dynamic = resources_[in].dynamic_anchors.find(fragment);
  if (dynamic == resources_[in].dynamic_anchors.end()) return Target{anchor->second};
  return Target{dynamic->second, dynamic->second["$dynamicAnchor"].text()};
}

}  // namespace dragoman::validate
