#include <fmt/format.h>

#include <charconv>

#include "base/base64.h"
#include "base/strings.h"
#include "net/digest.h"
#include "sandbox/openai/responses.h"

namespace dragoman::sandbox::openai {
namespace {

constexpr std::string_view kKey = "sandbox reasoning key";
constexpr std::string_view kHead = "gAAAAAB";  // how the real ones begin
constexpr std::size_t kTail = 24;

}  // namespace

std::string seal_reasoning(const Host& host, std::string_view text) {
  std::string body = fmt::format("{}|{}", host.prefix, net::hex(net::sha256(text)).substr(0, 32));
  body += "|" + net::hex(net::hmac_sha256(kKey, body)).substr(0, 32);
  return std::string(kHead) + base64_encode(body);
}

bool opens_reasoning(const Host& host, std::string_view sealed) {
  if (!sealed.starts_with(kHead)) return false;
  const auto body = base64_decode(sealed.substr(kHead.size()));
  if (!body) return false;
  const auto parts = split(*body, '|');
  if (parts.size() != 3 || parts[0] != host.prefix) return false;
  const std::string_view under = std::string_view(*body).substr(0, body->size() - parts[2].size() - 1);
  return net::hex(net::hmac_sha256(kKey, under)).substr(0, 32) == parts[2];
}

std::string item_id(const ItemId& id) {
  return fmt::format("{}0{}{}{}{:02}", id.prefix, id.stored ? 's' : 'u', id.reasoned ? 'r' : 'p', id.tail,
                     id.index);
}

bool read_item_id(std::string_view text, ItemId& out) {
  const std::size_t line = text.find('_');
  if (line == std::string_view::npos) return false;
  out.prefix = text.substr(0, line + 1);
  const std::string_view rest = text.substr(line + 1);
  if (rest.size() != 3 + kTail + 2 || rest[0] != '0' || (rest[1] != 's' && rest[1] != 'u') ||
      (rest[2] != 'r' && rest[2] != 'p'))
    return false;
  out.stored = rest[1] == 's';
  out.reasoned = rest[2] == 'r';
  out.tail = rest.substr(3, kTail);
  const std::string_view number = rest.substr(3 + kTail);
  return std::from_chars(number.data(), number.data() + 2, out.index).ec == std::errc();
}

}  // namespace dragoman::sandbox::openai
