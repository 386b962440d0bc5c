// Where AWS keys and the region come from: explicit values, the environment, the shared profile files. The
// environment and the files are passed in, so that nothing here touches the system. Secrets never get into
// errors. Sources: BRW-05; the order is botocore's (boto3 guide, "Credentials"; AWS SDKs reference guide,
// "Shared config and credentials files").
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/sigv4.h"

namespace dragoman::net {

// What the configuration gives; "" is "not given".
struct AwsSettings {
  std::string access_key;
  std::string secret_key;
  std::string session_token;
  std::string bearer_token;
  std::string profile;
  std::string region;
};

struct AwsSources {
  // The value of an environment variable; nullopt if it is not set. An empty one counts as not set.
  std::function<std::optional<std::string>(std::string_view name)> environment;
  // A whole file; nullopt if it is not there or cannot be read.
  std::function<std::optional<std::string>(const std::string& path)> file;
};

// How to authenticate: by a bearer key if there is one, by signing otherwise.
struct AwsIdentity {
  std::string bearer_token;    // "" if requests are to be signed
  AwsCredentials credentials;  // all "" with a bearer token
  std::string region;          // never "" without a bearer token; may be "" with one
  std::string source;          // for a person: "environment", "profile 'x' of /home/u/.aws/credentials"
};

// The first of these that gives anything gives all of the keys; half a pair is an error, not a reason to go
// on:
//   1. explicit bearer token, 2. explicit access and secret key, 3. the files, if a profile is explicit,
//   4. AWS_BEARER_TOKEN_BEDROCK, 5. AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN),
//   6. the files, profile AWS_PROFILE or "default".
// Files: AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials, then AWS_CONFIG_FILE or ~/.aws/config.
// Region: explicit, AWS_REGION, AWS_DEFAULT_REGION, the profile in the config file, then in the credentials
// file. Errors name the file, the profile and the missing key.
Result<AwsIdentity> resolve_aws(const AwsSettings& settings, const AwsSources& sources);

enum class AwsFile { kCredentials, kConfig };

// Profile name → key → value.
using AwsProfiles = std::map<std::string, std::map<std::string, std::string>, std::less<>>;

// Parses a profile file. In the config file profiles are [default] and [profile NAME], in the credentials
// file [NAME]; other sections (sso-session, services) are skipped, and so are the indented lines of nested
// settings. Keys become lower case; of a key given twice the last counts, sections of one name are merged.
// `path` is for errors, which give the line but not its text: it may hold a secret.
Result<AwsProfiles> parse_aws_profiles(std::string_view text, AwsFile kind, std::string_view path);

}  // namespace dragoman::net
