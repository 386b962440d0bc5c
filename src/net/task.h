// The coroutine type of everything that waits on a loop, and the settings every user of Asio must agree on.
//
// Include this (or net/asio.h), never a Boost.Asio header directly: BOOST_ASIO_SEPARATE_COMPILATION has to be
// set the same way in every translation unit. Asio's own code is compiled once, in net/asio.cc.
#pragma once

#ifndef BOOST_ASIO_SEPARATE_COMPILATION
#define BOOST_ASIO_SEPARATE_COMPILATION
#endif
#ifndef BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE
// A request nests about six coroutine frames; with Asio's default of two cached blocks the rest go to malloc.
#define BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE 8
#endif

#include <boost/asio/awaitable.hpp>

namespace dragoman::net {

// Starts when awaited, and may be awaited once. Write coroutines as named functions with by-value parameters
// (or members of an object that outlives them); never as capturing lambdas, whose captures die with the
// lambda.
template <class T>
using Task = boost::asio::awaitable<T>;

// A task that is already finished, for functions that usually need not wait.
template <class T>
Task<T> immediate(T value) {
  co_return value;
}

}  // namespace dragoman::net
