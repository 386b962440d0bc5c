// What one target accepts in one mode: the dialect's, model family's and provider's rows laid over each
// other.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "canon/dialect_name.h"
#include "canon/params.h"
#include "profile/setting.h"

namespace dragoman::profile {

// What the request at hand does; rows may apply to some modes only.
struct Mode {
  bool stream = false;
  bool tools = false;
  bool thinking = false;      // reasoning was asked for
  bool thinking_off = false;  // it was asked not to reason
  bool structured = false;    // json_schema output was asked for
};

enum class Support : std::uint8_t { ok, drop, reject };

// What a target takes of one parameter. Unset limits do not apply.
struct ParamSpec {
  Support support = Support::ok;
  std::optional<double> min = {}, max = {};
  std::optional<double> only = {};              // the single value it takes: others are dropped
  std::optional<double> omit = {};              // a value it refuses, though it means what happens unasked
  std::optional<std::int64_t> max_items = {};   // arrays; members of objects
  std::optional<std::int64_t> max_length = {};  // strings, characters; strings that are values of objects
  std::optional<std::int64_t> max_key = {};     // keys of objects, characters
  std::vector<std::string> values = {};         // the words it takes; others are dropped
};

// Which rule of the contracts a change is reported under, where one rule is the cause: of a setting, of a
// parameter, or of a cause that the passes name ("GEN-03.orphan"; cite() below).
struct Cite {
  std::optional<Setting> setting = {};
  std::optional<canon::Param> param = {};
  std::string cause = {};
  std::string rule = {};
};

// One row: when it applies and what it says.
struct Rule {
  std::string id;                            // "BRM-03": a rule of docs/providers, the `source` of its edits
  std::string why;                           // one line for people; may be empty
  std::vector<std::string> models = {};      // globs on the upstream model name; empty: every model
  std::vector<std::string> not_models = {};  // exceptions
  std::optional<bool> stream = {}, tools = {}, thinking = {}, thinking_off = {}, structured = {};
  std::optional<canon::DialectName> dialect =
      {};  // of the target: rows of a family that is served in several
  std::vector<std::pair<Setting, SettingValue>> settings = {};
  std::vector<std::pair<canon::Param, ParamSpec>> params = {};
  std::vector<Cite> cites = {};

  bool applies(std::string_view model, Mode mode) const;
};

// Cheap to copy: pointers to rows. Valid as long as the rows it was resolved from.
class Profile {
 public:
  Profile();

  void lay(const Rule& rule);

  bool flag(Setting s) const;
  std::int64_t integer(Setting s) const;
  const std::string& text(Setting s) const;
  const std::vector<std::string>& list(Setting s) const;
  // The rule to report a change under that the setting asked for: what a row cites for it, else the id of the
  // row that set it; "" for the program's default. A row that sets it takes back what earlier rows cite.
  std::string_view rule(Setting s) const;

  const ParamSpec& param(canon::Param p) const;
  std::string_view rule(canon::Param p) const;
  // This target's own rule behind a general cause: what a row cites for "GEN-03.orphan", else for "GEN-03",
  // else the cause itself without what follows the dot.
  std::string_view cite(std::string_view cause) const;

 private:
  struct Cell {
    const SettingValue* value = nullptr;
    const std::string* rule = nullptr;
  };
  struct ParamCell {
    const ParamSpec* spec = nullptr;
    const std::string* rule = nullptr;
  };
  std::array<Cell, kSettings> cells_;
  std::array<ParamCell, canon::kParams> params_{};
  std::vector<const Cite*> causes_;  // in the order they were laid
};

bool list_contains(const std::vector<std::string>& list, std::string_view item);  // '*' matches all

}  // namespace dragoman::profile
