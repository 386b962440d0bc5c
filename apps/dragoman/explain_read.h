// What `dragoman explain` is asked about: refusals of the journal, or one out of a text that somebody pasted.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "failure/issuer.h"
#include "offline.h"
#include "store/record.h"

namespace dragoman::app {

struct ExplainOptions {
  std::vector<std::string> words;  // a request id, or the error's text
  std::string request;
  std::string from;
  std::string provider;
  std::string config;
  std::string journal;  // "": the config's
  bool json = false;
};

// One refusal, from the journal or from a text.
struct Refusal {
  std::string target;      // provider/model, or a provider, or ""
  failure::Issuer issuer;  // who it seems to be, where nobody said it
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string outcome;   // the class it was given when it happened; "" for a text
  std::string decision;  // what dragoman did next
  std::string schema;    // place in the client's request that its answer broke; "" none

  std::string provider_name() const;  // the target's, "" when there is none
};

struct Refusals {
  std::vector<Refusal> list;
  std::string id;  // of the journal's request; "" for a text
  std::string request_body, dialect;
};

// A pasted answer of dragoman's own names its attempts, and may have an id that the journal knows: then those
// are explained.
Result<Refusals> read_refusals(const ExplainOptions& options, const Offline& offline);

}  // namespace dragoman::app
