#include "net/chunked.h"
#include "net/http_status.h"
#include "net/http_writer.h"
#include "net/server_connection.h"

namespace dragoman::net {

Loop& ServerExchange::loop() const { return connection_.socket_->loop(); }
bool ServerExchange::disconnected() const {
  return connection_.disconnected_ || !connection_.socket_->open() || loop().stopping();
}
void ServerExchange::on_disconnect(std::function<void()> gone) { connection_.watch(std::move(gone)); }

// Status line and fields, without the final empty line and the length.
void ServerExchange::make_head(int status, const Headers& headers) {
  bodiless_ = head_.method == "HEAD" || status == 204 || status == 304;
  std::string& out = out_head_;
  out.reserve(512);
  out.append("HTTP/1.1 ")
      .append(std::to_string(status))
      .append(" ")
      .append(reason_phrase(status))
      .append("\r\n");
  append_fields(out, headers);
  if (!headers.contains("date")) out.append("Date: ").append(loop().http_date()).append("\r\n");
  if (has_token(headers.get("connection"), "close")) connection_.keep_alive_ = false;
  if (!connection_.keep_alive_)
    out.append("Connection: close\r\n");
  else if (head_.minor == 0)
    out.append("Connection: keep-alive\r\n");
}

Task<bool> ServerExchange::respond(int status, Headers headers, std::string body) {
  if (stage_ != Stage::fresh) return immediate(false);
  stage_ = Stage::done;
  make_head(status, headers);
  if (status != 204 && status != 304)
    out_head_.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  out_head_.append("\r\n");
  out_body_ = std::move(body);
  return connection_.send({out_head_, bodiless_ ? std::string_view() : std::string_view(out_body_)});
}

Task<bool> ServerExchange::begin(int status, Headers headers, Flush flush) {
  if (stage_ != Stage::fresh) return immediate(false);
  stage_ = Stage::streaming;
  if (head_.minor == 0) connection_.keep_alive_ = false;  // the end of the connection is the end of the body
  make_head(status, headers);
  chunked_ = !bodiless_ && head_.minor == 1;
  if (chunked_) out_head_.append("Transfer-Encoding: chunked\r\n");
  out_head_.append("\r\n");
  if (flush == Flush::hold) return immediate(true);
  out_body_ = std::exchange(out_head_, {});
  return connection_.send({out_body_});
}

Task<bool> ServerExchange::write(std::string_view data) {
  if (stage_ != Stage::streaming || disconnected()) return immediate(false);
  if (data.empty() || bodiless_) return immediate(true);
  out_body_ = std::exchange(out_head_, {});
  if (!chunked_) return connection_.send({out_body_, data});
  return connection_.send({out_body_, chunk_line(data.size(), chunk_line_), data, "\r\n"});
}

Task<bool> ServerExchange::finish(std::string_view last) {
  if (stage_ != Stage::streaming || disconnected()) return immediate(false);
  stage_ = Stage::done;
  out_body_ = std::exchange(out_head_, {});
  if (bodiless_) return connection_.send({out_body_});
  if (!chunked_) return connection_.send({out_body_, last});
  if (last.empty()) return connection_.send({out_body_, "0\r\n\r\n"});
  return connection_.send({out_body_, chunk_line(last.size(), chunk_line_), last, "\r\n0\r\n\r\n"});
}

Task<bool> ServerExchange::write_raw(std::string_view bytes) {
  stage_ = Stage::raw;
  connection_.keep_alive_ = false;
  out_body_ = std::exchange(out_head_, {});
  return connection_.send({out_body_, bytes});
}

void ServerExchange::abort() {
  stage_ = Stage::raw;
  connection_.socket_->close();
}

void ServerExchange::reset() {
  stage_ = Stage::raw;
  connection_.socket_->reset();
}

}  // namespace dragoman::net
