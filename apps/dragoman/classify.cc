// `dragoman classify`: what a provider's refusal means, without having seen the request.
#include "failure/classify.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <iostream>

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

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

Result<Refusal> read_refusal(json::Value line) {
  if (!line.is_object()) return fail("expected an object with a body");
  Refusal out;
  const json::Value body = line["body"];
  out.body = words(body);
  out.provider = words(line["provider"]);
  out.type = words(line["type"]);
  if (const json::Value status = line["status"]; status.present() && !status.is_null()) {
    auto number = status.integer();
    if (!number && status.is_string()) number = whole_number(status.text());
    if (!number || *number < 0 || *number > 999) return fail("expected an HTTP status", "/status");
    out.status = static_cast<int>(*number);
  }
  const json::Value headers = line["headers"];
  if (headers.present() && !headers.is_null() && !headers.is_object())
    return fail("expected an object of header names and values", "/headers");
  for (const json::Member& member : headers.members())
    out.headers.emplace_back(member.key, words(member.value));
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

void write_verdict(json::Writer& w, const profile::Catalogue& catalogue, const Refusal& refusal, double now) {
  const profile::Provider* provider = catalogue.find(refusal.provider);
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

int run(bool jsonl) {
  const auto catalogue = profile::Catalogue::builtin();
  if (!catalogue) return complain(catalogue.error());
  const double now = static_cast<double>(std::time(nullptr));
  const auto answer = [&](std::string_view text, std::int64_t number) {
    Arena arena;
    std::string out;
    json::Writer w(out);
    w.begin_object().key("id");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    // What a log holds need not be UTF-8; a verdict is of more use than a complaint about it.
    const std::string readable = is_utf8(text) ? std::string() : to_utf8(text);
    const auto line = json::parse(arena, readable.empty() ? text : std::string_view(readable));
    const auto refusal = line ? read_refusal(*line) : std::unexpected(line.error());
    if (line && (*line)["id"].present())
      w.value((*line)["id"]);
    else
      w.null();
    if (refusal) {
      write_verdict(w, *catalogue, *refusal, now);
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
  if (!jsonl) {
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
  auto jsonl = std::make_shared<bool>(false);
  CLI::App* command = app.add_subcommand(
      "classify",
      "Say what a provider's refusal means: reads {\"id\", \"provider\", \"status\", \"type\", \"headers\", "
      "\"body\"} on standard input; all but the body may be missing");
  command->add_flag("--jsonl", *jsonl, "a refusal a line; answers a line for each, in order");
  command->footer("Exit status: 0 answered (with --jsonl: every line was), 2 bad input.");
  command->callback([jsonl, &status] { status = run(*jsonl); });
}

}  // namespace dragoman::app
