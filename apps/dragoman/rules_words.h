// The rows of a profile in words, for `dragoman rules` and the pages of docs/providers.
#pragma once
#include <string>
#include <string_view>

#include "profile/ledger.h"
#include "profile/profile.h"
#include "profile/provider.h"
#include "profile/rule_sources.h"

namespace dragoman::app {

// What can apply to `model` in some mode; "" is every model.
bool can_apply(const profile::Rule& rule, std::string_view model);

std::string when_words(const profile::Rule& rule);  // "models gpt-5*, with tools"; "" for always
std::string setting_words(profile::Setting setting, const profile::SettingValue& value);  // "effort: [low]"
std::string param_words(canon::Param param, const profile::ParamSpec& spec);  // "temperature: 0 to 1"
std::string says_words(const profile::Rule& rule);  // all its settings and parameters, "; " between
std::string source_words(const profile::RuleSources& sources, std::string_view rule);  // "oai-spec (D)"
std::string auth_words(const profile::Provider& provider);

// A provider's page in docs/providers.
std::string provider_page(const profile::Catalogue& catalogue, const profile::Provider& provider,
                          const profile::RuleSources& sources, const profile::Ledger& ledger);

// The list of those pages, with what the short words in them mean.
std::string providers_index(const profile::Catalogue& catalogue);

}  // namespace dragoman::app
