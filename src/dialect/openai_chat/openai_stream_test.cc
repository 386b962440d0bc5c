// What hosts really send, one row each.
#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

using namespace testing;

struct Row {
  std::string_view what, frames, folded;
};

// C(delta) is one chunk; tests write only what varies.
std::string chunks(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with("{") && line.find("\"choices\"") == std::string_view::npos &&
        line.find("\"error\"") == std::string_view::npos)
      out += fmt::format("data: {{\"id\":\"i\",\"model\":\"m\",\"created\":1,\"choices\":[{}]}}\n\n", line);
    else
      out += fmt::format("data: {}\n\n", line);
  }
  return out;
}

constexpr std::string_view kStart = "start id \"i\" model \"m\" created 1\n";

const Row kRows[] = {
    {"two reasons to stop, one answer (OR-13)",
     R"({"index":0,"delta":{"content":"a"},"finish_reason":"stop"}
{"index":0,"delta":{"content":""},"finish_reason":"stop"}
[DONE])",
     "0.0 open text\n0.0 text \"a\"\n0.0 close text\n0 stop end_turn (stop)\nend\n"},
    {"[DONE] alone is a proper end", "{\"index\":0,\"delta\":{\"content\":\"a\"}}\n[DONE]",
     "0.0 open text\n0.0 text \"a\"\n0.0 close text\n0 stop unknown ()\nend\n"},
    {"a call that stops with \"stop\"",
     R"({"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"})",
     "0.0 open tool_call id \"a\" name \"f\"\n0.0 arguments \"{}\"\n0.0 close tool_call\n0 stop tool_use "
     "(stop)\nend\n"},
    {"every call at index 0",
     R"({"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}},{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}]},"finish_reason":"tool_calls"})",
     "0.0 open tool_call id \"a\" name \"f\"\n0.0 arguments \"{}\"\n0.0 close tool_call\n"
     "0.1 open tool_call id \"b\" name \"g\"\n0.1 arguments \"{}\"\n0.1 close tool_call\n0 stop tool_use "
     "(tool_calls)\nend\n"},
    {"whole calls without ids or indices",
     R"({"index":0,"delta":{"tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"g","arguments":"{\"a\":1}"}}]},"finish_reason":"tool_calls"})",
     "0.0 open tool_call name \"f\"\n0.0 arguments \"{}\"\n0.0 close tool_call\n"
     "0.1 open tool_call name \"g\"\n0.1 arguments \"{\\\"a\\\":1}\"\n0.1 close tool_call\n0 stop tool_use "
     "(tool_calls)\nend\n"},
    {"whole calls of one id without indices, and a last word of the second",
     R"({"index":0,"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"a","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"a","function":{"name":"f","arguments":""}}]},"finish_reason":"tool_calls"})",
     "0.0 open tool_call id \"a\" name \"f\"\n0.0 arguments \"{}\"\n0.0 close tool_call\n"
     "0.1 open tool_call id \"a\" name \"f\"\n0.1 arguments \"{\\\"a\\\":1}\"\n0.1 close tool_call\n0 stop "
     "tool_use (tool_calls)\nend\n"},
    {"the id and name again in every piece",
     R"({"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\""}}]}}
{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":":1}"}}]},"finish_reason":"tool_calls"})",
     "0.0 open tool_call id \"a\" name \"f\"\n0.0 arguments \"{\\\"a\\\":1}\"\n0.0 close tool_call\n0 stop "
     "tool_use (tool_calls)\nend\n"},
    {"log probabilities by number (TG-01)",
     R"({"index":0,"delta":{"content":"a"},"logprobs":-0.5,"top_logprobs":{"a":-0.5,"b":-2},"finish_reason":"stop"})",
     "0.0 open text\n0.0 text \"a\"\n0.0 close text\n0.0 logprobs "
     R"({"content":[{"token":"a","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"a","logprob":-0.5,"bytes":null},)"
     R"({"token":"b","logprob":-2,"bytes":null}]}]})"
     "\n0 stop end_turn (stop)\nend\n"},
    {"legacy function_call",
     R"({"index":0,"delta":{"function_call":{"name":"f","arguments":""}}}
{"index":0,"delta":{"function_call":{"arguments":"{}"}},"finish_reason":"function_call"})",
     "0.0 open tool_call name \"f\"\n0.0 arguments \"{}\"\n0.0 close tool_call\n0 stop tool_use "
     "(function_call)\nend\n"},
    {"a custom tool's free text",
     R"({"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"sh","input":"l"}}]}}
{"index":0,"delta":{"tool_calls":[{"index":0,"custom":{"input":"s"}}]},"finish_reason":"tool_calls"})",
     "0.0 open tool_call id \"a\" name \"sh\"\n0.0 arguments \"ls\"\n0.0 close tool_call\n0 stop tool_use "
     "(tool_calls)\nend\n"},
    {"text, a call, and text again",
     R"({"index":0,"delta":{"content":"a"}}
{"index":0,"delta":{"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{}"}}]}}
{"index":0,"delta":{"content":"b"},"finish_reason":"tool_calls"})",
     "0.0 open text\n0.0 text \"a\"\n0.0 close text\n0.1 open tool_call id \"x\" name \"f\"\n0.1 arguments "
     "\"{}\"\n"
     "0.1 close tool_call\n0.2 open text\n0.2 text \"b\"\n0.2 close text\n0 stop tool_use "
     "(tool_calls)\nend\n"},
    {"usage in every chunk, the last one counts",
     R"({"id":"i","model":"m","created":1,"choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}
{"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":9,"total_tokens":12}})",
     "0.0 open text\n0.0 text \"a\"\n0.0 close text\n0 stop max_tokens (length)\nusage input 3 output 9 "
     "cached -1 cache_write -1 reasoning -1\nend\n"},
    {"Moonshot's usage inside the choice",
     R"({"index":0,"delta":{"content":"a"},"finish_reason":"stop","usage":{"prompt_tokens":3,"completion_tokens":1,"cached_tokens":2}})",
     "0.0 open text\n0.0 text \"a\"\n0.0 close text\n0 stop end_turn (stop)\nusage input 3 output 1 cached 2 "
     "cache_write -1 reasoning -1\nend\n"},
    {"vLLM names the stop string",
     R"({"index":0,"delta":{"content":"a"},"finish_reason":"stop","stop_reason":"END"})",
     "0.0 open text\n0.0 text \"a\"\n0.0 close text\n0 stop stop_sequence (stop) at \"END\"\nend\n"},
    {"cut before the reason", R"({"index":0,"delta":{"content":"a"}})", "cut\n"},
    {"nothing at all", "", "cut\n"},
    {"a flat error (vLLM)",
     R"({"object":"error","message":"m","type":"BadRequestError","code":400,"error":null,"choices":[]})",
     "error 200 in stream type \"BadRequestError\" code \"400\" param \"\" message \"m\"\n"},
    {"not JSON", "oops", ""},
};

TEST(OpenaiStream, Shapes) {
  for (const Row& row : kRows) {
    const Frames frames(chunks(row.frames));
    const std::string got = run_folded(*kOpenaiChat.decoder(), frames.list);
    if (row.folded.empty()) {
      EXPECT_TRUE(got.starts_with("error 502 in stream type \"unreadable_response\"")) << row.what << got;
      continue;
    }
    const bool answer = row.folded.ends_with("end\n");
    std::string expected(row.folded);
    if (answer) {
      // A folded answer's start repeats the usage.
      const auto at = got.find('\n');
      EXPECT_EQ(got.substr(at + 1), expected) << row.what;
      EXPECT_TRUE(got.starts_with(kStart.substr(0, kStart.size() - 1))) << row.what;
    } else {
      EXPECT_EQ(got, expected) << row.what;
    }
  }
}

// However the host cuts the text and the arguments, the answer is the same.
TEST(OpenaiStream, CutsDoNotMatter) {
  const std::string text = "Gr\u00fc\u00dfe, world";
  const std::string arguments = R"({"a":"}\"{","b":[1,{"c":2}]})";
  std::string first;
  for (std::size_t step = 1; step < 12; ++step) {
    std::string frames;
    const auto add = [&](const std::string& delta) {
      frames +=
          fmt::format("data: {{\"id\":\"i\",\"choices\":[{{\"index\":0,\"delta\":{{{}}}}}]}}\n\n", delta);
    };
    const auto each = [&](const std::string& whole, const auto& write) {
      for (std::size_t at = 0; at < whole.size();) {
        std::size_t end = std::min(at + step, whole.size());
        while (end < whole.size() && (static_cast<unsigned char>(whole[end]) & 0xC0) == 0x80) ++end;
        write(json_text(whole.substr(at, end - at)));
        at = end;
      }
    };
    each(text, [&](const std::string& piece) { add("\"reasoning\":" + piece); });
    each(text, [&](const std::string& piece) { add("\"content\":" + piece); });
    for (const std::string_view index : {"0", "1"}) {
      add(fmt::format(R"("tool_calls":[{{"index":{},"id":"c{}","function":{{"name":"f","arguments":""}}}}])",
                      index, index));
      each(arguments, [&](const std::string& piece) {
        add(fmt::format(R"("tool_calls":[{{"index":{},"function":{{"arguments":{}}}}}])", index, piece));
      });
    }
    frames += "data: [DONE]\n\n";
    const Frames list(frames);
    const std::string got = run_folded(*kOpenaiChat.decoder(), list.list);
    if (first.empty()) first = got;
    EXPECT_EQ(got, first) << step;
  }
  EXPECT_NE(first.find("0.3 arguments " + json_text(arguments)), std::string::npos) << first;
}

}  // namespace
}  // namespace dragoman::dialect
