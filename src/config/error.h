// What is wrong with a configuration, and where.
#pragma once
#include <string>
#include <vector>

namespace dragoman::config {

// Lines and columns count from 1; 0 when there is none (a missing file, an environment without providers).
struct ConfigError {
  std::string file = {};
  int line = 0;
  int column = 0;
  std::string path = {};     // "models.fast.targets[0].weight"
  std::string message = {};  // what was found and what was expected, without a final dot and without secrets
  std::string suggestion = {};  // the nearest right word or the remedy; "" if there is none
};
using ConfigErrors = std::vector<ConfigError>;

// "file:line:column: path: message (did you mean 'x'?)"
std::string format(const ConfigError& error);

}  // namespace dragoman::config
