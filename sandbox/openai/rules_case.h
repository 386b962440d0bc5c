// For the tests of rules: one call to one host, from text to what came back.
#pragma once
#include <string>
#include <string_view>

#include "base/arena.h"
#include "json/parse.h"
#include "sandbox/emulator.h"

namespace dragoman::sandbox::openai {

struct CaseResult {
  Reply reply;
  Arena arena;
  json::Value body;  // the reply's, parsed
};

// The call carries a good key. `path` defaults to the row's usual one in tests.
inline void run_case(const Emulator& row, std::string_view path, std::string_view body, bool paranoid,
                     CaseResult& out,
                     HeaderList headers = {{"Authorization", "Bearer sk-test"}, {"api-key", "k"}},
                     std::string_view query = "") {
  Arena& arena = out.arena;
  const auto parsed = json::parse(arena, body);
  const Call call{.method = "POST",
                  .path = path,
                  .full_path = path,
                  .query = query,
                  .headers = headers,
                  .body_text = body,
                  .body = parsed ? *parsed : json::Value(),
                  .arena = arena,
                  .now_unix = 1760000000};
  out.reply = row.handle(call, Options{.paranoid = paranoid});
  if (const auto v = json::parse(arena, out.reply.body)) out.body = *v;
}

// One row of a table of rules. `body` has "M" for the usual model and messages, see expand().
struct RuleCase {
  std::string_view rule;
  std::string_view body;
  std::string_view message;  // expected; "" when the request must be accepted
  std::string_view param = "";
  std::string_view code = "";
  int status = 400;
  bool paranoid = false;
};

// Bodies in tables are short: members only, and "@U" stands for a user message, "@T" for a tool named
// get_weather.
inline std::string expand(std::string_view members, std::string_view model) {
  std::string out(members);
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = out.find(from, at)) != std::string::npos; at += to.size()) {
      out.replace(at, from.size(), to);
    }
  };
  if (out.find("\"messages\"") == std::string::npos)
    out = "\"messages\":[@U]" + (out.empty() ? "" : "," + out);
  if (out.find("\"model\"") == std::string::npos) out = "\"model\":\"" + std::string(model) + "\"," + out;
  replace("@U", R"({"role":"user","content":"hi"})");
  replace("@T",
          R"({"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":)"
          R"({"city":{"type":"string"}},"required":["city"]}}})");
  replace("@A",
          R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":)"
          R"({"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}}]})");
  replace("@R", R"({"role":"tool","tool_call_id":"call_1","content":"21 degrees"})");
  return "{" + out + "}";
}

}  // namespace dragoman::sandbox::openai
