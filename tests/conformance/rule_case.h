// tests/golden/rules/<rule>[.<variant>]/: one rule of the contracts, shown by one small case.
//
//   case.yaml          what: one line for people; the rest by kind:
//     kind: lower        from, to, stream (default kind)   in.<from>.json -> out.json (or the refusal) +
//     edits.txt
//                        cites: false                      this variant shows where the rule does not apply
//                        cites: OAIS-09                    the edit stands under another id for the same
//                        thing refused: words of the provider    wire.refused.json, the unlowered form, is
//                        refused so refused_status: 400
//     kind: decode       from: the provider's dialect      answer.json (200), error.json (with `status`) or
//                        client: dialect, or none          stream.txt -> events.txt, what the client is shown
//                        restore: {names: {wire: client}}
//     kind: classify     provider, status, headers         error.txt, the body -> failure.txt
//                        class, retryable                  what it has to be taken for
//     kind: embed        from: openai_embeddings, to, refused   as lower, for an embedding request
//     kind: test         test: file TEST-name              a test elsewhere proves it; it must exist
//
// DRAGOMAN_UPDATE_GOLDEN=1 writes what the program makes of it: out.json, edits.txt, wire.refused.txt,
// events.txt, failure.txt.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace dragoman::conformance {

struct RuleCase {
  std::filesystem::path folder;
  std::string rule;  // "BR-30"
  std::string name;  // the folder's: "BR-30.dots"
  std::string what;
  std::string kind = "lower";
  std::string from, to;
  bool stream = false;
  bool cites = true;
  std::string cited;  // the id that edits cite; `rule` unless the case says another
  std::string refused;
  int refused_status = 400;
  bool paranoid = false;
  std::string without_header;
  std::string client;
  std::vector<std::pair<std::string, std::string>> names;  // wire name -> the client's
  std::string structured_tool;
  std::string provider;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string cls;
  std::string retryable;  // "", "true" or "false"
  std::string test;
};

std::string rules_folder();

// All of them, by name. Throws std::runtime_error with the file's name where one cannot be read.
std::vector<RuleCase> rule_cases();

std::string read_text(const std::filesystem::path& path);  // "" when there is no such file

void PrintTo(const RuleCase& c, std::ostream* out);  // its name, for GoogleTest

// Compares with the file, or writes it with DRAGOMAN_UPDATE_GOLDEN. Empty text stands for no file.
void expect_file(const std::filesystem::path& path, const std::string& actual);

}  // namespace dragoman::conformance
