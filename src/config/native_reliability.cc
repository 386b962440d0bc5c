// The parts of dragoman's format that say how patient to be.
#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "config/field_maker.h"
#include "config/native_parts.h"

namespace dragoman::config {
namespace {

void read_backoff(const Place& place, Reader& reader, route::Backoff& out) {
  FieldMaker make{reader};
  reader.map(place, {make.duration("initial", out.initial),
                     make.duration("max", out.max),
                     {"multiplier", [&](const Place& p) { reader.number(p, 1, 100, out.multiplier); }},
                     {"jitter", [&](const Place& p) { reader.number(p, 0, 1, out.jitter); }}});
}

void read_cooldown(const Place& place, Reader& reader, route::CooldownPolicy& out) {
  FieldMaker make{reader};
  reader.map(place, {make.boolean("enabled", out.enabled), make.count("allowed_fails", out.allowed_fails),
                     make.duration("window", out.window), make.duration("time", out.time),
                     make.duration("credential_time", out.credential_time),
                     make.duration("max_time", out.max_time), make.duration("probe_time", out.probe_time)});
}

void read_retry_budget(const Place& place, Reader& reader, route::Policy& out) {
  reader.map(place, {{"ratio", [&](const Place& p) { reader.number(p, 0, 10, out.retry_ratio); }},
                     {"per_second", [&](const Place& p) { reader.number(p, 0, 10'000, out.retry_floor); }}});
}

void read_repair(const Place& place, Reader& reader, route::Policy& out) {
  FieldMaker make{reader};
  reader.map(place, {make.boolean("enabled", out.repair), make.boolean("learn", out.learn),
                     make.duration("keep", out.learn_for)});
}

void read_retries_for(const Place& place, Reader& reader,
                      std::vector<std::pair<failure::FailureClass, int>>& out) {
  std::vector<std::string_view> names;
  for (int i = 0; i < failure::kFailureClasses; ++i)
    names.push_back(failure::name(static_cast<failure::FailureClass>(i)));
  reader.entries(place, [&](const Entry& entry, const Place& value) {
    const auto cls = failure::class_named(entry.key);
    if (!cls) {
      reader.fault_at(entry.line, entry.column, value.path,
                      fmt::format("unknown failure class '{}'", entry.key), suggest(entry.key, names));
      return;
    }
    std::int64_t retries = 0;
    reader.integer(value, 0, 100, retries);
    std::erase_if(out, [&](const auto& item) { return item.first == *cls; });
    out.emplace_back(*cls, static_cast<int>(retries));
  });
}

void read_pin(const Place& place, Reader& reader, route::PinMode& out) {
  std::string word = "none";
  reader.word(place, {"none", "conversation", "prefer"}, word);
  out = word == "conversation" ? route::PinMode::conversation
        : word == "prefer"     ? route::PinMode::prefer
                               : route::PinMode::none;
}

}  // namespace

void read_timeouts(const Place& place, Reader& reader, Timeouts& out) {
  FieldMaker make{reader};
  reader.map(place, {make.duration("connect", out.connect), make.duration("first_byte", out.first_byte),
                     make.duration("between_events", out.between_events), make.duration("total", out.total)});
}

// The keys shared by `defaults` and each model, and `more` besides.
void read_reliability(const Place& place, Reader& reader, Reliability& out, std::vector<Reader::Field> more) {
  FieldMaker make{reader};
  std::vector<Reader::Field> fields{
      make.count("retries", out.policy.retries, 0, 100),
      {"retries_per_model",
       [&](const Place& p) {
         std::int64_t value = 0;
         reader.integer(p, 0, 1000, value);
         out.policy.retries_per_model = static_cast<int>(value);
       }},
      {"retries_for", [&](const Place& p) { read_retries_for(p, reader, out.policy.retries_for); }},
      {"backoff", [&](const Place& p) { read_backoff(p, reader, out.policy.backoff); }},
      make.duration("max_wait", out.policy.max_wait),
      make.count("max_fallbacks", out.policy.max_fallbacks, 0, 100),
      make.count("same_refusals", out.policy.same_refusals, 0, 100),
      {"retry_budget", [&](const Place& p) { read_retry_budget(p, reader, out.policy); }},
      {"repair", [&](const Place& p) { read_repair(p, reader, out.policy); }},
      {"timeouts", [&](const Place& p) { read_timeouts(p, reader, out.timeouts); }},
      {"stream_timeouts",
       [&](const Place& p) {
         out.stream_timeouts = out.stream_timeouts.value_or(out.timeouts);
         read_timeouts(p, reader, *out.stream_timeouts);
       }},
      make.duration("deadline", out.deadline),
      arguments_field(reader, out.promises),
      loss_field(reader, out.promises),
      {"pin", [&](const Place& p) { read_pin(p, reader, out.pin); }},
      {"cooldown", [&](const Place& p) { read_cooldown(p, reader, out.cooldown); }}};
  fields.insert(fields.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  reader.map(place, fields);
}

Reader::Field price_field(Reader& reader, std::optional<profile::Price>& out) {
  return {"price", [&](const Place& place) {
            profile::Price price;
            const auto dollars = [&](double& into) {
              return [&](const Place& p) { reader.number(p, 0, 1e6, into); };
            };
            reader.map(place, {{"input", dollars(price.input)}, {"output", dollars(price.output)}});
            out = price;
          }};
}

}  // namespace dragoman::config
