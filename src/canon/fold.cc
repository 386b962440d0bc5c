#include "canon/fold.h"

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::canon {
namespace {

struct BlockUnfolder {
  const EventSink& sink;
  Event at;  // choice and block filled in
  json::Value citations = {};

  void open(BlockType type) const {
    Event event = at;
    event.type = EventType::block_start;
    event.block_type = type;
    sink(event);
  }
  void piece(EventType type, BlockType block_type, std::string_view text) const {
    if (text.empty()) return;
    Event event = at;
    event.type = type;
    event.block_type = block_type;
    event.text = text;
    sink(event);
  }
  void shut(BlockType type) const {
    Event event = at;
    event.type = EventType::block_stop;
    event.block_type = type;
    sink(event);
  }

  void operator()(const Text& text) const {
    open(BlockType::text);
    piece(EventType::text, BlockType::text, text.text);
    for (const json::Value citation : citations.items()) {
      Event event = at;
      event.type = EventType::citation;
      event.value = citation;
      sink(event);
    }
    shut(BlockType::text);
  }
  void operator()(const Refusal& refusal) const {
    open(BlockType::refusal);
    piece(EventType::text, BlockType::refusal, refusal.text);
    shut(BlockType::refusal);
  }
  void operator()(const Reasoning& reasoning) const {
    Event event = at;
    event.type = EventType::block_start;
    event.issuer = reasoning.issuer;
    if (!reasoning.redacted.empty()) {
      event.block_type = BlockType::redacted_reasoning;
      event.text = reasoning.redacted;
      event.value = reasoning.source;
      sink(event);
      return shut(BlockType::redacted_reasoning);
    }
    event.block_type = BlockType::reasoning;
    event.value = reasoning.source;
    sink(event);
    piece(EventType::text, BlockType::reasoning, reasoning.text);
    if (!reasoning.signature.empty()) {
      Event signature = at;
      signature.type = EventType::signature;
      signature.block_type = BlockType::reasoning;
      signature.text = reasoning.signature;
      signature.issuer = reasoning.issuer;
      sink(signature);
    }
    shut(BlockType::reasoning);
  }
  void operator()(const ToolCall& call) const {
    Event event = at;
    event.type = EventType::block_start;
    event.block_type = BlockType::tool_call;
    event.id = call.id;
    event.name = call.name;
    event.signature = call.signature;
    event.custom = call.custom;
    sink(event);
    const std::string text = !call.arguments_text.empty() || !call.arguments
                                 ? std::string(call.arguments_text)
                                 : json::dump_compact(call.arguments);
    piece(EventType::tool_arguments, BlockType::tool_call, text);
    shut(BlockType::tool_call);
  }
  void operator()(const Foreign& foreign) const {
    Event event = at;
    event.type = EventType::block_start;
    event.block_type = BlockType::foreign;
    event.name = foreign.type;
    event.value = foreign.source;
    event.issuer = foreign.dialect;
    sink(event);
    shut(BlockType::foreign);
  }
  void operator()(const Media& media) const {
    Event event = at;
    event.type = EventType::block_start;
    event.block_type = BlockType::media;
    event.name = media.media_type;
    event.text = media.data;
    sink(event);
    shut(BlockType::media);
  }
  void operator()(const ToolResult&) const {}  // providers do not answer with these
};

}  // namespace

void unfold(const Response& response, const EventSink& sink) {
  Event start;
  start.type = EventType::start;
  start.id = response.id;
  start.model = response.model;
  start.created = response.created;
  start.usage = response.usage;
  start.service_tier = response.service_tier;
  start.fingerprint = response.fingerprint;
  sink(start);
  for (std::size_t c = 0; c < response.choices.size(); ++c) {
    const Choice& choice = response.choices[c];
    Event at;
    at.choice = static_cast<int>(c);
    for (std::size_t b = 0; b < choice.blocks.size(); ++b) {
      at.block = static_cast<int>(b);
      std::visit(BlockUnfolder{sink, at, choice.blocks[b].citations}, choice.blocks[b].body);
    }
    if (choice.logprobs.present()) {
      Event event = at;
      event.type = EventType::logprobs;
      event.value = choice.logprobs;
      sink(event);
    }
    Event stop;
    stop.type = EventType::stop;
    stop.choice = at.choice;
    stop.stop = choice.stop;
    stop.stop_text = choice.stop_text;
    stop.stop_sequence = choice.stop_sequence;
    sink(stop);
  }
  if (response.usage.known()) {
    Event usage;
    usage.type = EventType::usage;
    usage.usage = response.usage;
    sink(usage);
  }
  Event end;
  end.type = EventType::end;
  sink(end);
}

Folder::ChoiceState& Folder::state(int choice) {
  while (choices_.size() <= static_cast<std::size_t>(choice)) choices_.emplace_back();
  return choices_[static_cast<std::size_t>(choice)];
}

void Folder::add(const Event& event) {
  switch (event.type) {
    case EventType::start:
      response_.id = arena_->copy(event.id);
      response_.model = arena_->copy(event.model);
      response_.created = event.created;
      response_.service_tier = arena_->copy(event.service_tier);
      response_.fingerprint = arena_->copy(event.fingerprint);
      response_.usage.merge(event.usage);
      return;
    case EventType::block_start: {
      ChoiceState& s = state(event.choice);
      if (s.is_open) close(s);
      s.open = {event, {}, std::string(event.signature), {}};
      Event& start = s.open.start;
      start.id = arena_->copy(event.id);
      start.name = arena_->copy(event.name);
      start.issuer = arena_->copy(event.issuer);
      start.text = arena_->copy(event.text);
      if (event.value) {
        const auto copied = json::parse(*arena_, json::dump(event.value));
        start.value = copied ? *copied : json::Value();
      }
      s.is_open = true;
      return;
    }
    case EventType::text:
    case EventType::tool_arguments:
      state(event.choice).open.text += event.text;
      return;
    case EventType::signature: {
      ChoiceState& s = state(event.choice);
      s.open.signature += event.text;
      if (s.open.start.issuer.empty()) s.open.start.issuer = arena_->copy(event.issuer);
      return;
    }
    case EventType::logprobs: {
      const auto copied = json::parse(*arena_, json::dump(event.value));
      if (copied) state(event.choice).logprobs.push_back(*copied);
      return;
    }
    case EventType::citation: {
      const auto copied = json::parse(*arena_, json::dump(event.value));
      if (copied) state(event.choice).open.citations.push_back(*copied);
      return;
    }
    case EventType::block_stop: {
      ChoiceState& s = state(event.choice);
      if (s.is_open) close(s);
      return;
    }
    case EventType::stop: {
      ChoiceState& s = state(event.choice);
      s.choice.stop = event.stop;
      s.choice.stop_text = arena_->copy(event.stop_text);
      s.choice.stop_sequence = arena_->copy(event.stop_sequence);
      return;
    }
    case EventType::usage:
      response_.usage.merge(event.usage);
      if (!event.service_tier.empty()) response_.service_tier = arena_->copy(event.service_tier);
      return;
    case EventType::end:
      ended_ = true;
      return;
    case EventType::foreign:
    case EventType::ping:
      return;
  }
}

void Folder::close(ChoiceState& s) {
  s.is_open = false;
  const Event& start = s.open.start;
  const std::string_view text = arena_->copy(s.open.text);
  const std::string_view signature = arena_->copy(s.open.signature);
  Block block;
  switch (start.block_type) {
    case BlockType::text:
      block.body = Text{text};
      if (!s.open.citations.empty()) block.citations = json::Builder(*arena_).array(s.open.citations);
      break;
    case BlockType::refusal:
      block.body = Refusal{text};
      break;
    case BlockType::reasoning:
      block.body = Reasoning{text, signature, {}, start.issuer, start.value};
      break;
    case BlockType::redacted_reasoning:
      block.body = Reasoning{{}, {}, start.text, start.issuer, start.value};
      break;
    case BlockType::media: {
      Media media;
      media.media_type = start.name;
      media.data = start.text;
      block.body = media;
      break;
    }
    case BlockType::foreign:
      block.body = Foreign{start.name, start.value, start.issuer};
      break;
    case BlockType::tool_call: {
      ToolCall call;
      call.id = start.id;
      call.name = start.name;
      call.signature = signature;
      call.custom = start.custom;
      call.arguments_text = text;
      if (!call.custom) {
        const auto parsed = json::parse(*arena_, text.empty() ? std::string_view("{}") : text);
        if (parsed && parsed->is_object()) call.arguments = *parsed;
      }
      block.body = call;
      break;
    }
  }
  s.choice.blocks.push_back(std::move(block));
}

Response Folder::take() {
  const json::Builder build(*arena_);
  for (ChoiceState& s : choices_) {
    if (s.is_open) close(s);
    if (s.logprobs.size() == 1) {
      s.choice.logprobs = s.logprobs.front();
    } else if (s.logprobs.size() > 1) {
      // OpenAI streams logprobs as {"content":[…]} a chunk; the whole answer has one array.
      std::vector<json::Value> content;
      for (const json::Value part : s.logprobs)
        for (const json::Value item : part["content"].items()) content.push_back(item);
      const json::Member member{"content", build.array(content)};
      s.choice.logprobs = build.object({&member, 1});
    }
    response_.choices.push_back(std::move(s.choice));
  }
  choices_.clear();
  return std::move(response_);
}

}  // namespace dragoman::canon
