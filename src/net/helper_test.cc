#include "net/helper.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>

#include "net/blocking.h"

namespace dragoman::net {
namespace {

Task<std::string> ordered(Helper* helper, const Loop* loop) {
  std::string out;
  bool beside = false;
  co_await helper->run([&] { beside = !loop->on_this_thread(); });
  out += beside ? "beside," : "on the loop,";
  out += loop->on_this_thread() ? "back" : "lost";
  co_return out;
}

TEST(Helper, WorksBesideTheLoopAndComesBack) {
  Loops loops(1);
  Helper helper(loops[0]);
  loops.start();
  EXPECT_EQ(run_blocking(loops[0], ordered(&helper, &loops[0])), "beside,back");
  EXPECT_EQ(run_blocking(loops[0], ordered(&helper, &loops[0])), "beside,back") << "the thread stays";
  loops.stop();
}

Task<std::string> thrown(Helper* helper) {
  try {
    co_await helper->run([] { throw std::runtime_error("out of paper"); });
  } catch (const std::exception& e) {
    co_return e.what();
  }
  co_return "nothing";
}

TEST(Helper, WhatTheWorkThrowsIsThrownOnTheLoop) {
  Loops loops(1);
  Helper helper(loops[0]);
  loops.start();
  EXPECT_EQ(run_blocking(loops[0], thrown(&helper)), "out of paper");
  loops.stop();
}

// While one job is held, the loop serves others.
Task<void> held(Helper* helper, std::atomic<bool>* go) {
  co_await helper->run([go] { go->wait(false); });
}
Task<void> release(std::atomic<bool>* go) {
  *go = true;
  go->notify_all();
  co_return;
}

TEST(Helper, TheLoopIsFreeMeanwhile) {
  Loops loops(1);
  Helper helper(loops[0]);
  loops.start();
  std::atomic<bool> go = false;
  std::promise<void> done;
  loops[0].spawn(internal::run_and_set(held(&helper, &go), &done));
  run_blocking(loops[0], release(&go));  // would never run if the loop were held
  done.get_future().get();
  loops.stop();
}

// The work uses its caller's things: a loop that stops waits for its end.
Task<void> outlived(Helper* helper, std::atomic<bool>* begun, std::atomic<bool>* go,
                    std::atomic<bool>* seen) {
  bool mine = false;
  co_await helper->run([&mine, begun, go] {
    *begun = true;
    begun->notify_all();
    go->wait(false);
    mine = true;
  });
  *seen = mine;
}

TEST(Helper, StoppingWaitsForTheWork) {
  Loops loops(1);
  Helper helper(loops[0]);
  loops.start();
  std::atomic<bool> begun = false, go = false, seen = false;
  loops[0].spawn(outlived(&helper, &begun, &go, &seen));
  begun.wait(false);
  std::thread stopper([&] { loops.stop(); });
  go = true;
  go.notify_all();
  stopper.join();
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace dragoman::net
