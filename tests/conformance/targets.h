// The targets of the conformance matrix, and one call to the emulated provider behind each.
#pragma once
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

  std::string name() const { return provider->name + "/" + model; }
};

// Every provider of the catalogue that has an emulator, with its well-known models and some more of each
// family.
std::vector<Target> targets(const profile::Catalogue& catalogue);

// What the emulated provider says to the lowered request. Nothing of the gateway's own client is used: path,
// query and headers are made from the provider's row.
sandbox::Reply send(const Target& target, const lower::Lowered& lowered, bool paranoid);

}  // namespace dragoman::conformance
