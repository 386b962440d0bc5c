#include "lower/argument_filter.h"

#include <algorithm>

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::lower {
namespace {

constexpr std::size_t kLiteral = 512;  // bytes of a scalar that is compared with enums

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

ArgumentFilter::ArgumentFilter(const ArgumentPlan& plan) : plan_(&plan), candidates_(same_value(plan, {0})) {}

void ArgumentFilter::put(char c) {
  if (skipped_) return;
  if (holding_)
    held_ += c;
  else
    *out_ += c;
}

void ArgumentFilter::release() {
  *out_ += held_;
  held_.clear();
  holding_ = false;
}

// Not what was expected: the rest passes as it comes.
void ArgumentFilter::give_up(char c) {
  release();
  skipped_ = 0;
  at_ = At::raw;
  *out_ += c;
}

std::string ArgumentFilter::key_text() const {
  if (key_.size() < 2) return {};
  if (key_.find('\\') == std::string::npos) return key_.substr(1, key_.size() - 2);
  Arena arena;
  const auto parsed = json::parse(arena, key_);
  return parsed ? std::string(parsed->text()) : std::string();
}

// The first byte of a member's value is here; now it is known what becomes of the member.
bool ArgumentFilter::decide(char c) {
  Frame& frame = frames_.back();
  const std::string key = key_text();
  candidates_.clear();
  if (frame.wrapped) {
    if (key != plan_->wrapped) {  // the model did not keep to the schema
      frame.wrapped = false;
      release();
      frame.nodes.clear();
      return true;
    }
    held_.clear();
    holding_ = false;
  }
  bool named = false, filler = false, drops = false, keeps = false, enumerated = false;
  std::string_view client;
  for (const int at : frame.nodes) {
    const ArgumentPlan::Node& node = plan_->nodes[static_cast<std::size_t>(at)];
    const auto known = node.properties.find(key);
    if (known == node.properties.end()) continue;
    const ArgumentPlan::Property& property = known->second;
    named = true;
    filler |= property.filler;
    drops |= property.drop_null;
    keeps |= property.takes_null;
    client = property.client;
    candidates_.push_back(property.node);
  }
  if (named)  // a branch that has no such member is not the one
    std::erase_if(frame.nodes, [&](int at) {
      const ArgumentPlan::Node& node = plan_->nodes[static_cast<std::size_t>(at)];
      return node.closed && !node.properties.contains(key);
    });
  if (!named)
    for (const int at : frame.nodes) {
      const auto& others = plan_->nodes[static_cast<std::size_t>(at)].others;
      candidates_.insert(candidates_.end(), others.begin(), others.end());
    }
  candidates_ = same_value(*plan_, std::move(candidates_));
  for (const int at : candidates_) enumerated |= !plan_->nodes[static_cast<std::size_t>(at)].literals.empty();
  watch_ = enumerated && frame.nodes.size() > 1;
  literal_.clear();
  if (frame.wrapped) return true;
  if (filler) {
    held_.clear();
    holding_ = false;
    skipped_ = frames_.size() + 1;
    return false;
  }
  client_key_ = named && client != key ? std::string(client) : std::string();
  null_goes_ = c == 'n' && drops && !keeps;
  if (!null_goes_) {
    // What is shown first has no comma before it.
    if (!frame.written)
      if (const std::size_t comma = held_.find_first_not_of(" \t\r\n");
          comma != held_.npos && held_[comma] == ',')
        held_.erase(comma, 1);
    if (!client_key_.empty()) {
      std::string quoted;
      json::write_string(quoted, client_key_);
      held_.replace(held_.find(key_), key_.size(), quoted);
    }
    frame.written = true;
    release();
  }
  return true;
}

void ArgumentFilter::open(bool object) {
  const bool wraps = frames_.empty() && object && !plan_->wrapped.empty();
  if (wraps) {
    holding_ = true;
    held_ += '{';
  } else {
    put(object ? '{' : '[');
  }
  frames_.push_back(
      {.object = object, .wrapped = wraps, .nodes = skipped_ ? std::vector<int>() : candidates_});
  if (object && !skipped_) holding_ = true;
  at_ = object ? At::key_or_end : At::value;
}

void ArgumentFilter::begin_value(char c) {
  const bool member = !frames_.empty() && frames_.back().object && !skipped_;
  if (member) decide(c);
  if (!frames_.empty() && !frames_.back().object && !skipped_) {
    Frame& frame = frames_.back();
    candidates_.clear();
    for (const int at : frame.nodes) {
      const ArgumentPlan::Node& node = plan_->nodes[static_cast<std::size_t>(at)];
      if (frame.index < node.prefix.size())
        candidates_.push_back(node.prefix[frame.index]);
      else
        candidates_.insert(candidates_.end(), node.items.begin(), node.items.end());
    }
    candidates_ = same_value(*plan_, std::move(candidates_));
    ++frame.index;
    watch_ = false;
  }
  if (c == '{' || c == '[') {
    watch_ = false;
    return open(c == '{');
  }
  if (watch_) literal_ += c;
  put(c);
  at_ = c == '"' ? At::text : At::scalar;
  escaped_ = false;
}

// A scalar that only some of the branches allow tells which of them the object is.
void ArgumentFilter::narrow() {
  watch_ = false;
  if (literal_.size() >= kLiteral || frames_.empty()) return;
  Arena arena;
  const auto parsed = json::parse(arena, literal_);
  if (!parsed) return;
  const std::string is = literal_key(*parsed);
  const std::string key = key_text();
  Frame& frame = frames_.back();
  std::vector<int> left;
  for (const int at : frame.nodes) {
    const auto& properties = plan_->nodes[static_cast<std::size_t>(at)].properties;
    const auto known = properties.find(key);
    bool fits = true;
    if (known != properties.end()) {
      const auto& literals = plan_->nodes[static_cast<std::size_t>(known->second.node)].literals;
      fits = literals.empty() || std::ranges::find(literals, is) != literals.end();
    }
    if (fits) left.push_back(at);
  }
  if (!left.empty()) frame.nodes = std::move(left);
}

void ArgumentFilter::end_value() {
  if (watch_) narrow();
  if (null_goes_) {
    null_goes_ = false;
    held_.clear();
    holding_ = false;
  }
  if (skipped_ == frames_.size() + 1) skipped_ = 0;
  if (frames_.empty()) {
    at_ = At::done;
    return;
  }
  Frame& frame = frames_.back();
  if (frame.wrapped) {  // the client's value has been shown; the rest is the wrapping
    skipped_ = frames_.size();
  }
  at_ = At::after;
}

// Inside quotes: does `c` end the text?
bool ArgumentFilter::quote_ends(char c) {
  if (escaped_) {
    escaped_ = false;
    return false;
  }
  escaped_ = c == '\\';
  return c == '"';
}

void ArgumentFilter::before_value(char c) {
  if (is_space(c)) return put(c);
  if (frames_.empty() && c != '{' && c != '[') return give_up(c);
  if (c == ']' && !frames_.empty() && !frames_.back().object && frames_.back().index == 0) {
    put(c);
    frames_.pop_back();
    return end_value();
  }
  if (c == ',' || c == ']' || c == '}' || c == ':') return give_up(c);
  return begin_value(c);
}

void ArgumentFilter::in_scalar(char c) {
  if (c != ',' && c != '}' && c != ']' && !is_space(c)) {
    if (watch_ && literal_.size() < kLiteral) literal_ += c;
    return put(c);
  }
  if (null_goes_ && !held_.ends_with("null")) {  // some other word
    null_goes_ = false;
    if (!frames_.empty()) frames_.back().written = true;
    release();
  }
  end_value();
  return step(c);
}

void ArgumentFilter::before_key(char c) {
  if (is_space(c)) return put(c);
  if (c == '}') {
    put(c);
    // A wrapping without anything in it, or the end of an ordinary object.
    if (holding_ && !skipped_) release();
    frames_.pop_back();
    return end_value();
  }
  if (c != '"') return give_up(c);
  key_ = c;
  escaped_ = false;
  at_ = At::key;
  return put(c);
}

void ArgumentFilter::after_value(char c) {
  if (is_space(c)) return put(c);
  Frame& frame = frames_.back();
  if (c == ',') {
    if (frame.object && !skipped_) holding_ = true;
    put(c);
    at_ = frame.object ? At::key_or_end : At::value;
    return;
  }
  if (c != '}' && c != ']') return give_up(c);
  const bool wrapped = frame.wrapped;
  put(c);
  frames_.pop_back();
  if (wrapped) {
    at_ = At::done;
    return;
  }
  return end_value();
}

void ArgumentFilter::step(char c) {
  switch (at_) {
    case At::raw:
      *out_ += c;
      return;
    case At::done:
      return put(c);
    case At::value:
      return before_value(c);
    case At::text:
      if (watch_ && literal_.size() < kLiteral) literal_ += c;
      put(c);
      if (quote_ends(c)) end_value();
      return;
    case At::scalar:
      return in_scalar(c);
    case At::key_or_end:
      return before_key(c);
    case At::key:
      key_ += c;
      put(c);
      if (quote_ends(c)) at_ = At::colon;
      return;
    case At::colon:
      put(c);
      if (c == ':')
        at_ = At::value;
      else if (!is_space(c))
        at_ = At::raw, release();
      return;
    case At::after:
      return after_value(c);
  }
}

void ArgumentFilter::push(std::string_view piece, std::string& out) {
  out_ = &out;
  for (const char c : piece) step(c);
}

void ArgumentFilter::finish(std::string& out) {
  out_ = &out;
  if (at_ == At::scalar && null_goes_ && held_.ends_with("null")) held_.clear();
  if (!skipped_) release();
  at_ = At::raw;
}

std::string filtered(const ArgumentPlan& plan, std::string_view text) {
  std::string out;
  ArgumentFilter filter(plan);
  filter.push(text, out);
  filter.finish(out);
  return out;
}

}  // namespace dragoman::lower
