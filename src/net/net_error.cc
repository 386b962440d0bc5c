#include "net/net_error.h"

namespace dragoman::net {

std::string_view name(NetError::Kind kind) {
  switch (kind) {
    case NetError::Kind::resolve:
      return "resolve";
    case NetError::Kind::connect:
      return "connect";
    case NetError::Kind::tls:
      return "tls";
    case NetError::Kind::timeout_connect:
      return "timeout_connect";
    case NetError::Kind::timeout_first_byte:
      return "timeout_first_byte";
    case NetError::Kind::timeout_idle:
      return "timeout_idle";
    case NetError::Kind::timeout_total:
      return "timeout_total";
    case NetError::Kind::closed:
      return "closed";
    case NetError::Kind::protocol:
      return "protocol";
    case NetError::Kind::too_large:
      return "too_large";
    case NetError::Kind::cancelled:
      return "cancelled";
  }
  return "unknown";
}

}  // namespace dragoman::net
