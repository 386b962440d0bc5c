// Whose words a refusal is in, for a text that somebody pasted without saying so. A guess by what only one
// provider, SDK or relay writes; nothing where nobody can tell.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace dragoman::failure {

struct Issuer {
  std::string provider;  // a provider row's name; "" unknown
  std::string sign;      // what in the text told
  std::string upstream;  // of a relay that names it: who stands behind it, in the relay's words
};

// Where a provider is reached: "api.groq.com". From the provider rows and the config, so not a table here.
struct Host {
  std::string name, provider;
};

// A host of the text decides, then the first row of the table. Linear in the text.
Issuer guess_issuer(std::string_view text, std::span<const Host> hosts);

// A row: what its text looks like (RE2), and one that it alone decides.
struct Sign {
  std::string_view provider, pattern, example;
};
std::span<const Sign> signs();

}  // namespace dragoman::failure
