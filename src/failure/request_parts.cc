#include "failure/request_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "failure/request_shape.h"
#include "json/write.h"

namespace dragoman::failure {
namespace {

using canon::DialectName;
using json::pointer_join;
using json::Value;

std::string last_token(std::string_view pointer) {
  const std::size_t slash = pointer.rfind('/');
  return std::string(slash == std::string_view::npos ? pointer : pointer.substr(slash + 1));
}

// Whether something of `left_out` is at `pointer` or below it.
bool touched(const std::set<std::string>& left_out, const std::string& pointer) {
  if (left_out.contains(pointer)) return true;
  const auto next = left_out.lower_bound(pointer + "/");
  return next != left_out.end() && next->starts_with(pointer + "/");
}

void write_without(json::Writer& w, Value value, const std::string& pointer,
                   const std::set<std::string>& gone) {
  if (!touched(gone, pointer)) {
    w.value(value);
  } else if (value.is_object()) {
    w.begin_object();
    for (const json::Member& m : value.members()) {
      const std::string at = pointer_join(pointer, m.key);
      if (gone.contains(at)) continue;
      w.key(m.key);
      write_without(w, m.value, at, gone);
    }
    w.end_object();
  } else {
    w.begin_array();
    for (std::size_t i = 0; i < value.items().size(); ++i)
      if (const std::string at = pointer_join(pointer, i); !gone.contains(at))
        write_without(w, value.at(i), at, gone);
    w.end_array();
  }
}

}  // namespace

RequestParts::RequestParts(DialectName dialect, Value body)
    : dialect_(dialect),
      body_(body),
      messages_at_(shape_of(dialect).messages),
      tools_at_(shape_of(dialect).tools) {
  messages_ = json::resolve(body_, messages_at_);
}

std::vector<RequestParts::Tool> RequestParts::tools() const {
  std::vector<Tool> out;
  const Value list = json::resolve(body_, tools_at_);
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    const std::string at = pointer_join(tools_at_, i);
    const Value declared = list.at(i)["functionDeclarations"];
    if (declared.is_array()) {
      for (std::size_t j = 0; j < declared.items().size(); ++j)
        out.push_back({pointer_join(at + "/functionDeclarations", j),
                       std::string(declared.at(j)["name"].text()), declared.at(j)});
      continue;
    }
    const Value tool = list.at(i);
    Value name = tool["name"];
    for (const std::string_view wrapper : {"function", "custom", "toolSpec"})
      if (!name) name = tool[wrapper]["name"];
    out.push_back({at, std::string(name.text()), tool});
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> RequestParts::tool_names() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (Tool& tool : tools()) out.emplace_back(std::move(tool.pointer), std::move(tool.name));
  return out;
}

bool RequestParts::is_used(std::string_view pointer) const {
  for (const Tool& tool : tools()) {
    if (tool.pointer != pointer) continue;
    std::string name;
    json::write_string(name, tool.name);
    return !choices_of(body_, tool.name).empty() || json::dump(messages_).contains(name);
  }
  return false;
}

std::vector<Part> RequestParts::top(Side side) const {
  std::vector<Part> out;
  if (side == Side::body) return turns();
  if (side == Side::tools) {
    for (const Tool& tool : tools()) {
      Part part{Part::Kind::node, tool.pointer};
      // A choice of this very tool has no meaning without it.
      for (const std::string& at : choices_of(body_, tool.name)) part.also.push_back(at);
      out.push_back(std::move(part));
    }
  } else if (side == Side::params) {
    for (const json::Member& m : body_.members()) {
      const std::string at = pointer_join("", m.key);
      if (at == messages_at_ || at == tools_at_ || is_fixed_parameter(dialect_, m.key)) continue;
      if (tools_at_.starts_with(at + "/")) {
        for (const json::Member& inner : m.value.members())
          if (const std::string below = pointer_join(at, inner.key); below != tools_at_)
            out.push_back({Part::Kind::node, below});
        continue;
      }
      Part part{Part::Kind::node, at};
      if (m.key == "stream" && body_["stream_options"]) part.also.push_back("/stream_options");
      out.push_back(std::move(part));
    }
  }
  return out;
}

std::vector<Part> RequestParts::inside(const Part& part) const {
  if (part.kind == Part::Kind::turn) return units_of(part);
  if (part.kind == Part::Kind::unit) return pieces_of(part);
  std::vector<Part> out;
  children(part.pointer, json::resolve(body_, part.pointer), out);
  for (const std::string& other : part.also)
    if (other.starts_with(messages_at_ + "/")) children(other, json::resolve(body_, other), out);
  return out;
}

void RequestParts::children(std::string_view pointer, Value value, std::vector<Part>& out) const {
  for (std::size_t i = 0; i < value.items().size(); ++i)
    out.push_back({Part::Kind::node, pointer_join(pointer, i)});
  const Place place = place_of(pointer, messages_at_, tools_at_);
  for (const json::Member& m : value.members()) {
    const std::string at = pointer_join(pointer, m.key);
    switch (use_of(place, m.key, value)) {
      case Use::fixed:
        break;
      case Use::wrapper:
        children(at, m.value, out);
        break;
      case Use::part:
        out.push_back({Part::Kind::node, at});
        break;
      case Use::names:  // properties: what they name is listed beside them
        for (const json::Member& property : m.value.members()) {
          Part part{Part::Kind::node, pointer_join(at, property.key)};
          for (const std::string_view list : {"required", "propertyOrdering"})
            for (std::size_t i = 0; i < value[list].items().size(); ++i)
              if (value[list].at(i).is_string() && value[list].at(i).text() == property.key)
                part.also.push_back(pointer_join(pointer_join(pointer, list), i));
          out.push_back(std::move(part));
        }
        break;
    }
  }
}

bool RequestParts::collect(Value value, const std::string& pointer, const std::set<std::string>& left_out,
                           std::vector<std::string>& out) const {
  if (left_out.contains(pointer)) {
    out.push_back(pointer);
    return true;
  }
  if (!touched(left_out, pointer)) return false;
  std::vector<std::string> below;
  std::size_t count = 0, went = 0;
  bool content_went = false, calls_went = false;
  for (std::size_t i = 0; i < value.items().size(); ++i, ++count)
    went += collect(value.at(i), pointer_join(pointer, i), left_out, below);
  for (const json::Member& m : value.members()) {
    ++count;
    if (!collect(m.value, pointer_join(pointer, m.key), left_out, below)) continue;
    ++went;
    content_went |= m.key == "content" || m.key == "parts";
    calls_went |= m.key == "tool_calls";
  }
  bool whole = count > 0 && went == count && pointer != messages_at_;
  // An empty object can mean something ({} as a schema); one that held tools cannot.
  if (value.is_object()) {
    whole &= pointer == "/toolConfig" || pointer.substr(0, pointer.rfind('/')) == tools_at_;
    const bool message = pointer.substr(0, pointer.rfind('/')) == messages_at_ && !messages_at_.empty();
    const Value content = value["content"];
    if (message && (content_went || (calls_went && (!content.present() || content.text().empty()))))
      whole = true;
  }
  if (whole)
    out.push_back(pointer);
  else
    out.insert(out.end(), below.begin(), below.end());
  return whole;
}

std::vector<std::string> RequestParts::gone(const std::set<std::string>& left_out) const {
  std::vector<std::string> out;
  std::set<std::string> all = left_out;
  // Once more when something went that others hang on.
  for (int round = 0; round < 2; ++round) {
    out.clear();
    for (const json::Member& m : body_.members()) collect(m.value, pointer_join("", m.key), all, out);
    const bool no_tools = std::ranges::any_of(
        out, [&](const std::string& at) { return at == tools_at_ || tools_at_.starts_with(at + "/"); });
    if (!no_tools) break;
    for (const std::string_view follower : shape_of(dialect_).followers)
      if (json::resolve(body_, follower)) all.insert(std::string(follower));
  }
  std::ranges::sort(out);
  return out;
}

std::string RequestParts::without(const std::set<std::string>& left_out) const {
  const std::vector<std::string> list = gone(left_out);
  std::string out;
  json::Writer w(out);
  write_without(w, body_, "", {list.begin(), list.end()});
  return out;
}

std::string RequestParts::words(std::string_view pointer) const {
  for (const Tool& tool : tools()) {
    if (pointer == tool.pointer) return fmt::format("tool `{}`", tool.name);
    if (pointer.starts_with(tool.pointer + "/"))
      return fmt::format("`{}` of tool `{}`", last_token(pointer), tool.name);
  }
  if (!messages_at_.empty() && pointer.starts_with(messages_at_ + "/")) {
    const std::size_t at = message_of(pointer);
    const Value message = messages_.at(at);
    const std::string_view who = message["role"] ? message["role"].text() : message["type"].text();
    const std::string name = fmt::format("message {}{}", at, who.empty() ? "" : fmt::format(" ({})", who));
    return pointer == pointer_join(messages_at_, at)
               ? name
               : fmt::format("`{}` of {}", pointer.substr(pointer_join(messages_at_, at).size() + 1), name);
  }
  return fmt::format("parameter `{}`", pointer.empty() ? pointer : pointer.substr(1));
}

std::size_t RequestParts::message_of(std::string_view pointer) const {
  if (!pointer.starts_with(messages_at_ + "/")) return 0;
  pointer.remove_prefix(messages_at_.size() + 1);
  std::size_t at = 0;
  std::from_chars(pointer.data(), pointer.data() + pointer.size(), at);
  return at;
}

}  // namespace dragoman::failure
