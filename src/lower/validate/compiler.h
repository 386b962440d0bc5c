// Compiles one schema document, one function a group of keywords, a work list instead of recursion:
// compile.cc the list and references, compile_assertions.cc what a value itself has to be,
// compile_applicators.cc what hands parts of it, or all, to other schemas. Only those three include it.
#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "json/write.h"
#include "lower/validate/program.h"

namespace dragoman::validate {

inline constexpr SchemaDraft k4 = SchemaDraft::draft4, k6 = SchemaDraft::draft6, k7 = SchemaDraft::draft7,
                             k2019 = SchemaDraft::draft2019, k2020 = SchemaDraft::draft2020;

class Compiler {
 public:
  Compiler(json::Value root, const Validator::Options& options)
      : options_(options), program_(Document(root, options.default_draft)) {}

  Result<Program> run(json::Value root);

 private:
  // The number under which the schema is, or will be, compiled.
  SchemaId intern(json::Value schema);
  // The keyword of the schema being compiled is not enforced.
  void leave_out(std::string_view keyword, std::string reason);

  // The keyword's value, if the draft has the keyword.
  json::Value get(std::string_view keyword, SchemaDraft first = k4, SchemaDraft last = k2020) const {
    return draft_ < first || draft_ > last ? json::Value() : schema_[keyword];
  }
  // The same, if it is a schema.
  SchemaId get_schema(std::string_view keyword, SchemaDraft first = k4, SchemaDraft last = k2020);

  // Keywords are added in the order of a person reading: type first, unevaluated* last (they need the
  // others).
  void add(Op op, std::string_view keyword, json::Value value, std::uint64_t number = 0,
           SchemaId schema = kNoSchema) {
    program_.schemas[id_].checks.push_back({op, keyword, value, number, schema});
  }
  template <class T>
  std::uint64_t keep(std::vector<T>& table, T entry) {
    table.push_back(std::move(entry));
    return table.size() - 1;
  }

  void compile(SchemaId id);
  void constraints();
  void references();
  std::optional<Document::Target> find(std::string_view keyword, json::Value ref);
  void track(std::string_view anchor);

  // compile_assertions.cc
  void type();
  bool nullable() const { return options_.openapi_nullable && schema_["nullable"].boolean(); }
  void enumeration();
  void bound(Op op, std::string_view keyword, json::Value value);
  void numbers();
  std::optional<std::uint64_t> count(std::string_view keyword, SchemaDraft first = k4);
  void add_count(Op op, std::string_view keyword);
  std::optional<std::uint32_t> pattern(std::string_view keyword, std::string_view text);
  void strings();

  // compile_applicators.cc
  void arrays();
  void objects();
  json::Value quote(std::string_view text) { return json::Builder(scratch_).string(text); }
  void dependents(std::string_view keyword, SchemaDraft first, bool names, bool schemas);
  void list(Op op, std::string_view keyword);
  void combinations();
  void unevaluated();

  const Validator::Options& options_;
  Program program_;
  Arena scratch_;  // for quoting in messages
  std::unordered_map<const json::Node*, SchemaId> ids_;
  std::unordered_map<std::string_view, std::uint32_t> patterns_;
  std::size_t pattern_size_ = 0;

  // The schema being compiled.
  SchemaId id_ = 0;
  json::Value schema_;
  PlaceId place_ = 0;
  SchemaDraft draft_ = k2020;
  bool unchecked_ = false;  // something in it was left out
};

}  // namespace dragoman::validate
