// The targets of the conformance matrix, and one call to the emulated provider behind each.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lower/lower.h"
#include "profile/provider.h"
#include "sandbox/emulator.h"

namespace dragoman::conformance {

struct Target {
  const profile::Provider* provider = nullptr;
  std::string model;
  const sandbox::Emulator* emulator = nullptr;

  std::string name() const {
    const bool other = provider->dialect == canon::DialectName::openai_responses;
    return provider->name + (other ? " (Responses)/" : "/") + model;
  }
};

// Every provider of the catalogue that has an emulator, with its well-known models and some more of each
// family.
std::vector<Target> targets(const profile::Catalogue& catalogue);

// One target; its emulator is null where there is none. Nothing when no provider has this name.
std::optional<Target> target_named(const profile::Catalogue& catalogue, std::string_view provider,
                                   std::string_view model);

// Who plays a provider of the catalogue; null where nobody does.
const sandbox::Emulator* emulator_of_provider(std::string_view provider);

// What the emulated provider says to these bytes. Nothing of the gateway's own client is used: path, query
// and headers are made from the provider's row; `without_header` is left out of them.
sandbox::Reply send(const Target& target, std::string_view body, bool stream, bool paranoid,
                    std::string_view without_header = {});

}  // namespace dragoman::conformance
