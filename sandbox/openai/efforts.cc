#include "sandbox/openai/efforts.h"

namespace dragoman::sandbox::openai {

// The contracts' table of reasoning models; the words of gpt-5.1 as sst/opencode#4451 quotes them, xhigh
// after gpt-5.1-codex-max as Microsoft's reference of ReasoningEffort says.
std::vector<std::string_view> efforts_of(const Request& r, bool responses) {
  if (r.has(kFixedEffort)) return {"medium"};
  if (r.has(kHighOnly)) return {"high"};
  std::vector<std::string_view> words = {"medium", "high"};
  if (!r.has(kFromMedium)) words.insert(words.begin(), "low");
  const bool plain_5 = r.model == "gpt-5" || (r.model.starts_with("gpt-5-") && !r.has(kResponsesOnly));
  if (plain_5) words.insert(words.begin(), "minimal");
  if (r.has(kReasonsOptIn) || r.has(kReasonsByDefault)) words.insert(words.begin(), "none");
  if (r.has(kTopEffort)) words.push_back("xhigh");
  if (responses && r.has(kNoMinimalEffort)) words.push_back("max");
  return words;
}

}  // namespace dragoman::sandbox::openai
