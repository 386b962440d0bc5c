// What the branches of a root's anyOf or oneOf say together: {"anyOf":[A,B]} becomes one object with the
// properties of all of them, of which it requires what every branch requires. Wider: the choice between the
// branches is lost, and told in words. Private to schema_root.cc.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "json/value.h"
#include "lower/schema_draft.h"

namespace dragoman::lower {

class RootBranches {
 public:
  explicit RootBranches(const json::Builder& build) : build_(build) {}

  // A branch that an object may fit, its own allOf and references joined. `beside`: what stands beside the
  // branches.
  void add(json::Value branch, const Draft& beside);
  // A branch that no object fits.
  void add_other() { ++others_; }

  bool any() const { return objects_ > 0; }
  bool others() const { return others_ > 0; }

  // Into the object beside which they stood.
  void write(Draft& object);
  // Of what was written. As it was: a single branch, of which everything is said.
  bool as_it_was() const { return objects_ == 1 && whole_; }
  // A property that a branch leaves free is as another one says.
  bool narrowed() const { return narrowed_; }
  // Which names to give: the choice in words; "" where there is none, or where it would take too many.
  std::string choice() const;

 private:
  struct Property {
    json::Member first;                     // by the first branch that has it
    std::vector<json::Value> schemas = {};  // by each
    std::size_t open = 0;                   // how many of those branches take members they do not name
  };

  void add_keywords(json::Value branch, const Draft& beside);
  void add_properties(json::Value branch, bool closed);
  void add_required(json::Value branch);
  json::Value schema_of(const Property& property) const;
  void write_properties(Draft& object);
  void write_required(Draft& object) const;

  const json::Builder& build_;
  std::size_t objects_ = 0, others_ = 0;
  std::size_t open_ = 0;  // branches that take members they do not name
  std::vector<Property> properties_;
  std::unordered_map<std::string_view, std::size_t> places_;     // of properties_
  std::vector<json::Value> required_;                            // names, in order
  std::unordered_map<std::string_view, std::size_t> requiring_;  // how many branches do
  std::string sets_;                                             // what each requires
  bool says_more_ = false;  // one says something of members that it does not name
  bool whole_ = true;
  bool narrowed_ = false;
};

}  // namespace dragoman::lower
