#include "lower/schema_cache.h"

#include "json/parse.h"
#include "lower/context.h"

namespace dragoman::lower {
namespace {

void add(std::string& key, std::string_view part) {
  key += part;
  key += '\n';
}

std::string key_of(std::string_view text, const SchemaOptions& o) {
  std::string key;
  key.reserve(text.size() + 160);
  add(key, o.target.column);
  for (const std::string& name : o.target.root_keys) add(key, name);
  for (const bool flag : {o.target.root_composition, o.target.object_root, o.target.wrap_choices, o.strict,
                          o.rules.all_required, o.rules.typed, o.rules.first_keys, o.rules.plain_unions})
    key += flag ? '1' : '0';
  add(key, o.keys.first);
  add(key, o.keys.rest);
  add(key, std::to_string(o.keys.max));
  add(key, std::to_string(o.keys.exact));
  add(key, o.keys_rule);
  add(key, o.strict_rule);
  key += text;
  return key;
}

}  // namespace

std::shared_ptr<const SchemaCache::Entry> SchemaCache::get(json::Value schema, const SchemaOptions& options) {
  std::string key = key_of(schema.raw(), options);
  if (const auto known = found_.find(key); known != found_.end()) {
    order_.splice(order_.begin(), order_, known->second);
    return order_.front();
  }
  auto made = std::make_shared<Entry>();
  made->key = std::move(key);
  made->text = schema.raw();
  const auto parsed = json::parse(made->arena, made->text);
  if (!parsed) return nullptr;  // nested deeper than a document of its own may be
  made->schema = *parsed;
  made->lowered = lower_schema(made->schema, options, made->arena);
  if (made->text.size() > most_ / 4) return made;
  order_.push_front(made);
  found_.emplace(made->key, order_.begin());
  bytes_ += made->text.size();
  while (bytes_ > most_) {
    const auto& oldest = order_.back();
    bytes_ -= oldest->text.size();
    found_.erase(oldest->key);
    order_.pop_back();
  }
  return made;
}

LoweredSchema lower_schema(Context& c, json::Value schema, const SchemaOptions& options) {
  if (!c.schemas || !schema.is_object() || schema.raw().empty())
    return lower_schema(schema, options, c.arena);
  const auto entry = c.schemas->get(schema, options);
  if (!entry) return lower_schema(schema, options, c.arena);
  c.held.push_back(entry);
  LoweredSchema out = entry->lowered;
  if (out.schema.node() == entry->schema.node()) out.schema = schema;  // unchanged: the client's own
  // The way back outlives the lowering, and must keep what it may point to.
  if (out.plan) out.plan = std::shared_ptr<const ArgumentPlan>(entry, entry->lowered.plan.get());
  return out;
}

}  // namespace dragoman::lower
