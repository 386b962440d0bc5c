// Log probabilities in OpenAI's shape, `content` with an entry a token, from whichever shape a host has.
// Together's own (its OpenAPI document, LogprobsPart): lists beside each other of a whole answer, and a
// number beside the text of a piece in a stream.
#include "dialect/openai_chat/wire.h"

namespace dragoman::dialect::openai_chat {
namespace {

using json::Builder;
using json::Member;
using json::Value;

Value entry(const Builder& build, std::string_view token, Value logprob, Value others) {
  std::vector<Value> top;
  for (const Member& other : others.members()) {
    const Member parts[] = {
        {"token", build.string(other.key)}, {"logprob", other.value}, {"bytes", build.null()}};
    top.push_back(build.object(parts));
  }
  const Member parts[] = {{"token", build.string(token)},
                          {"logprob", logprob},
                          {"bytes", build.null()},
                          {"top_logprobs", build.array(top)}};
  return build.object(parts);
}

Value content(const Builder& build, std::span<const Value> entries) {
  const Member member{"content", build.array(entries)};
  return build.object({&member, 1});
}

}  // namespace

Value read_logprobs(Arena& arena, Value choice, std::string_view text) {
  const Value said = choice["logprobs"];
  const Builder build(arena);
  if (said.is_number() && !text.empty()) {
    const Value one = entry(build, text, said, choice["top_logprobs"]);
    return content(build, {&one, 1});
  }
  if (!said.is_object() || !said["tokens"].is_array() || said["content"])
    return said.is_object() ? said : Value{};
  const Value tops = said["top_logprobs"];
  std::vector<Value> entries;
  for (std::size_t i = 0; i < said["tokens"].items().size(); ++i) {
    const Value probability = said["token_logprobs"].at(i);
    if (probability.is_number())
      entries.push_back(
          entry(build, said["tokens"].at(i).text(), probability, tops.is_array() ? tops.at(i) : Value{}));
  }
  return content(build, entries);
}

}  // namespace dragoman::dialect::openai_chat
