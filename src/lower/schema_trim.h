// What becomes of a schema in which nothing but some members have to go: made in one walk, where the steps of
// schema_rewriter.h take each schema through all of them and look at the result once more.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "json/value.h"
#include "lower/names.h"
#include "lower/schema.h"
#include "lower/schema_leave.h"
#include "lower/schema_plain.h"
#include "lower/schema_report.h"
#include "lower/strict_walk.h"

namespace dragoman::lower {

class Trimmer {
 public:
  // The root of a tool's parameters and all below it. `keys`: what property names have to fit; nullptr: any
  // will do. `strict`: what a strict mode wants besides; nullptr: nothing.
  Trimmer(const Column& column, const SchemaTarget& target, const NameJudge* keys, StrictWalk* strict,
          Arena& arena)
      : column_(column),
        target_(target),
        keys_(keys),
        strict_(strict),
        trims_root_(!target.root_keys.empty() || column.rejects(Row::root_notes) ||
                    column.rejects(Row::root_additional)),
        judge_(column),
        build_(arena),
        shown_(arena) {}

  struct Trimmed {
    json::Value schema;  // the root itself where nothing goes
    std::size_t steps = 0;
    bool filled = false;  // a property has the filler's name
  };
  // The same, byte for byte, as the steps would come to, with its edits, whose text is in the arena, added to
  // `edits`; nullopt where they may have more to do, and what was added is worth nothing.
  std::optional<Trimmed> run(json::Value root, std::vector<Edit>& edits);

 private:
  // The way from the root: a keyword, and below it a property's name or a branch's number.
  struct Step {
    const Step* up;
    std::string_view keyword, property = {};
    std::optional<std::size_t> branch = {};
  };
  static void append(std::string& pointer, const Step* at);
  std::string_view pointer_to(const Step* at);  // in the arena
  // What has become of a schema, or of something in one.
  struct Made {
    json::Value value;
    bool trimmed = false;  // something was left out in it, or changed by the steps
    bool stepped = false;  // by those, in itself
    StrictWalk::Seen seen = {};
  };
  using Inside = StrictWalk::Inside;

  // False: not by leaving out alone. `optional`: see StrictWalk.
  bool schema(json::Value value, const Step* at, int depth, bool optional, Made& made);
  // What the steps make of it, if they may do so here.
  bool stepped(json::Value value, const Step* at, int depth, Made& made);
  // Makes it what it becomes where null is said apart: the members of that which have to go. nullopt, and
  // nothing done: it is not one of those forms, or not all it needs.
  std::optional<std::uint64_t> look_apart(json::Value& value, PlainJudge::Told& told, const Step* at);
  bool settled(json::Value schema, const Step* at, int depth);
  bool root(json::Value value, const PlainJudge::Told& told) const;
  bool note(Row row, const Step* at, std::string_view keyword, json::Value before, json::Value after,
            Loss loss);
  bool leave(const LeftOut& left, const json::Member& member, const Step* at, std::string* hints);
  bool leave_all(std::span<const json::Member> members, std::uint64_t gone, const Step* at,
                 std::string& hints);
  bool child(const json::Member& member, const PlainJudge::Told& told, const Step* at, int depth,
             Inside& inside, Made& made);
  bool properties(const PlainJudge::Told& told, const Step* at, int depth, Inside& inside, Made& made);
  bool branches(const PlainJudge::Told& told, const Step* at, int depth, Inside& inside, Made& made);
  void put(std::span<const json::Member> members);  // at the end of what is being put together
  bool trim_root(std::size_t first, bool hinted, bool& changed);

  const Column& column_;
  const SchemaTarget& target_;
  const NameJudge* keys_;
  StrictWalk* strict_;
  bool trims_root_;
  PlainJudge judge_;
  json::Builder build_;
  Shown shown_;
  // Of the objects being put together, each behind those around it.
  static constexpr std::size_t kRoom = 48;
  alignas(json::Member) std::array<std::byte, kRoom * sizeof(json::Member)> room_;
  std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
  std::pmr::vector<json::Member> made_{&memory_};
  std::string pointer_;  // being put together
  std::vector<Edit>* edits_ = nullptr;
  std::vector<std::pair<int, Edit>> later_;  // of the steps' further looks, with the look's number
  std::size_t added_ = 0;                    // RewrittenPart::added, of all
  std::size_t steps_ = 0;
  bool filled_ = false;
  bool settling_ = false;  // a look only
};

}  // namespace dragoman::lower
