#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/base64.h"
#include "sandbox/anthropic/media.h"
#include "sandbox/bedrock/check.h"

namespace dragoman::sandbox::bedrock {
namespace {

constexpr std::size_t kMaxImage = 3932160;     // 3.75 MB
constexpr std::size_t kMaxDocument = 4718592;  // 4.5 MB

std::size_t byte_count(json::Value source) {
  const std::string_view data = source["bytes"].text();
  return data.size() / 4 * 3 - (data.ends_with("==") ? 2 : data.ends_with('=') ? 1 : 0);
}

// BR-23. The underscore is not in the text but was accepted live; white space beyond ASCII was not.
bool is_document_name(std::string_view name) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::isspace(c) != 0 ||
           std::string_view("-_()[]").find(static_cast<char>(c)) != std::string_view::npos;
  };
  const auto two_spaces = [](unsigned char a, unsigned char b) {
    return std::isspace(a) != 0 && std::isspace(b) != 0;
  };
  return std::ranges::all_of(name, allowed) && std::ranges::adjacent_find(name, two_spaces) == name.end();
}

class Media {
 public:
  Refused image(json::Value block) {
    ++images_;
    if (images_ > 20)
      return refuse("The number of images exceeds the limit of 20. Remove images and try again.");
    if (byte_count(block["source"]) > kMaxImage) {
      return refuse("The image size exceeds the limit of 3.75 MB. Provide a smaller image and try again.");
    }
    const std::string_view data = block["source"]["bytes"].text();
    const std::optional<std::string> bytes =
        base64_decode(data.substr(0, std::min<std::size_t>(data.size(), 65536)));
    const std::optional<ImageFacts> facts = inspect_image(bytes.value_or(""));
    if (facts && std::max(facts->width, facts->height) > 8000) {
      return refuse(
          "The image dimensions exceed the limit of 8000 pixels. Provide a smaller image and try again.");
    }
    return std::nullopt;
  }

  Refused document(json::Value block) {
    const std::string_view name = block["name"].text();
    if (!is_document_name(name)) {
      return refuse(
          "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, "
          "parentheses, and square brackets. The name can't contain more than one consecutive whitespace "
          "character. "
          "Provide a valid file name and try again.");
    }
    if (!names_.insert(name).second) {
      return refuse(
          "Messages can't contain duplicate document names. Rename the document and retry your request.");
    }
    if (names_.size() > 5) {
      return refuse("The number of documents exceeds the limit of 5. Remove documents and try again.");
    }
    if (byte_count(block["source"]) > kMaxDocument) {
      return refuse(
          "The document size exceeds the limit of 4.5 MB. Provide a smaller document and try again.");
    }
    return std::nullopt;
  }

  Refused block(json::Value block) {
    if (block["image"].present()) return image(block["image"]);
    if (block["document"].present()) return document(block["document"]);
    for (const json::Value& part : block["toolResult"]["content"].items()) {
      if (Refused no = this->block(part)) return no;
    }
    return std::nullopt;
  }

 private:
  int images_ = 0;
  std::set<std::string_view> names_;
};

}  // namespace

Refused check_media(json::Value messages) {
  Media media;
  for (std::size_t i = 0; i < messages.items().size(); ++i) {
    const json::Value message = messages.at(i);
    bool document = false;
    bool text = false;
    for (std::size_t j = 0; j < message["content"].items().size(); ++j) {
      const json::Value block = message["content"].at(j);
      document = document || block["document"].present();
      text = text || block["text"].present();
      for (const std::string_view kind : {"image", "document", "video"}) {  // BR-25
        if (!block[kind].present() || message["role"].text() != "assistant") continue;
        return refuse(
            fmt::format("The {} content block at messages.{}.content.{} isn't supported in assistant "
                        "messages. Move it to a user "
                        "message and try again.",
                        kind, i, j));
      }
      if (Refused no = media.block(block)) return no;
    }
    if (document && !text) return refuse("A text block must be included when using documents.");
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::bedrock
