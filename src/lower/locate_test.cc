#include "lower/locate.h"

#include <gtest/gtest.h>

#include "lower/test_support.h"

namespace dragoman::lower {
namespace {

using testing::catalogue;

constexpr std::string_view kBody = R"({
  "model": "m", "temperature": 0.5, "max_tokens": 5, "stop": ["x"], "tool_choice": "auto",
  "response_format": {"type": "json_schema", "json_schema": {"name": "r", "schema": {"type": "object",
    "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": false}}},
  "messages": [
    {"role": "system", "content": "Be brief"},
    {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "text", "text": "there"}]},
    {"role": "assistant", "content": null, "tool_calls": [
      {"id": "call_a", "type": "function", "function": {"name": "hotels.search", "arguments": "{}"}},
      {"id": "call_b", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]},
    {"role": "tool", "tool_call_id": "call_a", "content": "none"},
    {"role": "tool", "tool_call_id": "call_b", "content": "rain"},
    {"role": "user", "content": "And now?"}],
  "tools": [
    {"type": "function", "function": {"name": "weather", "description": "w", "parameters": {"type": "object",
      "properties": {"city": {"type": "string", "pattern": "^[A-Z]"}, "days": {"$ref": "#/$defs/d"}},
      "$defs": {"d": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}}}}}},
    {"type": "function", "function": {"name": "hotels.search", "description": "h", "parameters": {"type": "object",
      "properties": {"guests": {"type": "array", "items": {"type": "object", "properties": {"age": {"type": "integer"}}}}}}}}]
})";

ClientPlace place_of(std::string_view target, std::string_view pointer, std::string_view message) {
  static std::vector<std::unique_ptr<Arena>> arenas;
  Arena& arena = *arenas.emplace_back(std::make_unique<Arena>());
  static const std::string text(kBody);
  const auto body = json::parse(arena, text);
  const auto request = dialect::get(canon::DialectName::openai_chat).parse(arena, *body);
  const auto slash = target.find('/');
  const profile::Provider& provider = *catalogue().find(target.substr(0, slash));
  const std::string_view model = target.substr(slash + 1);
  const profile::Profile profile = catalogue().resolve(provider, model, mode_of(*request));
  canon::Request draft;
  const auto lowered = lower(*request, {&provider, model, &profile, {}}, arena, &draft);
  if (!lowered) throw std::runtime_error(lowered.error().reason);
  return locate({*request, draft, *lowered, dialect::get(provider.dialect)}, pointer, message);
}

TEST(Locate, LeadsBackToTheClientsRequest) {
  struct Row {
    std::string_view target, provider_pointer, message, pointer, tool;
  };
  const Row rows[] = {
      {"openai/gpt-4o", "tools[0].function.parameters", "Invalid schema for function 'weather'",
       "/tools/0/function/parameters", "weather"},
      {"openai/gpt-4o", "tools[1].function.name", "string does not match pattern", "/tools/1/function/name",
       "hotels.search"},
      {"openai/gpt-4o", "In context=('properties', 'city')",
       "Invalid schema for function 'weather': In context=('properties', 'city'), x",
       "/tools/0/function/parameters/properties/city", "weather"},
      {"openai/gpt-4o", "messages.[3].role", "", "/messages/3", ""},
      {"openai/gpt-4o", "messages[2].tool_calls[1].id", "", "/messages/2/tool_calls/1", "weather"},
      {"openai/gpt-4o", "temperature", "", "/temperature", ""},
      {"openai/gpt-5", "max_completion_tokens", "", "/max_tokens", ""},
      {"openai/gpt-4o", "response_format.json_schema.schema.properties.a", "",
       "/response_format/json_schema/schema/properties/a", ""},
      {"anthropic/claude-sonnet-4-5", "tools.1.custom.input_schema.properties.guests.items", "",
       "/tools/1/function/parameters/properties/guests/items", "hotels.search"},
      {"anthropic/claude-sonnet-4-5", "messages.1.content.1.tool_use.id", "", "/messages/2/tool_calls/1",
       "weather"},
      {"anthropic/claude-sonnet-4-5", "messages.2.content.0", "", "/messages/3", ""},
      {"anthropic/claude-sonnet-4-5", "stop_sequences.0", "", "/stop", ""},
      {"anthropic/claude-sonnet-4-5", "", "`tool_use` ids were found without `tool_result` blocks: call_a.",
       "/messages/2/tool_calls/0", "hotels.search"},
      {"bedrock/us.amazon.nova-pro-v1:0", "toolConfig.tools.1.member.toolSpec.name", "",
       "/tools/0/function/name", "weather"},
      {"bedrock/us.amazon.nova-pro-v1:0", "#/toolConfig/tools/1/toolSpec/inputSchema/json", "",
       "/tools/1/function/parameters", "hotels.search"},
      {"bedrock/us.amazon.nova-pro-v1:0", "inferenceConfig.maxTokens", "", "/max_tokens", ""},
      {"gemini/gemini-2.5-flash",
       "tools[0].function_declarations[0].parameters_json_schema.properties[0].value", "",
       "/tools/0/function/parameters/properties/city", "weather"},
      {"gemini/gemini-2.5-flash", "contents[1].parts[0]", "", "/messages/2/tool_calls/0", "hotels.search"},
      {"gemini/gemini-2.5-flash", "generation_config.temperature", "", "/temperature", ""},
      {"moonshot/kimi-k2", "properties.guests.items",
       "<At path 'properties.guests.items': type is not defined>",
       "/tools/1/function/parameters/properties/guests/items", "hotels.search"},
      {"openai/gpt-4o", "tools[7].function", "", "", ""},
      {"openai/gpt-4o", "", "something broke", "", ""},
  };
  for (const Row& row : rows) {
    const ClientPlace place = place_of(row.target, row.provider_pointer, row.message);
    EXPECT_EQ(place.pointer, row.pointer) << row.target << " " << row.provider_pointer;
    EXPECT_EQ(place.tool, row.tool) << row.target << " " << row.provider_pointer;
    EXPECT_EQ(place.text.empty(), row.pointer.empty()) << row.provider_pointer;
  }
}

TEST(Locate, SaysWhatWasChangedThere) {
  const ClientPlace place =
      place_of("bedrock/us.amazon.nova-pro-v1:0", "toolConfig.tools.1.toolSpec.inputSchema.json", "");
  EXPECT_EQ(place.pointer, "/tools/1/function/parameters");
  const ClientPlace name = place_of("anthropic/claude-sonnet-4-5", "tools.1.custom", "");
  ASSERT_FALSE(name.edits.empty());
  EXPECT_EQ(name.edits[0].keyword, "name");
  EXPECT_EQ(name.text.substr(0, 19), R"({"type":"function",)");
}

}  // namespace
}  // namespace dragoman::lower
