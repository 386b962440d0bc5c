// Helpers of this room's tests.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/id.h"
#include "store/record.h"

namespace dragoman::store {

// A directory which goes with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(std::filesystem::temp_directory_path() / random_id("dragoman-store-")) {
    std::filesystem::create_directory(path_);
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string contents(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// A record with a different value in every member.
inline RequestRecord full_record(std::string id = "req_1") {
  RequestRecord r;
  r.id = std::move(id);
  r.started_ms = 1'790'000'000'123;
  r.key_name = "team-a";
  r.dialect = "openai_chat";
  r.endpoint = "/v1/chat/completions";
  r.model = "gpt-4o";
  r.stream = true;
  r.status = 200;
  r.served_by = "azure/gpt-4o-mini";
  r.attempt_count = 2;
  r.edit_count = 3;
  r.loss_classes = "widened,semantic";
  r.fallback_reason = "timeout of bedrock/gpt-oss";
  r.total_ms = 61'234;
  r.first_token_ms = 60'200;
  r.usage = {120, 56, 100, 7, 11};
  r.error = "late error";
  r.request_body = R"({"model":"gpt-4o"})";
  r.response_body = "data: [DONE]\n\n";
  AttemptRecord a;
  a.number = 1;
  a.target = "bedrock/gpt-oss";
  a.provider = "bedrock";
  a.model = "openai.gpt-oss-20b-1:0";
  a.status = 0;
  a.outcome = "timeout";
  a.error_body = std::string("\xff\x00{\"message\":\"gone\"}", 20);
  a.error_headers = "retry-after: 3\n";
  a.edits = R"([{"rule":"GEN-01"}])";
  a.decision = "next: timeout";
  a.started_ms = 1'790'000'000'125;
  a.connect_ms = 4;
  a.total_ms = 60'000;
  a.upstream_request_id = "up-1";
  a.request_body = "{\"messages\":[]}";
  r.attempts.push_back(a);
  a.number = 2;
  a.target = "azure/gpt-4o-mini";
  a.provider = "azure";
  a.model = "gpt-4o-mini";
  a.status = 200;
  a.outcome = "ok";
  a.error_body.clear();
  a.violations = R"([{"tool":"search","pointer":"/city","keyword":"pattern","action":"reported"}])";
  a.first_byte_ms = 150;
  a.total_ms = 1200;
  a.usage = r.usage;
  a.response_body = "";
  r.attempts.push_back(a);
  return r;
}

}  // namespace dragoman::store
