#include "try_out.h"

namespace dragoman::app {
namespace {

constexpr std::string_view kSandboxProviders =
    R"(providers:
  openai: {base_url: "URL/openai/v1", api_key: sandbox}
  anthropic: {base_url: "URL/anthropic", api_key: sandbox}
  gemini: {base_url: "URL/gemini", api_key: sandbox}
  bedrock: {base_url: "URL/bedrock", api_key: sandbox, region: us-east-1}
  azure: {base_url: "URL/azure", api_key: sandbox}
  mistral: {base_url: "URL/mistral/v1", api_key: sandbox}
  deepseek: {base_url: "URL/deepseek", api_key: sandbox}
  groq: {base_url: "URL/groq/openai/v1", api_key: sandbox}
  xai: {base_url: "URL/xai/v1", api_key: sandbox}
  moonshot: {base_url: "URL/moonshot/v1", api_key: sandbox}
  zai: {base_url: "URL/zai/api/paas/v4", api_key: sandbox}
  openrouter: {base_url: "URL/openrouter/api/v1", api_key: sandbox}
)";

std::string sandbox_config(const std::string& url) {
  std::string out(kSandboxProviders);
  for (std::size_t at = out.find("URL"); at != std::string::npos; at = out.find("URL", at + url.size()))
    out.replace(at, 3, url);
  return out;
}

}  // namespace

Result<config::Config> TryOut::load(const std::string& file,
                                    std::shared_ptr<const profile::Catalogue> catalogue) {
  auto config = load_config(file, catalogue);
  if (!config || !file.empty() || !config->connections.empty()) return config;
  if (!started_) {
    if (const auto port = emulators_.start(); !port) return std::unexpected(port.error());
    started_ = true;
  }
  auto made =
      config::load(sandbox_config(emulators_.url()), "sandbox", process_sources(), std::move(catalogue));
  if (!made) return fail(format_all(made.error()));
  made->server = config->server;
  made->auth = config->auth;
  return *std::move(made);
}

}  // namespace dragoman::app
