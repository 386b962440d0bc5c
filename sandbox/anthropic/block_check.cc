#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/base64.h"
#include "base/strings.h"
#include "sandbox/anthropic/check.h"
#include "sandbox/anthropic/media.h"
#include "sandbox/anthropic/signature.h"

namespace dragoman::sandbox::anthropic {
namespace {

std::string at(const Block& block) {
  return fmt::format("messages.{}.content.{}", block.message, block.index);
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

Refused check_text(json::Value block, std::string_view path, std::string_view where) {
  const std::string_view text = block["text"].text();
  if (is_blank(text) && block["cache_control"].present()) {
    return refuse(fmt::format("{}.cache_control: cache_control cannot be set for empty text blocks", path));
  }
  if (text.empty()) return refuse(fmt::format("{}: text content blocks must be non-empty", where));
  if (is_blank(text)) {
    return refuse(fmt::format("{}: text content blocks must contain non-whitespace text", where));
  }
  return std::nullopt;
}

struct ImageLimits {
  std::size_t bytes;
  std::string_view megabytes;
  std::uint32_t pixels;
};

// ANT-22 and ANT-23. `path` leads to the source.
Refused check_image(const std::string& path, json::Value source, const ImageLimits& limits) {
  if (source["type"].text() != "base64") return std::nullopt;
  const std::string_view data = source["data"].text();
  const std::string inner = path + ".source.base64";
  if (data.size() > limits.bytes) {
    return refuse(fmt::format("{}: image exceeds {} MB maximum: {} bytes > {} bytes", inner, limits.megabytes,
                              data.size(), limits.bytes));
  }
  const std::optional<std::string> bytes = base64_decode(data);
  if (!bytes || bytes->empty()) return refuse(inner + ".data: Invalid base64 data");
  const std::optional<ImageFacts> facts = inspect_image(*bytes);
  if (!facts) return refuse(path + ".source: Could not process image");
  const std::string_view claimed = source["media_type"].text();
  if (facts->media_type != claimed) {
    return refuse(fmt::format("{}: Image does not match the provided media type {}", inner, claimed));
  }
  if (std::max(facts->width, facts->height) > limits.pixels) {
    return refuse(fmt::format("{}: At least one of the image dimensions exceed max allowed size{}: {} pixels",
                              path, limits.pixels == 8000 ? "" : " for many-image requests", limits.pixels));
  }
  return std::nullopt;
}

Refused check_result(const Block& block, const ImageLimits& limits, bool paranoid) {
  const json::Value content = block.value["content"];
  const bool failed = block.value["is_error"].boolean();
  for (std::size_t k = 0; k < content.items().size(); ++k) {
    const json::Value item = content.at(k);
    const std::string_view type = item["type"].text();
    const std::string path = fmt::format("{}.tool_result.content.{}", at(block), k);
    if (type == "text") {
      if (Refused no = check_text(item, path, "messages")) return no;
    }
    if (type == "image") {
      if (Refused no = check_image(path + ".image", item["source"], limits)) return no;
    }
    if (paranoid && failed && type != "text") {  // ANT-24
      return refuse(
          fmt::format("{}.tool_result: all content must be type `text` if `is_error` is true", at(block)));
    }
  }
  return std::nullopt;
}

int count_images(std::span<const Turn> turns) {
  int count = 0;
  for (const Turn& turn : turns) {
    for (const Block& block : turn.blocks) {
      if (block.type == "image") ++count;
      if (block.type != "tool_result") continue;
      for (const json::Value& item : block.value["content"].items()) count += item["type"].text() == "image";
    }
  }
  return count;
}

}  // namespace

Refused check_blocks(json::Value system, std::span<const Turn> turns, const Model& model,
                     const Surface& surface) {
  for (std::size_t i = 0; i < system.items().size(); ++i) {
    if (Refused no = check_text(system.at(i), fmt::format("system.{}", i), "system")) return no;
  }
  const int images = count_images(turns);
  const int most = model.window > 200000 ? 600 : 100;
  if (images > most) return refuse(fmt::format("messages: too many images: {} > {} maximum", images, most));
  const ImageLimits limits{surface.hosted() ? 5242880U : 10485760U, surface.hosted() ? "5" : "10",
                           images > 20 ? 2000U : 8000U};
  std::set<std::string_view> ids;
  for (std::size_t t = 0; t < turns.size(); ++t) {
    const Turn& turn = turns[t];
    for (const Block& block : turn.blocks) {
      if (block.type == "text" && !block.plain) {
        if (Refused no = check_text(block.value, at(block), "messages")) return no;
      }
      if (block.type == "image") {
        if (Refused no = check_image(at(block) + ".image", block.value["source"], limits)) return no;
      }
      const bool call = block.type == "tool_use" || block.type == "server_tool_use";
      if (call && turn.role != "assistant") {
        return refuse(fmt::format("messages.{}: `{}` blocks can only be in `assistant` messages",
                                  block.message, block.type));
      }
      if (call) {
        const std::string_view id = block.value["id"].text();
        if (!is_id(id)) {
          return refuse(
              fmt::format("{}.{}.id: String should match pattern '^[a-zA-Z0-9_-]+$'", at(block), block.type));
        }
        if (!ids.insert(id).second) return refuse(at(block) + ": `tool_use` ids must be unique");
        // ANT-56: a caller that names a server tool must find it.
        const json::Value caller = block.value["caller"];
        if (caller["tool_id"] && !ids.contains(caller["tool_id"].text())) {
          return refuse(fmt::format("{}.{}.caller: source tool `{}` not found", at(block), block.type,
                                    caller["tool_id"].text()));
        }
      }
      if (block.type == "tool_result") {
        if (turn.role != "user") {
          return refuse(
              fmt::format("messages.{}: `tool_result` blocks can only be in `user` messages", block.message));
        }
        if (Refused no = check_result(block, limits, surface.paranoid)) return no;
      }
      if (block.type == "redacted_thinking" && !verify_redacted(block.value["data"].text())) {
        return refuse(fmt::format("{}: Invalid `data` in `redacted_thinking` block", at(block)));
      }
    }
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::anthropic
