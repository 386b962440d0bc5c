// Goldens a person can read: tests/golden/lower/<case>/ holds the client's request (in.<dialect>.json) and,
// for the cases and targets below, what is sent (out.<provider>_<model>.json) and what was changed and why
// (edits.<provider>_<model>.txt). DRAGOMAN_UPDATE_GOLDEN=1 writes them anew.
#include "dialect/tool_namespace.h"
#include "lower/test_support.h"

namespace dragoman::lower {
namespace {

using namespace testing;

struct GoldenTarget {
  std::string_view provider, model;
};

constexpr GoldenTarget kTargets[] = {
    {"openai", "gpt-4o-mini"},
    {"openai", "gpt-5-mini"},
    {"azure", "gpt-4o-mini"},
    {"anthropic", "claude-sonnet-4-5"},
    {"anthropic", "claude-opus-5"},
    {"bedrock", "us.meta.llama4-maverick-17b-instruct-v1:0"},
    {"bedrock", "us.amazon.nova-pro-v1:0"},
    {"bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"},
    {"bedrock", "openai.gpt-oss-20b-1:0"},
    {"gemini", "gemini-2.5-flash"},
    {"gemini", "gemini-3-pro-preview"},
    {"mistral", "mistral-large-latest"},
    {"deepseek", "deepseek-reasoner"},
    {"groq", "llama-3.3-70b-versatile"},
    {"zai", "glm-4.6"},
};

constexpr std::string_view kCases[] = {
    "tools_choice_auto", "tools_choice_required", "tools_choice_named",  "tools_choice_none",
    "parallel_calls",    "orphan_call",           "orphan_result",       "image_in_result",
    "image_url",         "system_in_the_middle",  "system_only",         "prefill",
    "blank_text",        "structured_output",     "reasoning_anthropic", "odd_names",
    "odd_ids",           "sampling_out_of_range", "many_stops",          "cache_markers",
    "metadata_user",     "unknown_fields",        "namespaces",
};

// "us.meta.llama4-…" as a file name.
std::string file_name(const GoldenTarget& target) {
  std::string name = fmt::format("{}_{}", target.provider, target.model);
  for (char& c : name)
    if (c == '/' || c == ':') c = '_';
  return name;
}

std::string pretty(std::string_view text) {
  Arena arena;
  const auto value = json::parse(arena, text);
  return value ? json::dump_pretty(*value) + "\n" : "not JSON: " + value.error().message + "\n";
}

std::string report(const Lowered& lowered, bool client_stream) {
  std::string out = lowered.same_bytes ? "the client's bytes, with the target's model\n" : "";
  if (lowered.stream != client_stream) out += lowered.stream ? "called as a stream\n" : "called whole\n";
  out += describe(lowered.edits);
  for (const auto& [wire, client] : lowered.restore.names)
    out += fmt::format("restore name {} -> {}\n", wire, dialect::shown_name(client));
  for (const std::string& tool : lowered.restore.custom_tools)
    out += fmt::format("restore custom {}\n", tool);
  for (const auto& [tool, plan] : lowered.restore.arguments)
    out += fmt::format("restore arguments of {}\n", tool);
  if (lowered.restore.output) out += "restore output\n";
  if (!lowered.restore.structured_tool.empty())
    out += fmt::format("restore output of {}\n", lowered.restore.structured_tool);
  return out;
}

void expect(const std::string& path, const std::string& actual) {
  if (std::getenv("DRAGOMAN_UPDATE_GOLDEN")) {
    if (actual.empty())
      std::filesystem::remove(path);
    else
      std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  EXPECT_EQ(read_file(path), actual) << path;
}

TEST(LowerGolden, Cases) {
  int seen = 0;
  for (const Input& input : golden_inputs()) {
    if (std::find(std::begin(kCases), std::end(kCases), input.name) == std::end(kCases)) continue;
    ++seen;
    ClientRequest request(input);
    for (const GoldenTarget& target : kTargets) {
      const auto lowered = request.to(target.provider, target.model);
      const std::string folder = golden_folder() + "/" + input.name + "/";
      const std::string name = file_name(target);
      expect(folder + "out." + name + ".json", lowered ? pretty(lowered->body) : "");
      expect(folder + "edits." + name + ".txt",
             lowered ? report(*lowered, request.get().stream) : describe(lowered.error()));
    }
  }
  EXPECT_EQ(seen, static_cast<int>(std::size(kCases)));
}

}  // namespace
}  // namespace dragoman::lower
