// Golden folders of the dialects that clients speak. A folder holds any of
//   in.json      a request      -> canon.txt, out.<dialect>.json (written for a target of each dialect)
//   answer.json  a whole answer -> answer.txt, client.<dialect>.json
//   stream.txt   a stream       -> events.txt, client.<dialect>.sse
// An expectation that does not exist is not checked; DRAGOMAN_UPDATE_GOLDEN=1 writes all of them.
#include <filesystem>

#include "dialect/request_text.h"
#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

using namespace testing;

const Dialect* const kDialects[] = {&kOpenaiChat, &kAnthropicMessages, &kGeminiGenerate, &kBedrockConverse,
                                    &kOpenaiResponses};

// How each dialect's own provider likes it spelled.
WireOptions options_for(const Dialect& dialect) {
  WireOptions options;
  options.model = "target-model";
  options.reasoning_replay = "reasoning_details";
  options.reasoning_style = "effort";
  options.stream = false;
  if (dialect.name == canon::DialectName::openai_chat) options.max_tokens_field = "max_completion_tokens";
  if (dialect.name == canon::DialectName::gemini_generate) options.reasoning_style = "gemini_budget";
  if (dialect.name == canon::DialectName::bedrock_converse) {
    options.reasoning_style = "bedrock_claude";
    options.top_k_path = "top_k";
  }
  return options;
}

RenderOptions render_options() {
  RenderOptions options;
  options.id = "given-id";
  options.model = "asked-model";
  options.created = 1700000000;
  options.stream_usage = true;
  return options;
}

std::string client_answer(const Dialect& from, const Dialect& to, std::string_view body) {
  Arena arena;
  const auto parsed = json::parse(arena, body);
  if (!parsed) return parsed.error().message;
  const auto response = from.decode(arena, *parsed);
  std::string out;
  if (!response) {
    const auto& e = response.error();
    to.render_error({.status = 502, .kind = "upstream", .message = e.message, .code = e.code}, out);
  } else {
    to.render(*response, render_options(), out);
  }
  return pretty(out);
}

std::string client_stream(const Dialect& from, const Dialect& to, const std::vector<Frame>& frames) {
  const auto decoder = from.decoder();
  const auto renderer = to.renderer(render_options());
  std::string out;
  const canon::EventSink sink = [&](const canon::Event& event) { renderer->render(event, out); };
  for (const Frame& frame : frames) {
    if (const auto pushed = decoder->push(frame, sink); !pushed) {
      renderer->render_error({.status = 502, .kind = "upstream", .message = pushed.error().message}, out);
      return out;
    }
  }
  if (!decoder->finish(sink))
    renderer->render_error({.status = 502, .kind = "upstream", .message = "cut"}, out);
  return out;
}

void check_case(const Dialect& dialect, const std::filesystem::path& folder) {
  const std::string base = fmt::format("{}/{}/", canon::name(dialect.name), folder.filename().string());
  const auto expected = [&](const std::string& name) {
    return std::filesystem::exists(folder / name) || std::getenv("DRAGOMAN_UPDATE_GOLDEN");
  };
  if (std::filesystem::exists(folder / "in.json")) {
    Arena arena;
    const auto body = json::parse(arena, read_file(folder / "in.json"));
    ASSERT_TRUE(body) << base << body.error().message;
    const auto request = dialect.parse(arena, *body);
    ASSERT_TRUE(request) << base << request.error().pointer << ": " << request.error().message;
    if (expected("canon.txt")) expect_golden(base + "canon.txt", describe(*request));
    for (const Dialect* to : kDialects) {
      const std::string name = fmt::format("out.{}.json", canon::name(to->name));
      std::string out;
      to->encode(*request, options_for(*to), out);
      if (expected(name)) expect_golden(base + name, pretty(out));
      // In its own dialect, what was written reads back as the same request.
      if (to != &dialect) continue;
      Arena second;
      const auto again_body = json::parse(second, out);
      ASSERT_TRUE(again_body) << out;
      const auto again = dialect.parse(second, *again_body);
      ASSERT_TRUE(again) << base << again.error().pointer << ": " << again.error().message;
      std::string twice;
      dialect.encode(*again, options_for(*to), twice);
      EXPECT_EQ(pretty(out), pretty(twice)) << base;
    }
  }
  if (std::filesystem::exists(folder / "answer.json")) {
    const std::string body = read_file(folder / "answer.json");
    if (expected("answer.txt")) expect_golden(base + "answer.txt", decode_text(dialect, body));
    for (const Dialect* to : kDialects) {
      const std::string name = fmt::format("client.{}.json", canon::name(to->name));
      if (expected(name)) expect_golden(base + name, client_answer(dialect, *to, body));
    }
  }
  if (std::filesystem::exists(folder / "stream.txt")) {
    const Frames frames(read_file(folder / "stream.txt"));
    if (expected("events.txt")) expect_golden(base + "events.txt", run(*dialect.decoder(), frames.list));
    for (const Dialect* to : kDialects) {
      const std::string name = fmt::format("client.{}.sse", canon::name(to->name));
      if (expected(name)) expect_golden(base + name, client_stream(dialect, *to, frames.list));
    }
  }
}

TEST(ChatGolden, Cases) {
  int cases = 0;
  for (const Dialect* dialect : kDialects) {
    const std::filesystem::path root = golden_folder() + std::string(canon::name(dialect->name));
    std::vector<std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::directory_iterator(root))
      if (entry.is_directory()) folders.push_back(entry.path());
    std::sort(folders.begin(), folders.end());
    for (const auto& folder : folders) {
      SCOPED_TRACE(folder.string());
      check_case(*dialect, folder);
      ++cases;
    }
  }
  EXPECT_GE(cases, 20);
}

}  // namespace
}  // namespace dragoman::dialect
