#include <cstdlib>

#include "json/parse.h"
#include "sandbox/emulator.h"
#include "sandbox/fault.h"

// The first byte picks a provider, the rest is the body: every emulator must answer whatever it is sent.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  using namespace dragoman::sandbox;
  if (size == 0) return 0;
  const Emulator& emulator = emulators()[data[0] % emulators().size()];
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  Arena arena;
  const auto parsed = json::parse(arena, body);
  const HeaderList headers = {{"authorization", "Bearer k"},
                              {"x-api-key", "k"},
                              {"x-goog-api-key", "k"},
                              {"api-key", "k"},
                              {"content-type", "application/json"},
                              {"anthropic-version", "2023-06-01"}};
  for (const std::string_view path :
       {"/v1/chat/completions", "/chat/completions", "/openai/v1/chat/completions",
        "/api/paas/v4/chat/completions", "/v1/messages", "/model/us.amazon.nova-lite-v1:0/converse",
        "/v1beta/models/gemini-2.5-flash:generateContent", "/v1/embeddings", "/v2/embed", "/api/embed",
        "/v1beta/models/gemini-embedding-001:batchEmbedContents",
        "/model/amazon.titan-embed-text-v2:0/invoke", "/model/cohere.embed-v4:0/invoke",
        "/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict"}) {
    const Call call{.method = "POST",
                    .path = path,
                    .full_path = path,
                    .query = "",
                    .headers = headers,
                    .body_text = body,
                    .body = parsed ? *parsed : json::Value(),
                    .arena = arena,
                    .now_unix = 1760000000};
    const Reply reply = emulator.handle(call, Options{.paranoid = (data[0] & 0x80) != 0});
    if (reply.status < 200 || reply.status > 599) std::abort();
    emulator.model_of(call);
  }
  (void)parse_fault(body);
  if (parsed) (void)parse_fault(*parsed);
  return 0;
}
