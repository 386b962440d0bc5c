// GEN-07 and the strict modes: each tool's schema in the target's words, `strict` where it was asked for or
// costs nothing, and never more of it than the provider's published budgets allow.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "lower/context.h"
#include "lower/schema_cache.h"
#include "lower/schema_keywords.h"
#include "lower/schema_plain.h"
#include "lower/tool_schema.h"

namespace dragoman::lower {
namespace {

using canon::Tool;
using canon::ToolKind;
using json::Value;

// The schemas of tools in the target's words.
class Words {
 public:
  Words(Context& c, bool strict) : c_(c), strict_(strict) {}

  // `lossless`: one that loses something will not be used.
  SharedSchema of(const Tool& tool, bool lossless) {
    const bool output = tool.name == c_.restore.structured_tool;
    std::unique_ptr<Way>& way = ways_[(output ? 2 : 0) + (lossless ? 1 : 0)];
    if (!way) {
      SchemaOptions options = schema_options(c_.profile, false, strict_);
      options.target.wrap_choices = output;
      options.target.lossless = lossless;
      way = std::make_unique<Way>(options, c_.arena);
    }
    return lower_schema(c_, tool.schema, way->options, way->lowering);
  }

 private:
  struct Way {
    Way(const SchemaOptions& given, Arena& arena)
        : options(given), lowering(options.options, options.keys(), arena) {}
    KeyedOptions options;
    SchemaLowering lowering;
  };

  Context& c_;
  bool strict_;
  std::array<std::unique_ptr<Way>, 4> ways_;
};

// One tool on its way: its strict schema as long as it may still be strict.
struct Candidate {
  Tool* tool = nullptr;
  SharedSchema strict = {};
  bool asked = false;
};

std::string_view place(const Tool& tool) {
  return tool.schema_pointer.empty() ? tool.pointer : tool.schema_pointer;
}

// What a schema says of itself at its root is said of the tool, where the root takes no description.
void keep_words(Context& c, Tool& tool, Edit& edit) {
  const std::string_view words = tool.schema["description"].text();
  if (words.empty()) return;
  const std::string both = tool.description.empty() || tool.description == tool.name
                               ? std::string(words)
                               : fmt::format("{}\n\n{}", tool.description, words);
  const auto most = static_cast<std::size_t>(c.profile.integer(Setting::tool_description_max));
  if (most && both.size() > most) {
    edit.loss = Loss::semantic;
    return;
  }
  edit.after = "the tool's description";
  tool.description = c.keep(both);
}

void take(Context& c, Tool& tool, const SharedSchema& lowered, Cites& cites) {
  const std::size_t first = c.edits.size();
  report(c, *lowered, place(tool), cites);
  for (std::size_t i = first; i < c.edits.size(); ++i)
    if (Edit& edit = c.edits[i];
        edit.keyword == "description" && edit.pointer == place(tool) && edit.after.empty())
      keep_words(c, tool, edit);
  tool.schema = sent(*lowered, tool.schema);
  if (auto back = back_of(lowered)) c.restore.arguments.emplace_back(tool.name, std::move(back));
}

// Whether a lowered schema says anything of arguments: a property, or a word about those without a name.
bool describes_arguments(Value schema) {
  for (const json::Member& member : schema.members()) {
    if (member.key == "type" || member.key == "nullable") continue;
    const Keyword* keyword = find_keyword(member.key);
    if (!keyword || keyword->note) continue;
    const Value value = member.value;
    const bool empty = value.is_bool()     ? !value.boolean()
                       : value.is_object() ? keyword->holds == Holds::map && value.members().empty()
                                           : value.is_array() && value.items().empty();
    if (!empty) return true;
  }
  return false;
}

// A tool without arguments, where those are told by saying nothing of them (VTX-01, GEM-33). False when the
// schema has to go out.
bool omit_parameters(Context& c, Tool& tool, const LoweredSchema& lowered, std::string_view words) {
  if (c.profile.text(Setting::empty_parameters) != "omit") return false;
  const Value schema = sent(lowered, tool.schema);
  if (tool.schema.present() && !schema["properties"].members().empty()) return false;
  const bool says = tool.schema.present() && describes_arguments(schema);
  const Column& column = keyword_table().column(words);
  const Cell without = column[Row::root_properties];
  if (says && (without == Cell::ok || without == Cell::ignore)) return false;
  if (tool.schema.present())
    c.edit(Setting::empty_parameters, "GEM-33", place(tool), "parameters", show(tool.schema), "",
           says ? Loss::widened : Loss::none);
  for (const Edit& edit : lowered.edits)  // what is lost for good; the rest is about words that do not go out
    if (edit.loss != Loss::none) c.edits.add(edit, place(tool)).rule = c.profile.cite(edit.rule);
  tool.schema = {};
  return true;
}

// The tool goes out without `strict`; the client hears why if it asked.
void relax(Context& c, Candidate& candidate, Setting cause, std::string_view fallback,
           const std::string& why) {
  candidate.strict = {};
  if (candidate.asked)
    c.edit(cause, fallback, candidate.tool->pointer, "strict", "true", fmt::format("false: {}", why),
           Loss::widened);
}

// Sums over all strict schemas (ANTS-09 … ANTS-11): those nobody asked for go first, then the costliest.
void fit_totals(Context& c, std::vector<Candidate>& candidates, const StrictCost& output) {
  struct Total {
    Setting setting;
    std::string_view rule, what;
    std::int64_t (*of)(const StrictCost&);
  };
  static constexpr Total kTotals[] = {
      {Setting::strict_tools_max, "ANTS-09", "strict tools",
       [](const StrictCost&) -> std::int64_t { return 1; }},
      {Setting::strict_optional_max, "ANTS-10", "optional parameters",
       [](const StrictCost& s) { return s.optional; }},
      {Setting::strict_unions_max, "ANTS-11", "parameters with unions",
       [](const StrictCost& s) { return s.unions; }},
  };
  for (const Total& total : kTotals) {
    const std::int64_t most = c.profile.integer(total.setting);
    if (!most) continue;
    const bool counts_tools = total.setting == Setting::strict_tools_max;
    std::int64_t sum = counts_tools ? 0 : total.of(output);
    for (const Candidate& candidate : candidates)
      if (candidate.strict) sum += total.of(candidate.strict->cost);
    const std::int64_t all = sum;
    while (sum > most) {
      Candidate* worst = nullptr;
      for (Candidate& candidate : candidates) {
        if (!candidate.strict || total.of(candidate.strict->cost) == 0) continue;
        const auto rank = [&](const Candidate& x) { return std::pair(!x.asked, total.of(x.strict->cost)); };
        if (!worst || rank(candidate) >= rank(*worst)) worst = &candidate;
      }
      if (!worst) break;  // the output alone is over; pass_format sees to it
      sum -= total.of(worst->strict->cost);
      relax(c, *worst, total.setting, total.rule,
            fmt::format("{} {} in all, the limit is {}", all, total.what, most));
    }
  }
}

void spend(Context& c, const Tool& tool, std::size_t& spent, std::size_t steps) {
  spent += steps;
  if (spent > kToolSteps)
    c.refuse(
        "GEN-07", place(tool),
        fmt::format("up to this tool, lowering the schemas of the tools takes more than {} steps: send fewer "
                    "tools, or schemas with fewer nested references",
                    kToolSteps));
}

// What the output format costs beside the tools, where one budget is for both.
StrictCost output_cost(const Context& c) {
  const canon::ResponseFormat& format = c.draft.response_format;
  return format.kind == canon::FormatKind::json_schema ? strict_cost(format.schema) : StrictCost();
}

}  // namespace

void fit_tool_schemas(Context& c) {
  const bool takes = c.flag(Setting::strict_tools);
  const bool has_words = !c.profile.text(Setting::strict_column).empty();
  // Bytes that could go out as they came are not changed for what nobody asked for.
  const bool offers = c.flag(Setting::strict_lossless) && c.original.dialect != c.wire.name;
  Words loose(c, false), narrow(c, true);
  const PlainJudge strict_words(keyword_table().column(c.profile.text(Setting::strict_column)));

  std::size_t steps = 0;
  std::vector<Candidate> candidates;
  candidates.reserve(c.draft.tools.size());
  for (Tool& tool : c.draft.tools) {
    if (steps > kToolSteps) return;  // refused
    if (tool.kind != ToolKind::function) continue;
    Candidate candidate{.tool = &tool, .asked = tool.strict.value_or(false)};
    // Only where nothing is lost, which is told at a look of most that would lose something.
    const bool offered = !tool.strict && offers && !strict_words.loses(tool.schema);
    if (takes && has_words && (candidate.asked || offered)) {
      candidate.strict = narrow.of(tool, !candidate.asked);
      spend(c, tool, steps, candidate.strict->steps);
      NotStrict fault{Setting::strict_column, std::string(candidate.strict->fault)};
      if (fault.why.empty()) fault = over_budget(candidate.strict->cost, c.profile);
      if (!fault.why.empty())
        relax(c, candidate, fault.cause, "OAIS", fault.why);
      else if (!candidate.asked && !candidate.strict->lossless())
        candidate.strict = {};
    }
    candidates.push_back(std::move(candidate));
  }
  if (takes && has_words) {
    fit_totals(c, candidates, output_cost(c));
    if (c.flag(Setting::strict_uniform) &&
        !std::ranges::all_of(candidates, [](const Candidate& x) { return static_cast<bool>(x.strict); }))
      for (Candidate& candidate : candidates)
        if (candidate.strict)
          relax(c, candidate, Setting::strict_uniform, "CER-05", "not every tool can be strict");
  }

  Cites cites(c.profile);
  for (Candidate& candidate : candidates) {
    if (steps > kToolSteps) return;
    Tool& tool = *candidate.tool;
    if (candidate.strict) {
      if (!candidate.asked)
        c.edit(Setting::strict_lossless, "OAIS", tool.pointer, "strict", "", "true", Loss::none);
      tool.strict = true;
      take(c, tool, candidate.strict, cites);
      continue;
    }
    if (takes && has_words && candidate.asked) tool.strict = false;
    if (!takes && tool.strict) {
      const bool validated = c.flag(Setting::strict_validated);
      if (!validated)
        c.edit(Setting::strict_tools, "GEN-01", tool.pointer, "strict", *tool.strict ? "true" : "false", "",
               *tool.strict ? Loss::widened : Loss::none);
      if (!validated || !*tool.strict) tool.strict.reset();
    }
    if (!tool.strict && takes && c.flag(Setting::strict_always)) tool.strict = false;
    const SharedSchema lowered = loose.of(tool, false);
    spend(c, tool, steps, lowered->steps);
    if (!omit_parameters(c, tool, *lowered, c.profile.text(Setting::schema_column)))
      take(c, tool, lowered, cites);
  }
  std::ranges::sort(c.restore.arguments, {}, [](const auto& one) { return one.first; });
}

}  // namespace dragoman::lower
