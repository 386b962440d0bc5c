// URI references (RFC 3986), as far as `$id` and `$ref` need them.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace dragoman::validate {

struct UriParts {
  std::string_view scheme, authority, path, query, fragment;  // without their separators
  bool has_authority = false, has_query = false, has_fragment = false;
};

// RFC 3986, appendix B; takes any text.
UriParts split_uri(std::string_view uri);

// RFC 3986, section 5.2. A base of "" leaves the reference as it is.
std::string resolve_uri(std::string_view base, std::string_view reference);

// Syntax only. `international`: IRIs (RFC 3987), where characters beyond ASCII are allowed.
bool is_uri_reference(std::string_view text, bool international);
bool is_uri(std::string_view text, bool international);  // with a scheme

}  // namespace dragoman::validate
