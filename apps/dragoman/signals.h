// Waiting for signals on the main thread, as a program without signal handlers does it.
#pragma once
#include <csignal>
#include <initializer_list>

namespace dragoman::app {

// Blocks them for this thread and all made after it; call before any thread is made.
inline sigset_t block_signals(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : signals) sigaddset(&set, s);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

inline void unblock_signals(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : signals) sigaddset(&set, s);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

inline int wait_for_signal(const sigset_t& set) {
  int got = 0;
  while (sigwait(&set, &got) != 0) {
  }
  return got;
}

}  // namespace dragoman::app
