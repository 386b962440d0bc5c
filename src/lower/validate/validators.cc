#include "lower/validate/validators.h"

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::validate {

std::shared_ptr<const CompiledSchema> compile_schema(std::string_view text) {
  auto made = std::make_shared<CompiledSchema>();
  made->text = text;
  const auto parsed = json::parse(made->arena, made->text, {.values = kAnswerSchemaValues});
  if (!parsed) {
    made->why = parsed.error().message;
    return made;
  }
  made->schema = *parsed;
  auto validator = Validator::compile(made->schema, {.limits = kAnswerLimits});
  if (validator)
    made->validator = *std::move(validator);
  else
    made->why = validator.error().message;
  return made;
}

std::string text_of(json::Value schema) {
  const std::string_view raw = schema.raw();
  return raw.empty() ? json::dump(schema) : std::string(raw);
}

std::shared_ptr<const CompiledSchema> ValidatorCache::get(json::Value schema) {
  std::string made;
  std::string_view text = schema.raw();
  if (text.empty()) text = made = json::dump(schema);
  if (const auto known = found_.find(text); known != found_.end()) {
    order_.splice(order_.begin(), order_, known->second);
    return order_.front();
  }
  auto compiled = compile_schema(text);
  put(compiled);
  return compiled;
}

bool ValidatorCache::has(json::Value schema) const {
  const std::string_view raw = schema.raw();
  return raw.size() > most_ / 2 || (raw.empty() ? found_.contains(json::dump(schema)) : found_.contains(raw));
}

void ValidatorCache::put(std::shared_ptr<const CompiledSchema> compiled) {
  const std::string_view text = compiled->text;
  if (text.size() > most_ / 2 || found_.contains(text)) return;
  bytes_ += text.size();
  order_.push_front(std::move(compiled));
  found_.emplace(text, order_.begin());
  while (bytes_ > most_) {
    const auto& oldest = order_.back();
    bytes_ -= oldest->text.size();
    found_.erase(oldest->text);
    order_.pop_back();
  }
}

}  // namespace dragoman::validate
