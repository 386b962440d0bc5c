// What `dragoman bisect` found, for people and for machines.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "bisect_ask.h"
#include "failure/reduce.h"
#include "failure/request_parts.h"

namespace dragoman::app {

// Removals in an order in which they can be applied one after the other (RFC 6902): of an array the last
// first.
std::vector<std::string> patch_order(std::vector<std::string> pointers);

std::string bisect_markdown(const failure::Reduction& found, const failure::RequestParts& parts,
                            const BisectAsker& asker);
std::string bisect_json(const failure::Reduction& found, const failure::RequestParts& parts,
                        const BisectAsker& asker, std::string_view request_id);

}  // namespace dragoman::app
