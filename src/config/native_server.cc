// The parts of dragoman's format that say how the gateway itself runs: where it listens, who may call, what
// it keeps.
#include <fmt/format.h>

#include <utility>

#include "config/field_maker.h"
#include "config/native_parts.h"
#include "config/readers.h"

namespace dragoman::config {
namespace {

constexpr std::size_t kVaultKey = 32;  // characters, as store/vault_seal.h has it

void read_listen(const Place& place, Reader& reader, Server& server) {
  std::string value;
  reader.text(place, value);
  const std::size_t colon = value.rfind(':');
  std::int64_t port = 0;
  Document number = *place.value;
  number.text = colon == std::string::npos ? "" : value.substr(colon + 1);
  ConfigErrors ignored;
  Reader(reader.file(), ignored).integer({&number, place.path}, 0, 65535, port);
  std::string host = value.substr(0, colon == std::string::npos ? 0 : colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!ignored.empty() || host.empty()) {
    reader.fault(place, "expected HOST:PORT, found " + shown(*place.value),
                 "like 127.0.0.1:4000 or [::1]:4000");
    return;
  }
  server.host = host;
  server.port = static_cast<std::uint16_t>(port);
}

void read_server(const Place& place, Reader& reader, Server& s) {
  FieldMaker make{reader};
  reader.map(place, {{"listen", [&](const Place& p) { read_listen(p, reader, s); }},
                     make.count("threads", s.threads, 0, 1024),
                     {"max_body", [&](const Place& p) { reader.size(p, s.max_body); }},
                     {"max_connections",
                      [&](const Place& p) { reader.integer(p, 1, 10'000'000, s.max_connections); }},
                     make.duration("head_timeout", s.head_timeout),
                     make.duration("body_timeout", s.body_timeout),
                     make.duration("write_timeout", s.write_timeout),
                     make.duration("idle_timeout", s.idle_timeout),
                     make.duration("drain", s.drain)});
}

void read_client_key(const Place& place, Reader& reader, Auth& auth) {
  FieldMaker make{reader};
  ClientKeyEntry entry;
  reader.map(place, {make.text("name", entry.name), make.secret("key", entry.key),
                     make.text("hash", entry.hash), make.text("access_key_id", entry.access_key_id),
                     make.secret("secret_access_key", entry.secret_access_key)});
  if (!place.value->is_map()) return;
  if (entry.name.empty()) reader.fault(place, "a client key needs a name");
  const bool pair = !entry.access_key_id.empty();
  if (pair == entry.secret_access_key.empty())
    reader.fault(place, "access_key_id and secret_access_key go together");
  if (pair && !(entry.key.empty() && entry.hash.empty())) {
    reader.fault(place, "expected a key, a hash or a key pair, found two of them",
                 "one entry each; they may have the same name");
  } else if (!pair && entry.key.empty() == entry.hash.empty()) {
    reader.fault(place, "expected either key or hash", "`dragoman keys new` makes one of each");
  }
  const auto is_hex = [](std::string_view t) {
    return t.size() == 64 && t.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  };
  if (!entry.hash.empty() &&
      !(entry.hash.starts_with("sha256:") && is_hex(std::string_view(entry.hash).substr(7)))) {
    reader.fault(place, "expected a hash of the form sha256:<64 hexadecimal digits>");
  }
  auth.keys.push_back(std::move(entry));
}

void read_auth(const Place& place, Reader& reader, Auth& auth) {
  FieldMaker make{reader};
  reader.map(place, {make.secret("master_key", auth.master_key), {"keys", [&](const Place& p) {
                                                                    reader.each(p, [&](const Place& item) {
                                                                      read_client_key(item, reader, auth);
                                                                    });
                                                                  }}});
}

void read_journal(const Place& place, Reader& reader, Journal& j) {
  FieldMaker make{reader};
  reader.map(place, {make.boolean("enabled", j.enabled),
                     make.text("path", j.path),
                     make.boolean("keep_bodies", j.keep_bodies),
                     {"max_answer", [&](const Place& p) { reader.size(p, j.max_answer); }},
                     make.duration("max_age", j.max_age),
                     {"max_size", [&](const Place& p) { reader.size(p, j.max_size); }}});
}

void read_vault(const Place& place, Reader& reader, Vault& v) {
  FieldMaker make{reader};
  reader.map(place, {make.boolean("enabled", v.enabled),
                     make.text("path", v.path),
                     {"key",
                      [&](const Place& p) {
                        std::string key;
                        reader.text(p, key);
                        if (!key.empty() && key.size() < kVaultKey)
                          reader.fault(p, fmt::format("expected at least {} random characters", kVaultKey),
                                       "`openssl rand -base64 32` makes them");
                        v.key = Secret(std::move(key));
                      }},
                     make.duration("max_age", v.max_age),
                     {"max_size", [&](const Place& p) { reader.size(p, v.max_size); }}});
}

void read_responses(const Place& place, Reader& reader, Responses& r) {
  FieldMaker make{reader};
  reader.map(place, {make.boolean("enabled", r.enabled),
                     make.text("path", r.path),
                     make.duration("max_age", r.max_age),
                     {"max_size", [&](const Place& p) { reader.size(p, r.max_size); }}});
}

void read_log(const Place& place, Reader& reader, Log& log) {
  reader.map(place, {{"level",
                      [&](const Place& p) {
                        reader.word(p, {"trace", "debug", "info", "warn", "error", "off"}, log.level);
                      }},
                     {"format", [&](const Place& p) { reader.word(p, {"text", "json"}, log.format); }}});
}

}  // namespace

std::vector<Reader::Field> server_sections(Reader& reader, Config& config) {
  const auto section = [&reader](std::string_view name, auto read, auto& out) {
    return Reader::Field{name, [&reader, &out, read](const Place& p) { read(p, reader, out); }};
  };
  return {section("server", read_server, config.server),          section("auth", read_auth, config.auth),
          section("journal", read_journal, config.journal),       section("vault", read_vault, config.vault),
          section("responses", read_responses, config.responses), section("log", read_log, config.log)};
}

}  // namespace dragoman::config
