#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <thread>

#include "commands.h"
#include "config_source.h"
#include "serve/start.h"
#include "signals.h"
#include "try_out.h"

namespace dragoman::app {
namespace {

struct Options {
  std::string config;
  std::string listen;
};

// "HOST:PORT", "[v6]:PORT" or "PORT" over what the config says.
Result<void> apply_listen(const std::string& listen, config::Server& server) {
  if (listen.empty()) return {};
  const std::size_t colon = listen.rfind(':');
  const std::string port = colon == std::string::npos ? listen : listen.substr(colon + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number > 65535)
    return fail(fmt::format("--listen: expected HOST:PORT, found '{}'", listen));
  server.port = static_cast<std::uint16_t>(number);
  if (colon != std::string::npos) {
    server.host = listen.substr(0, colon);
    if (server.host.starts_with('[') && server.host.ends_with(']'))
      server.host = server.host.substr(1, server.host.size() - 2);
  }
  return {};
}

void set_up_log(const config::Log& log) {
  auto logger =
      std::make_shared<spdlog::logger>("dragoman", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::from_str(log.level));
  logger->flush_on(spdlog::level::info);
  if (log.format == "json")
    logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%v"})");
  else
    logger->set_pattern("%H:%M:%S.%e %^%l%$ %v");
  spdlog::set_default_logger(std::move(logger));
}

void print_welcome(const serve::RunningGateway& gateway, bool sandbox) {
  const auto snapshot = gateway.snapshot();
  const config::Config& config = snapshot->config();
  const std::string shown = config.server.host.find(':') == std::string::npos
                                ? config.server.host
                                : fmt::format("[{}]", config.server.host);
  const std::string url = fmt::format("http://{}:{}", shown, gateway.port());
  std::string providers;
  for (const auto& connection : config.connections)
    providers += fmt::format("{}{}", providers.empty() ? "" : ", ", connection->name);
  if (sandbox)
    fmt::print(
        "No provider key in the environment: started the sandbox providers beside the gateway.\n"
        "Set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY … and start again for the real ones.\n");
  fmt::print("providers: {}\n", providers.empty() ? "none" : providers);
  if (!config.models.empty()) {
    std::string models;
    for (const auto& model : config.models)
      models += fmt::format("{}{}", models.empty() ? "" : ", ", model.name);
    fmt::print("models: {}\n", models);
  }
  if (!gateway.journal_path().empty())
    fmt::print("journal: {} (dragoman logs --follow)\n", gateway.journal_path());
  fmt::print("listening on {}\n", url);
  std::string model = "openai/gpt-4o-mini";
  if (!config.models.empty() && config.models.front().name.find('*') == std::string::npos)
    model = config.models.front().name;
  else if (const auto names = config.model_names();
           !names.empty() && std::find(names.begin(), names.end(), model) == names.end())
    model = names.front();
  fmt::print(
      "\nTry:\n  curl {}/v1/chat/completions -H 'Content-Type: application/json' {}\\\n"
      "    -d '{{\"model\": \"{}\", \"messages\": [{{\"role\": \"user\", \"content\": \"Say hello\"}}]}}'\n",
      url, snapshot->open() ? "" : "-H 'Authorization: Bearer YOUR_KEY' ", model);
  std::fflush(stdout);
}

struct timespec changed_at(const std::string& file) {
  struct stat info{};
  return stat(file.c_str(), &info) == 0 ? info.st_mtim : timespec{};
}

void reload(serve::RunningGateway& gateway, std::string_view why) {
  if (const auto done = gateway.reload(); !done)
    spdlog::error("{}; the config was not taken over, the old one stays:\n{}", why, done.error().message);
  else
    spdlog::info("{}; the new config is in force", why);
}

int run(const Options& options) {
  const sigset_t signals = block_signals({SIGINT, SIGTERM, SIGHUP});
  // Small requests on a few threads: more arenas would only keep more memory.
  mallopt(M_ARENA_MAX, 2);
  // Bodies of some hundred KB come and go all the time, dozens at once: not a system call and fresh pages for
  // each. What a burst has needed is kept, up to the threshold; with 4 MiB a 200 KB request cost 100 page
  // faults.
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
  mallopt(M_TRIM_THRESHOLD, 48 << 20);
  set_up_log({});
  const auto catalogue = shared_catalogue();
  if (!catalogue) {
    fmt::print(stderr, "dragoman: {}\n", catalogue.error().message);
    return 1;
  }

  TryOut source;
  const serve::LoadConfig load = [&]() -> Result<config::Config> {
    auto config = source.load(options.config, *catalogue);
    if (!config) return config;
    if (auto done = apply_listen(options.listen, config->server); !done) return std::unexpected(done.error());
    return config;
  };
  // Before it is read: a change while the gateway starts is a change all the same.
  struct timespec seen = changed_at(options.config);
  auto started = serve::RunningGateway::start(load);
  if (!started) {
    fmt::print(stderr, "{}\n", started.error().message);
    return 1;
  }
  serve::RunningGateway& gateway = **started;
  set_up_log(gateway.snapshot()->config().log);
  if (const auto& warnings = gateway.snapshot()->config().warnings; !warnings.empty())
    fmt::print("Named in the config and not honoured yet:\n{}\n", format_all(warnings));
  print_welcome(gateway, source.started());

  // Signals and the config's modification time, looked at twice a second.
  for (;;) {
    const timespec pause{0, 500'000'000};
    const int signal = sigtimedwait(&signals, nullptr, &pause);
    if (signal == SIGINT || signal == SIGTERM) break;
    if (signal == SIGHUP) {
      seen = changed_at(options.config);
      reload(gateway, "SIGHUP");
      continue;
    }
    if (options.config.empty()) continue;
    const timespec current = changed_at(options.config);
    if (current.tv_sec == seen.tv_sec && current.tv_nsec == seen.tv_nsec) continue;
    seen = current;
    reload(gateway, fmt::format("{} changed", options.config));
  }
  unblock_signals({SIGINT});  // whoever does not want to wait for the requests under way presses Ctrl-C again
  fmt::print("stopping\n");
  std::fflush(stdout);
  gateway.stop();
  source.stop();
  return 0;
}

}  // namespace

void add_serve(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("serve", "Start the gateway");
  command
      ->add_option("-c,--config", options->config,
                   "config file; without one the providers come from the environment")
      ->envname("DRAGOMAN_CONFIG");
  command->add_option("-l,--listen", options->listen, "HOST:PORT to listen on, over the config's");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace dragoman::app
