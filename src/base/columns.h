// How much room text takes on a terminal: a Chinese letter or an emoji two columns, a combining mark none.
//
// By Unicode's East Asian Width (libunistring), of each character alone; letters of ambiguous width are
// narrow. Terminals differ about emoji that are joined into one: here each of them counts. What is no UTF-8
// counts a column a byte.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace dragoman {

std::size_t columns_of(std::string_view text);

// `text` filled up with blanks to `width` columns; as it is where it is wider.
std::string padded(std::string_view text, std::size_t width);

// The first of `text`, which loses them, that fit into `width` columns. Never splits what a reader takes for
// one letter (a grapheme cluster), and takes one at least, however wide, so that a loop comes to its end.
std::string_view take_columns(std::string_view& text, std::size_t width);

}  // namespace dragoman
