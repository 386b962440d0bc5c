// What an upstream said when it did not answer.
#pragma once
#include <optional>
#include <string>

namespace dragoman::canon {

// Owned text: it outlives the attempt, in the journal and in the error the client gets.
struct UpstreamError {
  int status = 0;  // HTTP status; 0 when there was no HTTP answer
  int stated_status =
      0;  // the one its innermost envelope states (`code`, `status`, `status_code`: 400 … 599)
  bool in_stream = false;    // came inside a 200 stream
  std::string type = {};     // provider's error type ("invalid_request_error", "ValidationException")
  std::string code = {};     // provider's error code ("model_not_found", "1113")
  std::string message = {};  // provider's words, innermost envelope
  std::string param = {};    // provider's pointer, in its own notation
  std::string request_id = {};
  std::string body = {};  // byte for byte
  std::optional<double> retry_after =
      {};  // seconds, from the body (Gemini RetryInfo, resets_in_seconds); headers are read elsewhere
};

}  // namespace dragoman::canon
