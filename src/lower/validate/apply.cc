// Checks that apply schemas: to members and items, and several to the same value.
#include <fmt/format.h>

#include <algorithm>

#include "lower/validate/run_inline.h"

namespace dragoman::validate {

using json::Member;
using json::Value;

bool Run::properties(const Schema& at, const Check& check, const Spot& spot) {
  const ObjectRule& rule = program_.objects[check.number];
  const auto members = spot.instance.members();
  bool good = true;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Member& member = members[i];
    if (!steps_.take()) return false;
    bool known = false, fits = true;
    if (const auto found = rule.properties.find(member.key); found != rule.properties.end()) {
      known = true;
      fits = child(found->second, spot, member.value, member.key, i);
    }
    for (const auto& [pattern, text, schema] : rule.patterns) {
      if (!fits && !more()) return false;
      if (!matches(program_.patterns[pattern], member.key, steps_)) continue;
      known = true;
      fits &= child(schema, spot, member.value, member.key, i);
    }
    if (!known && rule.additional != kNoSchema) {
      known = true;
      if (program_.schemas[rule.additional].never) {
        const Path path = {spot.path, member.key, i};
        fits = broken(at, "additionalProperties", {member.value, &path, spot.scope, nullptr}, [&] {
          return fmt::format("the property {} is not one of those allowed", quoted(member.key));
        });
      } else {
        fits = child(rule.additional, spot, member.value, member.key, i);
      }
    }
    if (known && spot.seen) spot.seen->mark(i);
    if (fits) continue;
    good = false;
    if (!more()) return false;
  }
  return good;
}

bool Run::property_names(const Check& check, const Spot& spot) {
  bool good = true;
  Arena arena;
  for (std::size_t i = 0; i < spot.instance.members().size(); ++i) {
    const Member& member = spot.instance.members()[i];
    if (child(check.schema, spot, json::Builder(arena).string(member.key), member.key, i)) continue;
    good = false;
    if (!more()) return false;
  }
  return good;
}

bool Run::items(const Schema& at, const Check& check, const Spot& spot) {
  const ItemRule& rule = program_.items[check.number];
  const auto items = spot.instance.items();
  bool good = true;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const SchemaId schema = i < rule.prefix.size() ? rule.prefix[i] : rule.rest;
    if (schema == kNoSchema) break;
    if (spot.seen) spot.seen->mark(i);
    if (i >= rule.prefix.size() && program_.schemas[schema].never) {
      return broken(at, rule.rest_keyword, spot, [&] {
        return fmt::format("must have at most {} items, has {}", rule.prefix.size(), items.size());
      });
    }
    if (child(schema, spot, items[i], {}, i)) continue;
    good = false;
    if (!more()) return false;
  }
  return good;
}

bool Run::contains(const Schema& at, const Check& check, const Spot& spot) {
  const ContainsRule& rule = program_.contains[check.number];
  const auto items = spot.instance.items();
  std::uint64_t count = 0, sure = 0;
  // Nothing more to learn once there are enough and nobody asks which they are.
  const bool all = rule.most != UINT64_MAX || (rule.marks && spot.seen);
  std::vector<Violation>* const out = std::exchange(out_, nullptr);
  const bool unsure = unsure_;
  for (std::size_t i = 0; i < items.size() && (all || count < rule.least) && !done(); ++i) {
    unsure_ = false;
    if (!child(rule.schema, spot, items[i], {}, i)) continue;
    ++count;
    sure += !unsure_;
    if (rule.marks && spot.seen) spot.seen->mark(i);
  }
  unsure_ = unsure || sure != count;
  out_ = out;
  if (done()) return false;
  if (count < rule.least) {
    return broken(at, check.keyword, spot, [&] {
      return fmt::format("must hold at least {} item{} {}, holds {}", rule.least,
                         rule.least == 1 ? " that fits" : "s that fit", excerpt(check.value), count);
    });
  }
  if (sure > rule.most) {
    return broken(at, "maxContains", spot, [&] {
      return fmt::format("must hold at most {} item{} {}, holds {}", rule.most,
                         rule.most == 1 ? " that fits" : "s that fit", excerpt(check.value), count);
    });
  }
  return true;
}

bool Run::all_of(const Check& check, const Spot& spot) {
  bool good = true;
  for (const SchemaId id : program_.lists[check.number]) {
    if (schema(id, spot)) continue;
    good = false;
    if (!more()) return false;
  }
  return good;
}

Run::Branch Run::branch(SchemaId id, const Spot& spot) {
  Branch result;
  std::vector<Violation>* const out = out_;
  const bool unsure = std::exchange(unsure_, false);
  const std::size_t most = std::exchange(most_, std::min<std::size_t>(most_, 3));
  if (out) out_ = &result.found;
  result.valid = schema(id, spot.with(spot.seen ? &result.seen : nullptr));
  out_ = out;
  most_ = most;
  result.unsure = std::exchange(unsure_, unsure);
  return result;
}

// Says which alternative was nearest: the one that fails deeper in the instance than at its type or tag.
void Run::explain(const Schema& at, const Check& check, const Spot& spot,
                  const std::vector<Branch>& branches) {
  broken(at, check.keyword, spot, [&] {
    const std::string here = pointer(spot.path);
    const auto early = [&](const Branch& branch) {
      return branch.found.empty() || std::ranges::any_of(branch.found, [&](const Violation& violation) {
               const bool tag = violation.keyword == "const" || violation.keyword == "enum";
               return tag || (violation.keyword == "type" && violation.instance_pointer == here);
             });
    };
    std::vector<std::size_t> near;
    for (std::size_t i = 0; i < branches.size(); ++i)
      if (!early(branches[i])) near.push_back(i);
    const auto first = [&](std::size_t i) {
      const Violation& violation = branches[i].found.front();
      const std::string below = violation.instance_pointer.substr(here.size());
      return below.empty() ? violation.message : fmt::format("{} {}", below, violation.message);
    };
    std::string text = fmt::format("fits none of the {} alternatives", branches.size());
    if (near.size() == 1)
      return fmt::format("{}; the nearest is number {}, but: {}", text, near[0] + 1, first(near[0]));
    constexpr std::size_t kShown = 4;
    for (std::size_t i = 0; i < std::min(branches.size(), kShown); ++i)
      if (!branches[i].found.empty()) text += fmt::format("{} {}", i == 0 ? ":" : ";", first(i));
    return text;
  });
}

bool Run::any_of(const Schema& at, const Check& check, const Spot& spot) {
  const auto& list = program_.lists[check.number];
  std::vector<Branch> branches;
  bool good = false;
  for (const SchemaId id : list) {
    Branch one = branch(id, spot);
    if (done()) return false;
    if (one.valid) {
      good = true;
      unsure_ |= one.unsure;
      if (!spot.seen) return true;
      spot.seen->merge(one.seen);
    } else if (!quiet() && !good) {
      branches.push_back(std::move(one));
    }
  }
  if (!good) explain(at, check, spot, branches);
  return good;
}

bool Run::one_of(const Schema& at, const Check& check, const Spot& spot) {
  const auto& list = program_.lists[check.number];
  std::vector<Branch> branches;
  std::size_t valid = 0, sure = 0, first = 0, second = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    Branch one = branch(list[i], spot);
    if (done()) return false;
    if (one.valid) {
      if (++valid == 1) first = i;
      if (valid == 2) second = i;
      sure += !one.unsure;
      unsure_ |= one.unsure;
      if (spot.seen) spot.seen->merge(one.seen);
      if (sure > 1 && quiet()) return false;
    } else if (!quiet()) {
      branches.push_back(std::move(one));
    }
  }
  if (valid == 0) {
    explain(at, check, spot, branches);
    return false;
  }
  // Of those that hold only by what is not enforced, nobody knows whether they hold.
  if (sure <= 1) return true;
  return broken(at, check.keyword, spot, [&] {
    return fmt::format("must fit exactly one of the {} alternatives, fits {} (number {} and number {}{})",
                       list.size(), valid, first + 1, second + 1, valid > 2 ? " …" : "");
  });
}

bool Run::negation(const Schema& at, const Check& check, const Spot& spot) {
  std::vector<Violation>* const out = std::exchange(out_, nullptr);
  Branch one = branch(check.schema, spot.with(nullptr));
  out_ = out;
  if (done()) return false;
  unsure_ |= one.unsure;
  if (!one.valid || one.unsure) return true;
  return broken(at, check.keyword, spot, [&] {
    return fmt::format("must not fit {}, is {}", excerpt(check.value), excerpt(spot.instance));
  });
}

bool Run::condition(const Check& check, const Spot& spot) {
  const ConditionRule& rule = program_.conditions[check.number];
  std::vector<Violation>* const out = std::exchange(out_, nullptr);
  Branch test = branch(rule.test, spot);
  out_ = out;
  if (done()) return false;
  if (test.valid && spot.seen) spot.seen->merge(test.seen);
  if (test.unsure) {
    unsure_ = true;
    if (test.valid) {
      // Either branch may be the one that counts.
      if (spot.seen) spot.seen->all = true;
      return true;
    }
  }
  const SchemaId next = test.valid ? rule.then : rule.otherwise;
  return next == kNoSchema || schema(next, spot);
}

bool Run::dependent_schemas(const Check& check, const Spot& spot) {
  bool good = true;
  const MemberFinder find(spot.instance, steps_);
  for (const auto& [name, id] : program_.dependents[check.number].schemas) {
    if (!steps_.take()) return false;
    if (!find[name] || schema(id, spot)) continue;
    good = false;
    if (!more()) return false;
  }
  return good;
}

bool Run::dynamic_reference(const Check& check, const Spot& spot) {
  SchemaId target = check.schema;
  std::string_view anchor;
  if (check.op == Op::dynamic_reference) {
    target = program_.dynamics[check.number].schema;
    anchor = program_.dynamics[check.number].anchor;
  }
  const bool dynamic = check.op == Op::dynamic_reference ? !anchor.empty() : check.number != 0;
  if (dynamic) {
    // The outermost resource on the way that has the anchor.
    const auto& targets = program_.dynamic_targets.find(anchor)->second;
    for (const Scope* scope = spot.scope; scope; scope = scope->outer) {
      steps_.take();
      if (const auto found = targets.find(scope->resource); found != targets.end()) target = found->second;
    }
  }
  return schema(target, spot);
}

bool Run::unevaluated(const Schema& at, const Check& check, const Spot& spot) {
  const bool object = check.op == Op::unevaluated_properties;
  const std::size_t count = object ? spot.instance.members().size() : spot.instance.items().size();
  const bool never = program_.schemas[check.schema].never;
  bool good = true;
  for (std::size_t i = 0; i < count; ++i) {
    if (!steps_.take()) return false;
    if (spot.seen->has(i)) continue;
    const std::string_view key = object ? spot.instance.members()[i].key : std::string_view();
    const Value value = object ? spot.instance.members()[i].value : spot.instance.at(i);
    bool fits = false;
    if (never) {
      const Path path = {spot.path, key, i};
      broken(at, check.keyword, {value, &path, spot.scope, nullptr}, [&] {
        return object ? fmt::format("the property {} is not one of those allowed", quoted(key))
                      : fmt::format("the item {} is one too many", i);
      });
    } else {
      fits = child(check.schema, spot, value, key, i);
    }
    if (fits) continue;
    good = false;
    if (!more()) return false;
  }
  if (good) spot.seen->all = true;
  return good;
}

}  // namespace dragoman::validate
