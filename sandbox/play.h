// Sends one reply over one connection, with the fault that was scripted for it.
#pragma once
#include <random>
#include <string>
#include <string_view>

#include "net/cancel.h"
#include "net/server.h"
#include "sandbox/emulator.h"
#include "sandbox/fault.h"

namespace dragoman::sandbox {

std::string_view fault_name(FaultKind kind);  // "" for none

// Lives on the exchange's loop while it runs; everything given by reference must outlive it.
class Player {
 public:
  Player(net::ServerExchange& exchange, net::CancelToken& gone, const Emulator& emulator, Fault fault,
         std::uint64_t seed)
      : exchange_(exchange), gone_(gone), emulator_(emulator), fault_(std::move(fault)), random_(seed) {}

  // The status that was sent; 0 if none was.
  net::Task<int> run(const Call& call, const Options& options);

  // A write found the client gone, before on_disconnect could tell.
  bool write_failed() const { return write_failed_; }

 private:
  Reply faulty_reply() const;
  std::string error_frame() const;
  std::size_t event_limit(const Reply& reply) const;
  net::Task<void> wait(std::int64_t ms);
  net::Task<void> hold();  // until the client goes or the server stops
  net::Task<int> send(Reply reply);
  net::Task<int> send_whole(Reply reply);
  net::Task<int> send_stream(Reply reply);
  net::Task<bool> send_pieces(std::string& pending, std::size_t keep);
  net::Task<void> end_early();

  net::ServerExchange& exchange_;
  net::CancelToken& gone_;
  const Emulator& emulator_;
  Fault fault_;
  std::minstd_rand random_;
  std::int64_t sent_ = 0;  // bytes of the body
  bool write_failed_ = false;
};

}  // namespace dragoman::sandbox
