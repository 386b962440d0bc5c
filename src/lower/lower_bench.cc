// What lowering costs a request's CPU. bench/lower runs it; docs/benchmarks.md has the figures.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "dialect/dialect.h"
#include "json/parse.h"
#include "lower/lower.h"
#include "lower/promises.h"
#include "lower/schema_cache.h"

namespace dragoman::lower {
namespace {

const profile::Catalogue& catalogue() {
  static const profile::Catalogue rows = *profile::Catalogue::builtin();
  return rows;
}

// A tool as agents send it, about `bytes` long: nested objects, arrays, enums, bounds, formats, a description
// on everything. No two are the same but those of one number and revision.
std::string tool(int number, std::size_t bytes, int revision, bool strict) {
  std::string properties;
  for (int i = 0; properties.size() + 160 < bytes; ++i) {
    if (i) properties += ',';
    switch (i % 4) {
      case 0:
        properties += fmt::format(
            R"("path_{}":{{"type":"string","description":"Absolute path of file {}, {} in {}","minLength":1,"pattern":"^/"}})",
            i, i, number, revision);
        break;
      case 1:
        properties += fmt::format(
            R"("limit_{}":{{"type":"integer","minimum":1,"maximum":2000,"default":100,"description":"How many lines"}})",
            i);
        break;
      case 2:
        properties += fmt::format(
            R"("mode_{}":{{"type":["string","null"],"enum":["content","files","count",null],"description":"Output"}})",
            i);
        break;
      default:
        properties += fmt::format(
            R"("edits_{}":{{"type":"array","minItems":1,"items":{{"type":"object","properties":{{"old":{{"type":"string"}},"new":{{"type":"string"}}}},"required":["old","new"],"additionalProperties":false}}}})",
            i);
    }
  }
  return fmt::format(
      R"({{"type":"function","function":{{"name":"tool_{}","description":"Does thing {}","parameters":{{"type":"object","properties":{{{}}},"required":["path_0"],"additionalProperties":false,"$schema":"http://json-schema.org/draft-07/schema#"}}{}}}}})",
      number, number, properties, strict ? R"(,"strict":true)" : "");
}

std::string request_of(int tools, std::size_t bytes, int revision = 0, bool strict = false) {
  std::string body = R"({"model":"m","max_tokens":100,"messages":[{"role":"user","content":"hi"}],"tools":[)";
  for (int i = 0; i < tools; ++i) {
    if (i) body += ',';
    body += tool(i, bytes / static_cast<std::size_t>(tools), revision, strict);
  }
  return body + "]}";
}

struct Parsed {
  explicit Parsed(std::string text) : body(std::move(text)) {
    request = *dialect::get(canon::DialectName::openai_chat).parse(arena, *json::parse(arena, body));
  }
  Arena arena;
  std::string body;
  canon::Request request;
};

struct Place {
  const char* provider;
  const char* model;
  bool strict = false;  // the tools ask for it
};
constexpr Place kPlaces[] = {{"openai", "gpt-4o"},
                             {"anthropic", "claude-sonnet-4-5"},
                             {"bedrock", "us.amazon.nova-pro-v1:0"},
                             {"gemini", "gemini-2.5-flash"},
                             {"groq", "llama-3.3-70b-versatile"},
                             {"moonshot", "kimi-k2-0905-preview"},
                             {"cerebras", "gpt-oss-120b"},
                             {"openai", "gpt-4o", true},
                             {"cerebras", "gpt-oss-120b", true}};

// What the loop's cache of schemas knows of the tools when the request comes.
enum Known { nothing, met_once, kept };

void lower_tools(benchmark::State& state) {
  const Place& place = kPlaces[state.range(2)];
  const auto known = static_cast<Known>(state.range(3));
  const auto size = static_cast<std::size_t>(state.range(1)) * 1024;
  // Requests with tools of their own are made some at a time, so that they are as warm as one just read.
  int revision = 0;
  std::vector<std::unique_ptr<Parsed>> fresh;
  std::size_t next = 0;
  const auto make = [&] {
    fresh.clear();
    next = 0;
    const int some = known == kept ? 1 : size > 64 * 1024 ? 2 : 16;
    for (int i = 0; i < some; ++i)
      fresh.push_back(std::make_unique<Parsed>(
          request_of(static_cast<int>(state.range(0)), size, known == kept ? 0 : ++revision, place.strict)));
  };
  make();
  const Parsed& parsed = *fresh.front();
  const profile::Provider& row = *catalogue().find(place.provider);
  const profile::Profile resolved = catalogue().resolve(row, place.model, mode_of(parsed.request));
  std::size_t edits = 0;
  const std::size_t bytes = parsed.body.size();
  Arena arena(64 * 1024);
  SchemaCache cache;
  const auto once = [&](const canon::Request& request) {
    arena.reset();
    return lower(request, {&row, place.model, &resolved, {}, {}, {}, &cache}, arena);
  };
  const auto prepare = [&] {
    // A request keeps some of its tools only: all are kept after as many as there are.
    const auto times_before = known == kept ? state.range(0) + 1 : static_cast<std::int64_t>(known);
    for (std::int64_t times = 0; times < times_before; ++times)
      for (const auto& one : fresh) benchmark::DoNotOptimize(once(one->request));
  };
  prepare();
  for (auto _ : state) {
    if (next == fresh.size() && known != kept) {
      state.PauseTiming();
      make();
      prepare();
      state.ResumeTiming();
    }
    const auto lowered = once(fresh[known == kept ? 0 : next++]->request);
    benchmark::DoNotOptimize(lowered);
    edits = lowered ? lowered->edits.size() : 0;
  }
  state.SetLabel(fmt::format("{}/{}{}, {} bytes, {} edits", place.provider, place.model,
                             place.strict ? ", strict" : "", bytes, edits));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}
BENCHMARK(lower_tools)
    ->ArgNames({"tools", "KiB", "target", "known"})
    ->ArgsProduct({{20}, {8}, {0, 1, 2, 3, 4, 5, 6, 7, 8}, {nothing, met_once, kept}})
    ->ArgsProduct({{125}, {256}, {2}, {nothing, kept}})
    ->ArgsProduct({{250}, {512}, {2}, {nothing, kept}})
    ->ArgsProduct({{500}, {1024}, {2}, {nothing, kept}});

// Without a cache, for a profiler: the same request over and over.
void lower_alone(benchmark::State& state) {
  const Place& place = kPlaces[state.range(0)];
  const Parsed parsed(request_of(20, 8 * 1024, 0, place.strict));
  const profile::Provider& row = *catalogue().find(place.provider);
  const profile::Profile resolved = catalogue().resolve(row, place.model, mode_of(parsed.request));
  Arena arena(64 * 1024);
  for (auto _ : state) {
    arena.reset();
    benchmark::DoNotOptimize(lower(parsed.request, {&row, place.model, &resolved}, arena));
  }
}
BENCHMARK(lower_alone)->ArgName("target")->DenseRange(0, 8);

// The rest of a request's way in, to see lowering's share: parsing its JSON and making it canonical.
void parse_request(benchmark::State& state) {
  const std::string text = request_of(20, 8 * 1024);
  for (auto _ : state) {
    Arena arena(64 * 1024);
    const auto request =
        dialect::get(canon::DialectName::openai_chat).parse(arena, *json::parse(arena, text));
    benchmark::DoNotOptimize(request);
  }
}
BENCHMARK(parse_request);

void judge_call(benchmark::State& state) {
  const Parsed parsed(request_of(20, 8 * 1024));
  validate::ValidatorCache schemas;
  const Promises promises(parsed.request, {}, schemas);
  for (auto _ : state) {
    const Verdict verdict =
        promises.judge_call("tool_7", R"({"path_0":"/etc/hosts","limit_1":20,"mode_2":"content"})", false);
    benchmark::DoNotOptimize(verdict);
  }
}
BENCHMARK(judge_call);

void compile_schema_cold(benchmark::State& state) {
  const Parsed parsed(request_of(20, 8 * 1024));
  for (auto _ : state)
    benchmark::DoNotOptimize(validate::compile_schema(parsed.request.tools[7].schema.raw()));
}
BENCHMARK(compile_schema_cold);

}  // namespace
}  // namespace dragoman::lower
