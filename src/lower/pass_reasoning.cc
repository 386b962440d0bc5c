// GEN-12: reasoning is opaque and bound to whoever issued it. It goes back to its issuer exactly and in its
// place; to anybody else it does not go at all, and never as words.
#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"
#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::IssuedPiece;
using canon::IssuedTurn;
using canon::Message;
using canon::Reasoning;
using canon::Role;
using canon::Text;
using canon::ToolCall;

bool is_reasoning(const Block& block) { return std::holds_alternative<Reasoning>(block.body); }

// Bound to somebody. An item of `reasoning_details` that holds only text is text (MM-10).
bool opaque(const Reasoning& r) {
  return !r.signature.empty() || !r.redacted.empty() ||
         (r.source && r.source["type"].text() != "reasoning.text");
}

// GEM-15: documented by Google, accepted live.
constexpr std::string_view kSentinel = "skip_thought_signature_validator";

bool calls(const Message& message) {
  return std::any_of(message.blocks.begin(), message.blocks.end(),
                     [](const Block& block) { return std::holds_alternative<ToolCall>(block.body); });
}

// The turn's blocks as its issuer wrote them: reasoning between the client's own texts and calls. The client
// may have joined several texts into one; then it is cut where it was joined.
std::vector<Block> in_place(const Message& message, const IssuedTurn& turn) {
  std::vector<const Block*> texts, calls, others;
  for (const Block& block : message.blocks) {
    if (std::holds_alternative<Text>(block.body))
      texts.push_back(&block);
    else if (std::holds_alternative<ToolCall>(block.body))
      calls.push_back(&block);
    else if (!is_reasoning(block))
      others.push_back(&block);
  }
  std::size_t text_pieces = 0, text_size = 0;
  for (const IssuedPiece& piece : turn.pieces) {
    if (piece.kind != IssuedPiece::Kind::text || piece.size == 0) continue;
    ++text_pieces;
    text_size += piece.size;
  }
  const bool joined = texts.size() == 1 && text_pieces > 1 && !texts.front()->cache.set &&
                      std::get<Text>(texts.front()->body).text.size() == text_size;
  std::vector<Block> out;
  std::size_t text_at = 0, call_at = 0, cut_at = 0;
  for (const IssuedPiece& piece : turn.pieces) {
    switch (piece.kind) {
      case IssuedPiece::Kind::reasoning: {
        Block block;
        block.body = piece.reasoning;
        block.pointer = message.pointer;
        out.push_back(std::move(block));
        break;
      }
      case IssuedPiece::Kind::text:
        if (piece.size == 0) break;
        if (joined) {
          Block block = *texts.front();
          block.body = Text{std::get<Text>(texts.front()->body).text.view().substr(cut_at, piece.size)};
          cut_at += piece.size;
          out.push_back(std::move(block));
          text_at = 1;
        } else if (text_at < texts.size()) {
          out.push_back(*texts[text_at++]);
        }
        break;
      case IssuedPiece::Kind::call:
        if (call_at >= calls.size()) break;
        out.push_back(*calls[call_at++]);
        if (auto& call = std::get<ToolCall>(out.back().body); !piece.signature.empty())
          call.signature = piece.signature;
        break;
    }
  }
  // What the client added stays, before the calls that follow the last of what the issuer wrote.
  for (; text_at < texts.size(); ++text_at) out.push_back(*texts[text_at]);
  for (const Block* other : others) out.push_back(*other);
  for (; call_at < calls.size(); ++call_at) out.push_back(*calls[call_at]);
  return out;
}

bool same(const Reasoning& a, const Reasoning& b) {
  // An item of the Responses API that lost its state does not say whose it is.
  if (a.source && a.issuer.empty()) return false;
  return a.text == b.text && a.signature == b.signature && a.redacted == b.redacted;
}

// Does the client's turn say all that was issued already?
bool complete(const Message& message, const IssuedTurn& turn) {
  std::vector<const Reasoning*> mine;
  std::vector<std::string_view> signatures;
  for (const Block& block : message.blocks) {
    if (const auto* r = std::get_if<Reasoning>(&block.body)) mine.push_back(r);
    if (const auto* call = std::get_if<ToolCall>(&block.body)) signatures.push_back(call->signature);
  }
  std::size_t at = 0, call = 0;
  for (const IssuedPiece& piece : turn.pieces) {
    if (piece.kind == IssuedPiece::Kind::reasoning &&
        (at >= mine.size() || !same(*mine[at++], piece.reasoning)))
      return false;
    if (piece.kind == IssuedPiece::Kind::call &&
        (call >= signatures.size() || signatures[call++] != piece.signature))
      return false;
  }
  return at == mine.size();
}

void drop_signatures(Context& c, Message& message, std::string_view issuer) {
  for (Block& block : message.blocks) {
    auto* call = std::get_if<ToolCall>(&block.body);
    if (!call || call->signature.empty()) continue;
    c.edit(Setting::reasoning_issuer, "GEN-12", block.pointer, "signature", std::string(issuer), "",
           Loss::semantic);
    call->signature = {};
  }
}

std::string described(const IssuedTurn& turn) {
  std::size_t blocks = 0, signatures = 0;
  for (const IssuedPiece& piece : turn.pieces) {
    blocks += piece.kind == IssuedPiece::Kind::reasoning;
    signatures += !piece.signature.empty();
  }
  std::string out = fmt::format("given back from the vault: {} of {}", blocks, turn.issuer);
  if (signatures) out += fmt::format(", {} call signatures", signatures);
  return out;
}

// VTX-03. Streams bring a text's signature after it, in a part of its own; whole answers bring the two as
// one.
void sign_last_text(Context& c, Message& message) {
  auto& blocks = message.blocks;
  if (blocks.size() < 2 || !std::holds_alternative<Text>(blocks[blocks.size() - 2].body)) return;
  const auto* last = std::get_if<Reasoning>(&blocks.back().body);
  if (!last || !last->text.empty() || last->signature.empty()) return;
  if (blocks.size() > 2 && is_reasoning(blocks[blocks.size() - 3])) {
    blocks.pop_back();  // the text has one already
  } else {
    std::swap(blocks[blocks.size() - 2], blocks.back());
  }
  c.edit(Setting::signature_alone, "VTX-03", message.pointer, "thoughtSignature", "after its text",
         "with its text", Loss::none);
}

// An item of the Responses API may carry its thoughts beside their summary; elsewhere one of them has a
// place.
void tell_content(Context& c, const Block& block, const Reasoning& reasoning) {
  const bool both = reasoning.source["type"].text() == "reasoning" &&
                    !reasoning.source["summary"].items().empty() &&
                    !reasoning.source["content"].items().empty();
  if (!both || c.wire.name == canon::DialectName::openai_responses) return;
  c.edit("GEN-12", json::pointer_join(block.pointer, "content"), "content", show(reasoning.source["content"]),
         "", Loss::semantic);
}

}  // namespace

void drop_unfollowed(Context& c, Message& message) {
  if (c.wire.name == canon::DialectName::gemini_generate) return;  // its signatures may end a turn
  while (!message.blocks.empty() && is_reasoning(message.blocks.back())) {
    const Block& last = message.blocks.back();
    if (!last.pointer.empty())  // no placeholder of ours
      c.edit("OAIR-10", last.pointer, "reasoning", "at the end of a turn", "", Loss::semantic);
    message.blocks.pop_back();
  }
}

bool accepts(const Context& c, std::string_view issuer, std::string_view route, std::string_view account) {
  const auto matches = [&](std::string_view row) {
    const std::size_t at = row.find('@');
    return row.substr(0, at) == issuer &&
           (at == std::string_view::npos || route.empty() || row.substr(at + 1) == route);
  };
  const std::string& own = c.profile.text(Setting::reasoning_issuer);
  if (own.empty() || issuer.empty()) return false;
  const bool taken = (own == issuer && (route.empty() || route == c.route)) ||
                     std::ranges::any_of(c.profile.list(Setting::reasoning_accepts), matches);
  if (!taken) return false;
  return !c.flag(Setting::reasoning_account) || account.empty() || account == c.account;
}

bool accepts(const Context& c, const Reasoning& reasoning) {
  if (!reasoning.issuer.empty()) return accepts(c, reasoning.issuer, {}, {});
  return c.flag(Setting::reasoning_bare) && !opaque(reasoning);
}

void pass_recall(Context& c) {
  if (c.recalled.empty()) return;
  // A client that speaks the target's dialect could have sent the state and chose not to: that is its right,
  // but where the provider refuses a turn without it, which is a turn with calls while their loop goes on. It
  // keeps it afterwards: what was sent of a conversation is sent the same when it has grown.
  const bool own_dialect =
      c.original.dialect == c.wire.name && c.wire.name != canon::DialectName::openai_chat;
  for (const Recalled& known : c.recalled) {
    if (known.message >= c.draft.messages.size()) continue;
    Message& message = c.draft.messages[known.message];
    const IssuedTurn& turn = known.turn;
    if (message.role != Role::assistant) continue;
    if (accepts(c, turn.issuer, turn.route, turn.account)) {
      if (complete(message, turn) || (own_dialect && !calls(message))) continue;
      message.blocks = in_place(message, turn);
      c.edit(Setting::reasoning_issuer, "GEN-12", message.pointer, "reasoning", "", described(turn),
             Loss::none);
      continue;
    }
    // The client's copy of somebody else's: bare text tells nobody whose it is, the vault does.
    const std::string who = fmt::format("{} by {}", turn.issuer, turn.route);
    std::erase_if(message.blocks, [&](const Block& block) {
      if (!is_reasoning(block)) return false;
      c.edit(Setting::reasoning_issuer, "GEN-12", block.pointer, "reasoning", who, "", Loss::semantic);
      return true;
    });
    drop_signatures(c, message, who);
  }
}

void pass_reasoning(Context& c) {
  const bool sentinel = c.profile.text(Setting::reasoning_signature) == "sentinel";
  const bool signs_calls = accepts(c, "gemini", {}, {});
  for (Message& message : c.draft.messages) {
    std::erase_if(message.blocks, [&](const Block& block) {
      const auto* reasoning = std::get_if<Reasoning>(&block.body);
      if (!reasoning) return false;
      const bool says = opaque(*reasoning) || (c.flag(Setting::reasoning_bare) && !reasoning->text.empty());
      if (says && accepts(c, *reasoning)) {
        tell_content(c, block, *reasoning);
        return false;
      }
      // OAIR-12: an item that names reasoning nobody can look up.
      if (reasoning->source["type"].text() == "reasoning" && reasoning->signature.empty() &&
          reasoning->redacted.empty() && c.original.dialect == c.wire.name) {
        c.edit("OAIR-12", block.pointer, "reasoning", "by its id alone", "", Loss::semantic);
        return true;
      }
      c.edit(Setting::reasoning_issuer, "GEN-12", block.pointer, "reasoning",
             reasoning->issuer.empty() ? "no issuer" : std::string(reasoning->issuer), "", Loss::semantic);
      return true;
    });
    if (message.role != Role::assistant) continue;
    if (!c.flag(Setting::signature_alone)) sign_last_text(c, message);
    drop_unfollowed(c, message);
    if (c.flag(Setting::reasoning_placeholder) &&
        std::none_of(message.blocks.begin(), message.blocks.end(), is_reasoning)) {
      // DS-01, KIMI-01: a turn without its reasoning is refused; one space is accepted.
      Block block;
      block.body = Reasoning{.text = " "};
      message.blocks.insert(message.blocks.begin(), std::move(block));
      c.edit(Setting::reasoning_placeholder, "DS-01", message.pointer, "reasoning_content", "", "\" \"",
             Loss::none);
    }
    bool first_call = true;
    for (Block& block : message.blocks) {
      auto* call = std::get_if<ToolCall>(&block.body);
      if (!call) continue;
      if (!signs_calls && !call->signature.empty()) {
        c.edit(Setting::reasoning_issuer, "GEN-12", block.pointer, "signature", "gemini", "", Loss::semantic);
        call->signature = {};
      } else if (sentinel && first_call && call->signature.empty()) {
        call->signature = kSentinel;
        c.edit(Setting::reasoning_signature, "GEM-15", block.pointer, "thoughtSignature", "", "sentinel",
               Loss::narrowed);
      } else if (signs_calls && !call->signature.empty() && !base64_decode(call->signature)) {
        c.edit("GEM-16", block.pointer, "thoughtSignature", cut(call->signature), sentinel ? "sentinel" : "",
               Loss::semantic);
        call->signature = sentinel ? kSentinel : std::string_view();
      }
      first_call = false;
    }
  }
}

}  // namespace dragoman::lower
