// The schemas that a target takes just as they are, told at one look: most of those in most tools. For every
// other the steps of schema_rewriter.h decide. A schema that is plain here is one that no step would touch;
// schema_plain_test.cc holds the two against each other.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "json/value.h"
#include "lower/names.h"
#include "lower/schema.h"
#include "lower/schema_keywords.h"

namespace dragoman::lower {

class PlainJudge {
 public:
  explicit PlainJudge(const Column& column) : column_(column), traits_(column.traits()) {}

  enum class Plain : std::uint8_t {
    no,      // perhaps not; the steps know
    leaf,    // nothing is to be done, and no schema stands in it
    branch,  // nothing but what the schemas in it may need
  };
  // A schema by its members, those below it aside. The column does not pass everything.
  Plain judge(std::span<const json::Member> members) const;

  // The root of a tool's parameters and all below it, property names included (nullptr: any will do). The
  // steps of schema.h that it takes to see that nothing is to be done; nullopt where something may be.
  std::optional<std::size_t> whole(json::Value root, const SchemaTarget& target, const NameJudge* keys) const;

  // What a lossless rewriting would only find out on the way: a bound that the column refuses, on a property
  // of the root where nothing else can become of it. False proves nothing.
  bool loses(json::Value root) const;

 private:
  struct Told {  // of one schema
    json::Value type, values, only, properties, required, more, items, branches;
    bool root = false;
  };
  bool look(std::span<const json::Member> members, Told& told) const;
  bool keyword(const Keyword& keyword, json::Value value, Told& told) const;
  bool together(std::span<const json::Member> members, const Told& told) const;
  bool types(std::span<const json::Member> members, json::Value list) const;
  bool values(const Told& told) const;
  bool properties(std::span<const json::Member> properties) const;
  bool only_own(std::span<const json::Member> members, std::string_view type) const;
  bool as_root(std::span<const json::Member> members, const Told& told, const SchemaTarget& target) const;
  bool below(const Told& told, const NameJudge* keys, int depth, std::size_t& steps) const;
  bool tree(json::Value schema, const NameJudge* keys, int depth, std::size_t& steps) const;

  const Column& column_;
  const Traits& traits_;
};

}  // namespace dragoman::lower
