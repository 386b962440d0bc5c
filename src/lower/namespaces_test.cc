// Tools of OpenAI Responses' namespaces (Codex's MCP servers): plain functions of their own names elsewhere,
// and back. Source of the shapes: OpenAI's openapi.yaml (NamespaceToolParam, FunctionToolCall.namespace).
#include "dialect/tool_namespace.h"
#include "lower/locate.h"
#include "lower/restore.h"
#include "lower/test_support.h"

namespace dragoman::lower {
namespace {

using namespace testing;

std::string function(std::string_view name) {
  return fmt::format(
      R"({{"type":"function","name":"{}","description":"d","parameters":{{"type":"object","properties":{{}}}},"strict":false}})",
      name);
}
std::string space(std::string_view name, std::string_view tools, std::string_view description = "") {
  return fmt::format(R"({{"type":"namespace","name":"{}","description":"{}","tools":[{}]}})", name,
                     description, tools);
}
Input input(std::string_view tools, std::string_view more = "") {
  return {"namespaces", canon::DialectName::openai_responses,
          fmt::format(R"({{"model":"asked","input":[{{"role":"user","content":"x"}}],"tools":[{}]{}}})",
                      tools, more)};
}

struct Row {
  std::string tools;
  std::vector<std::string_view> wire;  // names sent, in order; "*": made with a hash
};

// Whatever the client calls them, no two tools share a name, and each comes back as what it was.
TEST(LowerNamespaces, NamesAreInjectiveAndComeBack) {
  const std::string long_name(70, 'n');
  const Row rows[] = {
      {space("mcp__fs", function("read") + "," + function("list")), {"mcp__fs__read", "mcp__fs__list"}},
      {space("mcp__fs__", function("read")), {"mcp__fs__read"}},
      {function("read") + "," + space("a", function("read")) + "," + space("b", function("read")),
       {"read", "a__read", "b__read"}},
      {function("a__read") + "," + space("a", function("read")), {"a__read", "*"}},
      {space("a", function("read")) + "," + function("a__read"), {"*", "a__read"}},
      {space("a", function("b__c")) + "," + space("a__b", function("c")), {"a__b__c", "*"}},
      {space("a.b", function("c")) + "," + space("a_b", function("c")), {"*", "a_b__c"}},
      {space("s", function(long_name)), {"*"}},
  };
  for (const Row& row : rows) {
    ClientRequest request(input(row.tools));
    const auto lowered = request.to("openai", "gpt-4o-mini");
    ASSERT_TRUE(lowered) << row.tools << lowered.error().reason;
    Arena arena;
    const auto body = json::parse(arena, lowered->body);
    ASSERT_TRUE(body);
    const auto tools = (*body)["tools"].items();
    ASSERT_EQ(tools.size(), row.wire.size()) << lowered->body;
    for (std::size_t i = 0; i < row.wire.size(); ++i) {
      const std::string_view name = tools[i]["function"]["name"].text();
      EXPECT_LE(name.size(), 64u);
      for (std::size_t j = 0; j < i; ++j) EXPECT_NE(name, tools[j]["function"]["name"].text()) << row.tools;
      if (row.wire[i] != "*") EXPECT_EQ(name, row.wire[i]) << row.tools;
      canon::Response answer;
      answer.choices.emplace_back().blocks.push_back({canon::ToolCall{.id = "c", .name = name}});
      restore(answer, lowered->restore, arena);
      EXPECT_EQ(std::get<canon::ToolCall>(answer.choices[0].blocks[0].body).name,
                request.get().tools[i].name);
      std::string out;
      dialect::get(canon::DialectName::openai_responses).render(answer, {.id = "req_1", .model = "m"}, out);
      const auto rendered = json::parse(arena, out);
      ASSERT_TRUE(rendered) << out;
      const auto parts = dialect::split_space(request.get().tools[i].name);
      EXPECT_EQ((*rendered)["output"].at(0)["name"].text(), parts.name) << out;
      EXPECT_EQ((*rendered)["output"].at(0)["namespace"].text(), parts.space) << out;
    }
  }
}

TEST(LowerNamespaces, ChoiceOfAToolInside) {
  const std::string tools = space("fs", function("read") + "," + function("list"));
  ClientRequest one(input(tools, R"(,"tool_choice":{"type":"function","name":"read"})"));
  const auto lowered = one.to("openai", "gpt-4o-mini");
  ASSERT_TRUE(lowered) << lowered.error().reason;
  EXPECT_NE(lowered->body.find(R"("tool_choice":{"type":"function","function":{"name":"fs__read"}})"),
            std::string::npos)
      << lowered->body;
}

// The namespace's words go with each tool where both fit; nothing is lost in silence where they do not.
TEST(LowerNamespaces, Description) {
  ClientRequest told(input(space("fs", function("read"), "Files.")));
  const auto lowered = told.to("openai", "gpt-4o-mini");
  ASSERT_TRUE(lowered);
  EXPECT_NE(lowered->body.find(R"("description":"Files.\n\nd")"), std::string::npos) << lowered->body;
  for (const Edit& edit : lowered->edits) EXPECT_EQ(edit.loss, Loss::none) << describe(lowered->edits);
}

// To Responses again: grouped as they were when a body must be written anew.
TEST(LowerNamespaces, StayNamespacesInResponses) {
  const std::string tools = function("read") + "," +
                            space("a", function("read") + "," + function("x"), "A.") + "," +
                            space("b", function("read"), "B.") + "," + function("last");
  ClientRequest request(input(tools));
  std::string out;
  dialect::get(canon::DialectName::openai_responses).encode(request.get(), {.model = "w"}, out);
  EXPECT_NE(out.find("\"tools\":[" + tools + "]"), std::string::npos) << out << "\n" << tools;
}

// Where the host's own length leaves no room for both, the tool's words stay and what was left out is told.
TEST(LowerNamespaces, DescriptionWithoutRoom) {
  profile::Provider narrow = *catalogue().find("openai");
  narrow.rules.push_back(
      {.id = "narrow",
       .why = "",
       .settings = {{profile::Setting::tool_description_max, profile::SettingValue(std::int64_t{10})}}});
  ClientRequest request(input(space("fs", function("read"), "All the files of this machine.")));
  const auto lowered = request.to(narrow, "gpt-4o-mini");
  ASSERT_TRUE(lowered) << lowered.error().reason;
  EXPECT_NE(lowered->body.find(R"("description":"d")"), std::string::npos) << lowered->body;
  EXPECT_NE(describe(lowered->edits).find("narrow semantic /tools/0 description: All the files"),
            std::string::npos)
      << describe(lowered->edits);
}

// OpenAI counts a namespace as one of its 128; others get each of its tools.
TEST(LowerNamespaces, AreCountedAsOneWhereTheyStay) {
  std::string many;
  for (int i = 0; i < 150; ++i) many += (i ? "," : "") + function(fmt::format("t{}", i));
  ClientRequest request(input(space("fs", many)));
  EXPECT_TRUE(request.to(*catalogue().find("openai")->responses, "gpt-4o-mini"));
  const auto flat = request.to("openai", "gpt-4o-mini");
  ASSERT_FALSE(flat);
  EXPECT_EQ(flat.error().pointer, "/tools");
  EXPECT_NE(flat.error().reason.find("150"), std::string::npos) << flat.error().reason;

  std::string spaces;
  for (int i = 0; i < 129; ++i) spaces += (i ? "," : "") + space(fmt::format("s{}", i), function("t"));
  ClientRequest too_many(input(spaces));
  EXPECT_FALSE(too_many.to(*catalogue().find("openai")->responses, "gpt-4o-mini"));
}

// A provider's pointer counts a namespace as one entry of the list, and leads to the client's own place.
TEST(LowerNamespaces, PointersLeadInside) {
  struct Row {
    std::string_view pointer, message, place, tool;
  };
  const Row rows[] = {
      {"tools[0].parameters", "", "/tools/0/parameters", "first"},
      {"tools[1].tools[1].parameters", "", "/tools/1/tools/1/parameters", "a.y"},
      {"tools[2].tools[0].name", "", "/tools/2/tools/0/name", "b.x"},
      {"tools[1].description", "", "/tools/1", ""},
      {"tools[3].parameters", "", "/tools/3/parameters", "last"},
  };
  const std::string tools = function("first") + "," + space("a", function("x") + "," + function("y")) + "," +
                            space("b", function("x")) + "," + function("last");
  const profile::Provider provider = *catalogue().find("openai")->responses;
  for (const Row& row : rows) {
    ClientRequest request(input(tools));
    Arena arena;
    canon::Request draft;
    const profile::Profile profile = catalogue().resolve(provider, "gpt-4o-mini", mode_of(request.get()));
    const auto lowered = lower(request.get(), {&provider, "gpt-4o-mini", &profile, {}}, arena, &draft);
    ASSERT_TRUE(lowered) << lowered.error().reason;
    const ClientPlace place =
        locate({request.get(), draft, *lowered, dialect::get(provider.dialect)}, row.pointer, row.message);
    EXPECT_EQ(place.pointer, row.place) << row.pointer;
    EXPECT_EQ(place.tool, row.tool) << row.pointer;
  }
  // The list itself, also where it begins with a namespace.
  ClientRequest request(input(space("a", function("x"))));
  Arena arena;
  canon::Request draft;
  const profile::Profile profile = catalogue().resolve(provider, "gpt-4o-mini", mode_of(request.get()));
  const auto lowered = lower(request.get(), {&provider, "gpt-4o-mini", &profile, {}}, arena, &draft);
  ASSERT_TRUE(lowered);
  EXPECT_EQ(
      locate({request.get(), draft, *lowered, dialect::get(provider.dialect)}, "tools", "array too long")
          .pointer,
      "/tools");
}

}  // namespace
}  // namespace dragoman::lower
