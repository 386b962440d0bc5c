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

std::shared_ptr<const CompiledSchema> ValidatorCache::get(json::Value schema) {
  std::string made;
  std::string_view text = schema.raw();
  if (text.empty()) text = made = json::dump(schema);
  if (const auto known = found_.find(text); known != found_.end()) {
    order_.splice(order_.begin(), order_, known->second);
    return order_.front();
  }
  auto compiled = compile_schema(text);
  if (text.size() > most_ / 2) return compiled;
  order_.push_front(compiled);
  found_.emplace(compiled->text, order_.begin());
  bytes_ += text.size();
  while (bytes_ > most_) {
    const auto& oldest = order_.back();
    bytes_ -= oldest->text.size();
    found_.erase(oldest->text);
    order_.pop_back();
  }
  return compiled;
}

}  // namespace dragoman::validate
