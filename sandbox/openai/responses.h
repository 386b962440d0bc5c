// POST /responses: OpenAI's other endpoint, written from its OpenAPI document (CreateResponse, Item,
// ResponseStreamEvent) and the OAIR section of the contracts.
//
// State is in what the emulator issues, not in the emulator: an item's id says whether it was stored and
// whether reasoning came before it, and encrypted reasoning is sealed with a key. So a replay can be judged
// as the service judges it, and the same request always gets the same answer.
#pragma once
#include "sandbox/answer.h"
#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

Reply handle_responses(const Host& host, const Call& call, const Options& options);

// POST /responses/input_tokens: how long such a request is. No answer is made, so nothing of one may be asked
// for.
Reply handle_input_tokens(const Host& host, const Call& call, const Options& options);

// responses_rules.cc: the first thing the service would refuse.
Verdict responses_fault(const Request& request);
// responses_items.cc: the same for `input`.
Verdict input_fault(const Request& request);
// responses_ask.cc: what is to be answered.
Ask responses_ask(const Request& request);
// responses_reply.cc
Reply responses_answer(const Request& request);

// What an emulated account seals: only the same host opens it.
std::string seal_reasoning(const Host& host, std::string_view text);
bool opens_reasoning(const Host& host, std::string_view sealed);

// "fc_", stored or not, reasoned or not, the answer's tail, the item's number.
struct ItemId {
  std::string_view prefix;
  bool stored = false;
  bool reasoned = false;
  std::string tail;
  int index = 0;
};
std::string item_id(const ItemId& id);
// Whether this emulator issued it; fills what it says then.
bool read_item_id(std::string_view text, ItemId& out);

}  // namespace dragoman::sandbox::openai
