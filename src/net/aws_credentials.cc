#include "net/aws_credentials.h"

#include <fmt/format.h>

#include <array>

#include "base/strings.h"

namespace dragoman::net {
namespace {

// "[profile x]" is x in the config file; nullopt: the section is not a profile.
std::optional<std::string_view> profile_name(std::string_view section, AwsFile kind) {
  if (kind == AwsFile::kCredentials) return section;
  if (section == "default") return section;
  constexpr std::string_view word = "profile";
  if (!section.starts_with(word)) return std::nullopt;
  const std::string_view rest = section.substr(word.size());
  const std::string_view name = trim(rest);
  if (name.empty() || name.size() == rest.size()) return std::nullopt;  // "[profile]", "[profilex]"
  return name;
}

// A comment after a value needs white space before it: secret keys hold '/', '+' and, some, '#'.
std::string_view without_comment(std::string_view value) {
  for (std::size_t i = 1; i < value.size(); ++i) {
    if ((value[i] == '#' || value[i] == ';') && (value[i - 1] == ' ' || value[i - 1] == '\t')) {
      return trim(value.substr(0, i));
    }
  }
  return value;
}

struct Keys {
  std::string_view access, secret, token;  // where to look, as a person would write it
};
constexpr Keys kEnvironment{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"};
constexpr Keys kProfile{"aws_access_key_id", "aws_secret_access_key", "aws_session_token"};

// Ways to get credentials that need a call to AWS or a program: named in the error, so that nobody has to
// guess.
constexpr std::array<std::string_view, 6> kUnsupported = {"role_arn",      "credential_process",
                                                          "sso_session",   "sso_account_id",
                                                          "sso_start_url", "web_identity_token_file"};

struct File {
  std::string path;
  bool there = false;
  AwsProfiles profiles;

  const std::map<std::string, std::string>* profile(std::string_view name) const {
    const auto at = profiles.find(name);
    return at == profiles.end() ? nullptr : &at->second;
  }
};

std::string value_of(const std::map<std::string, std::string>& profile, std::string_view key) {
  const auto at = profile.find(std::string(key));
  return at == profile.end() ? std::string() : at->second;
}

class Resolver {
 public:
  Resolver(const AwsSettings& settings, const AwsSources& sources) : settings_(settings), sources_(sources) {}

  Result<AwsIdentity> run() {
    Result<AwsIdentity> identity = keys();
    if (!identity) return identity;
    Result<std::string> where = region();
    if (!where) {
      // A bearer key signs nothing: its region may come with the endpoint, and a bad file must not stop it.
      if (identity->bearer_token.empty()) return std::unexpected(where.error());
      return identity;
    }
    identity->region = *where;
    if (identity->region.empty() && identity->bearer_token.empty()) {
      return fail(
          fmt::format("no AWS region: none is configured, AWS_REGION and AWS_DEFAULT_REGION are not set, and "
                      "profile '{}' has no region in {}",
                      profile(), config_.path));
    }
    return identity;
  }

 private:
  std::string env(std::string_view name) const { return sources_.environment(name).value_or(""); }

  std::string profile() const {
    if (!settings_.profile.empty()) return settings_.profile;
    const std::string name = env("AWS_PROFILE");
    return name.empty() ? "default" : name;
  }

  Result<AwsIdentity> keys() {
    if (!settings_.bearer_token.empty()) return AwsIdentity{settings_.bearer_token, {}, "", "configuration"};
    if (!settings_.access_key.empty() || !settings_.secret_key.empty()) {
      return pair(settings_.access_key, settings_.secret_key, settings_.session_token,
                  {"the access key", "the secret key", ""}, "configuration");
    }
    if (!settings_.profile.empty()) return from_files();
    if (std::string token = env("AWS_BEARER_TOKEN_BEDROCK"); !token.empty()) {
      return AwsIdentity{std::move(token), {}, "", "environment"};
    }
    std::string access = env(kEnvironment.access), secret = env(kEnvironment.secret);
    if (!access.empty() || !secret.empty()) {
      return pair(std::move(access), std::move(secret), env(kEnvironment.token), kEnvironment, "environment");
    }
    return from_files();
  }

  static Result<AwsIdentity> pair(std::string access, std::string secret, std::string token,
                                  const Keys& names, std::string source) {
    if (access.empty() || secret.empty()) {
      return fail(fmt::format("AWS credentials from {}: {} is given, {} is missing", source,
                              access.empty() ? names.secret : names.access,
                              access.empty() ? names.access : names.secret));
    }
    return AwsIdentity{"", {std::move(access), std::move(secret), std::move(token)}, "", std::move(source)};
  }

  Result<void> load() {
    if (loaded_) return {};
    loaded_ = true;
    const std::string home = env("HOME");
    const auto read = [&](File& file, std::string_view variable, std::string_view name,
                          AwsFile kind) -> Result<void> {
      file.path = env(variable);
      if (file.path.empty()) file.path = fmt::format("{}/.aws/{}", home.empty() ? "~" : home, name);
      const std::optional<std::string> text = sources_.file(file.path);
      if (!text) return {};
      file.there = true;
      Result<AwsProfiles> parsed = parse_aws_profiles(*text, kind, file.path);
      if (!parsed) return std::unexpected(parsed.error());
      file.profiles = std::move(*parsed);
      return {};
    };
    if (Result<void> done =
            read(credentials_, "AWS_SHARED_CREDENTIALS_FILE", "credentials", AwsFile::kCredentials);
        !done) {
      return done;
    }
    return read(config_, "AWS_CONFIG_FILE", "config", AwsFile::kConfig);
  }

  Result<AwsIdentity> from_files() {
    if (Result<void> done = load(); !done) return std::unexpected(done.error());
    const std::string name = profile();
    bool seen = false;
    for (const File* file : {&credentials_, &config_}) {
      const auto* found = file->profile(name);
      if (found == nullptr) continue;
      seen = true;
      std::string access = value_of(*found, kProfile.access), secret = value_of(*found, kProfile.secret);
      if (access.empty() && secret.empty()) continue;
      return pair(std::move(access), std::move(secret), value_of(*found, kProfile.token), kProfile,
                  fmt::format("profile '{}' of {}", name, file->path));
    }
    for (const File* file : {&credentials_, &config_}) {
      const auto* found = file->profile(name);
      for (const std::string_view key : kUnsupported) {
        if (found != nullptr && !value_of(*found, key).empty()) {
          return fail(fmt::format("profile '{}' of {} uses {}, which is not supported: it needs {} and {}",
                                  name, file->path, key, kProfile.access, kProfile.secret));
        }
      }
    }
    if (seen) {
      return fail(fmt::format("profile '{}' has neither {} nor {} in {} or {}", name, kProfile.access,
                              kProfile.secret, credentials_.path, config_.path));
    }
    return fail(fmt::format("no AWS credentials: {} is not set, and there is no profile '{}' in {}{} or {}{}",
                            kEnvironment.access, name, credentials_.path,
                            credentials_.there ? "" : " (which cannot be read)", config_.path,
                            config_.there ? "" : " (which cannot be read)"));
  }

  Result<std::string> region() {
    if (!settings_.region.empty()) return settings_.region;
    for (const std::string_view name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
      if (std::string value = env(name); !value.empty()) return value;
    }
    if (Result<void> done = load(); !done) return std::unexpected(done.error());
    for (const File* file : {&config_, &credentials_}) {
      const auto* found = file->profile(profile());
      if (found == nullptr) continue;
      if (std::string value = value_of(*found, "region"); !value.empty()) return value;
    }
    return std::string();
  }

  const AwsSettings& settings_;
  const AwsSources& sources_;
  bool loaded_ = false;
  File credentials_;
  File config_;
};

}  // namespace

Result<AwsProfiles> parse_aws_profiles(std::string_view text, AwsFile kind, std::string_view path) {
  AwsProfiles out;
  std::map<std::string, std::string>* profile = nullptr;
  bool in_section = false;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::size_t number = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      const std::size_t close = line.find(']');
      const std::string_view after = close == std::string_view::npos ? "" : trim(line.substr(close + 1));
      if (close == std::string_view::npos || trim(line.substr(1, close - 1)).empty() ||
          (!after.empty() && after.front() != '#' && after.front() != ';')) {
        return fail(fmt::format("{}:{}: a section must be [name]", path, number));
      }
      in_section = true;
      const auto name = profile_name(trim(line.substr(1, close - 1)), kind);
      profile = name ? &out[std::string(*name)] : nullptr;
      continue;
    }
    if (raw.front() == ' ' || raw.front() == '\t') continue;  // part of a nested setting, such as "s3 ="
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return fail(fmt::format("{}:{}: expected 'key = value', '[section]' or a comment", path, number));
    }
    if (!in_section) return fail(fmt::format("{}:{}: a setting before the first [section]", path, number));
    if (profile == nullptr) continue;
    (*profile)[lower_ascii(trim(line.substr(0, equals)))] = without_comment(trim(line.substr(equals + 1)));
  }
  return out;
}

Result<AwsIdentity> resolve_aws(const AwsSettings& settings, const AwsSources& sources) {
  return Resolver(settings, sources).run();
}

}  // namespace dragoman::net
