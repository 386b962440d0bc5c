// The client's own bytes to OpenAI's Responses, made stateless: what dragoman keeps need not be kept there
// too, and reasoning that is not kept has to come back encrypted (OAIR-12).
#include <algorithm>
#include <array>
#include <vector>

#include "json/write.h"
#include "lower/splice.h"

namespace dragoman::lower {
namespace {

constexpr std::string_view kEncrypted = "reasoning.encrypted_content";

struct Patch {
  std::string_view old;  // a part of the body
  std::string text;
};

std::string include_text(json::Value include, bool encrypted) {
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (const json::Value word : include.items())
    if (word.text() != kEncrypted) w.value(word);
  if (encrypted) w.string(kEncrypted);
  w.end_array();
  return out;
}

bool says(json::Value include, std::string_view word) {
  return std::any_of(include.items().begin(), include.items().end(),
                     [&](json::Value item) { return item.text() == word; });
}

}  // namespace

bool splice_responses(json::Value body, const dialect::WireOptions& options, std::string& out) {
  const json::Value model = body["model"], store = body["store"], include = body["include"];
  // What dragoman answers itself must not reach a provider that would answer otherwise.
  for (const std::string_view key : {"previous_response_id", "background", "conversation"})
    if (body[key].present() && !(body[key].is_bool() && !body[key].boolean())) return false;
  std::vector<Patch> patches;
  std::string more;
  std::string name;
  json::write_string(name, options.model);
  patches.push_back({model.raw(), std::move(name)});
  if (!store)
    more += R"(,"store":false)";
  else if (!store.is_bool() || store.boolean())
    patches.push_back({store.raw(), "false"});
  if (says(include, kEncrypted) != options.encrypted_reasoning) {
    if (include)
      patches.push_back({include.raw(), include_text(include, options.encrypted_reasoning)});
    else
      more += R"(,"include":["reasoning.encrypted_content"])";
  }
  const std::string_view text = body.raw();
  std::sort(patches.begin(), patches.end(),
            [](const Patch& a, const Patch& b) { return a.old.data() < b.old.data(); });
  out.reserve(text.size() + options.model.size() + 128);
  std::size_t at = 0;
  for (const Patch& patch : patches) {
    if (patch.old.empty()) return out.clear(), false;  // it was built, not read
    const auto from = static_cast<std::size_t>(patch.old.data() - text.data());
    out.append(text.substr(at, from - at)).append(patch.text);
    at = from + patch.old.size();
  }
  // Before the closing brace; the object has at least its model, so a comma is right.
  std::string_view rest = text.substr(at);
  rest.remove_suffix(1);
  out.append(rest).append(more).append("}");
  return true;
}

}  // namespace dragoman::lower
