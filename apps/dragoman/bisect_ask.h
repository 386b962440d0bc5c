// Puts requests to the target of `dragoman bisect`: through the gateway in this process, or as they are.
// Waits where the provider asks for it, and never sends more than it was allowed to.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "canon/dialect_name.h"
#include "failure/reduce.h"
#include "failure/repair.h"
#include "one_shot.h"
#include "profile/prices.h"
#include "store/redact.h"

namespace dragoman::app {

struct BisectBounds {
  std::size_t calls = 150;           // of the provider
  std::chrono::seconds waiting{60};  // in all, for a provider that is busy
};

class BisectAsker {
 public:
  using Say = std::function<void(const std::string& line)>;
  using Stopped = std::function<bool()>;  // somebody wants it to end

  // `raw`: the body as it is, with nothing but its model exchanged, to the target's own endpoint. An error
  // when the request's dialect is not the target's.
  static Result<std::unique_ptr<BisectAsker>> make(OneShot& gateway, canon::DialectName dialect,
                                                   std::string_view request, std::string model, bool stream,
                                                   bool raw, BisectBounds bounds, Say say, Stopped stopped);
  ~BisectAsker();

  failure::Reply operator()(const std::string& request, const failure::Step& step);

  std::size_t calls() const { return calls_; }
  const std::string& target() const { return target_; }
  // What the target charges: the config's word for it, else the list price; nothing where none is known.
  struct Charge {
    profile::Price price;
    bool listed = false;
  };
  std::optional<Charge> charge() const { return charge_; }
  // What the config could say instead of the last refusal of these words; nothing when nothing is known.
  std::optional<failure::Repair> repair_for(const failure::Reply& refusal) const;

 private:
  struct Told {  // by the target
    failure::Reply reply;
    failure::Failure failure;
    bool sent = false;  // it cost a call
  };
  BisectAsker(OneShot& gateway, BisectBounds bounds, Say say, Stopped stopped);
  Result<Told> through_gateway(const std::string& request);
  Result<Told> as_it_is(const std::string& request);
  bool wait(const Told& told);

  OneShot& gateway_;
  const BisectBounds bounds_;
  const Say say_;
  const Stopped stopped_;
  const store::Redactor redactor_;  // of what is not read from a journal
  canon::DialectName dialect_ = canon::DialectName::openai_chat;
  std::string model_, target_;
  std::optional<Charge> charge_;
  bool stream_ = false;
  const serve::Deployment* raw_ = nullptr;  // null: through the gateway
  std::size_t calls_ = 0;
  std::chrono::milliseconds waited_{0};
  int waits_ = 0;
  std::vector<std::pair<failure::Reply, failure::Repair>> repairs_;
};

}  // namespace dragoman::app
