#include "conformance/targets.h"

#include <fmt/format.h>

#include <map>

#include "json/parse.h"

namespace dragoman::conformance {
namespace {

// Models beyond the rows' own lists: other generations, other spellings, each family's odd ones.
const std::map<std::string, std::vector<std::string>, std::less<>>& more_models() {
  static const std::map<std::string, std::vector<std::string>, std::less<>> all = {
      {"openai",
       {"gpt-4o-mini-2024-07-18", "gpt-5.2", "gpt-5.4", "gpt-5.6", "o1-mini", "gpt-5-chat-latest", "o1",
        "o3-mini"}},
      {"azure", {"gpt-4o-mini-2024-07-18", "gpt-4o-mini", "gpt-5-mini", "o3-mini"}},
      {"azure_v1", {"gpt-4o-mini", "gpt-5-mini"}},
      {"anthropic",
       {"claude-sonnet-5-5", "claude-fable-5", "claude-haiku-5-5", "claude-3-haiku-20240307",
        "claude-3-7-sonnet-latest", "claude-opus-4-1", "claude-opus-4-7"}},
      {"bedrock",
       {"us.anthropic.claude-opus-4-6-v1", "anthropic.claude-3-haiku-20240307-v1:0",
        "us.amazon.nova-micro-v1:0", "us.amazon.nova-2-lite-v1:0", "us.meta.llama3-3-70b-instruct-v1:0",
        "mistral.mistral-large-2407-v1:0", "mistral.mistral-7b-instruct-v0:2", "cohere.command-r-plus-v1:0",
        "ai21.jamba-1-5-large-v1:0", "us.deepseek.r1-v1:0", "amazon.titan-text-premier-v1:0",
        "us.writer.palmyra-x5-v1:0", "qwen.qwen3-32b-v1:0"}},
      {"gemini", {"gemini-2.0-flash", "gemini-3.1-pro-preview"}},
      {"vertex", {"gemini-3-pro-preview"}},
      {"vertex_anthropic", {"claude-sonnet-4-5@20250929", "claude-opus-4-6"}},
      {"ollama", {"llama3.2"}},
      {"vllm", {"meta-llama/Llama-3.1-8B-Instruct"}},
      {"llamacpp", {"default"}},
  };
  return all;
}

std::string_view emulator_of(std::string_view provider) {
  if (provider == "azure_v1") return "azure";
  if (provider == "deepseek_beta") return "deepseek";
  if (provider == "vertex_anthropic") return "vertex";
  return provider;
}

const sandbox::Emulator* emulator_named(std::string_view prefix) {
  for (const sandbox::Emulator& e : sandbox::emulators())
    if (e.prefix == prefix) return &e;
  return nullptr;
}

std::string encode(std::string_view segment) {
  std::string out;
  for (const char c : segment) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-_.~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string fill(std::string text, const Target& target) {
  const auto put = [&](std::string_view what, const std::string& with) {
    for (std::size_t at; (at = text.find(what)) != std::string::npos;) text.replace(at, what.size(), with);
  };
  put("{model}", encode(target.model));
  put("{api_base}", "https://host");
  put("{project}", "p");
  put("{region}", "us-east-1");
  for (const auto& [name, value] : target.provider->var_defaults) put("{" + name + "}", value);
  return text;
}

std::string path_of(const std::string& url) {
  const std::size_t host = url.find("://");
  const std::size_t slash = url.find('/', host == std::string::npos ? 0 : host + 3);
  return slash == std::string::npos ? "" : url.substr(slash);
}

}  // namespace

const sandbox::Emulator* emulator_of_provider(std::string_view provider) {
  return emulator_named(emulator_of(provider));
}

std::vector<Target> targets(const profile::Catalogue& catalogue) {
  std::vector<Target> all;
  for (const profile::Provider& provider : catalogue.providers()) {
    const sandbox::Emulator* emulator = emulator_of_provider(provider.name);
    if (emulator == nullptr) continue;
    std::vector<std::string> models = provider.models;
    if (const auto more = more_models().find(provider.name); more != more_models().end())
      models.insert(models.end(), more->second.begin(), more->second.end());
    for (const std::string& model : models) all.push_back({&provider, model, emulator});
    if (!provider.responses) continue;
    for (std::string& model : models) all.push_back({provider.responses.get(), std::move(model), emulator});
  }
  return all;
}

std::optional<Target> target_named(const profile::Catalogue& catalogue, std::string_view provider,
                                   std::string_view model) {
  const profile::Provider* row = catalogue.find(provider);
  if (row == nullptr) return std::nullopt;
  return Target{row, std::string(model), emulator_of_provider(row->name)};
}

sandbox::Reply send(const Target& target, std::string_view body_text, bool stream, bool paranoid,
                    std::string_view without_header) {
  const profile::Provider& p = *target.provider;
  const std::string& end = stream && !p.stream_path.empty() ? p.stream_path : p.path;
  const std::string path = path_of(fill(p.base_url, target)) + fill(end, target);
  const std::string query = fill(stream && !p.stream_query.empty() ? p.stream_query : p.query, target);
  const std::string full = "/" + std::string(target.emulator->prefix) + path;

  sandbox::HeaderList headers = {{"content-type", "application/json"}};
  for (const auto& header : p.headers) headers.push_back(header);
  if (p.auth == profile::Auth::header)
    headers.emplace_back(p.auth_header, "a-key-that-passes");
  else
    headers.emplace_back("authorization", "Bearer a-key-that-passes");

  std::erase_if(headers, [&](const auto& header) { return header.first == without_header; });

  Arena arena;
  const auto body = json::parse(arena, body_text);
  const sandbox::Call call{.method = "POST",
                           .path = path,
                           .full_path = full,
                           .query = query,
                           .headers = headers,
                           .body_text = body_text,
                           .body = body ? *body : json::Value(),
                           .arena = arena,
                           .now_unix = 1792000000};
  return target.emulator->handle(call, {.paranoid = paranoid});
}

}  // namespace dragoman::conformance
