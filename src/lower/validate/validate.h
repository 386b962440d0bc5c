// JSON Schema validation of what a model sends against what the client declared: drafts 4, 6, 7, 2019-09 and
// 2020-12, chosen by `$schema`, with every reference that stays inside the document.
//
// Nothing a schema or an instance can hold makes it fail badly: patterns run in linear time (RE2), and depth,
// steps, schemas and pattern sizes are bounded. What it cannot check it says: see unsupported().
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace dragoman::validate {

enum class SchemaDraft : std::uint8_t { draft4, draft6, draft7, draft2019, draft2020 };

struct ValidationLimits {
  std::size_t schemas = 100'000;          // subschemas of one document
  std::size_t patterns = 1'000;           // different ones in one document
  std::size_t pattern_program = 250'000;  // RE2 instructions of all patterns of one document
  std::size_t depth = 640;                // schemas entered inside each other while checking
  std::uint64_t steps = 2'000'000;        // of one check; a step is some tens of nanoseconds
};

// One place where the instance breaks the schema. All text is owned.
struct Violation {
  std::string instance_pointer;  // RFC 6901; "" is the whole instance
  std::string schema_pointer;    // of the keyword, in the schema document
  std::string keyword;           // "required", "type", …; "" for the schema `false`
  std::string message;           // for people and models: "must be an integer, is a string"
  bool undecided = false;        // a limit ended the check: neither valid nor invalid
};

// A part of the schema that is not enforced.
struct Unsupported {
  std::string schema_pointer;
  std::string keyword;
  std::string reason;
};

class Validator {
 public:
  struct Options {
    SchemaDraft default_draft = SchemaDraft::draft2020;  // of schemas without a `$schema` that is known
    bool assert_formats = true;  // `format` is checked; by the letter of 2019-09 and later it is a comment
    bool openapi_nullable =
        true;  // OpenAPI 3.0's `nullable: true`: null passes type, enum, const, $ref, anyOf …
    ValidationLimits limits;
  };

  // Keeps views into the schema: its arena and text must outlive the validator. Fails when the schema is
  // neither object nor boolean, passes a limit, or refers to itself without a step into the instance. A
  // keyword with a value that means nothing (`"minimum": "3"`), a reference that leads nowhere or out of the
  // document, and a pattern that RE2 cannot run (look-around, back-references, too large) are left out and
  // listed in unsupported(); what is left out may make a check pass, never fail.
  static Result<Validator> compile(json::Value schema, const Options& options);
  static Result<Validator> compile(json::Value schema) { return compile(schema, Options()); }

  Validator(Validator&&) noexcept;
  Validator& operator=(Validator&&) noexcept;
  ~Validator();

  // Empty when the instance is valid. The order is that of the schema's keywords. Several threads may check
  // at once, each with an instance of its own.
  std::vector<Violation> check(json::Value instance, std::size_t max_violations = 20) const;

  // Of several checks that share `steps` between them: what this one takes is subtracted. `part`: a subschema
  // of the document, the very value, to check against instead of all of it; absent: all. Nothing when the
  // part is no schema that a check may come to.
  std::optional<std::vector<Violation>> check(json::Value instance, json::Value part,
                                              std::size_t max_violations, std::uint64_t& steps) const;

  std::span<const Unsupported> unsupported() const;

 private:
  struct State;
  explicit Validator(std::unique_ptr<const State> state);
  std::unique_ptr<const State> state_;
};

}  // namespace dragoman::validate
