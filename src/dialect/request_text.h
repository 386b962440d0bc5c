// For the dialects' tests: a canonical request as lines a person can read.
#pragma once
#include <fmt/format.h>

#include <string>

#include "canon/request.h"
#include "dialect/test_support.h"
#include "json/write.h"

namespace dragoman::dialect::testing {

inline std::string attribute(std::string_view key, std::string_view value) {
  return value.empty() ? std::string() : fmt::format(" {} {}", key, json_text(value));
}
inline std::string attribute(std::string_view key, json::Value value) {
  return value ? fmt::format(" {} {}", key, json::dump_compact(value)) : std::string();
}
inline std::string describe(const canon::CacheMarker& cache) {
  return !cache.set ? "" : cache.ttl.empty() ? " cache" : fmt::format(" cache {}", cache.ttl);
}

inline std::string describe(const std::vector<canon::Extra>& extras, std::string_view indent) {
  std::string out;
  for (const canon::Extra& e : extras)
    out += fmt::format("{}extra {} = {} at {}\n", indent, e.key, json::dump_compact(e.value), e.pointer);
  return out;
}

inline std::string describe(const canon::Block& block, std::string indent) {
  struct Body {
    const std::string& indent;
    std::string operator()(const canon::Text& t) const { return "text " + json_text(t.text); }
    std::string operator()(const canon::Refusal& r) const { return "refusal " + json_text(r.text); }
    std::string operator()(const canon::Media& m) const {
      static constexpr std::string_view kSources[] = {"base64", "url", "file_id", "text"};
      return fmt::format("{} {}{}{}{}{}{}{}", name(m.kind), kSources[static_cast<std::size_t>(m.source)],
                         attribute("type", m.media_type), attribute("data", m.data),
                         attribute("name", m.name), attribute("detail", m.detail),
                         attribute("context", m.context), attribute("citations", m.citations));
    }
    std::string operator()(const canon::ToolCall& c) const {
      return fmt::format("call{} {} id {}{}{}{}", c.custom ? " custom" : "", json_text(c.name),
                         json_text(c.id), attribute("arguments", c.arguments),
                         attribute("as", c.arguments_text), attribute("signature", c.signature));
    }
    std::string operator()(const canon::ToolResult& r) const {
      return fmt::format("result of {}{}{}", json_text(r.call_id), attribute("tool", r.name),
                         r.is_error ? " error" : "");
    }
    std::string operator()(const canon::Reasoning& r) const {
      return fmt::format("reasoning {}{}{}{}", json_text(r.text), attribute("signature", r.signature),
                         attribute("redacted", r.redacted), attribute("issuer", r.issuer));
    }
    std::string operator()(const canon::Foreign& f) const {
      return fmt::format("foreign {} of {} {}", f.type, f.dialect, json::dump_compact(f.source));
    }
  };
  std::string out = indent + std::visit(Body{indent}, block.body) + describe(block.cache) +
                    attribute("citations", block.citations) + fmt::format(" at {}\n", block.pointer);
  out += describe(block.extra, indent + "  ");
  if (const auto* result = std::get_if<canon::ToolResult>(&block.body))
    for (const canon::Block& inner : result->content) out += describe(inner, indent + "  ");
  return out;
}

inline std::string describe(const canon::Request& r) {
  using Mode = canon::ReasoningConfig::Mode;
  std::string out = fmt::format("{} model {}{}{}\n", name(r.dialect), json_text(r.model),
                                r.stream ? " stream" : "", r.stream_usage ? " stream_usage" : "");
  for (const canon::Message& m : r.messages) {
    out += fmt::format("{}{} at {}\n", name(m.role), attribute("name", m.name), m.pointer);
    for (const canon::Block& b : m.blocks) out += describe(b, "  ");
    out += describe(m.extra, "  ");
  }
  static constexpr std::string_view kKinds[] = {"function", "custom", "server"};
  for (const canon::Tool& t : r.tools) {
    out +=
        fmt::format("tool {} {}{}{}{}{} at {}\n", kKinds[static_cast<std::size_t>(t.kind)], json_text(t.name),
                    attribute("description", t.description), attribute("schema", t.schema),
                    t.strict ? fmt::format(" strict {}", *t.strict) : "", describe(t.cache), t.pointer);
    if (t.kind != canon::ToolKind::function) out += "  source " + json::dump_compact(t.source) + "\n";
    out += describe(t.extra, "  ");
  }
  if (r.tool_choice.mode != canon::ChoiceMode::unset) {
    out += fmt::format("choice {}{}", name(r.tool_choice.mode), attribute("tool", r.tool_choice.tool));
    for (const std::string_view allowed : r.tool_choice.allowed) out += attribute("allowed", allowed);
    out += fmt::format(" at {}\n", r.tool_choice.pointer);
  }
  if (r.response_format.kind != canon::FormatKind::unset) {
    static constexpr std::string_view kFormats[] = {"unset", "text", "json_object", "json_schema"};
    const canon::ResponseFormat& f = r.response_format;
    out += fmt::format("format {}{}{}{} at {}\n", kFormats[static_cast<std::size_t>(f.kind)],
                       attribute("name", f.name), attribute("schema", f.schema),
                       f.strict ? fmt::format(" strict {}", *f.strict) : "", f.pointer);
  }
  const canon::ReasoningConfig& why = r.reasoning;
  if (why.mode != Mode::unset || !why.effort.empty() || why.budget || why.include) {
    static constexpr std::string_view kModes[] = {"unset", "off", "on", "adaptive"};
    out +=
        fmt::format("reasoning {}{}{}{} at {} {}\n", kModes[static_cast<std::size_t>(why.mode)],
                    attribute("effort", why.effort), why.budget ? fmt::format(" budget {}", *why.budget) : "",
                    why.include ? fmt::format(" include {}", *why.include) : "", json_text(why.pointer),
                    json_text(why.effort_pointer));
  }
  for (std::size_t i = 0; i < canon::kParams; ++i) {
    const auto p = static_cast<canon::Param>(i);
    if (r.params.has(p))
      out +=
          fmt::format("{} = {} at {}\n", name(p), json::dump_compact(r.params[p].value), r.params[p].pointer);
  }
  return out + describe(r.extra, "");
}

}  // namespace dragoman::dialect::testing
