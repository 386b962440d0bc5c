// What a record costs the loop that hands it over, what the writer thread then does a second, and the
// redactor.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "base/id.h"
#include "store/journal.h"

namespace dragoman::store {
namespace {

RequestRecord typical() {
  RequestRecord r;
  r.id = random_id("req_");
  r.dialect = "openai_chat";
  r.endpoint = "/v1/chat/completions";
  r.model = "gpt-4o";
  r.status = 200;
  r.served_by = "azure/gpt-4o";
  r.usage = {120, 56, 100, 0, 0};
  r.attempts.push_back(
      {.target = "azure/gpt-4o", .provider = "azure", .model = "gpt-4o", .status = 200, .outcome = "ok"});
  return r;
}

void hand_over(benchmark::State& state) {
  auto journal = Journal::open({.path = ":memory:"});
  for (auto _ : state) (*journal)->write(typical());
  state.counters["dropped"] = static_cast<double>((*journal)->dropped());
}
BENCHMARK(hand_over);

void write_out(benchmark::State& state) {
  const auto directory = std::filesystem::temp_directory_path() / random_id("dragoman-bench-");
  std::filesystem::create_directory(directory);
  {
    auto journal = Journal::open({.path = directory / "j.db", .retention = {std::chrono::seconds(0), 0}});
    for (auto _ : state) {
      for (int i = 0; i < 4096; ++i) (*journal)->write(typical());
      if (!(*journal)->flush()) state.SkipWithError("not written");
    }
  }
  state.SetItemsProcessed(state.iterations() * 4096);
  std::filesystem::remove_all(directory);
}
BENCHMARK(write_out)->UseRealTime();

void redact_body(benchmark::State& state) {
  std::string body;
  while (body.size() < static_cast<std::size_t>(state.range(0)))
    body += R"({"role":"user","content":"Please explain the api of this key-value store, and be brief."},)";
  std::vector<std::string> secrets;
  for (int i = 0; i < 20; ++i) secrets.push_back(random_id("sk-", 40));
  const Redactor redactor(secrets);
  for (auto _ : state) benchmark::DoNotOptimize(redactor(body));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(redact_body)->Arg(200)->Arg(8 << 10)->Arg(200 << 10);

}  // namespace
}  // namespace dragoman::store
