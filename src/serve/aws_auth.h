// Who a Bedrock client is: boto3 and its like sign their calls with an AWS key pair, or send a bearer key.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "net/server.h"
#include "serve/snapshot.h"

namespace dragoman::serve {

// What AWS would have said no with.
struct AwsRefusal {
  std::string_view exception;  // x-amzn-errortype
  std::string message;
};

struct AwsAdmission {
  std::optional<std::string> key_name;  // the client key's name, when it may
  AwsRefusal refusal;                   // when it may not
};

// Admitted are: a client key as bearer (AWS_BEARER_TOKEN_BEDROCK); a signature by an access key of auth.keys;
// and a client key in the place of the access key id. The last is as good as a bearer key: with nothing but
// the key's hash there is no signature to check, and its id is the secret then. Signatures are checked over
// method, path, query, headers and body, within five minutes of `now` (BRW-03), for whatever region the
// client signed.
AwsAdmission admit_aws(const Snapshot& snapshot, const net::ServerExchange& http,
                       std::chrono::sys_seconds now);

}  // namespace dragoman::serve
