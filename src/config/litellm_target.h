// One entry of LiteLLM's model_list: what to call and how. Source of the keys: docs/sources.md.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"
#include "config/connect.h"
#include "config/fields.h"

namespace dragoman::config {

// What a key without effect is warned about with. read_litellm() knows the warning by it: a variable that
// only such a key wants is not missed.
inline constexpr std::string_view kNotHonouredText = "not honoured";

struct LitellmTarget {
  TargetSpec spec;
  std::optional<double> weight, rpm, tpm;
  std::optional<int> order;
  std::optional<int> num_retries;
};

// Nothing if the entry cannot be called; the warning says why, as LiteLLM's proxy leaves such entries out
// too.
std::optional<LitellmTarget> read_litellm_target(const Place& params, const Timeouts& timeouts,
                                                 const Timeouts& stream_timeouts, const Sources& sources,
                                                 const profile::Catalogue& catalogue, Reader& reader,
                                                 Reader& warn);

// LiteLLM's price of one token, in US dollars.
void set_cost(TargetSpec& spec, bool input, std::optional<double> a_token);

// LiteLLM's seconds: 30, 0.5, "600". Leaves `out` alone and warns if it is none.
void read_seconds(const Place& place, Reader& warn, std::optional<milliseconds>& out);

// What one `timeout` of LiteLLM's limits: its HTTP client applies it to the connection, to the wait for the
// head and to each read.
Timeouts litellm_timeouts(milliseconds timeout);

}  // namespace dragoman::config
