// The one place that names Asio's types: included by the .cpp files of this room only.
#pragma once

#include <boost/asio/io_context.hpp>

#include <keel/net/loop.hpp>

namespace keel::net {

inline boost::asio::io_context& context_of(Loop& loop) {
  return *static_cast<boost::asio::io_context*>(loop.native());
}

}  // namespace keel::net
