#include "lower/argument_plan.h"

#include <algorithm>
#include <unordered_set>

#include "json/write.h"
#include "lower/schema_refs.h"

namespace dragoman::lower {
namespace {

using json::Member;
using json::Value;

class Planner {
 public:
  Planner(Value root, const WireChanges& changes)
      : refs_(root), root_(root), changes_(changes), nulled_(changes.nulled.begin(), changes.nulled.end()) {}

  ArgumentPlan run() {
    if (changes_.wrapped) plan_.wrapped = kWrapped;
    node(root_);
    // No recursion: a schema may be as deep as JSON may.
    for (std::size_t i = 0; i < open_.size(); ++i) fill(open_[i]);
    return std::move(plan_);
  }

 private:
  int node(Value schema) {
    const auto [at, made] = index_.emplace(schema.node(), static_cast<int>(plan_.nodes.size()));
    if (made) {
      plan_.nodes.emplace_back();
      open_.push_back(schema);
    }
    return at->second;
  }

  void fill(Value schema) {
    const auto self = static_cast<std::size_t>(index_.at(schema.node()));
    ArgumentPlan::Node made;
    for (const Member& member : schema["properties"].members()) {
      ArgumentPlan::Property property;
      const auto renamed = changes_.renamed.find(member.key);
      property.client = renamed == changes_.renamed.end() ? member.key : renamed->second;
      property.node = node(member.value);
      property.drop_null = nulled_.contains(member.value.node());
      property.takes_null = !property.drop_null && takes_null(member.value, refs_);
      property.filler = is_filler(member);
      if (property.client != member.key) made.wire_keys.emplace(property.client, member.key);
      made.properties.emplace(member.key, std::move(property));
    }
    for (const Member& member : schema["patternProperties"].members())
      made.others.push_back(node(member.value));
    made.closed = schema["properties"].is_object() && made.others.empty() &&
                  schema["additionalProperties"].is_bool() && !schema["additionalProperties"].boolean();
    for (const std::string_view key : {"additionalProperties", "unevaluatedProperties"})
      if (schema[key].is_object()) made.others.push_back(node(schema[key]));
    for (const Value item : schema["prefixItems"].items()) made.prefix.push_back(node(item));
    if (schema["items"].is_array()) {
      for (const Value item : schema["items"].items()) made.prefix.push_back(node(item));
      if (schema["additionalItems"].is_object()) made.items.push_back(node(schema["additionalItems"]));
    } else if (schema["items"].is_object()) {
      made.items.push_back(node(schema["items"]));
    }
    for (const std::string_view key : {"anyOf", "oneOf", "allOf"})
      for (const Value branch : schema[key].items()) made.same.push_back(node(branch));
    for (const std::string_view key : {"then", "else"})
      if (schema[key].is_object()) made.same.push_back(node(schema[key]));
    for (const Member& member : schema["dependentSchemas"].members()) made.same.push_back(node(member.value));
    if (schema["$ref"].is_string())
      if (const Value target = refs_.resolve(schema["$ref"].text()); target.is_object())
        made.same.push_back(node(target));
    if (const Value only = schema["const"]) made.literals.push_back(literal_key(only));
    for (const Value value : schema["enum"].items()) made.literals.push_back(literal_key(value));
    plan_.nodes[self] = std::move(made);
  }

  References refs_;
  Value root_;
  const WireChanges& changes_;
  std::unordered_set<const json::Node*> nulled_;
  ArgumentPlan plan_;
  std::unordered_map<const json::Node*, int> index_;
  std::vector<Value> open_;
};

class ToWire {
 public:
  ToWire(const ArgumentPlan& plan, const json::Builder& build) : plan_(plan), build_(build) {}

  Value convert(Value value, const std::vector<int>& nodes) {
    if (nodes.empty()) return value;
    if (value.is_object()) return object(value, nodes);
    if (value.is_array()) return array(value, nodes);
    return value;
  }

 private:
  Value object(Value value, const std::vector<int>& nodes) {
    std::vector<Member> out;
    bool changed = false;
    for (Member member : value.members()) {
      std::string_view wire = member.key;
      std::vector<int> below;
      bool named = false;
      for (const int at : nodes) {
        const ArgumentPlan::Node& node = plan_.nodes[static_cast<std::size_t>(at)];
        const auto renamed = node.wire_keys.find(member.key);
        const std::string_view key = renamed == node.wire_keys.end() ? member.key : renamed->second;
        const auto known = node.properties.find(key);
        if (known == node.properties.end() || known->second.client != member.key) continue;
        named = true;
        below.push_back(known->second.node);
        if (renamed != node.wire_keys.end()) wire = build_.arena().copy(key);
      }
      if (!named)
        for (const int at : nodes) {
          const auto& others = plan_.nodes[static_cast<std::size_t>(at)].others;
          below.insert(below.end(), others.begin(), others.end());
        }
      const Value made = convert(member.value, same_value(plan_, std::move(below)));
      changed |= made.node() != member.value.node() || wire != member.key;
      member.value = made;
      if (wire != member.key) member = {wire, made};
      out.push_back(member);
    }
    return changed ? build_.object(out) : value;
  }

  Value array(Value value, const std::vector<int>& nodes) {
    std::vector<Value> out;
    bool changed = false;
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      std::vector<int> below;
      for (const int at : nodes) {
        const ArgumentPlan::Node& node = plan_.nodes[static_cast<std::size_t>(at)];
        if (i < node.prefix.size())
          below.push_back(node.prefix[i]);
        else
          below.insert(below.end(), node.items.begin(), node.items.end());
      }
      const Value made = convert(value.items()[i], same_value(plan_, std::move(below)));
      changed |= made.node() != value.items()[i].node();
      out.push_back(made);
    }
    return changed ? build_.array(out) : value;
  }

  const ArgumentPlan& plan_;
  const json::Builder& build_;
};

// `left`: how many schemas may still be looked at; branches of references into branches multiply.
bool takes_null_within(Value schema, References& refs, int depth, int& left) {
  if (schema.is_bool()) return schema.boolean();
  if (!schema.is_object() || depth > 8 || --left < 0) return false;
  if (schema["nullable"].boolean()) return true;
  const auto within = [&](Value sub) { return takes_null_within(sub, refs, depth + 1, left); };
  if (schema["$ref"].is_string() && !within(refs.resolve(schema["$ref"].text()))) return false;
  if (const Value type = schema["type"]) {
    const bool named = type.text() == "null" ||
                       std::ranges::any_of(type.items(), [](Value name) { return name.text() == "null"; });
    if (!named) return false;
  }
  if (const Value only = schema["const"]; only && !only.is_null()) return false;
  if (const Value values = schema["enum"]; values.is_array())
    if (std::ranges::none_of(values.items(), [](Value value) { return value.is_null(); })) return false;
  for (const std::string_view key : {"anyOf", "oneOf"})
    if (const Value list = schema[key]; list.is_array() && std::ranges::none_of(list.items(), within))
      return false;
  return std::ranges::all_of(schema["allOf"].items(), within);
}

bool has_filler(Value schema) {
  return any_schema(
      schema, [](Value one) { return may_say(one, kFillerText); },
      [](Value one) { return std::ranges::any_of(one["properties"].members(), is_filler); });
}

}  // namespace

std::string literal_key(Value value) {
  return value.is_string() ? "\"" + std::string(value.text()) : json::dump_compact(value);
}

bool takes_null(Value schema, References& refs) {
  int left = 2000;
  return takes_null_within(schema, refs, 0, left);
}

bool is_filler(const Member& property) {
  return property.key == kFillerKey && property.value["description"].text() == kFillerText;
}

std::vector<int> same_value(const ArgumentPlan& plan, std::vector<int> nodes) {
  std::vector<int> out;
  while (!nodes.empty()) {
    const int at = nodes.back();
    nodes.pop_back();
    if (std::ranges::find(out, at) != out.end()) continue;
    out.push_back(at);
    const auto& same = plan.nodes[static_cast<std::size_t>(at)].same;
    nodes.insert(nodes.end(), same.begin(), same.end());
  }
  return out;
}

const ArgumentPlan& WayBack::plan() const {
  if (!plan_) plan_ = Planner(wire_schema_, changes_).run();
  return *plan_;
}

std::shared_ptr<const WayBack> way_back(Value wire_schema, WireChanges changes, Arena& arena) {
  if (!wire_schema.is_object()) return nullptr;
  const bool changed = changes.wrapped || !changes.renamed.empty() || !changes.nulled.empty();
  if (!changed && !has_filler(wire_schema)) return nullptr;
  return std::allocate_shared<const WayBack>(ArenaAllocator<WayBack>(arena), wire_schema, std::move(changes));
}

Value to_wire(const ArgumentPlan& plan, Value client, const json::Builder& build) {
  Value value = client;
  std::vector<int> root = same_value(plan, {0});
  if (!plan.wrapped.empty()) {
    const Member member{kWrapped, client};
    value = build.object({&member, 1});
  }
  return ToWire(plan, build).convert(value, root);
}

}  // namespace dragoman::lower
