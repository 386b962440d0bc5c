// A schema document's map: which schemas stand in it, under which URI, draft and anchors, and what a
// reference names. Nothing is fetched.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "json/value.h"
#include "lower/validate/validate.h"

namespace dragoman::validate {

using ResourceId = std::uint32_t;
using PlaceId = std::uint32_t;
inline constexpr PlaceId kNoPlace = UINT32_MAX;

// A schema with an identifier of its own, or the document.
struct Resource {
  std::string uri;  // absolute as far as the document says; without fragment
  json::Value root;
  SchemaDraft draft = SchemaDraft::draft2020;
  bool recursive_anchor = false;  // "$recursiveAnchor": true
  std::map<std::string, json::Value, std::less<>> anchors;
  std::map<std::string, json::Value, std::less<>> dynamic_anchors;
};

// Where a schema stands: its parent's place and the rest of the pointer, so that memory stays linear.
struct Place {
  PlaceId parent = kNoPlace;
  std::string tail;  // "/properties/city"
  ResourceId resource = 0;
};

class Document {
 public:
  Document(json::Value root, SchemaDraft default_draft);

  struct Target {
    json::Value schema;
    std::string_view dynamic_anchor = {};  // set when it was found by that name; a view into the document
  };
  // What `reference`, standing in `from`, names; nothing if that is not in this document.
  std::optional<Target> resolve(std::string_view reference, ResourceId from);

  PlaceId place_of(json::Value schema) const;  // of a schema that was found
  ResourceId resource_of(PlaceId place) const { return places_[place].resource; }
  const Resource& resource(ResourceId id) const { return resources_[id]; }
  std::size_t resources() const { return resources_.size(); }
  std::string pointer(PlaceId place) const;

 private:
  // Walks the schemas inside `schema`, registering identifiers and anchors.
  void adopt(json::Value schema, PlaceId parent, std::string tail, ResourceId resource);
  ResourceId identify(json::Value schema, ResourceId resource, bool is_root);
  json::Value member(json::Value object, std::string_view key);
  json::Value follow(std::string_view pointer, ResourceId from);

  std::vector<Resource> resources_;
  std::unordered_map<std::string, ResourceId> by_uri_;
  std::vector<Place> places_;
  std::unordered_map<const json::Node*, PlaceId> place_of_;
  std::unordered_map<const json::Node*, std::unordered_map<std::string_view, json::Value>> members_;
};

// The draft `$schema` names; nothing for a URI that is not known.
std::optional<SchemaDraft> draft_named(std::string_view uri);

// A schema of JSON Schema itself (http://json-schema.org/…, https://json-schema.org/…).
bool is_meta_schema(std::string_view uri);

}  // namespace dragoman::validate
