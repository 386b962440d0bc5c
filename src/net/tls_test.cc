#include "net/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdio>
#include <functional>

#include "net/client.h"
#include "net/testing.h"

namespace dragoman::net {
namespace {

void add_extension(X509* certificate, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// A self-signed certificate for `names` ("DNS:localhost,IP:127.0.0.1") and its key.
struct Identity {
  explicit Identity(const char* names, long seconds = 3600) {
    key = EVP_EC_gen("P-256");
    certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
    X509_gmtime_adj(X509_getm_notAfter(certificate), seconds);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1,
                               -1, 0);
    X509_set_issuer_name(certificate, name);
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate, NID_subject_alt_name, names);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~Identity() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  X509* certificate;
  EVP_PKEY* key;
};

// Accepts TLS connections one after the other and answers every request with `size` bytes. Blocking.
struct TlsServer {
  TlsServer(const Identity& identity, std::size_t size) : body_(size, 'b') {
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, identity.certificate);
    SSL_CTX_use_PrivateKey(context_, identity.key);
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), length);
    ::listen(fd_, 16);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~TlsServer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
    SSL_CTX_free(context_);
  }
  std::uint16_t port = 0;
  std::atomic<int> connections = 0;
  std::atomic<int> resumed = 0;
  std::string server_name;  // of the last handshake; read it after a request

 private:
  void run() {
    for (;;) {
      const int fd = ::accept(fd_, nullptr, nullptr);
      if (fd < 0) return;
      SSL* ssl = SSL_new(context_);
      SSL_set_fd(ssl, fd);
      if (SSL_accept(ssl) == 1) {
        ++connections;
        if (SSL_session_reused(ssl)) ++resumed;
        const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        server_name = name ? name : "";
        serve(ssl);
      }
      SSL_free(ssl);
      ::close(fd);
    }
  }

  void serve(SSL* ssl) {
    std::string in;
    char buffer[16384];
    for (int n = 0; (n = SSL_read(ssl, buffer, sizeof(buffer))) > 0;) {
      in.append(buffer, static_cast<std::size_t>(n));
      const std::size_t end = in.find("\r\n\r\n");
      const std::size_t at = in.find("Content-Length: ");
      if (end == std::string::npos) continue;
      const std::size_t length = at == std::string::npos ? 0 : std::stoul(in.substr(at + 16));
      if (in.size() < end + 4 + length) continue;
      const bool close = in.starts_with("GET /close");
      in.erase(0, end + 4 + length);
      const std::string out = "HTTP/1.1 200 OK\r\nX-Received: " + std::to_string(length) +
                              (close ? "\r\nConnection: close" : "") +
                              "\r\nContent-Length: " + std::to_string(body_.size()) + "\r\n\r\n" + body_;
      SSL_write(ssl, out.data(), static_cast<int>(out.size()));
      if (close) return;
    }
  }

  std::string body_;
  SSL_CTX* context_;
  int fd_;
  std::thread thread_;
};

std::string write_certificate(const Identity& identity) {
  std::string path = ::testing::TempDir() + "dragoman_tls_test_" + std::to_string(::getpid()) + ".pem";
  FILE* file = std::fopen(path.c_str(), "w");
  PEM_write_X509(file, identity.certificate);
  std::fclose(file);
  return path;
}

struct Got {
  std::string body;
  std::string received;
  std::string error;
  bool reused = false;
};

Task<Got> get(Client* client, std::string url, std::string_view body) {
  ClientRequest request;
  request.url = Url::parse(url).value();
  request.method = body.empty() ? "GET" : "POST";
  request.body = {body};
  request.timeouts = {.connect = milliseconds(3000), .first_byte = milliseconds(3000)};
  Got got;
  auto response = co_await client->send(std::move(request));
  if (!response) {
    got.error = std::string(name(response.error().kind)) + ": " + response.error().message;
    co_return got;
  }
  got.received = response->headers().get("x-received");
  got.reused = response->reused_connection();
  auto all = co_await response->read_all(10'000'000);
  if (all) got.body = *std::move(all);
  if (!all) got.error = all.error().message;
  co_return got;
}

Task<void> end(std::unique_ptr<Client> client) {
  client.reset();
  co_return;
}

// A client goes on its loop, which still runs: its idle connections are the loop's.
struct TlsClient {
  TlsClient(Loop& loop, TlsOptions options)
      : loop(loop),
        client(std::make_unique<Client>(loop, std::make_shared<TlsContext>(std::move(options)))) {}
  ~TlsClient() { run_blocking(loop, end(std::move(client))); }
  Loop& loop;
  std::unique_ptr<Client> client;
};

struct TlsTest : ::testing::Test {
  Loops loops{1};
  void SetUp() override { loops.start(); }
  void TearDown() override { loops.stop(); }
  Got fetch(TlsClient& client, const std::string& url, std::string_view body = {}) {
    return run_blocking(loops[0], get(client.client.get(), url, body));
  }
};

TEST_F(TlsTest, round_trips_with_a_trusted_certificate) {
  const Identity identity("DNS:localhost,IP:127.0.0.1");
  TlsServer upstream(identity, 1'000'000);
  const std::string ca = write_certificate(identity);
  TlsClient client(loops[0], {.ca_file = ca});
  const std::string base = "https://localhost:" + std::to_string(upstream.port);
  const std::string large(3'000'000, 'L');
  for (const std::string_view body :
       {std::string_view(), std::string_view("small"), std::string_view(large)}) {
    const Got got = fetch(client, base, body);
    EXPECT_EQ(got.error, "");
    EXPECT_EQ(got.body, std::string(1'000'000, 'b'));
    EXPECT_EQ(got.received, std::to_string(body.size()));
  }
  EXPECT_TRUE(fetch(client, base).reused);
  EXPECT_EQ(upstream.connections, 1);
  EXPECT_EQ(upstream.server_name, "localhost");
  std::remove(ca.c_str());
}

TEST_F(TlsTest, resumes_the_session_of_a_host) {
  const Identity identity("IP:127.0.0.1");
  TlsServer upstream(identity, 10);
  const std::string ca = write_certificate(identity);
  TlsClient client(loops[0], {.ca_file = ca});
  const std::string url = "https://127.0.0.1:" + std::to_string(upstream.port) + "/close";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(fetch(client, url).error, "");
  EXPECT_EQ(upstream.connections, 3);
  EXPECT_EQ(upstream.resumed, 2);
  std::remove(ca.c_str());
}

TEST_F(TlsTest, refuses_certificates) {
  struct Row {
    const char* what;
    const char* names;
    long seconds;
    bool trusted;
    bool insecure;
    const char* error;  // a part of the message; "" if it must work
  };
  const Row rows[] = {
      {"unknown issuer", "IP:127.0.0.1", 3600, false, false, "not trusted"},
      {"another name", "DNS:example.com", 3600, true, false, "IP address mismatch"},
      {"another address", "IP:127.0.0.2", 3600, true, false, "IP address mismatch"},
      {"expired", "IP:127.0.0.1", -3600, true, false, "expired"},
      {"not checked", "DNS:example.com", -3600, false, true, ""},
      {"right", "IP:127.0.0.1", 3600, true, false, ""},
  };
  for (const Row& row : rows) {
    const Identity identity(row.names, row.seconds);
    TlsServer upstream(identity, 10);
    const std::string ca = write_certificate(identity);
    TlsOptions options{.ca_file = row.trusted ? ca : "", .insecure = row.insecure};
    TlsClient client(loops[0], std::move(options));
    const Got got = fetch(client, "https://127.0.0.1:" + std::to_string(upstream.port));
    if (*row.error == '\0') {
      EXPECT_EQ(got.error, "") << row.what;
    } else {
      EXPECT_TRUE(got.error.starts_with("tls: ")) << row.what << ": " << got.error;
      EXPECT_NE(got.error.find(row.error), std::string::npos) << row.what << ": " << got.error;
    }
    std::remove(ca.c_str());
  }
}

TEST_F(TlsTest, says_what_is_wrong) {
  TlsClient no_file(loops[0], {.ca_file = "/nonexistent.pem"});
  const Identity identity("IP:127.0.0.1");
  TlsServer upstream(identity, 10);
  const std::string url = "https://127.0.0.1:" + std::to_string(upstream.port);
  EXPECT_NE(fetch(no_file, url).error.find("/nonexistent.pem"), std::string::npos);

  Loops own(1);  // a plain server behind an https URL
  own.start();
  auto plain = Server::listen(own, {}, nullptr, testing::plain_error);
  ASSERT_TRUE(plain);
  TlsClient client(loops[0], {.insecure = true});
  const Got got = fetch(client, "https://127.0.0.1:" + std::to_string((*plain)->port()));
  EXPECT_TRUE(got.error.starts_with("tls: ")) << got.error;
}

}  // namespace
}  // namespace dragoman::net
