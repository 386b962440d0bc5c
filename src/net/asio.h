// Boost.Asio for the .cc files of net and serve. Keep it out of headers: it costs seconds of compile time.
#pragma once
#include "net/task.h"
//
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dragoman::net {
namespace asio = boost::asio;
}
