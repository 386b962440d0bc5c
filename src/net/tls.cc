#include "net/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>

namespace dragoman::net {
namespace {

// Head and body of a usual request go out as one record and one system call.
constexpr std::size_t kRecord = 16 * 1024;

std::string openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "unknown TLS error";
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : "TLS error " + std::to_string(code);
}

bool is_address(const std::string& host) {
  in6_addr any;
  return inet_pton(AF_INET, host.c_str(), &any) == 1 || inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

}  // namespace

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<SSL_CTX*> TlsContext::get() {
  std::call_once(once_, [this] {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    // Many servers close without close_notify; our framing tells a whole body from a cut one.
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, &TlsStream::keep_session);
    static constexpr unsigned char kProtocols[] = "\x08http/1.1";
    SSL_CTX_set_alpn_protos(context, kProtocols, sizeof(kProtocols) - 1);
    if (options_.insecure) {
      SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    } else {
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
      SSL_CTX_set_default_verify_paths(context);
    }
    if (!options_.ca_file.empty() &&
        SSL_CTX_load_verify_locations(context, options_.ca_file.c_str(), nullptr) != 1) {
      error_.message = "cannot read the CA file '" + options_.ca_file + "': " + openssl_error();
      SSL_CTX_free(context);
      return;
    }
    context_ = context;
  });
  if (!context_) return std::unexpected(error_);
  return context_;
}

void TlsSessionSlot::set(SSL_SESSION* session) {
  SSL_SESSION_free(session_);
  session_ = session;
}

int TlsStream::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* stream = static_cast<TlsStream*>(SSL_get_app_data(ssl));
  if (!stream || !stream->session_) return 0;
  stream->session_->set(session);
  return 1;  // the reference is ours now
}

Result<std::unique_ptr<TlsStream>> TlsStream::create(TlsContext& context, int fd, const std::string& host,
                                                     std::shared_ptr<TlsSessionSlot> session) {
  auto made = context.get();
  if (!made) return std::unexpected(made.error());
  std::unique_ptr<TlsStream> stream(new TlsStream);
  stream->session_ = std::move(session);
  SSL* ssl = stream->ssl_ = SSL_new(*made);
  if (!ssl || SSL_set_fd(ssl, fd) != 1) return fail("cannot set up TLS: " + openssl_error());
  SSL_set_app_data(ssl, stream.get());
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl, host.c_str());
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl, host.c_str());
  }
  if (stream->session_ && stream->session_->get()) SSL_set_session(ssl, stream->session_->get());
  SSL_set_connect_state(ssl);
  return stream;
}

TlsStream::~TlsStream() {
  if (!ssl_) return;
  // Without this OpenSSL takes the end for an error and refuses to resume the session. No close_notify is
  // sent.
  SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
}

IoStep TlsStream::outcome(int result) {
  const int saved = errno;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      wants_write_ = false;
      return {IoStep::again};
    case SSL_ERROR_WANT_WRITE:
      wants_write_ = true;
      return {IoStep::again};
    case SSL_ERROR_ZERO_RETURN:
      return {IoStep::end};
    case SSL_ERROR_SYSCALL:
      if (saved == 0) return {IoStep::end};
      ERR_clear_error();
      return {IoStep::error, 0, saved};
    default:
      failure_ = openssl_error();
      return {IoStep::error, 0, EPROTO};
  }
}

IoStep TlsStream::handshake() {
  ERR_clear_error();
  errno = 0;
  const int result = SSL_do_handshake(ssl_);
  if (result == 1) return {IoStep::done};
  const IoStep step = outcome(result);
  const long verified = SSL_get_verify_result(ssl_);
  if (step.kind == IoStep::error && verified != X509_V_OK)
    failure_ = std::string("the certificate is not trusted: ") + X509_verify_cert_error_string(verified);
  else if (step.kind == IoStep::end || (step.kind == IoStep::error && failure_.empty()))
    failure_ = "the peer closed the connection during the handshake";
  return step;
}

IoStep TlsStream::read(std::span<char> into) {
  ERR_clear_error();
  errno = 0;
  std::size_t n = 0;
  const int result = SSL_read_ex(ssl_, into.data(), into.size(), &n);
  return result == 1 ? IoStep{IoStep::done, n} : outcome(result);
}

IoStep TlsStream::write(std::span<const std::string_view> parts) {
  std::size_t total = 0;
  std::string_view first;
  for (const std::string_view part : parts) {
    total += part.size();
    if (first.empty()) first = part;
  }
  if (total == 0) return {IoStep::done};
  std::string joined;
  if (first.size() < kRecord && first.size() < total) {
    joined.reserve(std::min(total, kRecord));
    for (const std::string_view part : parts) joined.append(part.substr(0, kRecord - joined.size()));
    first = joined;
  }
  ERR_clear_error();
  errno = 0;
  std::size_t n = 0;
  const int result = SSL_write_ex(ssl_, first.data(), first.size(), &n);
  return result == 1 ? IoStep{IoStep::done, n} : outcome(result);
}

}  // namespace dragoman::net
