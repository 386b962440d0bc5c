// List prices, for what a command is going to cost: data/prices.csv, made by data/update_prices. No bill:
// what an account really pays is between it and its provider, and a config can say it (`price` of a target).
#pragma once
#include <optional>
#include <string_view>

namespace dragoman::profile {

// US dollars per million tokens.
struct Price {
  double input = 0, output = 0;
  bool operator==(const Price&) const = default;
};

// By a provider row's name and the provider's name of the model; without one of that very name, that of the
// longest model whose name it begins with ("gpt-4o-2024-11-20" of "gpt-4o"). Nothing when there is none.
std::optional<Price> list_price(std::string_view provider, std::string_view model);

}  // namespace dragoman::profile
