// One entry of OpenClaw's models.providers while it is read: openclaw_provider.cc the way to its models,
// openclaw_model.cc the models themselves. Only those two include it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/openclaw.h"
#include "config/openclaw_connect.h"
#include "profile/compat.h"

namespace dragoman::config {

class EntryReader {
 public:
  EntryReader(const Entry& entry, const Place& place, SecretReader& secrets, IdleKeys& idle,
              const Sources& sources, Reader& reader, Reader& warn, Config& config)
      : entry_(entry),
        place_(place),
        secrets_(secrets),
        idle_(idle),
        sources_(sources),
        reader_(reader),
        warn_(warn),
        config_(config),
        table_(config.catalogue->compat()) {}

  void read();

 private:
  struct IdleField {
    std::string_view key, why;
  };
  // A map's keys by a table; `idle` are those that mean nothing here, and why.
  void fields(const Place& place, const std::vector<Reader::Field>& known,
              const std::vector<IdleField>& idle);
  void whole(const Place& place, std::int64_t& out) { reader_.integer(place, 1, 1'000'000'000, out); }
  const OpenclawApi* read_api(const Place& place);  // null: not served, which has been said
  void headers(const Place& place, NamedTexts& out);
  void request(const Place& place);
  void request_auth(const Place& place);
  void params(const Place& place, std::vector<DefaultParam>& out);
  std::optional<OpenclawConnection> connect_to(const OpenclawApi& api, const std::string& base_url);

  // openclaw_model.cc
  struct Model;
  void model(const Place& place, const OpenclawConnection& shared);
  void model_fields(const Place& place, Model& out);
  profile::Price cost(const Place& place);
  profile::Rule thinking_levels(const Place& place);
  void add_rules(Model& model, const OpenclawConnection& own);

  const Entry& entry_;
  const Place& place_;
  SecretReader& secrets_;
  IdleKeys& idle_;
  const Sources& sources_;
  Reader& reader_;
  Reader& warn_;
  Config& config_;
  const profile::CompatTable& table_;

  const OpenclawApi* api_ = &openclaw_apis().front();  // a provider without one speaks Chat Completions
  OpenclawWay way_;
  std::string base_url_;
  bool key_faulty_ = false;
  std::optional<bool> num_ctx_;
  std::optional<milliseconds> timeout_;
  std::int64_t max_tokens_ = 0, context_window_ = 0;
  std::vector<DefaultParam> defaults_;
};

}  // namespace dragoman::config
