// What api.mistral.ai checks of a request's fields before a model sees it. Every object of its OpenAPI
// document is closed; what is wrong comes back as 422 with a list of places (the contracts' MIS section).
#pragma once
#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai::mistral {

Verdict unknown_fields(const Request& r);  // MIS-01, and MIS-27, which the model says in other words
Verdict temperature(const Request& r);     // MIS-02
Verdict tool_choice(const Request& r);     // MIS-03
Verdict parameters(const Request& r);      // MIS-04: a function without them
Verdict too_many_tools(const Request& r);  // MIS-15
Verdict effort(const Request& r);          // MIS-31
Verdict schema_name(const Request& r);     // MIS-32
Refusal no_messages(const Request& r);     // MIS-24: `messages` is not there at all

}  // namespace dragoman::sandbox::openai::mistral
