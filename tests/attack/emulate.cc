// attack_emulate: what the emulated providers say to requests as `dragoman lower --jsonl` prints them. A line
// in whose id is "NUMBER|PROVIDER/MODEL|…" is answered by one of {"id","status","said"}; status 0: no body
// was made, -1: the provider has no emulator. `--targets` lists the targets of the conformance matrix
// instead. Knows the sandbox and the list of targets, nothing of the lowering: URL and headers are the line's
// own.
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <set>
#include <string>

#include "conformance/targets.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::attack {
namespace {

constexpr std::size_t kSaid = 600;  // bytes of a refusal that are shown

int list_targets() {
  const auto catalogue = profile::Catalogue::builtin();
  if (!catalogue) {
    fmt::print(stderr, "attack_emulate: {}\n", catalogue.error().message);
    return 1;
  }
  std::set<std::string> seen;
  for (const conformance::Target& target : conformance::targets(*catalogue)) {
    const std::string name = fmt::format("{}/{}", target.provider->name, target.model);
    if (seen.insert(name).second) fmt::print("{}\n", name);
  }
  return 0;
}

std::string_view provider_of(std::string_view id) {
  const std::string_view target = id.substr(std::min(id.size(), id.find('|') + 1));
  return target.substr(0, target.find('/'));
}

sandbox::HeaderList headers_of(json::Value line) {
  sandbox::HeaderList out;
  for (const json::Member& header : line["headers"].members()) {
    const std::string_view name = header.key;
    const bool masked = header.value.text() == "***";
    const bool bearer = name == "Authorization" || name == "authorization";
    out.emplace_back(name, !masked  ? std::string(header.value.text())
                           : bearer ? "Bearer a-key-that-passes"
                                    : "a-key-that-passes");
  }
  return out;
}

sandbox::Reply ask(const sandbox::Emulator& emulator, json::Value line, Arena& arena, bool paranoid) {
  std::string_view url = line["url"].text();
  const std::size_t host = url.find("://");
  const std::size_t slash = url.find('/', host == std::string_view::npos ? 0 : host + 3);
  url = slash == std::string_view::npos ? std::string_view() : url.substr(slash);
  const std::string_view path = url.substr(0, url.find('?'));
  const std::string_view query = path.size() < url.size() ? url.substr(path.size() + 1) : std::string_view();
  const std::string full = fmt::format("/{}{}", emulator.prefix, path);
  const sandbox::HeaderList headers = headers_of(line);
  const sandbox::Call call{.method = "POST",
                           .path = path,
                           .full_path = full,
                           .query = query,
                           .headers = headers,
                           .body_text = line["body"].raw(),
                           .body = line["body"],
                           .arena = arena,
                           .now_unix = 1792000000};
  return emulator.handle(call, {.paranoid = paranoid});
}

void answer(json::Writer& w, json::Value line, Arena& arena, bool paranoid) {
  const std::string_view id = line["id"].text();
  w.begin_object().field("id", id);
  const sandbox::Emulator* emulator = conformance::emulator_of_provider(provider_of(id));
  if (!line["body"]) {
    w.field("status", 0);
  } else if (emulator == nullptr) {
    w.field("status", -1);
  } else {
    const sandbox::Reply reply = ask(*emulator, line, arena, paranoid);
    w.field("status", reply.status);
    if (reply.status != 200) {
      const std::string& said =
          reply.body.empty() && !reply.frames.empty() ? reply.frames.front() : reply.body;
      w.field("said", std::string_view(said).substr(0, kSaid));
    }
  }
  w.end_object();
}

int run(bool paranoid) {
  std::ios::sync_with_stdio(false);
  std::string text, out;
  while (std::getline(std::cin, text)) {
    Arena arena;
    out.clear();
    json::Writer w(out);
    const auto line = json::parse(arena, text, {.depth = 1024});
    if (line)
      answer(w, *line, arena, paranoid);
    else
      w.begin_object().field("error", line.error().message).end_object();
    out += '\n';
    std::fwrite(out.data(), 1, out.size(), stdout);
  }
  return 0;
}

}  // namespace
}  // namespace dragoman::attack

int main(int argc, char** argv) {
  const std::string_view option = argc > 1 ? argv[1] : "";
  if (option == "--targets") return dragoman::attack::list_targets();
  return dragoman::attack::run(option == "--paranoid");
}
