#include "live_state.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "serve/start.h"
#include "store/learned.h"
#include "store/sqlite.h"

namespace dragoman::app {
namespace {

bool is_file(const std::string& path) {
  std::error_code ignored;
  return path != ":memory:" && std::filesystem::is_regular_file(path, ignored);
}

Result<void> copy_if_there(const std::string& from, const std::string& to, std::string_view what) {
  if (!is_file(from)) return {};
  if (auto done = store::copy_database(from, to); !done)
    return fail(fmt::format("the {} of the gateway cannot be read: {}", what, done.error().message));
  return {};
}

}  // namespace

LiveState& LiveState::operator=(LiveState&& other) noexcept {
  std::swap(folder_, other.folder_);
  return *this;
}

LiveState::~LiveState() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

Result<LiveState> LiveState::copy(config::Config& config, const Parts& parts) {
  LiveState out;
  std::error_code problem;
  std::string pattern = (std::filesystem::temp_directory_path(problem) / "dragoman-XXXXXX").string();
  if (problem || ::mkdtemp(pattern.data()) == nullptr)  // 0700
    return fail(fmt::format("no temporary folder can be made: {}", std::strerror(errno)));
  out.folder_ = pattern;
  const auto in_folder = [&](std::string_view name) { return fmt::format("{}/{}", out.folder_, name); };

  config::Vault& vault = config.vault;
  const std::string vault_path = vault.path.empty() ? "dragoman-vault.db" : vault.path;
  // Its key stays where it is: only its text is taken along, in memory.
  if (vault.key.empty() && is_file(vault_path) && is_file(vault_path + ".key")) {
    std::ifstream in(vault_path + ".key");
    std::string key{std::istreambuf_iterator<char>(in), {}};
    if (!in.bad() && !key.empty()) vault.key = config::Secret(std::move(key));
  }
  if (!vault.key.empty())
    if (auto done = copy_if_there(vault_path, in_folder("vault.db"), "vault"); !done)
      return std::unexpected(done.error());
  vault.path = vault.key.empty() ? ":memory:" : in_folder("vault.db");

  const std::string responses = serve::responses_path(config);
  config.responses.path = ":memory:";
  if (parts.responses && is_file(responses)) {
    config.responses.path = in_folder("responses.db");
    if (auto done = copy_if_there(responses, config.responses.path, "kept responses"); !done)
      return std::unexpected(done.error());
  }

  config.journal.enabled = true;
  config.journal.keep_bodies = true;
  config.journal.path = ":memory:";
  if (const std::string learned = store::learned_path(parts.journal); parts.learned && is_file(learned)) {
    config.journal.path = in_folder("journal.db");
    if (auto done = copy_if_there(learned, store::learned_path(config.journal.path), "learned repairs");
        !done)
      return std::unexpected(done.error());
  }
  return out;
}

}  // namespace dragoman::app
