#include "serve/responses.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::serve {
namespace {

using json::Value;

// {"role":"user",…} for an input that is a string.
std::string own_items(Value input) {
  std::string out;
  if (input.is_string()) {
    json::Writer(out)
        .begin_object()
        .field("type", "message")
        .field("role", "user")
        .field("content", input)
        .end_object();
    return out;
  }
  for (const Value item : input.items()) {
    if (!out.empty()) out += ',';
    json::write(out, item);
  }
  return out;
}

bool is_reference(Value item) {
  const std::string_view type = item["type"].text();
  return item["id"].is_string() && (type == "item_reference" || (type.empty() && !item["role"].present()));
}

TurnRefusal too_long(std::string_view what, std::size_t most, std::string param) {
  return {413,
          fmt::format("{} is more than {} bytes, the most that a request may have here (server.max_body): "
                      "send what is needed of the conversation as input",
                      what, most),
          std::move(param), "request_too_large"};
}

TurnRefusal unreadable(const Error& error) {
  spdlog::error("responses: {}", error.message);
  return {500, "the stored conversation cannot be read", "previous_response_id", "internal_error"};
}

}  // namespace

bool ResponseTurn::asks_store(Value body) {
  return !body["previous_response_id"].text().empty() ||
         std::ranges::any_of(body["input"].items(), is_reference);
}

std::optional<TurnRefusal> ResponseTurn::begin(Arena& arena, Value& body, std::int64_t now_ms) {
  const Value said = body["store"];
  wanted_ = !said.is_bool() || said.boolean();
  const Value input = body["input"];
  text_input_ = input.is_string();
  const bool references = std::ranges::any_of(input.items(), is_reference);
  const Value previous = body["previous_response_id"];
  if (previous.present() && !previous.is_string())
    return TurnRefusal{400, "previous_response_id: expected a string", "previous_response_id",
                       "invalid_type"};
  previous_ = previous.text();

  std::string items;
  if (!previous_.empty())
    if (auto refused = recall(now_ms, items)) return refused;
  if (!references) input_ = own_items(input);
  if (references)
    if (auto refused = resolve(input)) return refused;
  if (previous_.empty() && !references) return std::nullopt;
  return go_on(arena, std::move(items), body);
}

// The conversation so far.
std::optional<TurnRefusal> ResponseTurn::recall(std::int64_t now_ms, std::string& items) const {
  if (store_ == nullptr)
    return TurnRefusal{400,
                       "previous_response_id needs responses to be kept, and this gateway keeps none "
                       "(responses.enabled is false): send the whole input",
                       "previous_response_id", "previous_response_not_found"};
  auto conversation = store_->conversation(previous_, key_name_, now_ms, most_);
  if (!conversation) return unreadable(conversation.error());
  if (!*conversation)
    return TurnRefusal{400, fmt::format("Previous response with id '{}' not found.", previous_),
                       "previous_response_id", "previous_response_not_found"};
  if ((*conversation)->too_long)
    return too_long(fmt::format("The conversation up to '{}'", previous_), most_, "previous_response_id");
  items = (**std::move(conversation)).items;
  return std::nullopt;
}

// A stored item that is referred to stands for itself from here on.
std::optional<TurnRefusal> ResponseTurn::resolve(Value input) {
  for (std::size_t i = 0; i < input.items().size(); ++i) {
    const Value item = input.at(i);
    if (!input_.empty()) input_ += ',';
    if (!is_reference(item)) {
      json::write(input_, item);
      continue;
    }
    const std::string_view id = item["id"].text();
    auto found =
        store_ == nullptr ? std::optional<std::string>() : store_->item(id, key_name_).value_or(std::nullopt);
    if (!found)
      return TurnRefusal{404,
                         fmt::format("Item with id '{}' not found. Items are not persisted when `store` is "
                                     "set to false. Try again with `store` set to true, or remove this "
                                     "item from your input.",
                                     id),
                         fmt::format("input[{}]", i), ""};
    input_ += *found;
    if (input_.size() > most_)
      return too_long("What the input refers to", most_, fmt::format("input[{}]", i));
  }
  return std::nullopt;
}

// `items`, then the client's own, with its other members as they were written.
std::optional<TurnRefusal> ResponseTurn::go_on(Arena& arena, std::string items, Value& body) {
  const std::size_t own = text_input_ ? 1 : body["input"].items().size();
  if (!items.empty() && !input_.empty()) items += ',';
  items += input_;
  std::string text;
  json::Writer w(text);
  w.begin_object();
  for (const json::Member& member : body.members()) {
    if (member.key == "previous_response_id" || member.key == "input") continue;
    w.field(member.key, member.value);
  }
  w.key("input").raw("[" + items + "]").end_object();
  auto whole = json::parse(arena, text, json::kRequestLimits);
  if (!whole) return unreadable({"a stored conversation is damaged: " + whole.error().message});
  body = *whole;
  history_ = body["input"].items().size() - own;
  return std::nullopt;
}

std::string ResponseTurn::own_pointer(std::string_view pointer) const {
  constexpr std::string_view kInput = "/input/";
  if (history_ == 0 || !pointer.starts_with(kInput)) return std::string(pointer);
  const std::string_view rest = pointer.substr(kInput.size());
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
  if (error != std::errc()) return std::string(pointer);
  if (index < history_) return "/previous_response_id";
  if (text_input_) return "/input";
  return fmt::format("{}{}{}", kInput, index - history_,
                     rest.substr(static_cast<std::size_t>(end - rest.data())));
}

std::string ResponseTurn::own_words(std::string_view response) const {
  Arena arena;
  const auto parsed = json::parse(arena, response);
  if (!parsed || !parsed->is_object()) return std::string(response);
  const json::Builder build(arena);
  Value out = *parsed;
  if (!previous_.empty()) out = build.with(out, "previous_response_id", build.string(previous_));
  out = build.with(out, "store", build.boolean(stores()));
  return json::dump(out);
}

std::string ResponseTurn::own_event(std::string_view data) const {
  // Only the few events that carry the response say anything of it.
  if (data.find("\"response\"") == std::string_view::npos) return std::string(data);
  Arena arena;
  const auto parsed = json::parse(arena, data);
  if (!parsed || !(*parsed)["response"].is_object()) return std::string(data);
  const auto patched = json::parse(arena, own_words(json::dump((*parsed)["response"])));
  if (!patched) return std::string(data);
  return json::dump(json::Builder(arena).with(*parsed, "response", *patched));
}

// The data of the event that brings the whole response.
std::string_view ResponseTurn::last_of(std::string_view events) {
  // A line break inside the data would be escaped, so the names of events stand at line starts only.
  for (const std::string_view name : {"event: response.completed\n", "event: response.incomplete\n"}) {
    const std::size_t at = events.find(name);
    if (at == std::string_view::npos || (at > 0 && events[at - 1] != '\n')) continue;
    std::string_view data = events.substr(at + name.size());
    if (!data.starts_with("data: ")) continue;
    data.remove_prefix(6);
    return data.substr(0, data.find('\n'));
  }
  return {};
}

void ResponseTurn::see_stream(std::string_view events, std::int64_t now_ms) {
  Arena arena;
  if (const auto event = json::parse(arena, last_of(events)); event && (*event)["response"].is_object())
    see_whole(json::dump((*event)["response"]), now_ms);
}

void ResponseTurn::see_whole(std::string_view response, std::int64_t now_ms) {
  if (!stores()) return;
  Arena arena;
  const auto parsed = json::parse(arena, response);
  if (!parsed || !(*parsed)["id"].is_string()) return;
  store::KeptResponse kept;
  kept.id = std::string((*parsed)["id"].text());
  kept.key_name = key_name_;
  kept.previous = previous_;
  kept.created_ms = now_ms;
  kept.input = input_;
  kept.body = std::string(response);
  for (const Value item : (*parsed)["output"].items()) {
    std::string text;
    json::write(text, item);
    if (!kept.output.empty()) kept.output += ',';
    kept.output += text;
    if (item["id"].is_string()) kept.items.emplace_back(item["id"].text(), std::move(text));
  }
  if (auto done = store_->put(kept, now_ms); !done)
    spdlog::error("responses: {} is not kept: {}", kept.id, done.error().message);
}

}  // namespace dragoman::serve
