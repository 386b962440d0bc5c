// For tests of the lowering, here and in tests/: golden requests, targets by name, and what comes out as
// text.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "dialect/dialect.h"
#include "json/parse.h"
#include "json/write.h"
#include "lower/lower.h"
#include "profile/provider.h"

namespace dragoman::lower::testing {

inline std::string golden_folder() { return std::string(DRAGOMAN_SOURCE_DIR) + "/tests/golden/lower"; }

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

inline const profile::Catalogue& catalogue() {
  static const profile::Catalogue rows = [] {
    auto built = profile::Catalogue::builtin();
    if (!built) throw std::runtime_error(built.error().message);
    return *std::move(built);
  }();
  return rows;
}

// A request a client could send.
struct Input {
  std::string name;
  canon::DialectName dialect = canon::DialectName::openai_chat;
  std::string body;
  std::optional<bool> stream = {};  // where the URL says it, as Gemini's and Bedrock's do
};

// Every tests/golden/lower/<name>/in.<dialect>.json, by name.
inline std::vector<Input> golden_inputs() {
  std::vector<Input> inputs;
  for (const auto& folder : std::filesystem::directory_iterator(golden_folder())) {
    for (const auto dialect : {canon::DialectName::openai_chat, canon::DialectName::openai_responses,
                               canon::DialectName::anthropic_messages, canon::DialectName::gemini_generate,
                               canon::DialectName::bedrock_converse}) {
      const auto file = folder.path() / fmt::format("in.{}.json", canon::name(dialect));
      if (std::filesystem::exists(file))
        inputs.push_back({folder.path().filename().string(), dialect, read_file(file)});
    }
  }
  std::sort(inputs.begin(), inputs.end(), [](const Input& a, const Input& b) { return a.name < b.name; });
  return inputs;
}

// One client request, parsed; lowers it to any number of targets, as attempts of one exchange would.
class ClientRequest {
 public:
  explicit ClientRequest(const Input& input) : text_(input.body) {
    const auto body = json::parse(arena_, text_);
    if (!body) throw std::runtime_error(input.name + ": " + body.error().message);
    auto parsed = dialect::get(input.dialect).parse(arena_, *body);
    if (!parsed)
      throw std::runtime_error(input.name + ": " + parsed.error().pointer + " " + parsed.error().message);
    request_ = *std::move(parsed);
    if (input.stream) request_.stream = *input.stream;
  }
  ClientRequest(const ClientRequest&) = delete;
  ClientRequest& operator=(const ClientRequest&) = delete;

  const canon::Request& get() const { return request_; }

  std::expected<Lowered, Refused> to(const profile::Provider& provider, std::string_view model) {
    const profile::Profile resolved = catalogue().resolve(provider, model, mode_of(request_));
    return lower(request_, {&provider, model, &resolved, {}}, arena_);
  }
  std::expected<Lowered, Refused> to(std::string_view provider, std::string_view model) {
    return to(*catalogue().find(provider), model);
  }

 private:
  Arena arena_;
  std::string text_;
  canon::Request request_;
};

// The input with its `stream` set.
inline Input with_stream(const Input& input, bool stream) {
  Arena arena;
  const auto body = json::parse(arena, input.body);
  const json::Builder build(arena);
  Input out = input;
  if (input.dialect == canon::DialectName::gemini_generate ||
      input.dialect == canon::DialectName::bedrock_converse) {
    out.stream = stream;
    return out;
  }
  if (!body || (*body)["stream"].boolean() == stream) return out;
  out.body = json::dump(stream ? build.with(*body, "stream", build.boolean(true))
                               : build.without(build.without(*body, "stream"), "stream_options"));
  return out;
}

// One line an edit: rule loss pointer keyword: before -> after
inline std::string describe(std::span<const Edit> edits) {
  std::string out;
  for (const Edit& e : edits)
    out += fmt::format("{} {} {} {}: {} -> {}\n", e.rule, name(e.loss),
                       e.pointer.empty() ? "(whole)" : e.pointer, e.keyword,
                       e.before.empty() ? "(nothing)" : e.before, e.after.empty() ? "(nothing)" : e.after);
  return out;
}

inline std::string describe(const Refused& r) {
  return fmt::format("refused by {} at {}: {}\n", r.rule, r.pointer.empty() ? "(whole)" : r.pointer,
                     r.reason);
}

}  // namespace dragoman::lower::testing
