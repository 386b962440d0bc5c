// Why an exchange with an upstream failed before it was whole.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace dragoman::net {

struct NetError {
  enum class Kind : std::uint8_t {
    resolve,             // the host name has no address
    connect,             // no address accepted the connection
    tls,                 // the handshake failed, or the certificate is not trusted
    timeout_connect,     // resolving, connecting and the handshake took longer than Timeouts::connect
    timeout_first_byte,  // no response head within Timeouts::first_byte
    timeout_idle,        // silence inside the body for Timeouts::between_reads
    timeout_total,       // Timeouts::total
    closed,              // the peer closed or reset the connection before the end
    protocol,            // the peer does not speak HTTP/1.1 as it must, or our own request cannot be written
    too_large,           // the body or head is over the caller's limit
    cancelled,           // by the caller
  };
  Kind kind = Kind::closed;
  std::string message;  // for a person: what was tried, what happened
};

std::string_view name(NetError::Kind kind);  // "timeout_first_byte"

template <class T>
using NetResult = std::expected<T, NetError>;

inline std::unexpected<NetError> net_fail(NetError::Kind kind, std::string message) {
  return std::unexpected(NetError{kind, std::move(message)});
}

}  // namespace dragoman::net
