// HTTP header fields as a value: ordered, names compared without case, repeated names kept.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::net {

struct Header {
  std::string_view name;
  std::string_view value;
};

// Names and values live back to back in one string, so a request's head costs two allocations. Views handed
// out are valid until the next add or set, or the object's end. Not thread-safe, as any value.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> items) {
    for (const Header& item : items) add(item.name, item.value);
  }

  // The first field of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::string_view get(std::string_view name, std::string_view fallback = {}) const {
    return find(name).value_or(fallback);
  }
  bool contains(std::string_view name) const { return find(name).has_value(); }
  std::size_t count(std::string_view name) const;

  void add(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);  // replaces the first in place, removes the others
  void reserve(std::size_t fields, std::size_t text);

  std::size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  Header operator[](std::size_t i) const;

  class Iterator {
   public:
    Iterator(const Headers* of, std::size_t at) : of_(of), at_(at) {}
    Header operator*() const { return (*of_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Headers* of_;
    std::size_t at_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  struct Field {
    std::uint32_t name_at;
    std::uint32_t name_size;
    std::uint32_t value_at;
    std::uint32_t value_size;
  };
  Field store(std::string_view name, std::string_view value);

  std::string text_;
  std::vector<Field> fields_;
};

// True if `name` is an RFC 9110 token, and if `value` has no control character but tab.
bool is_header_name(std::string_view name);
bool is_header_value(std::string_view value);

// True if the comma-separated list in `value` has `token`, without case ("Connection: close, te").
bool has_token(std::string_view value, std::string_view token);

}  // namespace dragoman::net
