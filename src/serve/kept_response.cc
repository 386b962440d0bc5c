// The stored responses over HTTP.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <charconv>

#include "base/id.h"
#include "base/strings.h"
#include "dialect/dialect.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/url.h"
#include "serve/exchange.h"
#include "serve/responses.h"

namespace dragoman::serve {
namespace {

using json::Value;

net::Task<void> answer(net::ServerExchange& http, int status, std::string body) {
  co_await http.respond(status,
                        {{"Content-Type", "application/json"}, {"x-request-id", random_id("req_", 22)}},
                        std::move(body));
}

net::Task<void> refuse(net::ServerExchange& http, int status, std::string message, std::string param = {}) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("error").begin_object().field("message", message);
  w.field("type", status >= 500 ? "server_error" : "invalid_request_error").key("param");
  if (param.empty())
    w.null();
  else
    w.string(param);
  w.key("code").null().end_object().end_object();
  co_await answer(http, status, std::move(body));
}

std::string query_value(std::string_view query, std::string_view name) {
  for (const std::string_view pair : split(query, '&'))
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return net::percent_decode(pair.substr(name.size() + 1)).value_or("");
  return {};
}

// An item as the API lists it: with an id and, for messages, content in parts.
std::string listed(Value item, std::string_view response_id, std::size_t index, std::string& id) {
  const std::string_view given = item["type"].text();
  const std::string_view type = given.empty() ? "message" : given;
  if (item["id"].is_string()) {
    id = item["id"].text();
  } else {
    const std::string_view prefix = type == "message"                   ? "msg_"
                                    : type == "function_call"           ? "fc_"
                                    : type == "function_call_output"    ? "fco_"
                                    : type == "custom_tool_call"        ? "ctc_"
                                    : type == "custom_tool_call_output" ? "ctco_"
                                    : type == "reasoning"               ? "rs_"
                                                                        : "item_";
    id = fmt::format("{}dgm{}i{:04x}", prefix,
                     response_id.substr(std::min<std::size_t>(response_id.size(), 5)), index);
  }
  std::string out;
  json::Writer w(out);
  w.begin_object().field("id", id).field("type", type);
  for (const json::Member& m : item.members()) {
    if (m.key == "id" || m.key == "type") continue;
    if (m.key == "content" && m.value.is_string()) {
      w.key("content").begin_array().begin_object();
      w.field("type", item["role"].text() == "assistant" ? "output_text" : "input_text");
      w.field("text", m.value);
      if (item["role"].text() == "assistant") w.key("annotations").begin_array().end_array();
      w.end_object().end_array();
    } else {
      w.field(m.key, m.value);
    }
  }
  if (type == "message" && !item["status"]) w.field("status", "completed");
  w.end_object();
  return out;
}

struct Page {
  std::string items;  // JSON array text of the whole input, oldest first
  std::string_view response_id;
  std::string_view query;
};

// The answer to it; an error with the parameter that is wrong.
struct Listed {
  int status = 200;
  std::string text;
  std::string param = {};
};

Listed list_items(const Page& page) {
  Arena arena;
  const auto parsed = json::parse(arena, page.items);
  if (!parsed) return {500, "the stored conversation cannot be read"};
  int limit = 20;
  if (const std::string text = query_value(page.query, "limit"); !text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size() || limit < 1 || limit > 100)
      return {400, "Invalid 'limit': expected a whole number from 1 to 100.", "limit"};
  }
  const std::string order = query_value(page.query, "order"), after = query_value(page.query, "after");
  if (!order.empty() && order != "asc" && order != "desc")
    return {400, "Invalid value for 'order': expected 'asc' or 'desc'.", "order"};
  std::vector<std::pair<std::string, std::string>> all;  // id, item
  for (std::size_t i = 0; i < parsed->items().size(); ++i) {
    std::string id;
    std::string text = listed(parsed->at(i), page.response_id, i, id);
    all.emplace_back(std::move(id), std::move(text));
  }
  if (order != "asc") std::reverse(all.begin(), all.end());
  std::size_t from = 0;
  if (!after.empty()) {
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const auto& item) { return item.first == after; });
    if (at == all.end()) return {404, fmt::format("Item with id '{}' not found.", after), "after"};
    from = static_cast<std::size_t>(at - all.begin()) + 1;
  }
  const std::size_t to = std::min(all.size(), from + static_cast<std::size_t>(limit));
  std::string out;
  json::Writer w(out);
  w.begin_object().field("object", "list").key("data").begin_array();
  for (std::size_t i = from; i < to; ++i) w.raw(all[i].second);
  w.end_array();
  w.field("first_id", from < to ? std::string_view(all[from].first) : std::string_view());
  w.field("last_id", from < to ? std::string_view(all[to - 1].first) : std::string_view());
  w.field("has_more", to < all.size()).end_object();
  return {.text = std::move(out)};
}

// What is asked of a response: GET and DELETE of itself, GET of its input, POST …/cancel.
struct Asked {
  std::string id;
  std::string_view what;  // behind the id; "" itself
  std::string_view method;
};

Asked read_path(const net::ServerExchange& http) {
  std::string_view rest = http.path();
  rest.remove_prefix(rest.find("/responses/") + 11);
  const std::size_t slash = rest.find('/');
  return {net::percent_decode(rest.substr(0, slash)).value_or(""),
          slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1), http.method()};
}

// Why there is no such thing to ask; "" when there is.
std::string no_such_path(const Asked& asked, std::string_view path) {
  if (asked.what.empty() && asked.id == "compact" && asked.method == "POST" && !path.ends_with('/'))
    return "This gateway does not compact conversations: what OpenAI makes of one is sealed, and no other "
           "provider could read it. Send the conversation itself, or a summary of it; POST "
           "/v1/responses/input_tokens says how long it is.";
  const bool known = (asked.what.empty() && asked.method != "POST") ||
                     (asked.what == "input_items" && asked.method == "GET") ||
                     (asked.what == "cancel" && asked.method == "POST");
  if (known) return "";
  return fmt::format(
      "there is no {} {}; responses are asked for with GET or DELETE /v1/responses/ID "
      "and GET /v1/responses/ID/input_items",
      asked.method, path);
}

std::string erased(std::string_view id) {
  std::string out;
  json::Writer(out)
      .begin_object()
      .field("id", id)
      .field("object", "response")
      .field("deleted", true)
      .end_object();
  return out;
}

// The whole input as a JSON array, with the conversation that the response went on from.
std::string input_of(Gateway& gateway, const store::KeptResponse& kept, const std::string& key_name) {
  std::string items;
  if (!kept.previous.empty()) {
    auto before = gateway.responses->conversation(kept.previous, key_name, unix_ms());
    if (before && *before) items = (**std::move(before)).items;
  }
  if (!items.empty() && !kept.input.empty()) items += ',';
  items += kept.input;
  return "[" + items + "]";
}

}  // namespace

net::Task<void> kept_response(Gateway& gateway, net::ServerExchange& http, std::string key_name) {
  const Asked asked = read_path(http);
  if (std::string why = no_such_path(asked, http.path()); !why.empty()) {
    co_await refuse(http, 404, std::move(why));
    co_return;
  }
  const std::string missing = fmt::format("Response with id '{}' not found.", asked.id);
  if (!gateway.responses) {
    co_await refuse(http, 404, missing + " This gateway keeps no responses (responses.enabled is false).");
    co_return;
  }
  // The store may wait for the disk, or for another who asks it.
  const bool input = asked.what == "input_items", erase = asked.what.empty() && asked.method == "DELETE";
  Result<std::optional<store::KeptResponse>> kept;
  Result<bool> gone;
  Listed items;
  co_await gateway.on(http.loop()).helper.run([&] {
    kept = gateway.responses->get(asked.id, key_name);
    if (!kept || !*kept) return;
    if (erase) gone = gateway.responses->erase(asked.id, key_name);
    if (input) items = list_items({input_of(gateway, **kept, key_name), asked.id, http.query()});
  });
  if (!kept || !gone) {
    spdlog::error("responses: {}", (kept ? gone.error() : kept.error()).message);
    co_await refuse(http, 500,
                    kept ? "the stored response cannot be deleted" : "the stored response cannot be read");
  } else if (!*kept) {
    co_await refuse(http, 404, missing);
  } else if (asked.what == "cancel") {
    co_await refuse(
        http, 400,
        "Cannot cancel a synchronous response. Only responses created with background=true can be "
        "cancelled, and this gateway runs none in the background.");
  } else if (erase) {
    co_await answer(http, 200, erased(asked.id));
  } else if (input && items.status != 200) {
    co_await refuse(http, items.status, std::move(items.text), std::move(items.param));
  } else if (input) {
    co_await answer(http, 200, std::move(items.text));
  } else if (query_value(http.query(), "stream") == "true") {
    co_await refuse(http, 400, "A stored response cannot be streamed again; ask for it without 'stream'.",
                    "stream");
  } else {
    co_await answer(http, 200, std::move((*kept)->body));
  }
}

}  // namespace dragoman::serve
