// The one translation unit that compiles Asio itself (see net/task.h).
#include "net/asio.h"
//
#include <boost/asio/impl/src.hpp>
