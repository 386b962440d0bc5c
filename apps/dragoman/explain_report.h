// One refusal, understood, as `dragoman explain` writes it.
#pragma once
#include <optional>
#include <string>

#include "canon/failure.h"
#include "explain_read.h"
#include "explain_suspects.h"
#include "failure/failure.h"
#include "failure/repair.h"
#include "json/write.h"
#include "lower/locate.h"

namespace dragoman::app {

struct Report {
  std::string id;  // of the journal's request; "" for a text
  Refusal refusal;
  std::string provider;  // row, or what the config or the text calls it
  canon::UpstreamError error;
  failure::Failure failure;
  std::optional<failure::Repair> repair;
  lower::ClientPlace place;
  bool wrapper = false;  // the words are a gateway's own summary, the provider's are not in it
  bool has_request = false;
  Suspects suspects;  // of a wrapper with the request at hand
};

std::string explain_markdown(const Report& report);
void write_report(json::Writer& w, const Report& report);

}  // namespace dragoman::app
