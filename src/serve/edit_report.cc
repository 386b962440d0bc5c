#include "serve/edit_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "json/write.h"

namespace dragoman::serve {

std::string edits_json(std::span<const lower::Edit> edits) {
  std::string out;
  json::Writer w(out);
  w.begin_array();
  for (const lower::Edit& edit : edits) {
    w.begin_object().field("rule", edit.rule).field("pointer", edit.pointer).field("keyword", edit.keyword);
    w.field("before", edit.before)
        .field("after", edit.after)
        .field("loss", lower::name(edit.loss))
        .end_object();
  }
  w.end_array();
  return out;
}

std::string edits_summary(std::span<const lower::Edit> edits) {
  std::array<int, lower::kLosses> counts{};
  for (const lower::Edit& edit : edits) ++counts[static_cast<std::size_t>(edit.loss)];
  std::string out = std::to_string(edits.size());
  std::string_view separator = "; ";
  for (int i = 0; i < lower::kLosses; ++i) {
    if (!counts[static_cast<std::size_t>(i)]) continue;
    out += fmt::format("{}{}={}", separator, lower::name(static_cast<lower::Loss>(i)),
                       counts[static_cast<std::size_t>(i)]);
    separator = ", ";
  }
  return out;
}

std::string loss_classes(std::span<const lower::Edit> edits) {
  std::string out;
  for (int i = 0; i < lower::kLosses; ++i) {
    const auto loss = static_cast<lower::Loss>(i);
    if (std::none_of(edits.begin(), edits.end(), [&](const lower::Edit& e) { return e.loss == loss; }))
      continue;
    out += fmt::format("{}{}", out.empty() ? "" : ",", lower::name(loss));
  }
  return out;
}

}  // namespace dragoman::serve
