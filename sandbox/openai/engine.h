// Plays any OpenAI-compatible host from its row.
#pragma once
#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

Reply handle(const Host& host, const Call& call, const Options& options);

// The row of the host's table for a model; null for names that exist nowhere.
const Model* find_model(const Host& host, std::string_view name);

Reply refusal_reply(const Host& host, const Refusal& refusal);

// Emulator::failure: the host's words where it has its own, else general ones.
Reply failure_reply(const Host& host, int status);

// Emulator::model_of: from the path where the host's route() finds it there, else from the body.
std::string_view model_of(const Host& host, const Call& call);

// Emulator is made of plain functions; this makes them from a row.
template <const Host& kHost>
Emulator emulator() {
  return {.prefix = kHost.prefix,
          .handle = [](const Call& call, const Options& options) { return handle(kHost, call, options); },
          .error =
              [](int status, std::string_view code, std::string_view message) {
                Refusal r;
                r.status = status;
                r.message = message;
                r.code = code;
                r.type = status >= 500 ? "server_error" : status == 429 ? "rate_limit_error" : r.type;
                return refusal_reply(kHost, r);
              },
          .model_of = [](const Call& call) { return model_of(kHost, call); },
          .failure = [](int status) { return failure_reply(kHost, status); }};
}

// The usual ways of hosts, for their rows.
namespace common {

// {"error":{"message","type","param","code"}}
std::string error_body(const Refusal& refusal);
// "Authorization: Bearer …" present and not starting with "bad".
std::string_view bearer(const Call& call);   // "" when missing
bool bad_key(std::string_view key);          // "" counts as bad
std::string mask_key(std::string_view key);  // "sk-ab***********wxyz"

}  // namespace common

}  // namespace dragoman::sandbox::openai
