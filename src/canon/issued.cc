#include "canon/issued.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::canon {
namespace {

constexpr int kVersion = 1;
constexpr std::size_t kBeforeEach = 2048;  // of one text; enough to tell conversations apart
constexpr std::size_t kBeforeAll = 16 * 1024;

// Arguments as any client may write them again: keys sorted, numbers by value, no white space.
void canonical(std::string& out, json::Value value) {
  if (value.is_object()) {
    std::vector<json::Member> members(value.members().begin(), value.members().end());
    std::ranges::sort(members, {}, &json::Member::key);
    out += '{';
    for (const json::Member& member : members) {
      json::write_string(out, member.key);
      out += ':';
      canonical(out, member.value);
      out += ',';
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    for (const json::Value item : value.items()) {
      canonical(out, item);
      out += ',';
    }
    out += ']';
  } else if (value.is_number()) {
    if (const auto whole = value.integer())
      out += fmt::format("{}", *whole);
    else
      out += fmt::format("{}", value.number());
  } else if (value.is_string()) {
    json::write_string(out, value.text());
  } else {
    json::write_compact(out, value);
  }
}

std::string canonical_text(std::string_view arguments) {
  if (is_blank(arguments)) return "{}";
  Arena arena;
  const auto parsed = json::parse(arena, arguments);
  if (!parsed) return std::string(trim(arguments));
  std::string out;
  canonical(out, *parsed);
  return out;
}

// Providers' own ids are random and long; those that hosts count up ("functions.read:0", "call_1") come again
// in every conversation.
bool own_id(std::string_view id) {
  const std::size_t cut = id.find_last_of("_-:.");
  const std::string_view tail = cut == std::string_view::npos ? id : id.substr(cut + 1);
  return tail.size() >= 8 && std::ranges::any_of(tail, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view cut_to(std::string_view text, std::size_t size) { return trim(text).substr(0, size); }

void put(std::string& out, std::string_view text) { out += fmt::format("{}:{}\n", text.size(), text); }

}  // namespace

bool IssuedTurn::any_state() const {
  return std::ranges::any_of(pieces, [](const IssuedPiece& piece) {
    return piece.kind == IssuedPiece::Kind::reasoning || !piece.signature.empty();
  });
}

void write(std::string& out, const IssuedTurn& turn) {
  json::Writer w(out);
  w.begin_object().field("v", kVersion).field("issuer", turn.issuer).field("route", turn.route);
  if (!turn.account.empty()) w.field("account", turn.account);
  w.field("model", turn.model).key("pieces").begin_array();
  for (const IssuedPiece& piece : turn.pieces) {
    w.begin_object();
    switch (piece.kind) {
      case IssuedPiece::Kind::text:
        w.field("text", static_cast<std::int64_t>(piece.size));
        break;
      case IssuedPiece::Kind::call:
        w.field("call", piece.signature);
        break;
      case IssuedPiece::Kind::reasoning:
        w.field("reasoning", piece.reasoning.text);
        if (!piece.reasoning.signature.empty()) w.field("signature", piece.reasoning.signature);
        if (!piece.reasoning.redacted.empty()) w.field("redacted", piece.reasoning.redacted);
        if (!piece.reasoning.issuer.empty()) w.field("issuer", piece.reasoning.issuer);
        if (piece.reasoning.source) w.field("source", piece.reasoning.source);
        break;
    }
    w.end_object();
  }
  w.end_array().end_object();
}

std::optional<IssuedTurn> read_issued(Arena& arena, std::string_view text) {
  const auto parsed = json::parse(arena, arena.copy(text));
  if (!parsed || (*parsed)["v"].integer() != kVersion) return std::nullopt;
  const json::Value root = *parsed;
  IssuedTurn turn{.issuer = root["issuer"].text(),
                  .route = root["route"].text(),
                  .account = root["account"].text(),
                  .model = root["model"].text()};
  for (const json::Value item : root["pieces"].items()) {
    IssuedPiece piece;
    if (const json::Value call = item["call"]) {
      piece.kind = IssuedPiece::Kind::call;
      piece.signature = call.text();
    } else if (const json::Value reasoning = item["reasoning"]) {
      piece.kind = IssuedPiece::Kind::reasoning;
      piece.reasoning = {reasoning.text(), item["signature"].text(), item["redacted"].text(),
                         item["issuer"].text(), item["source"]};
    } else {
      piece.size = static_cast<std::size_t>(item["text"].integer().value_or(0));
    }
    turn.pieces.push_back(piece);
  }
  return turn;
}

void TurnFace::add_call(std::string_view id, std::string_view name, std::string_view arguments) {
  // Arguments only matter where the id says nothing.
  const bool own = own_id(id);
  calls_.push_back({std::string(id), std::string(name), own ? std::string() : canonical_text(arguments)});
}

bool TurnFace::empty() const { return calls_.empty() && is_blank(text_); }

bool TurnFace::needs_before() const { return calls_.empty() || !own_id(calls_.front().id); }

std::string TurnFace::material(std::string_view before) const {
  std::string out;
  if (!needs_before()) {
    out = "call\n";
    put(out, calls_.front().id);
    return out;
  }
  if (!calls_.empty()) {
    out = "calls\n";
    for (const Call& call : calls_) {
      put(out, call.id);
      put(out, call.name);
      put(out, call.arguments);
    }
  } else {
    out = "text\n";
    put(out, trim(text_));
  }
  put(out, before);
  return out;
}

TurnFace face_of(const Message& message) {
  TurnFace face;
  for (const Block& block : message.blocks) {
    if (const auto* text = std::get_if<Text>(&block.body)) face.add_text(text->text.view());
    if (const auto* refusal = std::get_if<Refusal>(&block.body)) face.add_text(refusal->text);
    if (const auto* call = std::get_if<ToolCall>(&block.body)) {
      if (own_id(call->id) || call->custom || !call->arguments.present())
        face.add_call(call->id, call->name, call->arguments_text);
      else
        face.add_call(call->id, call->name, json::dump_compact(call->arguments));
    }
  }
  return face;
}

std::string said_before(const std::vector<Message>& messages, std::size_t at) {
  std::size_t from = std::min(at, messages.size());
  while (from > 0 && messages[from - 1].role != Role::assistant) --from;
  std::string out;
  const auto say = [&](std::string_view text) {
    if (out.size() < kBeforeAll && !is_blank(text)) put(out, cut_to(text, kBeforeEach));
  };
  for (std::size_t i = from; i < at && i < messages.size(); ++i) {
    if (is_system(messages[i])) continue;
    for (const Block& block : messages[i].blocks) {
      if (const auto* text = std::get_if<Text>(&block.body)) say(text->text.view());
      if (const auto* result = std::get_if<ToolResult>(&block.body)) {
        say(result->call_id);
        for (const Block& part : result->content)
          if (const auto* text = std::get_if<Text>(&part.body)) say(text->text.view());
      }
    }
  }
  return out;
}

IssuedCollector::Choice& IssuedCollector::choice(int index) {
  const auto at = static_cast<std::size_t>(std::max(index, 0));
  if (choices_.size() <= at) choices_.resize(at + 1);
  return choices_[at];
}

void IssuedCollector::add(const Event& event) {
  if (over_) return;
  held_ += event.text.size() + event.signature.size();
  if (held_ > limit_ || event.choice > 127) {
    over_ = true;
    choices_.clear();
    return;
  }
  switch (event.type) {
    case EventType::block_start: {
      Choice& c = choice(event.choice);
      Block block;
      c.open = true;
      switch (event.block_type) {
        case BlockType::text:
        case BlockType::refusal:
          break;
        case BlockType::tool_call:
          block.kind = IssuedPiece::Kind::call;
          block.id = event.id;
          block.name = event.name;
          block.signature = event.signature;
          break;
        case BlockType::reasoning:
        case BlockType::redacted_reasoning:
          block.kind = IssuedPiece::Kind::reasoning;
          block.redacted = event.block_type == BlockType::redacted_reasoning;
          block.text = event.text;
          block.issuer = event.issuer;
          if (event.value) block.source = json::dump(event.value);
          break;
        case BlockType::media:
        case BlockType::foreign:
          c.open = false;  // no client sends these back where they stood
          return;
      }
      c.blocks.push_back(std::move(block));
      return;
    }
    case EventType::text:
    case EventType::tool_arguments: {
      Choice& c = choice(event.choice);
      if (c.open) c.blocks.back().text += event.text;
      return;
    }
    case EventType::signature: {
      Choice& c = choice(event.choice);
      if (!c.open) return;
      c.blocks.back().signature += event.text;
      if (!event.issuer.empty()) c.blocks.back().issuer = event.issuer;  // it knows better than the start
      return;
    }
    case EventType::block_stop:
      choice(event.choice).open = false;
      return;
    default:
      return;
  }
}

std::vector<IssuedCollector::Turn> IssuedCollector::take() {
  std::vector<Turn> out;
  for (const Choice& c : choices_) {
    Turn turn;
    for (const Block& block : c.blocks) {
      IssuedPiece piece{.kind = block.kind};
      switch (block.kind) {
        case IssuedPiece::Kind::text:
          piece.size = block.text.size();
          turn.face.add_text(block.text);
          break;
        case IssuedPiece::Kind::call:
          piece.signature = block.signature;
          turn.face.add_call(block.id, block.name, block.text);
          break;
        case IssuedPiece::Kind::reasoning: {
          Reasoning& r = piece.reasoning;
          (block.redacted ? r.redacted : r.text) = block.text;
          r.signature = block.signature;
          r.issuer = block.issuer;
          if (!block.source.empty())
            if (const auto source = json::parse(arena_, block.source)) r.source = *source;
          if (r.text.empty() && r.redacted.empty() && r.signature.empty() && !r.source) continue;
          break;
        }
      }
      turn.issued.pieces.push_back(piece);
    }
    if (turn.issued.any_state() && !turn.face.empty()) out.push_back(std::move(turn));
  }
  return out;
}

}  // namespace dragoman::canon
