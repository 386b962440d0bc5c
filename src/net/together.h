// Several tasks at once on one loop.
#pragma once
#include <vector>

#include "net/loop.h"

namespace dragoman::net {

// Starts every task and returns when all have ended, whatever became of them: an exception that leaves one
// ends only that one. What they refer to must live as long as this is awaited. This loop's thread only.
Task<void> together(Loop& loop, std::vector<Task<void>> tasks);

}  // namespace dragoman::net
