// `dragoman classify`: what a provider's refusal means, without having seen the request.
#include "failure/classify.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <iostream>
#include <optional>

#include "base/base64.h"
#include "base/strings.h"
#include "commands.h"
#include "dialect/dialect.h"
#include "failure/bucket.h"
#include "failure/phrases.h"
#include "json/parse.h"
#include "offline.h"
#include "profile/provider.h"

namespace dragoman::app {
namespace {

struct Refusal {
  std::string provider;
  int status = 0;
  std::string type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

std::string words(json::Value value) {
  if (value.is_string()) return std::string(value.text());
  return value.present() && !value.is_null() ? json::dump(value) : std::string();
}

// The status of a number, of digits in quotation marks, and of a status line ("HTTP/1.1 429 Too Many
// Requests").
std::optional<int> read_status(json::Value value) {
  std::string_view text = value.is_string() ? trim(value.text()) : value.number_text();
  if (text.starts_with("HTTP/")) text = trim(text.substr(std::min(text.find(' '), text.size())));
  int status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
  const bool ends = rest.empty() || rest == ".0" || (value.is_string() && rest.front() == ' ');
  if (error != std::errc() || !ends || status < 0 || status > 999) return std::nullopt;
  return status;
}

// A header's value: libraries that fold repeated headers keep lists.
std::string header_value(json::Value value) { return value.is_array() ? words(value.at(0)) : words(value); }

// Headers as an object, as pairs ([["retry-after", "3"]]), as objects of name and value, as the lines of a
// dump.
Result<void> read_headers(json::Value headers, Refusal& out) {
  if (headers.is_string()) {
    for (const std::string_view line : split(headers.text(), '\n')) {
      const std::size_t colon = line.find(':', 1);  // ":status", ":exception-type"
      if (colon == std::string_view::npos) continue;
      out.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    }
    return {};
  }
  if (headers.is_array()) {
    for (const json::Value pair : headers.items()) {
      if (pair.is_array() && pair.items().size() == 2)
        out.headers.emplace_back(words(pair.at(0)), header_value(pair.at(1)));
      else if (pair.is_object() && pair["name"].is_string())
        out.headers.emplace_back(words(pair["name"]), header_value(pair["value"]));
      else
        return fail("expected pairs of a name and a value", "/headers");
    }
    return {};
  }
  if (!headers.is_object()) return fail("expected an object of header names and values", "/headers");
  for (const json::Member& member : headers.members())
    out.headers.emplace_back(member.key, header_value(member.value));
  return {};
}

// A body that whoever logged it put into base64, as such.
std::string plain_body(json::Value body) {
  std::string text = words(body);
  if (!body.is_string() || text.size() < 16 || text.find_first_of(" {<[") != std::string::npos) return text;
  const auto decoded = base64_decode(trim(text));
  if (!decoded || !is_utf8(*decoded)) return text;
  const std::string_view inside = trim(*decoded);
  return inside.starts_with('{') || inside.starts_with('[') || inside.starts_with('<') ? *decoded : text;
}

Result<Refusal> read_refusal(json::Value line) {
  if (!line.is_object()) return fail("expected an object with a body");
  Refusal out;
  out.body = plain_body(line["body"]);
  out.provider = words(line["provider"]);
  out.type = words(line["type"]);
  if (const json::Value status = line["status"]; status.present() && !status.is_null()) {
    const auto number = read_status(status);
    if (!number) return fail("expected an HTTP status", "/status");
    out.status = *number;
  }
  if (const json::Value headers = line["headers"]; headers.present() && !headers.is_null())
    if (auto read = read_headers(headers, out); !read) return std::unexpected(read.error());
  return out;
}

// The dialect's own reading of the body; a provider nobody knows gets the common one, which reads every known
// envelope.
canon::UpstreamError decode(const profile::Provider* provider, const Refusal& refusal, int status) {
  const dialect::Dialect& wire =
      provider ? dialect::get(provider->dialect) : dialect::get(canon::DialectName::openai_chat);
  std::string_view type_header;
  for (const auto& [name, value] : refusal.headers)
    if (equals_ignoring_case(name, "x-amzn-errortype") || equals_ignoring_case(name, ":exception-type"))
      type_header = value;
  if (type_header.empty() && wire.name == canon::DialectName::bedrock_converse) type_header = refusal.type;
  canon::UpstreamError error = wire.decode_error(status, refusal.body, type_header);
  if (error.type.empty()) error.type = refusal.type;
  error.in_stream = status == 200;
  return error;
}

// Who `refusal.provider` is: of the config where there is one, else of the program's own.
using FindProvider = std::function<const profile::Provider*(std::string_view)>;

void write_verdict(json::Writer& w, const FindProvider& find, const Refusal& refusal, double now) {
  const profile::Provider* provider = find(refusal.provider);
  int status = refusal.status;
  if (status == 0) status = failure::status_in(refusal.body).value_or(0);
  const canon::UpstreamError error = decode(provider, refusal, status);
  std::vector<failure::HeaderField> headers;
  for (const auto& [name, value] : refusal.headers) headers.push_back({name, value});
  const failure::Failure verdict =
      failure::classify(provider ? std::string_view(provider->name) : refusal.provider, error, headers, now);
  w.field("class", failure::name(verdict.cls)).field("side", failure::name(verdict.side));
  const auto text_or_null = [&](std::string_view name, std::string_view text) {
    w.key(name);
    if (text.empty())
      w.null();
    else
      w.string(text);
  };
  text_or_null("pointer", verdict.pointer);
  text_or_null("keyword", verdict.keyword);
  w.field("retryable", verdict.retryable).key("retry_after");
  if (!verdict.retry_after)
    w.null();
  else if (std::floor(*verdict.retry_after) == *verdict.retry_after)
    w.integer(static_cast<std::int64_t>(*verdict.retry_after));
  else
    w.number(*verdict.retry_after);
  w.field("bucket", failure::name(failure::bucket_of(refusal.body, refusal.status, refusal.type)));
  w.key("confidence").number(verdict.confidence);
  w.field("why", fmt::format("{} ({})", verdict.why, verdict.rule));
}

struct Options {
  bool jsonl = false;
  std::string config;
};

int run(const Options& options) {
  const auto catalogue = profile::Catalogue::builtin();
  if (!catalogue) return complain(catalogue.error());
  std::optional<Offline> offline;  // of the config
  if (!options.config.empty()) {
    auto made = Offline::make(options.config);
    if (!made) return complain(made.error());
    offline = *std::move(made);
  }
  const FindProvider find = [&](std::string_view name) {
    return offline ? offline->provider(name) : catalogue->find(name);
  };
  const double now = static_cast<double>(std::time(nullptr));
  const auto answer = [&](std::string_view text, std::int64_t number) {
    Arena arena;
    std::string out;
    json::Writer w(out);
    w.begin_object().key("id");
    text = without_mark(text);
    // What a log holds need not be UTF-8; a verdict is of more use than a complaint about it.
    const std::string readable = is_utf8(text) ? std::string() : to_utf8(text);
    const auto line = json::parse(arena, readable.empty() ? text : std::string_view(readable));
    const auto refusal = line ? read_refusal(*line) : std::unexpected(line.error());
    if (line && (*line)["id"].present())
      w.value((*line)["id"]);
    else
      w.null();
    if (refusal) {
      write_verdict(w, find, *refusal, now);
    } else {
      if (number > 0) w.field("line", number);
      write_error(w, refusal.error());
    }
    w.end_object();
    if (number == 0) {
      print_json(out);
    } else {
      out += '\n';
      std::fwrite(out.data(), 1, out.size(), stdout);
      std::fflush(stdout);  // whoever writes the next line may wait for this one
    }
    return refusal.has_value();
  };
  if (!options.jsonl) {
    const auto text = read_input("-");
    if (!text) return complain(text.error());
    return answer(*text, 0) ? 0 : kBadInput;
  }
  std::ios::sync_with_stdio(false);
  std::string line;
  for (std::int64_t number = 1; std::getline(std::cin, line); ++number)
    if (!is_blank(line)) answer(line, number);
  return 0;
}

}  // namespace

void add_classify(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "classify",
      "Say what a provider's refusal means: reads {\"id\", \"provider\", \"status\", \"type\", \"headers\", "
      "\"body\"} on standard input; all but the body may be missing");
  command->add_flag("--jsonl", options->jsonl, "a refusal a line; answers a line for each, in order");
  command
      ->add_option("-c,--config", options->config,
                   "the gateway's config file, for the providers it defines; no key has to be set")
      ->envname("DRAGOMAN_CONFIG");
  command->footer(
      "Exit status: 0 answered (with --jsonl: every line was), 2 bad input, or the config cannot be read.");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
