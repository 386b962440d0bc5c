#include "net/together.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "net/blocking.h"

namespace dragoman::net {
namespace {

Task<void> step(Loop& loop, std::string& out, std::string name, int wait_ms) {
  out += name;
  if (wait_ms < 0) throw std::runtime_error("ended early");
  if (wait_ms > 0) co_await loop.sleep(milliseconds(wait_ms));
  out += name;
}

Task<std::string> run(Loop& loop) {
  std::string out;
  std::vector<Task<void>> tasks;
  tasks.push_back(step(loop, out, "a", 60));
  tasks.push_back(step(loop, out, "b", 20));
  tasks.push_back(step(loop, out, "x", -1));
  tasks.push_back(step(loop, out, "c", 0));
  co_await together(loop, std::move(tasks));
  co_await together(loop, {});
  co_return out + "!";
}

TEST(Together, AllBeginAndAllHaveEnded) {
  Loops loops(1);
  loops.start();
  EXPECT_EQ(run_blocking(loops[0], run(loops[0])), "abxccba!");
}

}  // namespace
}  // namespace dragoman::net
