// Histories as they are after a night of work: every one is lowered to every target and put to its emulator.
// And the prefix of a conversation stays what it was when it grows, so that providers' prompt caches hit.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "canon/issued.h"
#include "conformance/targets.h"
#include "lower/test_support.h"

namespace dragoman::conformance {
namespace {

using canon::DialectName;
using lower::testing::catalogue;
using lower::testing::ClientRequest;
using lower::testing::Input;

const std::string kPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

std::string chat(std::string_view messages, std::string_view more = "") {
  return fmt::format(R"({{"model":"m","messages":[{}],"max_tokens":4000{}}})", messages, more);
}
std::string claude(std::string_view messages, std::string_view more = "") {
  return fmt::format(R"({{"model":"m","messages":[{}],"max_tokens":4000{}}})", messages, more);
}

const std::string kTools =
    R"(,"tools":[{"type":"function","function":{"name":"read","description":"Reads","parameters":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}}}])";
const std::string kClaudeTools =
    R"(,"tools":[{"name":"read","description":"Reads","input_schema":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}}])";

std::string call(std::string_view id, std::string_view name = "read",
                 std::string_view arguments = R"({\"path\":\"a\"})") {
  return fmt::format(R"({{"id":"{}","type":"function","function":{{"name":"{}","arguments":"{}"}}}})", id,
                     name, arguments);
}
std::string called(std::string_view calls, std::string_view content = "null") {
  return fmt::format(R"({{"role":"assistant","content":{},"tool_calls":[{}]}})", content, calls);
}
std::string result(std::string_view id, std::string_view content = R"("fine")") {
  return fmt::format(R"({{"role":"tool","tool_call_id":"{}","content":{}}})", id, content);
}
std::string user(std::string_view text = "Hi") {
  return fmt::format(R"({{"role":"user","content":"{}"}})", text);
}
std::string said(std::string_view text) {
  return fmt::format(R"({{"role":"assistant","content":"{}"}})", text);
}
std::string system(std::string_view text = "Be brief.") {
  return fmt::format(R"({{"role":"system","content":"{}"}})", text);
}

template <class... Parts>
std::string list(const Parts&... parts) {
  std::string out;
  ((out += (out.empty() ? "" : ",") + std::string(parts)), ...);
  return out;
}

std::vector<Input> histories() {
  std::vector<Input> all;
  const auto add = [&](std::string name, DialectName dialect, std::string body) {
    all.push_back({std::move(name), dialect, std::move(body)});
  };
  const auto openai = [&](std::string name, const std::string& messages, bool tools = true) {
    add(std::move(name), DialectName::openai_chat, chat(messages, tools ? kTools : ""));
  };
  openai("a system turn alone", system(), false);
  openai("system and assistant only", list(system(), said("Hello")), false);
  openai("the assistant first", list(said("Hello"), user()), false);
  openai("the assistant last", list(user(), said("Once upon")), false);
  openai("white space at the end of a prefill", list(user(), said("Once upon \\n")), false);
  openai("a system turn in the middle",
         list(system(), user(), said("Yes"), system("Now in French."), user("Go")), false);
  openai("a system turn at the end", list(user(), said("Yes"), system("Now in French.")), false);
  openai("a system turn between call and result",
         list(user(), called(call("call_a1b2c3d4")), system("Careful."), result("call_a1b2c3d4")));
  openai("developer and system", list(R"({"role":"developer","content":"A"})", system("B"), user()), false);
  openai("two users in a row", list(user("a"), user("b")), false);
  openai("two assistants in a row", list(user(), said("a"), said("b"), user()), false);
  openai("blank texts", list(system(" "), user(" \\n"), said(""), user("Hi"), said(" "), user("")), false);
  openai("nothing but blank", list(system(""), user(" ")), false);
  openai("an orphan call", list(user(), called(call("call_a1b2c3d4")), user("And now?")));
  openai("an orphan call at the end", list(user(), called(call("call_a1b2c3d4"))));
  openai("an orphan result", list(user(), result("call_nobody00"), user("So?")));
  openai("nothing but a result", list(result("call_nobody00")));
  openai("two results for one call", list(user(), called(call("call_a1b2c3d4")), result("call_a1b2c3d4"),
                                          result("call_a1b2c3d4", R"("again")"), user("So?")));
  openai("one of two results", list(user(), called(list(call("call_a1b2c3d4"), call("call_e5f6g7h8"))),
                                    result("call_e5f6g7h8"), user("So?")));
  openai("results in another order", list(user(), called(list(call("call_a1b2c3d4"), call("call_e5f6g7h8"))),
                                          result("call_e5f6g7h8"), result("call_a1b2c3d4")));
  openai("words between call and result",
         list(user(), called(call("call_a1b2c3d4")), user("wait"), result("call_a1b2c3d4"), user("go on")));
  openai("the same id twice", list(user(), called(call("call_1")), result("call_1"), called(call("call_1")),
                                   result("call_1", R"("two")"), user("So?")));
  openai("the same id twice in one turn",
         list(user(), called(list(call("call_1"), call("call_1"))), result("call_1"), result("call_1")));
  openai("ids of every kind",
         list(user(),
              called(list(call("functions.read:0"), call("toolu_01ABCDEFGHIJKLMNOPQRSTUV"),
                          call(std::string(80, 'x')), call("ü b"))),
              result("functions.read:0"), result("toolu_01ABCDEFGHIJKLMNOPQRSTUV"),
              result(std::string(80, 'x')), result("ü b")));
  openai("arguments cut off",
         list(user(), called(call("call_a1b2c3d4", "read", R"({\"path\":\"a)")), result("call_a1b2c3d4")));
  openai("arguments that are no object",
         list(user(),
              called(list(call("call_a1b2c3d4", "read", "[1]"), call("call_e5f6g7h8", "read", "null"),
                          call("call_i9j0k1l2", "read", ""))),
              result("call_a1b2c3d4"), result("call_e5f6g7h8"), result("call_i9j0k1l2")));
  openai("an aborted turn without anything", list(user(), said(""), user("Still there?")), false);
  openai("an aborted turn of reasoning only",
         list(user(), R"({"role":"assistant","content":"","reasoning_content":"I was thin"})",
              user("Still there?")),
         false);
  openai("an aborted call", list(user(), called(call("call_a1b2c3d4", "read", R"({\"pa)"), R"("I will re")"),
                                 user("Stop. Why?")));
  openai("a name that is no longer in the list",
         list(user(), called(call("call_a1b2c3d4", "gone.tool v1")), result("call_a1b2c3d4"), user("So?")));
  openai("calls and no tools",
         list(user(), called(call("call_a1b2c3d4")), result("call_a1b2c3d4"), user("So?")), false);
  openai("an empty result", list(user(), called(call("call_a1b2c3d4")), result("call_a1b2c3d4", R"("")")));
  openai("a tail without a user", list(system(), called(call("call_a1b2c3d4")), result("call_a1b2c3d4")));
  openai("text and calls",
         list(user(), called(call("call_a1b2c3d4"), R"("Looking.")"), result("call_a1b2c3d4"), user("So?")));
  openai("beyond the basic plane",
         list(user("\xF0\x9F\xA6\x80"), called(call("call_a1b2c3d4", "read", R"({\"path\":\"🦀\"})")),
              result("call_a1b2c3d4", "\"\xF0\x9D\x94\x98\"")));

  const auto anthropic = [&](std::string name, const std::string& messages, std::string more = "") {
    add(std::move(name), DialectName::anthropic_messages, claude(messages, kClaudeTools + more));
  };
  const std::string use =
      R"({"role":"assistant","content":[{"type":"text","text":"Looking."},{"type":"tool_use","id":"toolu_01ABCDEFGH23","name":"read","input":{"path":"a"}}]})";
  anthropic(
      "an image in a result",
      list(
          user(), use,
          fmt::format(
              R"({{"role":"user","content":[{{"type":"tool_result","tool_use_id":"toolu_01ABCDEFGH23","content":[{{"type":"text","text":"see"}},{{"type":"image","source":{{"type":"base64","media_type":"image/png","data":"{}"}}}}]}}]}})",
              kPng)));
  anthropic(
      "an image in a failed result",
      list(
          user(), use,
          fmt::format(
              R"({{"role":"user","content":[{{"type":"tool_result","is_error":true,"tool_use_id":"toolu_01ABCDEFGH23","content":[{{"type":"image","source":{{"type":"base64","media_type":"image/png","data":"{}"}}}}]}}]}})",
              kPng)));
  anthropic(
      "a failed result without words",
      list(
          user(), use,
          R"({"role":"user","content":[{"type":"tool_result","is_error":true,"tool_use_id":"toolu_01ABCDEFGH23"}]})"));
  anthropic(
      "words before the result",
      list(
          user(), use,
          R"({"role":"user","content":[{"type":"text","text":"here"},{"type":"tool_result","tool_use_id":"toolu_01ABCDEFGH23","content":"x"}]})"));
  anthropic(
      "thinking that was somebody else's, while thinking",
      list(
          user(),
          R"({"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"dragoman.nobody.c2ln"},{"type":"tool_use","id":"toolu_01ABCDEFGH23","name":"read","input":{"path":"a"}}]})",
          R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_01ABCDEFGH23","content":"x"}]})"),
      R"(,"thinking":{"type":"enabled","budget_tokens":1024})");
  anthropic(
      "a turn that ended while it thought",
      list(
          user(),
          R"({"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"dragoman.nobody.c2ln"}]})",
          user("So?")));
  anthropic(
      "markers on results",
      list(
          user(), use,
          R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_01ABCDEFGH23","content":"x","cache_control":{"type":"ephemeral"}},{"type":"text","text":"So?","cache_control":{"type":"ephemeral","ttl":"1h"}}]})"));
  return all;
}

TEST(State, EveryHistoryIsAccepted) {
  const std::vector<Target> all = targets(catalogue());
  const char* only = std::getenv("DRAGOMAN_ONLY");
  for (const Input& input : histories()) {
    ClientRequest request(input);
    for (const Target& target : all) {
      if (only && (input.name + " " + target.name()).find(only) == std::string::npos) continue;
      const auto lowered = request.to(*target.provider, target.model);
      if (!lowered) {
        EXPECT_EQ(lowered.error().reason.find("This is a bug"), std::string::npos)
            << input.name << " -> " << target.name() << ": " << lower::testing::describe(lowered.error());
        continue;
      }
      const sandbox::Reply reply = send(target, lowered->body, lowered->stream, false);
      EXPECT_EQ(reply.status, 200) << input.name << " -> " << target.name() << ": " << reply.body << "\n  "
                                   << lowered->body;
    }
  }
}

// --- prefixes
// -----------------------------------------------------------------------------------------------

// An agent's conversation, cut after each user or tool turn as its client sends it.
// `systems`: with system turns in the middle, for which Gemini's and Amazon's API have no word.
std::vector<std::string> growing(bool systems) {
  return {
      list(system(), user("Read a and b.")),
      list(called(list(call("call_a1b2c3d4"), call("functions.read:1")), R"("Looking.")"),
           result("call_a1b2c3d4"), result("functions.read:1", R"("")")),
      list(called(call("functions.read:1"), "null"), result("functions.read:1", R"("again")")),
      list(said("Both are fine."), systems ? system("Now in French.") : user("Now in French."),
           user("And \xF0\x9F\xA6\x80?")),
      list(said("Oui."), user("Go on."), systems ? system("Now in German.") : user("Now in German.")),
      list(said(""), user("Hello?")),
      list(called(call("toolu_01ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFG", "gone.tool")),
           user("Never mind.")),
      list(called(call("call_z9y8x7w6", "read", R"({\"pa)"), R"("I will")"),
           result("call_z9y8x7w6", R"("cut")"), user("Go on.")),
      list(said("Done."), user("Thanks.")),
  };
}

std::string_view messages_key(DialectName dialect) {
  switch (dialect) {
    case DialectName::gemini_generate:
      return "contents";
    case DialectName::openai_responses:
      return "input";
    default:
      return "messages";
  }
}

// Where the last item of the body's list of messages ends, but for its closing brackets: what follows an
// empty answer joins the turn before it.
std::size_t end_of_messages(std::string_view body, DialectName dialect) {
  Arena arena;
  const auto parsed = json::parse(arena, body);
  const json::Value list = parsed ? (*parsed)[messages_key(dialect)] : json::Value();
  if (!list.is_array() || list.items().empty()) return 0;
  const std::string_view last = list.items().back().raw();
  const std::size_t at = body.rfind(last);
  if (at == std::string_view::npos) return 0;
  std::size_t end = at + last.size();
  while (end > at && std::string_view("]}\"").contains(body[end - 1])) --end;
  return end;
}

// The same conversation as a client of another dialect has it.
std::string as_written_by(const dialect::Dialect& client, const std::string& body) {
  ClientRequest request({"turn", DialectName::openai_chat, body});
  std::string out;
  client.encode(request.get(), {.model = "m", .schema_field = "parametersJsonSchema"}, out);
  return out;
}

class Prefixes : public ::testing::TestWithParam<const dialect::Dialect*> {};

TEST_P(Prefixes, StayTheSameAsConversationsGrow) {
  const dialect::Dialect& client = *GetParam();
  std::vector<std::string> bodies;
  std::string messages;
  const bool systems =
      client.name != DialectName::gemini_generate && client.name != DialectName::bedrock_converse;
  for (const std::string& more : growing(systems)) {
    messages += (messages.empty() ? "" : ",") + more;
    bodies.push_back(as_written_by(client, chat(messages, kTools)));
  }
  for (const Target& target : targets(catalogue())) {
    std::string before;
    for (std::size_t n = 0; n < bodies.size(); ++n) {
      ClientRequest request({"turn", client.name, bodies[n]});
      // With all reasoning known, as the vault gives it back.
      const profile::Profile profile =
          catalogue().resolve(*target.provider, target.model, lower::mode_of(request.get()));
      const std::string issuer = profile.text(profile::Setting::reasoning_issuer);
      std::vector<lower::Recalled> recalled;
      for (std::size_t i = 0; !issuer.empty() && i < request.get().messages.size(); ++i) {
        const canon::Message& message = request.get().messages[i];
        if (message.role != canon::Role::assistant || message.blocks.empty()) continue;
        canon::IssuedTurn turn{.issuer = issuer, .route = target.provider->name};
        canon::IssuedPiece thought{.kind = canon::IssuedPiece::Kind::reasoning};
        thought.reasoning = {.text = "hm", .signature = "c2ln", .issuer = issuer};
        turn.pieces.push_back(thought);
        for (const canon::Block& block : message.blocks)
          turn.pieces.push_back({.kind = std::holds_alternative<canon::ToolCall>(block.body)
                                             ? canon::IssuedPiece::Kind::call
                                             : canon::IssuedPiece::Kind::text,
                                 .size = 1});
        recalled.push_back({i, turn});
      }
      Arena arena;
      const auto lowered =
          lower::lower(request.get(), {target.provider, target.model, &profile, {}, recalled, {}}, arena);
      if (!lowered) break;  // it takes no tools
      if (n > 0) {
        const std::size_t shared = end_of_messages(before, target.provider->dialect);
        ASSERT_GT(shared, 0u) << before;
        EXPECT_EQ(before.substr(0, shared), lowered->body.substr(0, shared))
            << target.name() << " turn " << n;
      }
      before = lowered->body;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(State, Prefixes,
                         ::testing::Values(&dialect::kOpenaiChat, &dialect::kOpenaiResponses,
                                           &dialect::kAnthropicMessages, &dialect::kGeminiGenerate,
                                           &dialect::kBedrockConverse),
                         [](const auto& info) { return std::string(canon::name(info.param->name)); });

}  // namespace
}  // namespace dragoman::conformance
