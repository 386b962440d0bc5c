// OpenClaw's `models.providers`, pasted into a dragoman file or in a whole openclaw.json. Source of the keys:
// docs/openclaw.md.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"
#include "config/connect.h"
#include "config/document.h"
#include "config/fields.h"

namespace dragoman::config {

// What such a document holds for a gateway, taken out of it.
struct Openclaw {
  std::vector<std::pair<std::string, Document>> blocks;  // path ("models.providers") and the map of providers
  Document secrets = {};                                 // secrets.providers
  Document agents = {};                                  // agents.defaults
  std::map<std::string, std::string, std::less<>> env = {};
  bool replace = false;  // models.mode: only what is listed
};

// Nothing if there is no such block and the file is not OpenClaw's as a whole. Otherwise `root` is left with
// dragoman's own keys; OpenClaw's that mean nothing here are warned about, each with its line.
std::optional<Openclaw> take_openclaw(Document& root, Reader& warn);

// Adds a connection for each provider and a model "provider/id" for each of its models. Before the rest of
// the file, which may refer to them.
void read_openclaw(const Openclaw& openclaw, const Sources& sources, Reader& reader, Reader& warn,
                   Config& config);

// Once everything else is read: the models get the file's defaults, and names as OpenClaw has them (a model's
// bare id, aliases, `default` for the agents' primary model with its fallbacks).
void finish_openclaw(const Openclaw& openclaw, Reader& warn, Config& config);

// --- parts -----------------------------------------------------------------------------------------------

// A key that means nothing here is warned about once, with its first line and how often else it stands.
class IdleKeys {
 public:
  explicit IdleKeys(Reader& warn) : warn_(warn) {}
  void note(const Entry& entry, const std::string& path, std::string_view why);
  void flush();

 private:
  struct Note {
    std::string key, path, why;
    int line, column, more;
  };
  Reader& warn_;
  std::vector<Note> notes_;
};

// Credentials as OpenClaw writes them: the text itself, the name of a variable, `secretref-env:NAME`, or a
// reference {source: env | file | exec, provider, id}.
class SecretReader {
 public:
  SecretReader(const Document& providers, const Sources& sources, Reader& reader, Reader& warn)
      : providers_(providers), sources_(sources), reader_(reader), warn_(warn) {}
  // Nothing if there is none, or none that can be had; the reader has been told then.
  std::optional<Secret> read(const Place& place);

 private:
  std::optional<Secret> variable(const Place& place, std::string_view name);
  std::optional<Secret> from_file(const Place& place, const std::string& provider, const std::string& id);

  const Document& providers_;
  const Sources& sources_;
  Reader& reader_;
  Reader& warn_;
};

// One entry: its connection and its models. `taken` are names that exist already.
void read_openclaw_provider(const Entry& entry, const Place& place, SecretReader& secrets, IdleKeys& idle,
                            const Sources& sources, Reader& reader, Reader& warn, Config& config);

}  // namespace dragoman::config
