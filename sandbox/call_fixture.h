// For the tests of emulators: one call from its parts.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "json/parse.h"
#include "sandbox/emulator.h"

namespace dragoman::sandbox {

// Owns everything a Call views; make the call() once per request.
class CallFixture {
 public:
  CallFixture(std::string method, std::string path, HeaderList headers, std::string body,
              std::string query = {})
      : method_(std::move(method)),
        path_(std::move(path)),
        query_(std::move(query)),
        body_(std::move(body)),
        headers_(std::move(headers)) {}

  Reply play(const Emulator& emulator, bool paranoid = false) {
    full_path_ = "/" + std::string(emulator.prefix) + path_;
    const Result<json::Value> parsed = json::parse(arena_, body_);
    const Call call{.method = method_,
                    .path = path_,
                    .full_path = full_path_,
                    .query = query_,
                    .headers = headers_,
                    .body_text = body_,
                    .body = parsed ? *parsed : json::Value(),
                    .arena = arena_,
                    .now_unix = 1792000000};
    return emulator.handle(call, Options{paranoid});
  }

 private:
  Arena arena_;
  std::string method_, path_, full_path_, query_, body_;
  HeaderList headers_;
};

}  // namespace dragoman::sandbox
