// An upstream's bytes in its own framing, on their way to clients of all dialects: cut in two anywhere they
// are the same events, and what each client's stream is made of can be read again by a client. The first byte
// picks the upstream's dialect, the next two where it is cut.
#include <cstdlib>
#include <string>
#include <vector>

#include "canon/fold.h"
#include "dialect/event_contract.h"
#include "json/parse.h"
#include "serve/wire_frames.h"

namespace {

using namespace dragoman;

const dialect::Dialect* const kAll[] = {&dialect::kOpenaiChat,      &dialect::kAnthropicMessages,
                                        &dialect::kOpenaiResponses, &dialect::kGeminiGenerate,
                                        &dialect::kBedrockConverse, &dialect::kCohereChat};

void say(std::string& out, const canon::Event& e) {
  for (const auto number : {static_cast<int>(e.type), e.choice, e.block, static_cast<int>(e.block_type)})
    out += std::to_string(number) + " ";
  for (const std::string_view text : {e.text, e.id, e.name, e.signature, e.issuer}) {
    out += text;
    out += '\0';
  }
}

// All that is delivered, in words; `sink` gets the events too.
std::string deliver(const dialect::Dialect& wire, std::string_view first, std::string_view second,
                    const canon::EventSink& sink) {
  const auto decoder = wire.decoder();
  serve::WireFrames frames(wire.framing);
  dialect::EventContract contract;
  std::string out;
  bool good = true;
  const auto one = [&](const dialect::Frame& frame) {
    if (!good) return;
    good = decoder
               ->push(frame,
                      [&](const canon::Event& event) {
                        if (!contract.add(event).empty()) std::abort();
                        say(out, event);
                        sink(event);
                      })
               .has_value();
  };
  for (const std::string_view piece : {first, second})
    if (good && !frames.feed(piece, one)) return out + "unreadable";
  if (good && !frames.finish(one)) return out + "unreadable";
  if (!good) return out + "refused";
  const bool ended = decoder->finish([&](const canon::Event& event) {
    if (!contract.add(event).empty()) std::abort();
    say(out, event);
    sink(event);
  });
  if (ended != contract.ended()) std::abort();
  return out + (ended ? "complete" : "cut");
}

// A client of `dialect` can read its stream: whole frames, each with JSON or a word of the dialect.
void read_back(const dialect::Dialect& dialect, std::string_view bytes) {
  serve::WireFrames frames(dialect.framing);
  const auto one = [](const dialect::Frame& frame) {
    Arena arena;
    if (!frame.data.empty() && frame.data != "[DONE]" && !json::parse(arena, frame.data, {.depth = 600}))
      std::abort();
  };
  if (!frames.feed(bytes, one) || !frames.finish(one)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const dialect::Dialect& wire = *kAll[data[0] % std::size(kAll)];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
  const std::size_t cut = (data[1] * 256u + data[2]) % (bytes.size() + 1);

  std::vector<std::pair<const dialect::Dialect*, std::unique_ptr<dialect::StreamRenderer>>> clients;
  for (const dialect::Dialect* dialect : kAll)
    if (dialect->renderer)
      clients.emplace_back(dialect,
                           dialect->renderer({.id = "id", .model = "m", .frame = serve::frame_for_aws}));
  std::vector<std::string> streams(clients.size());
  const std::string whole = deliver(wire, bytes, {}, [&](const canon::Event& event) {
    for (std::size_t i = 0; i < clients.size(); ++i) clients[i].second->render(event, streams[i]);
  });
  for (std::size_t i = 0; i < clients.size(); ++i) {
    if (!whole.ends_with("complete"))
      clients[i].second->render_error({.status = 502, .kind = "upstream", .message = "it broke off"},
                                      streams[i]);
    read_back(*clients[i].first, streams[i]);
  }
  if (deliver(wire, bytes.substr(0, cut), bytes.substr(cut), [](const canon::Event&) {}) != whole)
    std::abort();
  return 0;
}
