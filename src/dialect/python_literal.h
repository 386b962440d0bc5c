// Python's and Node's ways of printing an object, read as JSON. Error bodies reach people through SDKs and
// relays that print them so ("Error code: 400 - {'error': {'message': …}}"), and what the provider said is
// inside.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman::dialect {

struct PythonLiteral {
  std::string json;      // the same value as JSON text
  std::size_t size = 0;  // bytes of the input that were read
};

// Reads the literal that begins at text[0]: dict, list, tuple (an array), str and bytes with any quotes and
// escapes, numbers, True, False, None. Anything else in it (a constructor, an ellipsis) gives nothing. Linear
// in the text; nesting is bounded.
std::optional<PythonLiteral> read_python_literal(std::string_view text);

// The same for what Node's console prints: names without quotes, `undefined`, class names before a brace
// ("Headers {"), [Object] and [Symbol(x)] as text, "... 3 more items" left out.
std::optional<PythonLiteral> read_node_literal(std::string_view text);

}  // namespace dragoman::dialect
