// One entry of OpenClaw's models.providers: how its models are reached, and what they have in common.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "config/openclaw_entry.h"
#include "config/readers.h"

namespace dragoman::config {
namespace {

// Parameters by OpenClaw's spelling. What is written in snake case is a field of the body.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kParamNames = {
    {{"maxTokens", "max_tokens"},
     {"topP", "top_p"},
     {"topK", "top_k"},
     {"frequencyPenalty", "frequency_penalty"},
     {"presencePenalty", "presence_penalty"},
     {"serviceTier", "service_tier"},
     {"parallelToolCalls", "parallel_tool_calls"},
     {"responseFormat", "response_format"},
     {"reasoningEffort", "reasoning_effort"}}};
constexpr std::array<std::string_view, 5> kTheirParams = {"transport", "thinking", "fallbacks", "canonical",
                                                          "image"};

void set_param(const std::string& name, const Document& value, std::vector<DefaultParam>& out) {
  std::erase_if(out, [&](const DefaultParam& p) { return p.name == name; });
  out.push_back({name, to_json(value), canon::param_named(name)});
}

}  // namespace

void EntryReader::read() {
  way_.id = entry_.key;
  const auto skip = [](const Place&) {};
  const Document* models = nullptr;
  fields(place_,
         {{"baseUrl", [&](const Place& p) { reader_.text(p, base_url_); }},
          {"api", [&](const Place& p) { api_ = read_api(p); }},
          {"apiKey",
           [&](const Place& p) {
             key_faulty_ = true;
             if (auto key = secrets_.read(p)) {
               way_.key = std::move(*key);
               key_faulty_ = false;
             } else if (p.value->is_scalar() && is_blank(p.value->text)) {
               key_faulty_ = false;
             }
           }},
          {"auth",
           [&](const Place& p) { reader_.word(p, {"api-key", "aws-sdk", "oauth", "token"}, way_.auth); }},
          {"authHeader",
           [&](const Place& p) {
             bool value = true;
             reader_.boolean(p, value);
             way_.auth_header = value;
           }},
          {"headers", [&](const Place& p) { headers(p, way_.headers); }},
          {"request", [&](const Place& p) { request(p); }},
          {"region", [&](const Place& p) { reader_.text(p, way_.region); }},
          {"timeoutSeconds",
           [&](const Place& p) {
             std::int64_t seconds = 0;
             reader_.integer(p, 1, 86'400, seconds);
             timeout_ = milliseconds(seconds * 1000);
           }},
          {"maxTokens", [&](const Place& p) { whole(p, max_tokens_); }},
          {"contextWindow", [&](const Place& p) { whole(p, context_window_); }},
          {"injectNumCtxForOpenAICompat",
           [&](const Place& p) {
             bool value = true;
             reader_.boolean(p, value);
             num_ctx_ = value;
           }},
          {"params", [&](const Place& p) { params(p, defaults_); }},
          {"compat", [&](const Place& p) { way_.compat = read_compat(p, table_, reader_, warn_); }},
          {"models", [&](const Place& p) { models = p.value; }},
          {"name", skip}},
         {{"agentRuntime", "it chooses how OpenClaw runs the model"},
          {"localService", "dragoman starts no servers"}});
  if (key_faulty_ || api_ == nullptr) return;
  auto connection = connect_to(*api_, base_url_);
  if (!connection) return;
  config_.connections.push_back(connection->shared);
  if (models == nullptr) return;
  if (!models->is_list()) {
    reader_.fault({models, place_.path + ".models"}, "expected a list of models, found " + shown(*models));
    return;
  }
  for (std::size_t i = 0; i < models->items.size(); ++i)
    model(Place{&models->items[i], fmt::format("{}.models[{}]", place_.path, i)}, *connection);
}

void EntryReader::fields(const Place& place, const std::vector<Reader::Field>& known,
                         const std::vector<IdleField>& idle) {
  if (!place.value->is_map()) {
    reader_.fault(place, "expected a map, found " + shown(*place.value));
    return;
  }
  for (const Entry& entry : place.value->entries) {
    const Place at = place.at(entry);
    if (const auto f = std::ranges::find_if(known, [&](const auto& k) { return k.name == entry.key; });
        f != known.end()) {
      if (!entry.value.is_null()) f->read(at);
      continue;
    }
    if (const auto f = std::ranges::find_if(idle, [&](const auto& k) { return k.key == entry.key; });
        f != idle.end()) {
      idle_.note(entry, at.path, f->why);
      continue;
    }
    // OpenClaw's next version may know it: not a reason not to run.
    std::vector<std::string_view> names;
    for (const auto& k : known) names.push_back(k.name);
    warn_.fault_at(entry.line, entry.column, at.path, "not honoured: no such key is known",
                   suggest(entry.key, names));
  }
}

const OpenclawApi* EntryReader::read_api(const Place& place) {
  std::vector<std::string_view> names;
  for (const OpenclawApi& api : openclaw_apis()) names.push_back(api.name);
  std::string name;
  reader_.word(place, names, name);
  for (const OpenclawApi& api : openclaw_apis()) {
    if (api.name != name) continue;
    if (!api.dialect) {
      warn_.fault(place, fmt::format("'{}' is not served, and what needs it is left out: {}", name, api.why));
      return nullptr;
    }
    return &api;
  }
  return nullptr;
}

void EntryReader::headers(const Place& place, NamedTexts& out) {
  reader_.entries(place, [&](const Entry& entry, const Place& value) {
    // A header's text is no key: a word in capitals is what it is.
    if (entry.value.is_scalar() && !entry.value.text.starts_with("secretref-")) {
      out.emplace_back(entry.key, entry.value.text);
    } else if (auto secret = secrets_.read(value)) {
      out.emplace_back(entry.key, secret->reveal());
    }
  });
}

void EntryReader::request(const Place& place) {
  fields(place,
         {{"headers", [&](const Place& p) { headers(p, way_.headers); }},
          {"auth", [&](const Place& p) { request_auth(p); }}},
         {{"proxy", "dragoman calls providers directly"},
          {"tls", "the system's certificates decide"},
          {"allowPrivateNetwork", "dragoman calls what the file names, wherever it is"}});
}

void EntryReader::request_auth(const Place& place) {
  std::string mode, header, prefix;
  std::optional<Secret> secret;
  fields(place,
         {{"mode",
           [&](const Place& p) {
             reader_.word(p, {"provider-default", "authorization-bearer", "header"}, mode);
           }},
          {"token", [&](const Place& p) { secret = secrets_.read(p); }},
          {"value", [&](const Place& p) { secret = secrets_.read(p); }},
          {"headerName", [&](const Place& p) { reader_.text(p, header); }},
          {"prefix", [&](const Place& p) { reader_.text(p, prefix); }}},
         {});
  if (mode.empty() || mode == "provider-default" || !secret) return;
  if (mode == "header" && header.empty()) {
    reader_.fault(place, "mode: header needs headerName");
    return;
  }
  way_.key = Secret(prefix + secret->reveal());
  way_.own_auth = mode == "header" ? header : "Authorization";
  way_.own_bearer = mode != "header";
}

void EntryReader::params(const Place& place, std::vector<DefaultParam>& out) {
  reader_.entries(place, [&](const Entry& entry, const Place& value) {
    if (entry.key == "extra_body" || entry.key == "extraBody") {
      reader_.entries(value,
                      [&](const Entry& inner, const Place&) { set_param(inner.key, inner.value, out); });
      return;
    }
    std::string name = entry.key;
    for (const auto& [theirs, ours] : kParamNames)
      if (theirs == name) name = ours;
    const bool camel = std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (camel || std::ranges::find(kTheirParams, name) != kTheirParams.end()) {
      idle_.note(entry, value.path, "it steers OpenClaw, not a request");
      return;
    }
    set_param(name, entry.value, out);
  });
}

std::optional<OpenclawConnection> EntryReader::connect_to(const OpenclawApi& api,
                                                          const std::string& base_url) {
  auto made = connect_openclaw(way_, api, base_url, *config_.catalogue, sources_);
  if (made) return std::move(*made);
  reader_.fault_at(entry_.line, entry_.column, place_.path, made.error().message,
                   made.error().missing_key ? "set apiKey" : made.error().suggestion);
  return {};
}

void read_openclaw_provider(const Entry& entry, const Place& place, SecretReader& secrets, IdleKeys& idle,
                            const Sources& sources, Reader& reader, Reader& warn, Config& config) {
  EntryReader(entry, place, secrets, idle, sources, reader, warn, config).read();
}

}  // namespace dragoman::config
