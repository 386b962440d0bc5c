// Parts of the reader of dragoman's own format, one file each.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/connect.h"
#include "config/fields.h"

namespace dragoman::config {

// How the gateway itself runs: server, auth, journal, vault, responses, log. The fields refer to both.
std::vector<Reader::Field> server_sections(Reader& reader, Config& config);

void read_timeouts(const Place& place, Reader& reader, Timeouts& out);

// The keys shared by `defaults` and each model, and `more` besides.
void read_reliability(const Place& place, Reader& reader, Reliability& out, std::vector<Reader::Field> more);

// What `defaults`, models and targets share. The fields refer to `reader` and `out`.
Reader::Field arguments_field(Reader& reader, PromiseSettings& out);
Reader::Field loss_field(Reader& reader, PromiseSettings& out);

// `price: {input: 3, output: 15}`, in US dollars per million tokens.
Reader::Field price_field(Reader& reader, std::optional<profile::Price>& out);

// One entry of `providers`. Nothing if it cannot be used; the reader has been told why.
std::optional<Connection> read_provider(const Entry& entry, const Place& place, const Sources& sources,
                                        const profile::Catalogue& catalogue, Reader& reader, Reader& warn);

// Every name a provider can be called by in this file, for suggestions.
std::vector<std::string_view> provider_names(const Config& config);

}  // namespace dragoman::config
