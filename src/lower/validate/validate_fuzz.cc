// A schema and an instance, split at the first NUL byte: no crash, an end in bounded time, violations that
// stand in the instance, and {"not": {"not": schema}} decides as the schema does.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "json/parse.h"
#include "lower/validate/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto cut = input.find('\0');
  if (cut == std::string_view::npos) return 0;
  Arena arena;
  const auto schema = json::parse(arena, input.substr(0, cut));
  const auto instance = json::parse(arena, input.substr(cut + 1));
  if (!schema || !instance) return 0;
  validate::Validator::Options options;
  options.default_draft = static_cast<validate::SchemaDraft>(size % 5);
  options.limits.steps = 100'000;
  const auto validator = validate::Validator::compile(*schema, options);
  if (!validator) return 0;
  const auto violations = validator->check(*instance);
  for (const auto& violation : violations) {
    if (violation.undecided) return 0;
    if (!json::resolve(*instance, violation.instance_pointer)) {
      std::fprintf(stderr, "no such place: %s\n", violation.instance_pointer.c_str());
      std::abort();
    }
  }
  // What is not enforced decides nothing when negated.
  if (!validator->unsupported().empty()) return 0;
  const json::Builder build(arena);
  const json::Member inner[] = {{"not", *schema}};
  const json::Value once = build.object(inner);
  const json::Member outer[] = {{"not", once}};
  const json::Value twice = build.object(outer);
  // References and identifiers would lead elsewhere from there.
  if (input.substr(0, cut).find('$') != std::string_view::npos) return 0;
  if (input.substr(0, cut).find("id") != std::string_view::npos) return 0;
  const auto negated = validate::Validator::compile(twice, options);
  if (!negated) std::abort();
  const auto again = negated->check(*instance);
  if (!again.empty() && again[0].undecided) return 0;
  if (again.empty() != violations.empty()) {
    std::fprintf(stderr, "not not decides otherwise\n");
    std::abort();
  }
  return 0;
}
