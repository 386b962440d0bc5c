// integrate.api.nvidia.com, NVIDIA's NIM: MISC-01 of the contracts. vLLM behind a gateway of its own.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kTop[] = {"model",
                                     "messages",
                                     "temperature",
                                     "top_p",
                                     "max_tokens",
                                     "stream",
                                     "stream_options",
                                     "stop",
                                     "tools",
                                     "tool_choice",
                                     "response_format",
                                     "seed",
                                     "n",
                                     "logprobs",
                                     "top_logprobs",
                                     "frequency_penalty",
                                     "presence_penalty",
                                     "parallel_tool_calls",
                                     "top_k",
                                     "min_p",
                                     "repetition_penalty",
                                     "reasoning_effort",
                                     "chat_template_kwargs",
                                     "nvext",
                                     "user",
                                     "logit_bias"};

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("[{'type': 'missing', 'loc': ('body', 'messages'), 'msg': 'Field required', 'input': {}}]");
}

Verdict unknown_fields(const Request& r) {
  const std::string_view key = unknown_key(r.body, kTop);
  if (key.empty()) return std::nullopt;
  return with_status(
      422, fmt::format("[{{'type': 'extra_forbidden', 'loc': ('body', '{}'), 'msg': 'Extra inputs are not "
                       "permitted', 'input': {}}}]",
                       key, json::dump(r[key])));
}

Verdict single_calls(const Request& r) {
  if (r.model.find("kimi") == std::string_view::npos) return std::nullopt;
  bool several = r["parallel_tool_calls"].boolean();
  for (const Value m : r["messages"].items()) several = several || m["tool_calls"].items().size() > 1;
  return several ? Verdict(refuse("This model only supports single tool-calls at once!")) : std::nullopt;
}

Verdict one_image(const Request& r) {
  int n = 0;
  for (const Value m : r["messages"].items()) n += count_parts(m["content"], "image_url");
  return n > 1 ? Verdict(refuse("At most 1 image(s) may be provided in one request.")) : std::nullopt;
}

constexpr Rule kOwn[] = {
    {"MISC-01", Grade::issue, no_messages},
    {"MISC-01", Grade::issue, unknown_fields},
    {"MISC-01", Grade::issue, single_calls},
    {"MISC-01", Grade::issue, one_image},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"meta/llama-3.3-70b-instruct"}, {"*/*"}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer w(out);
  w.begin_object().field("object", "error").field("message", r.message).field("type", "BadRequestError");
  w.key("param").null().field("code", r.status).end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  Refusal r = with_status(401, "");
  r.body = R"({"status":401,"title":"Unauthorized","detail":"Authentication failed"})";
  return r;
}

Refusal unknown_model(std::string_view) {
  Refusal r = with_status(404, "");
  r.body = R"({"status":404,"title":"Not Found","detail":"Function not found for account"})";
  return r;
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(
      fmt::format("This model's maximum context length is {} tokens. However, you requested {} tokens ({} in "
                  "the messages, 0 in the completion). Please reduce the length of the messages or "
                  "completion.",
                  window, tokens, tokens));
}

}  // namespace

extern const Host kNvidia;
const Host kNvidia = {.prefix = "nvidia",
                      .bases = kV1,
                      .models = kModels,
                      .rules = kRules,
                      .error_body = error_body,
                      .authorize = authorize,
                      .unknown_model = unknown_model,
                      .overflow = overflow,
                      .style = {.reasoning_key = "reasoning_content", .extended_usage = false},
                      .embeddings = true};

Emulator nvidia_row() { return emulator<kNvidia>(); }

}  // namespace dragoman::sandbox::openai
