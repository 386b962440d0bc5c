// Who calls: SigV4 or a bearer key (BRW-02 … BRW-05, BR-50).
// Accepted: access key AKIDEXAMPLE with secret wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY, alone or with the
// session token "sandbox-session", and any bearer token that does not begin with "bad".
#pragma once
#include <string>

#include "sandbox/bedrock/refusal.h"

namespace dragoman::sandbox::bedrock {

struct Caller {
  Refused refused;
  std::string region;  // of the signature's scope; "" with a bearer key
};

Caller authenticate(const Call& call);

}  // namespace dragoman::sandbox::bedrock
