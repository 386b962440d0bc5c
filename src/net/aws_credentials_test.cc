#include "net/aws_credentials.h"

#include <gtest/gtest.h>

namespace dragoman::net {
namespace {

using Texts = std::map<std::string, std::string, std::less<>>;

struct World {
  Texts environment, files;

  AwsSources sources() const {
    const auto look = [](const Texts& in, std::string_view key) -> std::optional<std::string> {
      const auto at = in.find(key);
      if (at == in.end()) return std::nullopt;
      return at->second;
    };
    return {[this, look](std::string_view name) { return look(environment, name); },
            [this, look](const std::string& path) { return look(files, path); }};
  }
};

const char* const kCredentialsFile =
    "[default]\naws_access_key_id = FILE-KEY\naws_secret_access_key = FILE-SECRET\n\n"
    "[dev]\naws_access_key_id=DEV-KEY\naws_secret_access_key=DEV-SECRET\naws_session_token=DEV-TOKEN\n"
    "[half]\naws_access_key_id = HALF-KEY\n"
    "[empty]\n";
const char* const kConfigFile =
    "[default]\nregion = eu-west-1\n[profile dev]\nregion = us-west-2\n"
    "[profile conf]\naws_access_key_id = CONF-KEY\naws_secret_access_key = CONF-SECRET\nregion=ap-south-1\n"
    "[profile role]\nrole_arn = arn:aws:iam::1:role/x\nregion = us-east-1\n[profile noregion]\n";
const Texts kFiles = {{"/home/u/.aws/credentials", kCredentialsFile}, {"/home/u/.aws/config", kConfigFile}};

Texts with_home(Texts environment) {
  environment.emplace("HOME", "/home/u");
  return environment;
}

struct Row {
  const char* why;
  AwsSettings settings;
  Texts environment, files;
  AwsIdentity want;
};

const AwsCredentials kFileKeys{"FILE-KEY", "FILE-SECRET", ""};
const AwsCredentials kDevKeys{"DEV-KEY", "DEV-SECRET", "DEV-TOKEN"};
const Texts kEnvKeys = {{"AWS_ACCESS_KEY_ID", "ENV-KEY"}, {"AWS_SECRET_ACCESS_KEY", "ENV-SECRET"}};

Texts env_keys_and(Texts more) {
  more.insert(kEnvKeys.begin(), kEnvKeys.end());
  return with_home(std::move(more));
}

const Row kRows[] = {
    {"explicit keys before all but an explicit bearer token",
     {.access_key = "K", .secret_key = "S", .session_token = "T", .profile = "dev", .region = "r"},
     env_keys_and({{"AWS_BEARER_TOKEN_BEDROCK", "B"}}),
     kFiles,
     {"", {"K", "S", "T"}, "r", "configuration"}},
    {"explicit bearer token",
     {.access_key = "K", .secret_key = "S", .bearer_token = "B", .region = "r"},
     {},
     {},
     {"B", {}, "r", "configuration"}},
    {"an explicit profile before the environment's keys",
     {.profile = "dev"},
     env_keys_and({{"AWS_BEARER_TOKEN_BEDROCK", "B"}}),
     kFiles,
     {"", kDevKeys, "us-west-2", "profile 'dev' of /home/u/.aws/credentials"}},
    {"BRW-05: a bearer token bypasses signing",
     {},
     env_keys_and({{"AWS_BEARER_TOKEN_BEDROCK", "B"}, {"AWS_REGION", "r"}}),
     kFiles,
     {"B", {}, "r", "environment"}},
    {"a bearer token needs no region and no files",
     {},
     {{"AWS_BEARER_TOKEN_BEDROCK", "B"}},
     {},
     {"B", {}, "", "environment"}},
    {"a broken file does not stop a bearer token",
     {},
     with_home({{"AWS_BEARER_TOKEN_BEDROCK", "B"}}),
     {{"/home/u/.aws/config", "nonsense"}},
     {"B", {}, "", "environment"}},
    {"the environment's keys before AWS_PROFILE; its region from that profile",
     {},
     env_keys_and({{"AWS_PROFILE", "dev"}, {"AWS_SESSION_TOKEN", "ENV-TOKEN"}}),
     kFiles,
     {"", {"ENV-KEY", "ENV-SECRET", "ENV-TOKEN"}, "us-west-2", "environment"}},
    {"AWS_REGION before AWS_DEFAULT_REGION before the file",
     {},
     env_keys_and({{"AWS_REGION", "one"}, {"AWS_DEFAULT_REGION", "two"}}),
     kFiles,
     {"", {"ENV-KEY", "ENV-SECRET", ""}, "one", "environment"}},
    {"AWS_DEFAULT_REGION; an empty variable is not set",
     {},
     env_keys_and({{"AWS_REGION", ""}, {"AWS_DEFAULT_REGION", "two"}, {"AWS_BEARER_TOKEN_BEDROCK", ""}}),
     kFiles,
     {"", {"ENV-KEY", "ENV-SECRET", ""}, "two", "environment"}},
    {"an explicit region before AWS_REGION",
     {.region = "r"},
     env_keys_and({{"AWS_REGION", "one"}}),
     {},
     {"", {"ENV-KEY", "ENV-SECRET", ""}, "r", "environment"}},
    {"the default profile",
     {},
     with_home({}),
     kFiles,
     {"", kFileKeys, "eu-west-1", "profile 'default' of /home/u/.aws/credentials"}},
    {"AWS_PROFILE",
     {},
     with_home({{"AWS_PROFILE", "dev"}}),
     kFiles,
     {"", kDevKeys, "us-west-2", "profile 'dev' of /home/u/.aws/credentials"}},
    {"keys in the config file",
     {},
     with_home({{"AWS_PROFILE", "conf"}}),
     kFiles,
     {"", {"CONF-KEY", "CONF-SECRET", ""}, "ap-south-1", "profile 'conf' of /home/u/.aws/config"}},
    {"other places of the files",
     {},
     with_home({{"AWS_SHARED_CREDENTIALS_FILE", "/k"}, {"AWS_CONFIG_FILE", "/c"}}),
     {{"/k", kCredentialsFile}, {"/c", "[default]\nregion=there"}},
     {"", kFileKeys, "there", "profile 'default' of /k"}},
    {"a region in the credentials file",
     {},
     with_home({}),
     {{"/home/u/.aws/credentials", std::string(kCredentialsFile) + "[default]\nregion = here\n"}},
     {"", kFileKeys, "here", "profile 'default' of /home/u/.aws/credentials"}},
};

TEST(AwsCredentials, Resolves) {
  for (const Row& row : kRows) {
    const World world{row.environment, row.files};
    const auto got = resolve_aws(row.settings, world.sources());
    ASSERT_TRUE(got.has_value()) << row.why << ": " << got.error().message;
    EXPECT_EQ(got->bearer_token, row.want.bearer_token) << row.why;
    EXPECT_EQ(got->credentials, row.want.credentials) << row.why;
    EXPECT_EQ(got->region, row.want.region) << row.why;
    EXPECT_EQ(got->source, row.want.source) << row.why;
  }
}

TEST(AwsCredentials, ErrorsNameWhatIsMissing) {
  struct ErrorRow {
    AwsSettings settings;
    Texts environment, files;
    const char* message;
  };
  const ErrorRow rows[] = {
      {{},
       {},
       {},
       "no AWS credentials: AWS_ACCESS_KEY_ID is not set, and there is no profile 'default' in "
       "~/.aws/credentials "
       "(which cannot be read) or ~/.aws/config (which cannot be read)"},
      {{},
       with_home({{"AWS_PROFILE", "prod"}}),
       kFiles,
       "no AWS credentials: AWS_ACCESS_KEY_ID is not set, and there is no profile 'prod' in "
       "/home/u/.aws/credentials "
       "or /home/u/.aws/config"},
      {{.access_key = "K-SECRET"},
       {},
       {},
       "AWS credentials from configuration: the access key is given, the secret key is missing"},
      {{},
       {{"AWS_SECRET_ACCESS_KEY", "E-SECRET"}},
       {},
       "AWS credentials from environment: AWS_SECRET_ACCESS_KEY is given, AWS_ACCESS_KEY_ID is missing"},
      {{.profile = "half"},
       with_home({}),
       kFiles,
       "AWS credentials from profile 'half' of /home/u/.aws/credentials: aws_access_key_id is given, "
       "aws_secret_access_key is missing"},
      {{.profile = "empty"},
       with_home({}),
       kFiles,
       "profile 'empty' has neither aws_access_key_id nor aws_secret_access_key in /home/u/.aws/credentials "
       "or "
       "/home/u/.aws/config"},
      {{.profile = "role"},
       with_home({}),
       kFiles,
       "profile 'role' of /home/u/.aws/config uses role_arn, which is not supported: it needs "
       "aws_access_key_id and "
       "aws_secret_access_key"},
      {{},
       env_keys_and({{"AWS_PROFILE", "noregion"}}),
       kFiles,
       "no AWS region: none is configured, AWS_REGION and AWS_DEFAULT_REGION are not set, and profile "
       "'noregion' has "
       "no region in /home/u/.aws/config"},
      {{},
       with_home({}),
       {{"/home/u/.aws/credentials", "[default]\naws_secret_access_key SECRET\n"}},
       "/home/u/.aws/credentials:2: expected 'key = value', '[section]' or a comment"},
  };
  for (const ErrorRow& row : rows) {
    const World world{row.environment, row.files};
    const auto got = resolve_aws(row.settings, world.sources());
    ASSERT_FALSE(got.has_value()) << row.message;
    EXPECT_EQ(got.error().message, row.message);
    EXPECT_EQ(got.error().message.find("-SECRET"), std::string::npos);  // no value, whatever it is of
  }
}

TEST(AwsProfileFile, Parses) {
  const std::string text =
      "\xEF\xBB\xBF# comment\r\n; comment\r\n[default] ; after\r\n Indented = skipped\r\nRegion = eu-west-1 "
      "# here\r\n"
      "aws_secret_access_key = a/b+c=#d;e==\r\ns3 =\r\n  max_queue = 1\r\n\r\n[ profile  dev "
      "]\r\nregion=one\r\n"
      "[sso-session x]\r\nregion = no\r\n[profile]\nregion = no\n[profilex]\nregion = no\n[profile "
      "dev]\nregion=two\nk=";
  const auto config = parse_aws_profiles(text, AwsFile::kConfig, "f");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  const AwsProfiles want = {
      {"default", {{"region", "eu-west-1"}, {"aws_secret_access_key", "a/b+c=#d;e=="}, {"s3", ""}}},
      {"dev", {{"region", "two"}, {"k", ""}}}};
  EXPECT_EQ(*config, want);
  const auto credentials = parse_aws_profiles("[profile x]\na=1\n[y]\nb=2", AwsFile::kCredentials, "f");
  EXPECT_EQ(*credentials, (AwsProfiles{{"profile x", {{"a", "1"}}}, {"y", {{"b", "2"}}}}));
  EXPECT_TRUE(parse_aws_profiles("", AwsFile::kConfig, "f")->empty());
}

TEST(AwsProfileFile, ErrorsGiveTheLineButNotItsText) {
  struct ErrorRow {
    const char* text;
    const char* message;
  };
  const ErrorRow rows[] = {
      {"\n[x", "f:2: a section must be [name]"},
      {"[]", "f:1: a section must be [name]"},
      {"[x] y", "f:1: a section must be [name]"},
      {"[x]\nSECRET", "f:2: expected 'key = value', '[section]' or a comment"},
      {"[x]\n=SECRET", "f:2: expected 'key = value', '[section]' or a comment"},
      {"a=SECRET", "f:1: a setting before the first [section]"},
  };
  for (const ErrorRow& row : rows) {
    const auto got = parse_aws_profiles(row.text, AwsFile::kCredentials, "f");
    ASSERT_FALSE(got.has_value()) << row.text;
    EXPECT_EQ(got.error().message, row.message);
  }
}

}  // namespace
}  // namespace dragoman::net
