#include "lower/schema_cache.h"

#include <algorithm>

#include "base/text_hash.h"
#include "json/parse.h"
#include "json/write.h"
#include "lower/context.h"

namespace dragoman::lower {
namespace {

// Each part with its length before it, so that two lists of parts never read as the same text.
void add(std::string& key, std::string_view part) {
  key += std::to_string(part.size());
  key += ':';
  key += part;
}
void add(std::string& key, std::size_t number) { add(key, std::string_view(std::to_string(number))); }
void add(std::string& key, bool flag) { key += flag ? 'y' : 'n'; }

// Whatever lower_schema() reads. The bindings name every member: an option that is new does not compile here
// before it is part of the key.
std::string key_of(const SchemaOptions& options) {
  const auto& [target, keys, keys_rule, strict, close, close_rule, rules, strict_rule, first_keys_rule] =
      options;
  const auto& [column, root_keys, root_composition, object_root, wrap_choices, lossless, every_step] = target;
  const auto& [first, rest, max, exact] = keys;
  const auto& [all_required, typed, first_keys, plain_unions] = rules;
  std::string key;
  key.reserve(256);
  for (const bool flag : {root_composition, object_root, wrap_choices, lossless, every_step, strict, close,
                          all_required, typed, first_keys, plain_unions})
    add(key, flag);
  for (const std::string_view part :
       {column, keys_rule, close_rule, strict_rule, first_keys_rule, first, rest})
    add(key, part);
  add(key, max);
  add(key, exact);
  add(key, root_keys.size());
  for (const std::string& name : root_keys) add(key, name);
  return key;
}

// About what the way back takes: each property is two strings in two maps at worst.
std::size_t bytes_of(const ArgumentPlan& plan) {
  std::size_t sum = 0;
  for (const ArgumentPlan::Node& node : plan.nodes) {
    sum += sizeof node;
    for (const auto& [wire, property] : node.properties)
      sum += 3 * wire.size() + 3 * property.client.size() + sizeof property + 192;
    for (const std::string& literal : node.literals) sum += sizeof literal + literal.size();
    sum += (node.others.size() + node.prefix.size() + node.items.size() + node.same.size()) * sizeof(int);
  }
  return sum;
}

std::size_t bytes_of(const SchemaCache::Entry& entry) {
  std::size_t sum = sizeof entry + entry.options.size() + entry.text.size() + entry.arena.bytes() +
                    entry.lowered.edits.size() * sizeof(Edit);
  if (entry.lowered.back) sum += bytes_of(entry.lowered.back->plan());
  return sum;
}

// What costs nothing to keep but its text.
bool is_as_it_came(const LoweredSchema& lowered) {
  return lowered.unchanged && lowered.edits.empty() && !lowered.back && lowered.fault.empty() &&
         lowered.too_costly.empty();
}

// What a schema takes once it is kept, about, for each step of lowering it: one that would push out too many
// others is not lowered for it once more.
constexpr std::size_t kBytesOfStep = 64;

// What keeping a schema costs, in some measure: one that was changed is lowered for it once more.
constexpr std::size_t kPriceOfUnchanged = 2, kPriceOfChanged = 5;

}  // namespace

KeyedOptions::KeyedOptions(const SchemaOptions& given)
    : options(given), key(key_of(given)), hash(text_hash(key)), judge(judge_of_keys(given)) {}

std::uint32_t MetOfLate::part(std::uint64_t hash) {
  return std::max(std::uint32_t{2}, static_cast<std::uint32_t>(hash >> 32) & ~kKept);  // an empty slot is 0
}

std::uint32_t& MetOfLate::slot(std::uint64_t hash) {
  std::size_t at = hash % kSlots;
  while (slots_[at] && (slots_[at] & ~kKept) != part(hash)) at = (at + 1) % kSlots;
  return slots_[at];
}

MetOfLate::Known MetOfLate::meet(std::uint64_t hash) {
  if (count_ == kMost || slots_.empty()) {
    slots_.assign(kSlots, 0);
    count_ = 0;
  }
  std::uint32_t& at = slot(hash);
  if (at) return at & kKept ? Known::kept : Known::met;
  at = part(hash);
  ++count_;
  return Known::nothing;
}

void MetOfLate::keep(std::uint64_t hash) {
  if (std::uint32_t& at = slot(hash); at) at |= kKept;
}

SchemaCache::Key SchemaCache::key(json::Value schema, const KeyedOptions& options) const {
  // Where the cache lies differs from process to process, so that nobody can make up schemas whose hashes
  // meet.
  const auto seed = reinterpret_cast<std::uintptr_t>(this);
  return {text_hash(schema.raw(), seed ^ options.hash), options.key, schema.raw()};
}

std::shared_ptr<const SchemaCache::Entry> SchemaCache::find(const Key& key) {
  const auto known = found_.find(key);
  if (known == found_.end()) return nullptr;
  order_.splice(order_.begin(), order_, known->second);
  return order_.front();
}

std::shared_ptr<const SchemaCache::Entry> SchemaCache::keep(const Key& key, const KeyedOptions& options,
                                                            const LoweredSchema& made) {
  if (key.text.size() + made.steps * kBytesOfStep > most_ / 4) return nullptr;
  if (auto known = find(key)) {  // forgotten among those met, and kept all the same
    met_.keep(key.hash);
    return known;
  }
  auto entry = std::make_shared<Entry>();
  entry->hash = key.hash;
  entry->options = key.options;
  entry->text = key.text;
  LoweredSchema& lowered = entry->lowered;
  if (is_as_it_came(made)) {
    lowered = made;
  } else {
    // Once more, as a document of its own, so that whatever comes of it lives as long as the entry does.
    const auto own = json::parse(entry->arena, entry->text);
    if (!own) return nullptr;
    lowered = SchemaLowering(options.options, options.keys(), entry->arena)(*own);
    if (lowered.back) lowered.back->plan();  // before others share it
    if (!lowered.unchanged) lowered.schema = json::written_once(lowered.schema, entry->arena);
  }
  if (lowered.unchanged) lowered.schema = {};  // the client's own, which sent() gives back
  entry->bytes = bytes_of(*entry);
  if (entry->bytes > most_ / 4) return nullptr;
  add(entry);
  met_.keep(key.hash);
  return entry;
}

void SchemaCache::add(std::shared_ptr<const Entry> entry) {
  bytes_ += entry->bytes;
  order_.push_front(std::move(entry));
  const Entry& added = *order_.front();
  found_.emplace(Key{added.hash, added.options, added.text}, order_.begin());
  while (bytes_ > most_) {
    const auto& oldest = order_.back();
    bytes_ -= oldest->bytes;
    found_.erase({oldest->hash, oldest->options, oldest->text});
    order_.pop_back();
  }
}

SharedSchema lower_schema(Context& c, json::Value schema, const KeyedOptions& options,
                          SchemaLowering& lowering) {
  if (!c.schemas || !schema.is_object() || schema.raw().empty()) return {.own = lowering(schema)};
  const SchemaCache::Key key = c.schemas->key(schema, options);
  const MetOfLate::Known known = c.schemas->meet(key);
  if (auto kept = known == MetOfLate::Known::kept ? c.schemas->find(key) : nullptr) {
    c.held.push_back(kept);
    return {.kept = {kept, &kept->lowered}};
  }
  SharedSchema made{.own = lowering(schema)};
  const std::size_t price = is_as_it_came(*made) ? kPriceOfUnchanged : kPriceOfChanged;
  const std::size_t most = std::max(kPriceOfChanged, c.draft.tools.size() / 4);
  if (known != MetOfLate::Known::nothing && c.keeping + price <= most && c.schemas->keep(key, options, *made))
    c.keeping += price;
  return made;
}

SharedSchema lower_schema(Context& c, json::Value schema, const KeyedOptions& options) {
  SchemaLowering lowering(options.options, options.keys(), c.arena);
  return lower_schema(c, schema, options, lowering);
}

json::Value sent(const LoweredSchema& lowered, json::Value client) {
  return lowered.unchanged ? client : lowered.schema;
}

std::shared_ptr<const WayBack> back_of(const SharedSchema& lowered) {
  if (lowered.own || !lowered->back) return lowered->back;
  return {lowered.kept, lowered->back.get()};
}

std::string_view Cites::of(std::string_view rule) {
  for (const auto& [known, cited] : known_)
    if (known == rule) return cited;
  return known_.emplace_back(rule, profile_.cite(rule)).second;
}

void report(Context& c, const LoweredSchema& lowered, std::string_view place, Cites& cites) {
  if (!lowered.too_costly.empty())
    c.refuse("GEN-07", std::string(place).append(lowered.costly_at), std::string(lowered.too_costly));
  if (c.edits.size() + lowered.edits.size() > kSchemaEdits) {
    c.refuse("GEN-07", place, too_many_edits());
    return;
  }
  c.edits.reserve(lowered.edits.size());
  for (Edit edit : lowered.edits) {
    edit.rule = cites.of(edit.rule);
    c.edits.add(edit, place);
  }
}

}  // namespace dragoman::lower
