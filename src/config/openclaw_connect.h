// From what an entry of OpenClaw's models.providers says of the way to its models to a connection.
#pragma once
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/connect.h"
#include "profile/compat.h"

namespace dragoman::config {

// One of OpenClaw's `api` words.
struct OpenclawApi {
  std::string_view name;
  std::optional<canon::DialectName> dialect;  // none: not served, `why` says for what reason
  std::string_view row = {};                  // whose row a server of its own gets; "": a bare one
  std::string_view why = {};
};
std::span<const OpenclawApi> openclaw_apis();  // the first is what an entry without one speaks

struct OpenclawWay {
  std::string id;        // the provider's key in the block
  std::string auth;      // api-key, aws-sdk, oauth, token; "" not said
  std::string region;    // AWS
  std::string own_auth;  // the header request.auth names; "" none
  bool own_bearer = false;
  std::optional<bool> auth_header = {};
  Secret key = {};
  NamedTexts headers = {};
  std::vector<profile::Rule> compat = {};
};

struct OpenclawConnection {
  std::shared_ptr<const Connection> shared;
  const profile::EndpointClass* endpoint = nullptr;  // in the catalogue
  bool by_host = false;                              // what is known of it is what its host says
  bool ollama = false;
};

// The row to start from is the provider known by this id, the one whose host it is, or a bare one of the
// wire. `api` must be one that is served.
std::expected<OpenclawConnection, ConnectError> connect_openclaw(const OpenclawWay& way,
                                                                 const OpenclawApi& api,
                                                                 const std::string& base_url,
                                                                 const profile::Catalogue& catalogue,
                                                                 const Sources& sources);

bool is_openai(canon::DialectName dialect);

}  // namespace dragoman::config
