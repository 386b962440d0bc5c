#include "config/openclaw_connect.h"

#include <array>
#include <utility>

namespace dragoman::config {
namespace {

using canon::DialectName;
using profile::Auth;
using profile::Rule;
using profile::Setting;

constexpr std::array<OpenclawApi, 12> kApis = {{
    {"openai-completions", DialectName::openai_chat},
    {"openai-responses", DialectName::openai_responses},
    {"openai-chatgpt-responses", {}, "", "it signs in to ChatGPT's own backend"},
    {"openai-codex-responses", {}, "", "it signs in to ChatGPT's own backend"},
    {"azure-openai-responses", DialectName::openai_responses, "azure_v1"},
    {"anthropic-messages", DialectName::anthropic_messages, "anthropic"},
    {"google-generative-ai", DialectName::gemini_generate, "gemini"},
    {"google-vertex", DialectName::gemini_generate, "vertex"},
    {"bedrock-converse-stream", DialectName::bedrock_converse, "bedrock"},
    {"ollama", DialectName::openai_chat, "ollama"},
    {"github-copilot", {}, "", "it signs in to GitHub"},
    {"pi-messages", {}, "", "it is a transport of OpenClaw's plugins"},
}};

std::string_view host_of(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  if (url.starts_with('[')) return url.substr(0, url.find(']') + 1);
  return url.substr(0, url.find(':'));
}

// What OAI-45 says of these models is said of Chat Completions: on Responses they reason and call tools.
Rule tools_with_reasoning() {
  Rule rule;
  rule.id = "OAIR";
  rule.why = "Responses takes tools and reasoning together";
  rule.settings = {{Setting::effort, std::vector<std::string>{"none", "low", "medium", "high", "xhigh"}}};
  rule.models = {"*gpt-5.4*", "*gpt-5.5*", "*gpt-5.6*", "*gpt-5.7*", "*gpt-5.8*", "*gpt-5.9*", "*gpt-6*"};
  rule.tools = true;
  return rule;
}

void authorize(const OpenclawWay& way, profile::Provider& row, ProviderInput& input) {
  if (!way.key.empty()) input.keys.push_back(way.key);
  if (!way.own_auth.empty()) {
    row.auth = way.own_bearer ? Auth::bearer : Auth::header;
    row.auth_header = way.own_auth;
  } else if (way.auth == "aws-sdk") {
    row.auth = Auth::aws;
    input.keys.clear();
  } else if (way.auth == "token" || way.auth == "oauth" || way.auth_header == true) {
    row.auth = Auth::bearer;
  } else if (way.auth_header == false && row.auth == Auth::bearer) {
    row.auth = Auth::none;
  }
  if (row.auth == Auth::bearer || row.auth == Auth::none) row.auth_header.clear();
  if (way.own_bearer) row.auth_header.clear();
}

}  // namespace

std::span<const OpenclawApi> openclaw_apis() { return kApis; }

bool is_openai(canon::DialectName dialect) { return canon::name(dialect).starts_with("openai"); }

std::expected<OpenclawConnection, ConnectError> connect_openclaw(const OpenclawWay& way,
                                                                 const OpenclawApi& api,
                                                                 const std::string& base_url,
                                                                 const profile::Catalogue& catalogue,
                                                                 const Sources& sources) {
  const profile::CompatTable& table = catalogue.compat();
  OpenclawConnection made;
  made.endpoint = &table.endpoint(host_of(base_url));
  made.ollama = api.name == "ollama";
  const DialectName dialect = *api.dialect;
  const auto fitting = [&](std::string_view name) -> const profile::Provider* {
    const profile::Provider* row = name.empty() ? nullptr : catalogue.find(name);
    return row != nullptr && row->dialect == dialect ? row : nullptr;
  };
  const profile::Provider* by_id = fitting(table.provider(way.id));
  const profile::Provider* by_host = fitting(made.endpoint->like);
  const profile::Provider* by_api = fitting(api.row);
  ProviderInput input;
  input.name = way.id;
  profile::Provider& row = input.row;
  if (const profile::Provider* known = by_id ? by_id : by_host ? by_host : by_api) {
    row = *known;
    if (by_id == nullptr) row.aliases.clear();
    // Its key must not go to another's host; of its own it is.
    if (known == by_id && row.name != way.id) row.aliases.push_back(row.name);
    made.ollama = made.ollama || known->name == "ollama";
  } else {
    // OpenAI's other wire at a host that is known by the one: the same door, models and key.
    const std::string_view id = table.provider(way.id);
    for (const std::string_view name : {id, std::string_view(made.endpoint->like), api.row}) {
      const profile::Provider* near = name.empty() ? nullptr : catalogue.find(name);
      if (near == nullptr || !is_openai(near->dialect) || !is_openai(dialect)) continue;
      row = *near;
      row.rules.clear();
      row.aliases.clear();
      if (name == id) by_id = near;
      break;
    }
    constexpr std::string_view kChat = "/chat/completions";
    if (!row.path.ends_with(kChat)) row.path = kChat;
    row.dialect = dialect;
    const bool responses = dialect == DialectName::openai_responses;
    if (responses) row.path.replace(row.path.size() - kChat.size(), kChat.size(), "/responses");
    if (responses) row.rules.push_back(tools_with_reasoning());
  }
  row.name = way.id;
  made.by_host = by_id == nullptr || by_id->name == made.endpoint->like;
  input.use_environment = by_id != nullptr || row.auth == profile::Auth::aws;
  input.base_url = base_url;
  authorize(way, row, input);
  if (!way.region.empty()) input.vars.emplace_back("region", way.region);
  input.headers = way.headers;
  // Nothing says that a server of one's own wants a key.
  if (by_id == nullptr && row.auth != profile::Auth::aws) row.local = true;
  if (made.by_host && is_openai(row.dialect))
    row.rules.insert(row.rules.begin(), made.endpoint->compat.begin(), made.endpoint->compat.end());
  row.rules.insert(row.rules.end(), way.compat.begin(), way.compat.end());
  auto connection = connect(std::move(input), sources, false);
  if (!connection) return std::unexpected(std::move(connection.error()));
  made.shared = std::make_shared<const Connection>(std::move(*connection));
  return made;
}

}  // namespace dragoman::config
