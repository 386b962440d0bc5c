#include "config/openclaw.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dragoman::config {
namespace {

// OpenClaw's own business. `auth` is both ours and theirs; see below.
constexpr std::array<std::string_view, 43> kTheirs = {
    "$schema",    "$include",   "acp",    "approvals", "audio",  "bindings",    "broadcast", "browser",
    "canvasHost", "channels",   "cli",    "commands",  "cron",   "diagnostics", "discovery", "gateway",
    "hooks",      "logging",    "mcp",    "media",     "memory", "messages",    "meta",      "nodeHost",
    "plugins",    "session",    "skills", "talk",      "tools",  "ui",          "update",    "web",
    "wizard",     "crestodian", "tts",    "identity",  "agent",  "routing",     "whatsapp",  "telegram",
    "discord",    "surfaces",   "proxy"};

// Keys of `models` beside `providers`.
constexpr std::array<std::string_view, 4> kModelsKeys = {"catalogRefresh", "bedrockDiscovery", "pricing",
                                                         "proxy"};

bool is_provider(const Document& value) {
  return value.is_map() && (value.find("baseUrl") != nullptr || value.find("api") != nullptr ||
                            value.find("apiKey") != nullptr ||
                            (value.find("models") != nullptr && value.find("models")->is_list()));
}

bool is_block(const Document* providers) {
  return providers != nullptr && providers->is_map() && !providers->entries.empty() &&
         providers->find("targets") == nullptr && std::ranges::all_of(providers->entries, [](const Entry& e) {
           return e.value.is_null() || is_provider(e.value);
         });
}

Document* find(Document& map, std::string_view key) {
  for (Entry& entry : map.entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

// A whole openclaw.json, though it lists no provider of its own: OpenClaw has those it knows built in, and so
// has dragoman.
bool is_whole_file(const Document& root) {
  if (const Document* agents = root.find("agents");
      agents != nullptr && (agents->find("defaults") != nullptr || agents->find("list") != nullptr))
    return true;
  return std::ranges::count_if(root.entries, [](const Entry& entry) {
           return std::ranges::find(kTheirs, entry.key) != kTheirs.end();
         }) > 1;
}

Document take(Document& map, std::string_view key) {
  Document out;
  std::erase_if(map.entries, [&](Entry& entry) {
    if (entry.key != key) return false;
    out = std::move(entry.value);
    return true;
  });
  return out;
}

// `env: {NAME: value, vars: {NAME: value}}`.
void read_env(const Document& env, Openclaw& out, Reader& warn) {
  if (!env.is_map()) return;
  for (const Entry& entry : env.entries) {
    if (entry.key == "shellEnv") {
      warn.fault_at(entry.line, entry.column, "env.shellEnv", "not honoured: dragoman starts no shell");
    } else if (entry.key == "vars" && entry.value.is_map()) {
      for (const Entry& var : entry.value.entries)
        if (var.value.is_scalar()) out.env[var.key] = var.value.text;
    } else if (entry.value.is_scalar()) {
      out.env[entry.key] = entry.value.text;
    }
  }
}

}  // namespace

void IdleKeys::note(const Entry& entry, const std::string& path, std::string_view why) {
  for (Note& note : notes_) {
    if (note.key != entry.key || note.why != why) continue;
    ++note.more;
    return;
  }
  notes_.push_back({entry.key, path, std::string(why), entry.line, entry.column, 0});
}

void IdleKeys::flush() {
  for (const Note& note : notes_)
    warn_.fault_at(note.line, note.column, note.path,
                   note.more == 0 ? fmt::format("not honoured: {}", note.why)
                                  : fmt::format("not honoured: {} (and {} more)", note.why, note.more));
  notes_.clear();
}

std::optional<Openclaw> take_openclaw(Document& root, Reader& warn) {
  if (!root.is_map()) return {};
  Openclaw out;
  const bool whole = is_whole_file(root);
  if (Document* models = find(root, "models"); models != nullptr && models->is_map()) {
    const Document* providers = models->find("providers");
    const bool none = whole && (providers == nullptr || providers->is_null() || providers->entries.empty());
    if (none || is_block(providers)) {
      Document block = take(*models, "providers");
      if (!none) out.blocks.emplace_back("models.providers", std::move(block));
      const Document mode = take(*models, "mode");
      out.replace = mode.text == "replace";
      for (const std::string_view key : kModelsKeys)
        if (const Document* value = models->find(key))
          warn.fault_at(value->line, value->column, fmt::format("models.{}", key),
                        "not honoured: dragoman fetches no catalogue");
      std::erase_if(models->entries, [](const Entry& e) {
        return std::ranges::find(kModelsKeys, e.key) != kModelsKeys.end();
      });
    }
  }
  // The inside of the block, pasted under `providers`: told from dragoman's own by its spelling.
  if (Document* providers = find(root, "providers"); providers != nullptr && providers->is_map()) {
    Document theirs = *providers;
    theirs.entries.clear();
    std::erase_if(providers->entries, [&](Entry& entry) {
      const auto says = [&](std::initializer_list<std::string_view> keys) {
        return std::ranges::any_of(keys,
                                   [&](std::string_view key) { return entry.value.find(key) != nullptr; });
      };
      const bool ours = !entry.value.is_map() || !says({"baseUrl", "apiKey"}) ||
                        says({"base_url", "api_key", "api_keys", "dialect", "like"});
      if (!ours) theirs.entries.push_back(std::move(entry));
      return !ours;
    });
    if (!theirs.entries.empty()) out.blocks.emplace_back("providers", std::move(theirs));
  }
  if (out.blocks.empty() && !whole) return {};

  read_env(take(root, "env"), out, warn);
  if (Document secrets = take(root, "secrets"); secrets.is_map()) out.secrets = take(secrets, "providers");
  if (Document agents = take(root, "agents"); agents.is_map()) {
    for (const Entry& entry : agents.entries)
      if (entry.key != "defaults")
        warn.fault_at(entry.line, entry.column, "agents." + entry.key,
                      "not honoured: it configures OpenClaw's agents");
    out.agents = take(agents, "defaults");
  }
  std::erase_if(root.entries, [&](const Entry& entry) {
    const bool their_auth =
        entry.key == "auth" && entry.value.is_map() &&
        (entry.value.find("profiles") || entry.value.find("order") || entry.value.find("cooldowns"));
    if (!their_auth && std::ranges::find(kTheirs, entry.key) == kTheirs.end()) return false;
    warn.fault_at(entry.line, entry.column, entry.key,
                  their_auth ? "not honoured: sign-ins of OpenClaw's own; set apiKey"
                             : "not honoured: it configures OpenClaw itself");
    return true;
  });
  return out;
}

void read_openclaw(const Openclaw& openclaw, const Sources& sources, Reader& reader, Reader& warn,
                   Config& config) {
  SecretReader secrets(openclaw.secrets, sources, reader, warn);
  IdleKeys idle(warn);
  if (openclaw.replace) config.strict_models = true;
  for (const auto& [path, block] : openclaw.blocks) {
    reader.entries({&block, path}, [&](const Entry& entry, const Place& place) {
      if (entry.value.is_null()) return;
      if (std::ranges::any_of(config.connections, [&](const auto& c) { return c->name == entry.key; })) {
        reader.fault_at(entry.line, entry.column, place.path,
                        fmt::format("a provider '{}' stands in this file already", entry.key));
        return;
      }
      read_openclaw_provider(entry, place, secrets, idle, sources, reader, warn, config);
    });
  }
  idle.flush();
}

}  // namespace dragoman::config
