// A request as the journal has it, ready to be sent again.
#pragma once
#include <string>

#include "base/error.h"
#include "canon/dialect_name.h"
#include "store/record.h"

namespace dragoman::app {

// All of it. The error says what to do when it is not there.
Result<store::RequestRecord> journalled_record(const std::string& journal, const std::string& id);

struct Journalled {
  canon::DialectName dialect = canon::DialectName::openai_chat;
  std::string body, model, key_name;
  bool stream = false;
};

// An error that says so when the journal keeps no bodies. Secrets in a body were blotted out when it was
// written.
Result<Journalled> journalled_request(const std::string& journal, const std::string& id);

// What to say where a body would stand.
inline constexpr char kNoBodies[] =
    "not kept: what clients and models say is in the journal only while `journal: {keep_bodies: true}` is in "
    "the "
    "config; raw answers of refused and failed attempts always are";

}  // namespace dragoman::app
