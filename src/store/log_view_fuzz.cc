// Whatever a record holds, the log is printable UTF-8 with one line a record and attempt.
#include <algorithm>
#include <cstdlib>

#include "base/strings.h"
#include "store/log_view.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman::store;
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::vector<RequestRecord> records(1);
  records[0].attempts.resize(1);
  for_each_text(records[0], [&](std::string& member) { member = text; });
  const std::string out = LogView({.utc = true}).format(records);
  if (std::ranges::count(out, '\n') != 2 || !dragoman::is_utf8(out)) std::abort();
  if (std::ranges::any_of(out, [](char c) { return (c >= 0 && c < 32 && c != '\n') || c == 127; }))
    std::abort();
  return 0;
}
