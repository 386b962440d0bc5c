// What the client's schemas promise of the answer, held to it on the way back: the arguments of each tool
// call and structured output are checked against the schemas as the client wrote them, whatever the target
// could be told of them. Looks at what the client will see, so it comes after restore().
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "canon/request.h"
#include "canon/response.h"
#include "lower/coerce.h"
#include "lower/lower.h"
#include "lower/validate/validators.h"

namespace dragoman::lower {

using validate::Validator;
using validate::ValidatorCache;
using validate::Violation;

// One place where an answer breaks a schema. All text is owned.
struct Broken {
  std::string tool;            // by the client's name; "" is the structured output
  std::string pointer;         // into the arguments or the output
  std::string keyword;         // of the schema; "json" for what is not JSON, "limit" for what took too long
  std::string message;         // "must be an integer, is a string"
  std::string schema_pointer;  // of the keyword, in the client's request
  bool told = true;            // false: an edit kept that constraint from the target
  bool undecided = false;      // a limit ended the check: not known to be broken
};

// What was found out about one call or output.
struct Verdict {
  std::vector<Broken> broken;       // what is wrong with `text`, or with what came if there is none
  std::vector<Broken> coerced;      // what was wrong and is not any more
  std::vector<Coercion> changes;    // what was done about it, in order
  std::optional<std::string> text;  // JSON to deliver instead, when something was coerced

  bool good() const;  // nothing is known to be broken
};

// Cheap to make. What it is made from must outlive it.
class Promises {
 public:
  Promises(const canon::Request& request, std::span<const Edit> edits, ValidatorCache& schemas)
      : request_(request), edits_(edits), schemas_(schemas) {}

  // Whether a call of this tool is held to anything.
  bool covers(std::string_view tool) const { return schema_of(tool) != nullptr; }
  bool covers_output() const;
  // The schema calls of the tool are held to; absent: none.
  json::Value schema_for(std::string_view tool) const;
  json::Value output_schema() const;

  // `coerce`: also tries to mend what is broken.
  Verdict judge_call(std::string_view tool, std::string_view arguments, bool coerce) const;
  Verdict judge_output(std::string_view text, bool coerce) const;

 private:
  const canon::Tool* schema_of(std::string_view tool) const;
  Verdict judge(std::string_view tool, std::string_view text, json::Value schema, std::string_view pointer,
                bool coerce, Arena& arena, json::Value value) const;
  bool told(std::string_view schema_pointer) const;
  void add_unchecked(const Validator& validator, std::string_view tool, std::string_view pointer,
                     Verdict& out) const;

  const canon::Request& request_;
  std::span<const Edit> edits_;
  ValidatorCache& schemas_;
};

// What is broken, as a sentence for a person: "the call of f breaks its schema at /n: must be …". The first
// few places.
std::string describe(std::span<const Broken> broken);

// A broken call or output of a choice, by its block.
struct BrokenBlock {
  std::size_t block = 0;
  std::vector<Broken> broken;
};

// The request with the answer and what is wrong with it behind: the model's own turn, then for each of its
// calls a result, an error that states the violations for the broken ones. Asks for a whole answer. New text
// and nodes live in `arena`; `answer`, in the client's words, must outlive the result too.
canon::Request ask_again(const canon::Request& request, const canon::Choice& answer,
                         std::span<const BrokenBlock> broken, Arena& arena);

}  // namespace dragoman::lower
