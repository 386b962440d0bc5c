// For the encoders' tests: a small request that each row changes, and what must then stand in the body.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "dialect/dialect.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::dialect::testing {

// A request of one user turn; the arena holds parsed pieces.
struct EncodeSample {
  const Dialect& dialect;
  WireOptions options;
  Arena arena;
  canon::Request request;

  EncodeSample(const Dialect& d, const WireOptions& o) : dialect(d), options(o) {
    request.messages.push_back({.role = canon::Role::user, .blocks = {canon::Block{canon::Text{"Hi"}}}});
  }
  json::Value value(std::string_view text) {
    const auto parsed = json::parse(arena, text);
    EXPECT_TRUE(parsed) << text;
    return parsed ? *parsed : json::Value();
  }
  void set(canon::Param param, std::string_view text) { request.params[param].value = value(text); }
  void assistant(std::vector<canon::Block> blocks) {
    request.messages.push_back({.role = canon::Role::assistant, .blocks = std::move(blocks)});
  }
  void block(decltype(canon::Block::body) body) {
    request.messages.back().blocks = {canon::Block{std::move(body)}};
  }
  canon::Tool& tool(std::string_view name = "f") {
    canon::Tool tool;
    tool.name = name;
    tool.schema = value(R"({"type":"object","properties":{"x":{"type":"number"}}})");
    request.tools.push_back(tool);
    return request.tools.back();
  }
  void choose(canon::ChoiceMode mode, std::string_view name = {},
              std::vector<std::string_view> allowed = {}) {
    tool();
    request.tool_choice.mode = mode;
    request.tool_choice.tool = name;
    request.tool_choice.allowed = std::move(allowed);
  }
  canon::ToolCall call(std::string_view signature = {}) {
    canon::ToolCall call;
    call.id = "c1";
    call.name = "add";
    call.arguments = value(R"({"a": 1.0})");
    call.signature = signature;
    return call;
  }
  json::Value encoded() {
    std::string out;
    dialect.encode(request, options, out);
    return value(out);
  }
};

struct EncodeRow {
  std::string_view rule;
  std::function<void(EncodeSample&)> change;
  std::string_view pointer;   // into the body
  std::string_view expected;  // compact JSON; "" when nothing may be there
};

inline void expect_rows(const Dialect& dialect, const std::vector<EncodeRow>& rows,
                        const WireOptions& options = {}) {
  for (const EncodeRow& row : rows) {
    SCOPED_TRACE(row.rule);
    EncodeSample changed(dialect, options);
    row.change(changed);
    const json::Value found = json::resolve(changed.encoded(), row.pointer);
    EXPECT_EQ(found ? json::dump_compact(found) : "", row.expected);
  }
}

// Every parameter with a field in Dialect::param_fields comes out there, and one without comes out nowhere.
inline void expect_param_fields(const Dialect& dialect, const WireOptions& options = {}) {
  for (std::size_t i = 0; i < canon::kParams; ++i) {
    const auto param = static_cast<canon::Param>(i);
    EncodeSample changed(dialect, options);
    const std::string_view field = dialect.param_fields[i];
    SCOPED_TRACE(canon::name(param));
    changed.request.params[param].value = changed.value(R"(["MARKER"])");
    const json::Value body = changed.encoded();
    if (field.empty()) {
      EXPECT_EQ(json::dump_compact(body).find("MARKER"), std::string::npos);
      continue;
    }
    std::string pointer = "/";
    for (const char c : field) pointer += c == '.' ? '/' : c;
    const json::Value found = json::resolve(body, pointer);
    EXPECT_EQ(found ? json::dump_compact(found) : "", R"(["MARKER"])");
  }
}

}  // namespace dragoman::dialect::testing
