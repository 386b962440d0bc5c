// The answer in Cohere's words, whole or as the events of a stream.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "sandbox/answer.h"
#include "sandbox/cohere/check.h"

namespace dragoman::sandbox::cohere {

struct Out {
  std::string id;
  Answer answer;
  std::vector<std::string> call_ids;
};

Out compose(json::Value body, std::string_view body_text, const Model& model, const Say* say);

std::string response_json(const Out& out);
std::vector<std::string> response_frames(const Out& out);  // one SSE event each, "data: [DONE]" last

}  // namespace dragoman::sandbox::cohere
