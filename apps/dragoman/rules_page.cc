// docs/providers/<name>.md, from the rows alone.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "profile/data_files.h"
#include "rules_words.h"

namespace dragoman::app {
namespace {

constexpr std::string_view kMade =
    "<!-- Made by docs/providers/generate from data/. Change the rows there, not this page. -->\n\n";

// Text inside a table of Markdown.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

// In a code span, which needs no other escapes. Empty stays empty.
std::string code(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", cell(text));
}

std::string codes(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + code(item);
  return out;
}

std::string url_of(const profile::Provider& p, const std::string& path, const std::string& query) {
  return code(p.base_url + path + (query.empty() ? "" : "?" + query));
}

std::string head(const profile::Provider& p) {
  std::string out = fmt::format("# {}\n\n", p.title.empty() ? p.name : p.title);
  out += fmt::format("Addressed as `{}/<model>`", p.name);
  if (!p.aliases.empty()) out += fmt::format(", also {}", codes(p.aliases));
  out += fmt::format(". Speaks [{0}](../dialects/{0}.md).\n\n| | |\n|---|---|\n", canon::name(p.dialect));
  out += fmt::format("| call | {} |\n", url_of(p, p.path, p.query));
  if (!p.stream_path.empty() || !p.stream_query.empty())
    out += fmt::format("| stream | {} |\n", url_of(p, p.stream_path.empty() ? p.path : p.stream_path,
                                                   p.stream_query.empty() ? p.query : p.stream_query));
  if (!p.count_tokens_path.empty())
    out += fmt::format("| count tokens | {} |\n", url_of(p, p.count_tokens_path, p.query));
  out += fmt::format("| credential | {} |\n", auth_words(p));
  for (const auto& [name, value] : p.headers)
    out += fmt::format("| header | {} |\n", code(name + ": " + value));
  if (!p.key_env.empty()) out += fmt::format("| key from | {} |\n", codes(p.key_env));
  for (const auto& [name, variables] : p.var_env) {
    out += fmt::format("| `{}` from | {}", name, codes(variables));
    for (const auto& [var, value] : p.var_defaults)
      if (var == name) out += fmt::format(", else {}", code(value));
    out += " |\n";
  }
  if (!p.models.empty()) out += fmt::format("| well-known models | {} |\n", codes(p.models));
  return out;
}

std::string rows_of(std::span<const profile::Rule> rules, const profile::RuleSources& sources) {
  std::string out = "| rule | when | says | why | source |\n|---|---|---|---|---|\n";
  for (const profile::Rule& rule : rules) {
    std::string says;
    const auto add = [&](const std::string& words) { says += (says.empty() ? "" : "<br>") + code(words); };
    for (const auto& [setting, value] : rule.settings) add(setting_words(setting, value));
    for (const auto& [param, spec] : rule.params) add(param_words(param, spec));
    const std::string when = when_words(rule);
    out += fmt::format("| {} | {} | {} | {} | {} |\n", rule.id, when.empty() ? "always" : code(when), says,
                       cell(rule.why), cell(source_words(sources, rule.id)));
  }
  return out;
}

// The columns of data/schema_keywords.csv that some row names, in the order they are named.
std::vector<std::string> columns_of(const profile::Catalogue& catalogue, const profile::Provider& p) {
  std::vector<std::string> out;
  for (const profile::Rule* rule : catalogue.rows(p))
    for (const auto& [setting, value] : rule->settings) {
      if (!profile::info(setting).name.ends_with("_column")) continue;
      const auto* name = std::get_if<std::string>(&value);
      if (name && !name->empty() && std::ranges::find(out, *name) == out.end()) out.push_back(*name);
    }
  return out;
}

std::string keywords(const std::vector<std::string>& columns) {
  std::vector<std::vector<std::string>> table;
  for (const profile::DataFile& file : profile::data_files())
    if (file.path == "schema_keywords.csv") table = profile::csv_rows(file.text);
  if (table.empty() || columns.empty()) return "";
  std::string out =
      "\n## JSON Schema keywords\n\n`ok` passes, `ignore` passes without effect, `reject` is rewritten or "
      "taken out, `unknown` is treated with\ncare. The column of a request is chosen by the `*_column` "
      "settings above.\n\n| keyword |";
  std::vector<std::size_t> at;
  for (const std::string& name : columns) {
    const auto found = std::ranges::find(table.front(), name);
    if (found == table.front().end()) continue;
    at.push_back(static_cast<std::size_t>(found - table.front().begin()));
    out += fmt::format(" {} |", cell(name));
  }
  out += " source |\n|---|";
  for (std::size_t i = 0; i <= at.size(); ++i) out += "---|";
  out += "\n";
  for (std::size_t r = 1; r < table.size(); ++r) {
    const std::vector<std::string>& row = table[r];
    if (row.size() != table.front().size()) continue;
    out += fmt::format("| {} |", code(row.front()));
    for (const std::size_t column : at) out += fmt::format(" {} |", cell(row[column]));
    std::string_view source = row.back();
    if (source.starts_with("RULES ")) source.remove_prefix(6);
    out += fmt::format(" {} |\n", cell(source));
  }
  return out;
}

// "rewrite (narrowed, none)", and what the ledger notes beside it.
std::string done_words(const profile::LedgerRow* row) {
  if (!row) return "";
  std::string out = row->disposition;
  if (!row->loss.empty()) {
    std::string losses = row->loss;
    for (std::size_t at = 0; (at = losses.find(' ', at)) != std::string::npos; at += 2)
      losses.replace(at, 1, ", ");
    out += fmt::format(" ({})", losses);
  }
  return row->note.empty() ? out : fmt::format("{}: {}", out, row->note);
}

// What is known beyond the rows: facts whose ids share a prefix with the provider's rows. OpenAI's own are
// not every compatible host's.
std::string facts(const profile::Catalogue& catalogue, const profile::Provider& p,
                  const profile::RuleSources& sources, const profile::Ledger& ledger) {
  std::set<std::string, std::less<>> prefixes;
  for (const auto& layer : catalogue.layers(p)) {
    if (layer.file == "dialects/openai_chat.yaml") continue;
    for (const profile::Rule& rule : layer.rules) {
      const std::string prefix = rule.id.substr(0, rule.id.find('-'));
      prefixes.insert(prefix);
      prefixes.insert(prefix + "S");  // OAIS, ANTS: the same provider's strict schemas
    }
  }
  std::string out;
  for (const profile::RuleSource& fact : sources.all()) {
    if (!prefixes.contains(fact.rule.substr(0, fact.rule.find('-')))) continue;
    out += fmt::format("| {} | {} | {} | {} | {} |\n", fact.rule, cell(fact.what), cell(fact.remedy),
                       cell(done_words(ledger.find(fact.rule))), cell(source_words(sources, fact.rule)));
  }
  if (out.empty()) return "";
  return "\n## What is known\n\nThe facts behind the rows above and behind the passes of the lowering, which "
         "report their edits under the same ids. What is done is [the ledger's "
         "word](../adding-a-rule.md#the-ledger-and-its-cases) with\nthe loss its edits may have; where "
         "sources conflict, the one that was followed.\n\n| id | what is refused, or holds | what is sent "
         "instead | what is done | source |\n|---|---|---|---|---|\n" +
         out;
}

}  // namespace

std::string provider_page(const profile::Catalogue& catalogue, const profile::Provider& provider,
                          const profile::RuleSources& sources, const profile::Ledger& ledger) {
  std::string out = std::string(kMade) + head(provider);
  out +=
      "\n## Rules\n\nIn the order they are laid over each other; of two that say something of one setting, "
      "the "
      "later holds. The letters\nin brackets grade the evidence: see [the list](README.md).\n";
  for (const auto& layer : catalogue.layers(provider)) {
    if (layer.rules.empty()) continue;
    out += fmt::format("\n### [{0}](../../data/{0})\n\n", layer.file) + rows_of(layer.rules, sources);
  }
  if (provider.responses) {
    out += fmt::format(
        "\n### At its Responses endpoint\n\n`{}`, where the setting `responses` says so. In place of the "
        "dialect's "
        "and the provider's rows above:\n",
        provider.responses->path);
    for (const auto& layer : catalogue.layers(*provider.responses)) {
      if (layer.rules.empty() || layer.file.starts_with("families/")) continue;
      out += fmt::format("\n[{0}](../../data/{0})\n\n", layer.file) + rows_of(layer.rules, sources);
    }
  }
  if (provider.embeddings) {
    out += fmt::format(
        "\n### Embeddings\n\n`{}`, in the dialect {} ([what a client may say](../embeddings.md)).\n",
        provider.embeddings->path, canon::name(provider.embeddings->dialect));
    for (const auto& layer : catalogue.layers(*provider.embeddings))
      if (!layer.rules.empty())
        out += fmt::format("\n[{0}](../../data/{0})\n\n", layer.file) + rows_of(layer.rules, sources);
  }
  return out + keywords(columns_of(catalogue, provider)) + facts(catalogue, provider, sources, ledger);
}

std::string providers_index(const profile::Catalogue& catalogue) {
  std::string out = std::string(kMade) + "# Providers and their rules\n\n";
  out +=
      "One page for each provider the program knows: where it is called, which rows of `data/` apply, and\n"
      "what stands behind them. `dragoman rules PROVIDER [MODEL]` shows the same for one model.\n\n"
      "| provider | dialect | page |\n|---|---|---|\n";
  for (const profile::Provider& p : catalogue.providers())
    out += fmt::format("| {} | {} | [{}]({}.md) |\n", cell(p.title), canon::name(p.dialect), p.name, p.name);
  out += R"(
## Evidence

| letter | what stands behind it |
|---|---|
| L | a live exchange recorded in a public test suite or probe |
| I | the provider's own words, quoted in a public issue |
| D | the provider's specification, documentation or SDK |
| C | the code of a maintained client that works around it |
| A | an account or an inference: the lowering heeds it, the sandbox is not strict about it |

## Sources

`owner/repo#N` is a GitHub issue or pull request, `repo#N` the same where the repository is known by its own name.
Ids such as GEM-31 are other facts of these pages.

| short | source |
|---|---|
| oai-spec | openai/openai-openapi, `openapi.yaml` |
| ant-sdk | npm `@anthropic-ai/sdk` |
| ant-skill | anthropics/skills, `skills/claude-api` |
| br-model | Bedrock Runtime's service model, `service-2.json` of botocore |
| gem-proto, vtx-proto | googleapis/googleapis, `google/ai/generativelanguage`, `google/cloud/aiplatform` |
| mis-spec | Mistral's OpenAPI document |
| mis-common | mistralai/mistral-common, its request validator |
| coh-spec, coh-errors | cohere-ai/cohere-developer-experience |
| mfjs, walle | MoonshotAI/walle |
| pyd | pydantic/pydantic-ai, profiles and recordings |
| pi | npm `@earendil-works/pi-ai` |
| aisdk | npm `@ai-sdk/*` |
| litellm | BerriAI/litellm |
| rig | 0xPlaygrounds/rig, recordings |
| rubyllm | crmne/ruby_llm, recordings |
| fiber | aakshintala/fiber, live probes of September and October 2026 |
| GulLabs | GulLabs/any-llm, fixtures and a live schema probe of October 2026 |
| llama.cpp | `common/json-schema-to-grammar.cpp`, `common/chat.cpp` |
| tgi | huggingface/text-generation-inference, router |
| xgr | mlc-ai/xgrammar |
| accepted_shapes | recordings of accepted requests in public test suites |
| issues | several public issues with the same words |
)";
  return out;
}

}  // namespace dragoman::app
