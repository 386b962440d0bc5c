#include "explain_read.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/strings.h"
#include "failure/pasted.h"
#include "journalled.h"
#include "json/parse.h"
#include "net/url.h"

namespace dragoman::app {
namespace {

bool is_id(std::string_view word) {
  return word.starts_with("req_") && word.find_first_of(" \n\t{") == std::string_view::npos;
}

bool looks_like_path(std::string_view word) {
  if (word.find_first_of(" \n\t{") != std::string_view::npos) return false;
  return word.ends_with(".txt") || word.ends_with(".json") || word.ends_with(".log") ||
         word.starts_with("./") || word.starts_with("/");
}

std::vector<std::pair<std::string, std::string>> header_lines(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string_view line : split(text, '\n'))
    if (const std::size_t colon = line.find(':'); colon != std::string_view::npos)
      out.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  return out;
}

// Of the journal's violations: the first that failed the attempt.
std::string broken_schema(std::string_view violations) {
  Arena arena;
  const auto list = json::parse(arena, violations);
  if (!list) return "";
  for (const json::Value one : list->items())
    if (one["action"].text() == "failed") return std::string(one["schema"].text());
  return "";
}

Result<Refusals> from_record(store::RequestRecord record) {
  Refusals out{.id = record.id};
  for (store::AttemptRecord& attempt : record.attempts)
    if (attempt.outcome != "ok")
      out.list.push_back({attempt.target,
                          {},
                          attempt.status,
                          std::move(attempt.error_body),
                          header_lines(attempt.error_headers),
                          attempt.outcome,
                          attempt.decision,
                          broken_schema(attempt.violations)});
  if (out.list.empty() && !record.error.empty())  // it never came to an attempt
    out.list.push_back({"", {}, record.status, record.error, {}, "local_fault", ""});
  if (out.list.empty())
    return fail(fmt::format("{} was served by {}; nothing refused it", record.id, record.served_by));
  out.request_body = record.request_body.value_or("");
  out.dialect = record.dialect;
  return out;
}

// dragoman's own answers list the attempts, each with the provider's body.
std::vector<Refusal> attempts_in(std::string_view text) {
  std::vector<Refusal> out;
  const std::size_t open = text.find('{'), close = text.rfind('}');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return out;
  Arena arena;
  const auto value = json::parse(arena, text.substr(open, close - open + 1));
  if (!value) return out;
  for (const json::Value holder : {(*value)["error"]["dragoman"], (*value)["dragoman"], (*value)["error"]}) {
    for (const json::Value attempt : holder["attempts"].items()) {
      if (!attempt["target"].is_string() || !attempt["class"].is_string()) continue;
      const json::Value body = attempt["body"].is_string() ? attempt["body"] : attempt["message"];
      out.push_back({std::string(attempt["target"].text()),
                     {},
                     static_cast<int>(attempt["status"].integer().value_or(0)),
                     std::string(body.text()),
                     {},
                     std::string(attempt["class"].text()),
                     ""});
    }
    if (!out.empty()) return out;
  }
  return out;
}

// Where each provider is reached.
std::vector<failure::Host> hosts(const Offline& offline) {
  std::vector<failure::Host> out;
  const auto add = [&](const profile::Provider& row) {
    std::string_view url = row.base_url;
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return;
    url.remove_prefix(scheme + 3);
    std::string name = lower_ascii(url.substr(0, url.find_first_of("/:")));
    if (const std::size_t brace = name.rfind('}');
        brace != std::string::npos)  // bedrock-runtime.{region}.amazonaws.com
      name = name.substr(std::min(name.size(), name.find_first_not_of("-.", brace + 1)));
    const bool local = name.starts_with("127.") || name == "localhost" || name.find('.') == std::string::npos;
    if (!local && name != "amazonaws.com") out.push_back({std::move(name), row.name});
  };
  for (const auto& connection : offline.config().connections) add(*connection->row);
  for (const profile::Provider& row : offline.catalogue().providers()) add(row);
  return out;
}

Result<Refusals> from_text(const ExplainOptions& options, const Offline& offline) {
  std::string text;
  for (const std::string& word : options.words) text += (text.empty() ? "" : " ") + word;
  if (text.empty() || text == "-") {
    auto read = read_input("-");
    if (!read) return std::unexpected(read.error());
    text = *std::move(read);
  } else if (struct stat about{};
             options.words.size() == 1 && (::stat(text.c_str(), &about) == 0 || looks_like_path(text))) {
    auto read = read_input(text);
    if (!read) return std::unexpected(read.error());
    text = *std::move(read);
  }
  if (is_blank(text))
    return fail(
        "expected a request id, or the text of an error (on the line, in a file or on standard input)");
  const failure::Pasted pasted = failure::read_pasted(text);
  Refusals out{.dialect = options.from};
  if (const std::string id(pasted.header("x-request-id")); is_id(id))
    if (auto record = journalled_record(options.journal, id)) return from_record(*std::move(record));
  out.list = attempts_in(pasted.text);
  if (!out.list.empty()) return out;
  Refusal refusal{
      .target = options.provider, .status = pasted.status, .body = pasted.text, .headers = pasted.headers};
  if (refusal.target.empty()) refusal.issuer = failure::guess_issuer(pasted.whole, hosts(offline));
  out.list.push_back(std::move(refusal));
  return out;
}

}  // namespace

std::string Refusal::provider_name() const {
  return target.empty() ? issuer.provider : target.substr(0, target.find('/'));
}

Result<Refusals> read_refusals(const ExplainOptions& options, const Offline& offline) {
  if (options.words.size() == 1 && is_id(options.words[0])) {
    auto record = journalled_record(options.journal, options.words[0]);
    if (!record) return std::unexpected(record.error());
    return from_record(*std::move(record));
  }
  return from_text(options, offline);
}

}  // namespace dragoman::app
