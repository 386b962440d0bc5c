// What a client sees of a stream, event by event, under each policy.
#include "serve/argument_gate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dialect/dialect.h"
#include "failure/own.h"
#include "json/parse.h"

namespace dragoman::serve {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;
using config::ArgumentsPolicy;

constexpr std::string_view kRequest =
    R"({"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f",
    "parameters":{"type":"object","properties":{"n":{"type":"integer","maximum":5}},"required":["n"]}}},
    {"type":"function","function":{"name":"free"}}]OUTPUT})";

class Stream {
 public:
  explicit Stream(ArgumentsPolicy policy, std::string_view output = "", bool or_fail = false)
      : request_(parse(output)),
        kept_(request_, lowered_, promises(policy, or_fail), schemas_),
        gate_(kept_) {
    push({.type = EventType::start});
  }

  Stream& text(std::string_view text) {
    block(BlockType::text, {}, EventType::text, text);
    return *this;
  }
  // A call whose arguments come in pieces of two characters.
  Stream& call(std::string_view name, std::string_view arguments) {
    block(BlockType::tool_call, name, EventType::tool_arguments, arguments);
    return *this;
  }
  Stream& end() {
    push({.type = EventType::stop, .stop = canon::StopReason::tool_use});
    push({.type = EventType::usage, .usage = {.input = 3, .output = 4}});
    push({.type = EventType::end});
    return *this;
  }
  // What has been delivered since the last call: "text(ab) call(f) args({"n) …"
  std::string seen() { return std::exchange(seen_, {}); }

  void close() { gate_.close(); }
  bool settle() { return kept_.settle(); }
  void release() { gate_.release(sink_); }
  void answer_again(std::string_view arguments) {
    canon::Choice second;
    canon::ToolCall call;
    call.name = "f";
    call.arguments_text = arguments;
    second.blocks.push_back({.body = call});
    kept_.take(gate_.answer().choices.front(), second, gate_.arena());
  }
  void output_again(std::string_view text) {
    canon::Choice second;
    second.blocks.push_back({.body = canon::Text{text}});
    kept_.take(gate_.answer().choices.front(), second, gate_.arena());
  }
  Enforcement& kept() { return kept_; }
  ArgumentGate& gate() { return gate_; }

 private:
  canon::Request parse(std::string_view output) {
    std::string body(kRequest);
    body.replace(body.find("OUTPUT"), 6, output);
    return *dialect::get(canon::DialectName::openai_chat).parse(arena_, *json::parse(arena_, body));
  }
  static config::Promises promises(ArgumentsPolicy policy, bool or_fail) {
    config::Promises out;
    out.arguments = policy;
    out.repair_or_fail = or_fail;
    return out;
  }
  void push(const Event& event) { gate_.push(event, sink_); }
  void block(BlockType type, std::string_view name, EventType piece, std::string_view text) {
    Event event{.type = EventType::block_start, .block = block_, .block_type = type, .name = name};
    push(event);
    event.type = piece;
    for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(2, text.size()))) {
      const std::string piece_text(text.substr(0, 2));  // gone after the call, as in a stream
      event.text = piece_text;
      push(event);
    }
    event = {.type = EventType::block_stop, .block = block_++, .block_type = type};
    push(event);
  }
  void see(const Event& event) {
    const auto add = [&](std::string word) { seen_ += (seen_.empty() ? "" : " ") + std::move(word); };
    if (event.type == EventType::block_start && event.block_type == BlockType::tool_call)
      add(fmt::format("call({})", event.name));
    if (event.type == EventType::text || event.type == EventType::tool_arguments)
      add(std::string(event.text));
    if (event.type == EventType::usage) add(fmt::format("usage({})", event.usage.input));
    if (event.type == EventType::end) add("end");
  }

  Arena arena_;
  validate::ValidatorCache schemas_;
  canon::Request request_;
  lower::Lowered lowered_;
  Enforcement kept_;
  ArgumentGate gate_;
  std::string seen_;
  int block_ = 0;
  canon::EventSink sink_ = [this](const Event& event) { see(event); };
};

TEST(ArgumentGate, ReportHoldsNothing) {
  Stream s(ArgumentsPolicy::report);
  s.text("abcd").call("f", R"({"n":9})");
  EXPECT_EQ(s.seen(), R"(ab cd call(f) {" n" :9 })");
  s.end();
  EXPECT_EQ(s.seen(), "usage(3) end");
  s.close();
  EXPECT_TRUE(s.settle());
  ASSERT_EQ(s.kept().kept().size(), 1u);
  EXPECT_EQ(s.kept().kept()[0].action, KeptPromise::Action::reported);
  EXPECT_EQ(s.kept().violations_header(), "1; keyword=maximum tool=f pointer=/n");
}

TEST(ArgumentGate, OffDoesNotEvenListen) {
  Stream s(ArgumentsPolicy::off);
  s.call("f", "{}").end();
  EXPECT_FALSE(s.kept().active());
  EXPECT_EQ(s.seen(), "call(f) {} usage(3) end");
}

TEST(ArgumentGate, RepairHoldsArgumentsUntilTheCallIsWhole) {
  Stream s(ArgumentsPolicy::repair);
  s.text("abcd");
  EXPECT_EQ(s.seen(), "ab cd");
  s.call("f", R"({"n":"3"})").call("free", R"({"any":1})").end();
  EXPECT_EQ(s.seen(), R"x(call(f) {"n":3} call(free) {" an y" :1 } usage(3) end)x")
      << "what nobody holds to anything flows";
  s.close();
  EXPECT_TRUE(s.settle());
  s.release();
  EXPECT_EQ(s.seen(), "");
  EXPECT_EQ(s.kept().repairs_header(), "1; keyword=type tool=f pointer=/n by=coercion");
}

TEST(ArgumentGate, WhatComesBehindABrokenCallWaitsWithIt) {
  Stream s(ArgumentsPolicy::repair);
  s.call("f", R"({"n":9})").call("f", R"({"n":1})").text("more").end();
  EXPECT_EQ(s.seen(), "call(f)");
  s.close();
  ASSERT_EQ(s.kept().pending().size(), 1u);
  EXPECT_EQ(s.kept().pending()[0].block, 0u);
  s.gate().answer().usage.input = 10;
  s.answer_again(R"({"n":5})");
  EXPECT_TRUE(s.settle());
  s.release();
  EXPECT_EQ(s.seen(), R"x({"n":5} call(f) {"n":1} mo re usage(10) end)x");
}

TEST(ArgumentGate, ARepairThatFailsIsDeliveredAsItCame) {
  Stream s(ArgumentsPolicy::repair);
  s.call("f", R"({"n":9})").end();
  s.close();
  s.answer_again(R"({"n":7})");
  EXPECT_TRUE(s.settle());
  s.release();
  EXPECT_EQ(s.seen(), R"x(call(f) {"n":9} usage(3) end)x");
  EXPECT_EQ(s.kept().kept()[0].action, KeptPromise::Action::reported);
}

TEST(ArgumentGate, OrItFails) {
  Stream s(ArgumentsPolicy::repair, "", true);
  s.call("f", R"({"n":9})").end();
  EXPECT_EQ(s.seen(), "") << "another target can still answer";
  s.close();
  s.kept().give_up("no time");
  EXPECT_FALSE(s.settle());
  EXPECT_NE(s.kept().failure().find("the call of f breaks its schema at /n"), std::string::npos);
  EXPECT_NE(s.kept().failure().find("no time"), std::string::npos);
  const auto own = failure::own_refusal(s.kept().failure());  // as the journal's readers know it
  ASSERT_TRUE(own);
  EXPECT_EQ(own->rule, "broken_promise");
  EXPECT_EQ(s.kept().failure_pointer(), "/tools/0/function/parameters/properties/n/maximum");
}

TEST(ArgumentGate, FailStopsAtTheBrokenCall) {
  Stream s(ArgumentsPolicy::fail);
  s.call("f", R"({"n":1})");
  EXPECT_EQ(s.seen(), R"x(call(f) {"n":1})x");
  s.call("f", R"({"n":"3"})").text("more");
  EXPECT_TRUE(s.gate().failed());
  EXPECT_EQ(s.seen(), "call(f)") << "the call may be shown when something was already; its arguments not";
  EXPECT_FALSE(s.settle());
}

TEST(ArgumentGate, FailShowsNothingOfAFirstCall) {
  Stream s(ArgumentsPolicy::fail);
  s.call("f", "{}").end();
  EXPECT_TRUE(s.gate().failed());
  EXPECT_EQ(s.seen(), "");
}

constexpr std::string_view kOutput =
    R"(,"response_format":{"type":"json_schema","json_schema":{"name":"r","schema":{"type":"object","properties":{"n":{"type":"integer","maximum":5}},"required":["n"]}}})";

TEST(ArgumentGate, OutputIsHeldAsArgumentsAre) {
  Stream report(ArgumentsPolicy::report, kOutput);
  report.text(R"({"n":9})");
  EXPECT_EQ(report.seen(), R"({" n" :9 })");
  report.close();
  EXPECT_TRUE(report.settle());
  EXPECT_EQ(report.kept().violations_header(), "1; keyword=maximum pointer=/n");

  Stream repair(ArgumentsPolicy::repair, kOutput);
  repair.text(R"({"n":9})");
  repair.end();
  EXPECT_EQ(repair.seen(), "");
  repair.close();
  ASSERT_EQ(repair.kept().pending().size(), 1u);
  repair.output_again(R"({"n": 2})");
  EXPECT_TRUE(repair.settle());
  repair.release();
  EXPECT_EQ(repair.seen(), R"({"n": 2} usage(3) end)");
}

TEST(ArgumentGate, ACallInsteadOfOutputOwesNoOutput) {
  Stream s(ArgumentsPolicy::repair, kOutput);
  s.text("Let me look.").call("f", R"({"n":1})").end();
  s.close();
  EXPECT_TRUE(s.kept().pending().empty());
  EXPECT_TRUE(s.settle());
  EXPECT_TRUE(s.kept().kept().empty());
  s.release();
  EXPECT_EQ(s.seen(), R"x(Le t  me  l oo k. call(f) {"n":1} usage(3) end)x");
}

}  // namespace
}  // namespace dragoman::serve
