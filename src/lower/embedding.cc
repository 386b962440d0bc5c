#include "lower/embedding.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "dialect/dialect.h"
#include "dialect/embedding.h"
#include "lower/context.h"
#include "lower/splice.h"

namespace dragoman::lower {
namespace {

using canon::EmbeddingRequest;
using canon::EmbeddingUse;
using canon::Truncation;
using canon::VectorEncoding;

// What the steps below share. `draft` starts as a copy of cheap values; the original is the client's for
// good.
struct Embedding {
  const EmbeddingRequest& original;
  EmbeddingRequest draft;
  const Target& target;
  const profile::Profile& profile;
  EditList edits = {};
  std::optional<Refused> refused = {};

  std::string rule(Setting cause, std::string_view fallback) const {
    const std::string_view id = profile.rule(cause);
    return std::string(id.empty() ? profile.cite(fallback) : id);
  }
  void edit(std::string_view rule_id, std::string_view pointer, std::string_view keyword,
            std::string_view before, std::string_view after, Loss loss) {
    edits.add({rule_id, pointer, keyword, before, after, loss});
  }
  void refuse(std::string rule_id, std::string_view pointer, std::string reason) {
    if (!refused) refused = Refused{std::move(rule_id), std::string(pointer), std::move(reason)};
  }
  std::string who() const { return fmt::format("{}/{}", target.provider->name, target.model); }
};

// Fields of the config's own, where the client said nothing. Those of chat are not meant for embeddings.
void lay_defaults(Embedding& e) {
  for (const canon::Extra& field : e.target.defaults) {
    if (field.key == "dimensions") {
      if (!e.draft.dimensions) e.draft.dimensions = field.value.integer();
    } else if (field.key == "input_type") {
      if (e.draft.use == EmbeddingUse::unset)
        e.draft.use = canon::embedding_use_named(field.value.text()).value_or(EmbeddingUse::unset);
    } else if (field.key == "truncate") {
      if (e.draft.truncation == Truncation::unset)
        e.draft.truncation = canon::truncation_named(field.value.text()).value_or(Truncation::unset);
    } else if (field.key == "user") {
      if (e.draft.user.empty()) e.draft.user = field.value.text();
    } else if (!canon::param_named(field.key) && field.key != "max_completion_tokens" &&
               field.key != "reasoning_effort") {
      const bool said =
          std::ranges::any_of(e.draft.extra, [&](const canon::Extra& mine) { return mine.key == field.key; });
      if (!said) e.draft.extra.push_back(field);
    }
  }
}

// GEN-01. The client's unknown keys mean something at a host of its own dialect only, if that lists them.
void fit_extras(Embedding& e) {
  const bool same_dialect = e.original.dialect == e.target.provider->dialect;
  std::erase_if(e.draft.extra, [&](const canon::Extra& extra) {
    if (extra.pointer.empty()) return false;
    if (same_dialect && profile::list_contains(e.profile.list(Setting::request_keys), extra.key))
      return false;
    e.edit(e.rule(Setting::request_keys, "GEN-01"), extra.pointer, extra.key, show(extra.value), "",
           Loss::semantic);
    return true;
  });
  const bool drops = e.profile.param(canon::Param::user).support == profile::Support::drop;
  if (!e.draft.user.empty() && (drops || !same_dialect)) {
    e.edit(std::string(e.profile.rule(canon::Param::user).empty() ? "GEN-01"
                                                                  : e.profile.rule(canon::Param::user)),
           e.draft.user_pointer, "user", std::string(e.draft.user), "", Loss::semantic);
    e.draft.user = {};
  }
}

// Tokens are of one tokenizer: nobody can turn them back into text for another model.
void fit_input(Embedding& e) {
  if (e.profile.flag(Setting::embed_tokens)) return;
  for (const canon::EmbeddingInput& input : e.draft.inputs)
    if (input.tokens) {
      e.refuse(e.rule(Setting::embed_tokens, "EMB-tokens"), input.pointer,
               fmt::format("{} takes texts, not tokens; send the text (langchain: check_embedding_ctx_length="
                           "False)",
                           e.who()));
      return;
    }
}

void fit_encoding(Embedding& e) {
  if (e.draft.encoding_pointer.empty() || e.profile.flag(Setting::embed_base64)) return;
  if (e.draft.encoding == VectorEncoding::base64)
    e.edit(e.rule(Setting::embed_base64, "EMB-base64"), e.draft.encoding_pointer, "encoding_format", "base64",
           "numbers, written as base64 on the way back", Loss::none);
  e.draft.encoding = VectorEncoding::floats;
  e.draft.encoding_pointer = {};
}

// "768", "128-3072" or "*".
bool covers(std::string_view sizes, std::int64_t size) {
  if (sizes == "*") return true;
  std::int64_t low = 0, high = 0;
  const char* const end = sizes.data() + sizes.size();
  const auto first = std::from_chars(sizes.data(), end, low);
  if (first.ec != std::errc()) return false;
  if (first.ptr == end) return size == low;
  if (*first.ptr != '-' || std::from_chars(first.ptr + 1, end, high).ec != std::errc()) return false;
  return size >= low && size <= high;
}

// A vector of another length than was asked for is of no use to the index it was meant for: no edit could
// make up for it.
void fit_dimensions(Embedding& e) {
  if (!e.draft.dimensions) return;
  const std::int64_t size = *e.draft.dimensions;
  const auto& sizes = e.profile.list(Setting::embed_sizes);
  const std::int64_t own = e.profile.integer(Setting::embed_size);
  if (std::ranges::any_of(sizes, [&](const std::string& s) { return covers(s, size); })) return;
  if (own != 0 && size == own && sizes.empty()) {
    e.edit(e.rule(Setting::embed_size, "EMB-dimensions"), e.draft.dimensions_pointer, "dimensions",
           std::to_string(size), "", Loss::none);
    e.draft.dimensions.reset();
    return;
  }
  std::string takes = own != 0 ? fmt::format("its vectors have {} dimensions", own)
                               : std::string("the length of its vectors cannot be chosen");
  if (!sizes.empty()) takes = fmt::format("it makes vectors of {} dimensions", fmt::join(sizes, ", "));
  e.refuse(e.rule(Setting::embed_sizes, "EMB-dimensions"), e.draft.dimensions_pointer,
           fmt::format("{} cannot make vectors of {} dimensions: {}", e.who(), size, takes));
}

void fit_use(Embedding& e) {
  const auto& uses = e.profile.list(Setting::embed_uses);
  const std::string& fallback = e.profile.text(Setting::embed_use);
  if (e.draft.use != EmbeddingUse::unset && !profile::list_contains(uses, canon::name(e.draft.use))) {
    e.edit(e.rule(Setting::embed_uses, "EMB-input_type"), e.draft.use_pointer, "input_type",
           std::string(e.draft.use_word), fallback, Loss::semantic);
    e.draft.use = EmbeddingUse::unset;
    e.draft.use_word = {};
    if (!fallback.empty()) e.draft.use = canon::embedding_use_named(fallback).value_or(EmbeddingUse::unset);
  } else if (e.draft.use == EmbeddingUse::unset && !fallback.empty()) {
    e.draft.use = canon::embedding_use_named(fallback).value_or(EmbeddingUse::unset);
    e.edit(e.rule(Setting::embed_use, "EMB-input_type"), "", "input_type", "", fallback, Loss::none);
  }
  // The host's own word for it.
  for (const std::string& row : e.profile.list(Setting::embed_use_words)) {
    const std::size_t equals = row.find('=');
    if (equals == std::string::npos || std::string_view(row).substr(0, equals) != canon::name(e.draft.use))
      continue;
    const std::string_view word = std::string_view(row).substr(equals + 1);
    if (!e.draft.use_word.empty() && e.draft.use_word != word)
      e.edit(e.rule(Setting::embed_use_words, "EMB-input_type"), e.draft.use_pointer, "input_type",
             std::string(e.draft.use_word), std::string(word), Loss::none);
    e.draft.use_word = word;
  }
}

void fit_truncation(Embedding& e) {
  const Truncation asked = e.draft.truncation;
  const std::string_view word = canon::name(asked);
  if (asked == Truncation::unset || profile::list_contains(e.profile.list(Setting::embed_truncations), word))
    return;
  // Where the target does so anyway, nothing is lost.
  const bool does_so = e.profile.text(Setting::embed_truncation) == word;
  e.edit(e.rule(Setting::embed_truncations, "EMB-truncate"), e.draft.truncation_pointer, "truncate",
         std::string(word), "", does_so ? Loss::none : Loss::semantic);
  e.draft.truncation = Truncation::unset;
}

}  // namespace

std::expected<LoweredEmbedding, Refused> lower(const EmbeddingRequest& request, const Target& target,
                                               Arena&) {
  Embedding e{.original = request, .draft = request, .target = target, .profile = *target.profile};
  lay_defaults(e);
  for (const auto step : {fit_extras, fit_input, fit_encoding, fit_dimensions, fit_use, fit_truncation})
    step(e);
  if (e.refused) return std::unexpected(*std::move(e.refused));

  LoweredEmbedding out;
  const std::span<const canon::EmbeddingInput> inputs = e.draft.inputs;
  const std::int64_t most = e.profile.integer(Setting::embed_batch);
  const std::size_t batch = most > 0 ? static_cast<std::size_t>(most) : inputs.size();
  const std::size_t calls = (inputs.size() + batch - 1) / batch;
  if (calls > 1)
    e.edit(e.rule(Setting::embed_batch, "EMB-batch"), "/input", "input",
           fmt::format("{} inputs", inputs.size()), fmt::format("{} calls of at most {}", calls, batch),
           Loss::none);
  out.dimensions = request.dimensions ? request.dimensions : e.draft.dimensions;

  const dialect::Dialect& wire = dialect::get(target.provider->dialect);
  const dialect::EmbeddingOptions options = {
      .model = target.model,
      .dimensions_field = e.profile.text(Setting::embed_dimensions_field),
      .use_field = e.profile.text(Setting::embed_use_field),
      .truncation_field = e.profile.text(Setting::embed_truncation_field),
      .body = e.profile.text(Setting::embed_body)};
  const bool untouched = e.edits.empty() && target.defaults.empty() && request.dialect == wire.name &&
                         options.dimensions_field == "dimensions";
  if (untouched && splice_model(request.source, target.model, out.calls.emplace_back().body)) {
    out.same_bytes = true;
    out.calls.back().inputs = inputs.size();
  } else {
    out.calls.clear();
    for (std::size_t at = 0; at < inputs.size(); at += batch) {
      const auto part = inputs.subspan(at, std::min(batch, inputs.size() - at));
      out.calls.push_back({.inputs = part.size()});
      wire.embeddings->encode(e.draft, part, options, out.calls.back().body);
    }
  }
  out.edits = std::move(e.edits);
  return out;
}

std::string wire_bytes(const LoweredEmbedding& lowered) {
  std::string out;
  for (const EmbeddingCall& call : lowered.calls) {
    if (!out.empty()) out += '\n';
    out += call.body;
  }
  return out;
}

}  // namespace dragoman::lower
