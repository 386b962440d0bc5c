#include "lower/schema_resources.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lower/schema_keywords.h"
#include "lower/schema_refs.h"

namespace dragoman::lower {
namespace {

using json::Member;
using json::Value;

// RFC 3986, as far as names of schemas go: a path beside the base's last one.
std::string absolute(std::string_view base, std::string_view name) {
  if (name.find("://") != name.npos || name.starts_with("urn:")) return std::string(name);
  const std::size_t slash = base.rfind('/');
  return std::string(base.substr(0, slash == base.npos ? 0 : slash + 1)) + std::string(name);
}

// A name of the schema itself; "#name" is an older anchor.
std::string_view own_name(Value schema) {
  const std::string_view id = schema["$id"].text();
  return id.starts_with('#') ? std::string_view() : id.substr(0, id.find('#'));
}

// Below `schema`: each subschema with its way there.
template <class F>
void each_below(Value schema, const std::string& pointer, F&& visit) {
  for (const Member& member : schema.members()) {
    const Keyword* keyword = find_keyword(member.key);
    if (!keyword || keyword->holds == Holds::data) continue;
    std::string at = pointer;
    json::append_pointer(at, member.key);
    if (keyword->holds == Holds::map || keyword->holds == Holds::dependencies) {
      for (const Member& inner : member.value.members()) {
        std::string below = at;
        json::append_pointer(below, inner.key);
        visit(inner.value, below);
      }
    } else if (member.value.is_array()) {
      for (std::size_t i = 0; i < member.value.items().size(); ++i)
        visit(member.value.at(i), at + "/" + std::to_string(i));
    } else {
      visit(member.value, at);
    }
  }
}

class Resources {
 public:
  Resources(Value root, Arena& arena, Reporter& reporter) : build_(arena), reporter_(reporter) {
    read(root, "", "");
  }
  Value rebuilt(Value schema, const std::string& base, const std::string& within, const Place* up) {
    if (!schema.is_object()) return schema;
    const Place place{schema, up};
    std::vector<Member> out;
    bool changed = false;
    std::string own_base = base, own_within = within;
    if (const std::string_view name = own_name(schema); !name.empty()) {
      own_base = absolute(base, name);
      if (const auto known = at_.find(own_base); known != at_.end()) own_within = known->second;
    }
    const auto below = [&](Value sub) { return rebuilt(sub, own_base, own_within, &place); };
    for (Member member : schema.members()) {
      const Value was = member.value;
      const Keyword* keyword = find_keyword(member.key);
      if (member.key == "$id" && up && !own_name(schema).empty()) {
        reporter_.edit(place, Row::id, "$id", was, {}, Loss::none);
        changed = true;
        continue;
      }
      if (member.key == "$ref" && was.is_string()) {
        if (const auto text = here(was.text(), own_base, own_within)) {
          member.value = build_.string_copy(*text);
          reporter_.edit(place, Row::ref, "$ref", was, member.value, Loss::none);
        }
      } else if (keyword && keyword->holds != Holds::data) {
        member.value = inside(*keyword, was, below);
      }
      changed |= member.value.node() != was.node();
      out.push_back(member);
    }
    if (!changed) return schema;
    const Value made = build_.object(out);
    reporter_.stands_for(made, schema);
    return made;
  }

 private:
  void read(Value schema, const std::string& pointer, const std::string& base) {
    if (!schema.is_object()) return;
    std::string own = base;
    if (const std::string_view name = own_name(schema); !name.empty()) {
      own = absolute(base, name);
      at_.try_emplace(own, pointer);
    }
    each_below(schema, pointer, [&](Value sub, const std::string& at) { read(sub, at, own); });
  }
  // The reference by a pointer from the root; nothing where it is one already, or leads elsewhere.
  std::optional<std::string> here(std::string_view ref, const std::string& base,
                                  const std::string& within) const {
    const std::size_t hash = ref.find('#');
    const std::string_view document = ref.substr(0, hash);
    const std::string_view fragment = hash == ref.npos ? std::string_view() : ref.substr(hash + 1);
    std::string prefix = within;
    if (!document.empty()) {
      const auto known = at_.find(absolute(base, document));
      if (known == at_.end()) return std::nullopt;
      prefix = known->second;
    }
    if (document.empty() && prefix.empty()) return std::nullopt;
    if (!fragment.empty() && !fragment.starts_with('/'))  // an anchor
      return document.empty() ? std::nullopt : std::optional("#" + std::string(fragment));
    std::string text = "#";
    for (const char c : prefix) c == '%' ? text += "%25" : text += c;
    return text + std::string(fragment);
  }
  template <class Below>
  Value inside(const Keyword& keyword, Value was, const Below& below) {
    if (keyword.holds == Holds::map || keyword.holds == Holds::dependencies) {
      std::vector<Member> members(was.members().begin(), was.members().end());
      bool changed = false;
      for (Member& member : members) {
        const Value made = below(member.value);
        changed |= made.node() != member.value.node();
        member.value = made;
      }
      return changed ? build_.object(members) : was;
    }
    if (!was.is_array()) return below(was);
    std::vector<Value> items(was.items().begin(), was.items().end());
    bool changed = false;
    for (Value& item : items) {
      const Value made = below(item);
      changed |= made.node() != item.node();
      item = made;
    }
    return changed ? build_.array(items) : was;
  }

  json::Builder build_;
  Reporter& reporter_;
  std::map<std::string, std::string> at_;  // absolute name → pointer
};

}  // namespace

Value without_resources(Value root, Arena& arena, Reporter& reporter) {
  if (!may_say(root, "$id") || !may_say(root, "$ref")) return root;
  // Names are of use where something refers by one, or inside what has one.
  bool named = false, refers = false;
  any_schema(
      root, [](Value) { return true; },
      [&](Value schema) {
        const Value ref = schema["$ref"];
        const bool inner = schema.node() != root.node() && !own_name(schema).empty();
        named =
            named || inner || (!own_name(root).empty() && ref.is_string() && !ref.text().starts_with('#'));
        refers = refers || ref.is_string();
        return named && refers;
      });
  if (!named || !refers) return root;
  return Resources(root, arena, reporter).rebuilt(root, "", "", nullptr);
}

}  // namespace dragoman::lower
