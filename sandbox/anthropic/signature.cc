#include "sandbox/anthropic/signature.h"

#include <vector>

#include "base/base64.h"
#include "base/strings.h"
#include "net/digest.h"

namespace dragoman::sandbox::anthropic {
namespace {

constexpr std::string_view kKey = "sandbox thinking key";

// kind|line|digest of the text|digest of the seed, if there is one|digest of all before
std::string seal(std::string_view kind, std::string_view line, std::string_view text, std::string_view seed) {
  std::string body =
      std::string(kind) + "|" + std::string(line) + "|" + net::hex(net::sha256(text)).substr(0, 32);
  if (!seed.empty()) body += "|" + net::hex(net::sha256(seed)).substr(0, 16);
  body += "|" + net::hex(net::hmac_sha256(kKey, body)).substr(0, 32);
  return base64_encode(body);
}

struct Seal {
  std::string line;
  std::string digest;
};

std::optional<Seal> open(std::string_view kind, std::string_view sealed) {
  const std::optional<std::string> body = base64_decode(sealed);
  if (!body) return std::nullopt;
  const std::vector<std::string_view> parts = split(*body, '|');
  if (parts.size() < 4 || parts.size() > 5 || parts[0] != kind) return std::nullopt;
  const std::string_view signed_part =
      std::string_view(*body).substr(0, body->size() - parts.back().size() - 1);
  if (net::hex(net::hmac_sha256(kKey, signed_part)).substr(0, 32) != parts.back()) return std::nullopt;
  return Seal{std::string(parts[1]), std::string(parts[2])};
}

bool closed_line(std::string_view line) { return line == "fable" || line == "mythos"; }

}  // namespace

std::string sign_thinking(std::string_view line, std::string_view thinking, std::string_view seed) {
  return seal("thinking", line, thinking, seed);
}

SignatureFault verify_thinking(std::string_view line, std::string_view thinking, std::string_view signature) {
  const std::optional<Seal> seal = open("thinking", signature);
  if (!seal) return SignatureFault::foreign;
  if (closed_line(seal->line) && seal->line != line) return SignatureFault::of_other;
  // Thinking that was asked for without its text (display "omitted") comes back empty, as it went out.
  if (thinking.empty()) return SignatureFault::none;
  if (net::hex(net::sha256(thinking)).substr(0, 32) != seal->digest) return SignatureFault::edited;
  return SignatureFault::none;
}

std::string sign_redacted(std::string_view line, std::string_view seed) {
  return seal("redacted", line, seed, {});
}

bool verify_redacted(std::string_view data) { return open("redacted", data).has_value(); }

}  // namespace dragoman::sandbox::anthropic
