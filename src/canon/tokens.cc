#include "canon/tokens.h"

#include "json/write.h"

namespace dragoman::canon {
namespace {

constexpr std::int64_t kBytesPerToken = 4;
constexpr std::int64_t kImage = 1500;     // a picture near the size limit of the large providers
constexpr std::int64_t kDocument = 3000;  // per document of a few pages
constexpr std::int64_t kTurn = 4;
constexpr std::int64_t kTool = 12;

std::int64_t bytes_of(const std::vector<Block>& blocks, std::int64_t& extra) {
  std::int64_t bytes = 0;
  for (const Block& block : blocks) {
    if (const auto* text = std::get_if<Text>(&block.body))
      bytes += static_cast<std::int64_t>(text->text.size());
    if (const auto* media = std::get_if<Media>(&block.body))
      extra += media->source == MediaSource::text
                   ? static_cast<std::int64_t>(media->data.size()) / kBytesPerToken
               : media->kind == MediaKind::document ? kDocument
                                                    : kImage;
    if (const auto* call = std::get_if<ToolCall>(&block.body))
      bytes += static_cast<std::int64_t>(call->name.size() + (call->arguments_text.empty()
                                                                  ? json::dump_compact(call->arguments).size()
                                                                  : call->arguments_text.size()));
    if (const auto* result = std::get_if<ToolResult>(&block.body)) bytes += bytes_of(result->content, extra);
    if (const auto* reasoning = std::get_if<Reasoning>(&block.body))
      bytes += static_cast<std::int64_t>(reasoning->text.size());
  }
  return bytes;
}

}  // namespace

std::int64_t estimate_tokens(const Request& request) {
  std::int64_t bytes = 0, extra = 0;
  for (const Message& message : request.messages) {
    bytes += bytes_of(message.blocks, extra);
    extra += kTurn;
  }
  for (const Tool& tool : request.tools) {
    bytes += static_cast<std::int64_t>(tool.name.size() + tool.description.size() +
                                       json::dump_compact(tool.schema).size());
    extra += kTool;
  }
  return (bytes + kBytesPerToken - 1) / kBytesPerToken + extra;
}

}  // namespace dragoman::canon
