// Reading a document's maps by a table of fields: types, unknown keys and nearest right words in one place.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/error.h"

namespace dragoman::config {

// A value with its place. Copied freely; the document outlives it.
struct Place {
  const Document* value;
  std::string path;  // "models.fast.targets[0]"

  Place at(const Entry& entry) const {
    return {&entry.value, path.empty() ? entry.key : path + "." + entry.key};
  }
  Place at(std::size_t index) const {
    return {&value->items[index], path + "[" + std::to_string(index) + "]"};
  }
};

// Collects what is wrong; reading goes on, so that one run shows every error.
class Reader {
 public:
  Reader(std::string_view file, ConfigErrors& errors) : file_(file), errors_(errors) {}

  void fault(const Place& place, std::string message, std::string suggestion = {});
  void fault_at(int line, int column, std::string path, std::string message, std::string suggestion = {});

  struct Field {
    std::string_view name;
    std::function<void(const Place&)> read;
  };
  // Reads a map; a null counts as an empty one, and a null value as a key that is not there.
  void map(const Place& place, const std::vector<Field>& fields);

  // Each leaves `out` alone when the value is wrong, and says so.
  void text(const Place& place, std::string& out);
  void boolean(const Place& place, bool& out);
  void integer(const Place& place, std::int64_t min, std::int64_t max, std::int64_t& out);
  void number(const Place& place, double min, double max, double& out);
  void duration(const Place& place, std::chrono::milliseconds& out);
  void size(const Place& place, std::uint64_t& out);
  void word(const Place& place, const std::vector<std::string_view>& words, std::string& out);
  void texts(const Place& place, std::vector<std::string>& out);  // one scalar counts as a list of one

  // For each item of a list, or for a single value as if it were one.
  void each(const Place& place, const std::function<void(const Place&)>& read);
  // For each entry of a map.
  void entries(const Place& place, const std::function<void(const Entry&, const Place&)>& read);

  const std::string& file() const { return file_; }

 private:
  std::string file_;
  ConfigErrors& errors_;
};

// "did you mean 'x'?", or "one of a, b, c" if nothing is near.
std::string suggest(std::string_view word, const std::vector<std::string_view>& words);

}  // namespace dragoman::config
