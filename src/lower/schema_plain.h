// Schemas in which no step of schema_rewriter.h would do more than leave some members out, told at one look
// at their keywords: most of those in most tools. schema_trim.h makes what becomes of them; for all others
// the steps decide. schema_plain_test.cc holds the two against each other.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "json/value.h"
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

  // Names of types, a bit for each; `odd` for anything else.
  enum Types : std::uint8_t { object = 1, array = 2, string = 4, null = 8, others = 16, odd = 32 };
  // What a look at a schema sees.
  struct Told {
    json::Value type, values, only, properties, required, more, items, branches, nullable;
    std::uint8_t types = 0;  // that `type` names
    bool root = false;
    bool each = false;  // by itself every member is taken or a note that goes; not so together, perhaps
    bool is_object() const { return type.is_string() && types == object; }
  };
  static constexpr std::size_t kMembers = 64;  // of one schema; more are for the steps
  // The members that have to go, a bit for each, and nothing else is to be done; nullopt where there may be.
  std::optional<std::uint64_t> look(std::span<const json::Member> members, Told& told) const;

  // None of an object's properties is for the object to see to.
  bool properties(std::span<const json::Member> properties) const;

  // What a lossless rewriting would only find out on the way: a bound that the column refuses, on a property
  // of the root where nothing else can become of it. False proves nothing.
  bool loses(json::Value root) const;

 private:
  enum class Fit : std::uint8_t { no, taken, apart };  // apart: to be left out, by itself
  Fit keyword(const Keyword& keyword, const json::Member& member, std::span<const json::Member> siblings,
              Told& told) const;
  Fit apart(const Keyword& keyword, Cell cell, const json::Member& member,
            std::span<const json::Member> siblings) const;
  bool together(std::span<const json::Member> members, const Told& told) const;
  bool type_or_null(std::span<const json::Member> members, const Told& told) const;
  bool values(const Told& told) const;
  bool loses_bound(json::Value schema) const;
  bool only_own(std::span<const json::Member> members, std::string_view type) const;

  const Column& column_;
  const Traits& traits_;
};

}  // namespace dragoman::lower
