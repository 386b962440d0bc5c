// Tool arguments that a model's host has put through HTML escaping (xAI): entities back to characters, so
// that what comes out is the JSON the model meant. Piece by piece, for streams.
#pragma once
#include <string>
#include <string_view>

namespace dragoman::lower {

// One per tool call. An entity inside a JSON string becomes that string's JSON text for the character
// (`&quot;` → `\"`); outside it becomes the character, so that arguments escaped whole are read too. What is
// no entity stays as it is. Holds back at most kLongest bytes.
class HtmlArguments {
 public:
  static constexpr std::size_t kLongest = 12;  // "&#x10FFFF;" and the names below

  void feed(std::string_view piece, std::string& out);
  void finish(std::string& out);  // what is held is no entity after all; ready for the next call

 private:
  enum class In : unsigned char { none, string, entity_string };
  void plain(char c, std::string& out);
  void character(char32_t c, std::string& out);

  std::string held_;
  In in_ = In::none;
  bool escaped_ = false;
};

std::string html_arguments(std::string_view text);

}  // namespace dragoman::lower
