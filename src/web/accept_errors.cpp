// SPDX-License-Identifier: Apache-2.0
#include "accept_errors.hpp"

#include <boost/asio/error.hpp>

namespace cus::web {

AcceptAction AcceptErrors::judge(const boost::system::error_code& error) const {
  namespace asio = boost::asio;
  if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
    return AcceptAction::stop;
  }
  return error == asio::error::connection_aborted ? AcceptAction::retry : AcceptAction::pause;
}

bool AcceptErrors::should_log(Clock::time_point now) {
  if (last_logged_ != Clock::time_point::min() && now - last_logged_ < std::chrono::seconds(1)) {
    ++since_;
    return false;
  }
  last_logged_ = now;
  suppressed_ = since_;
  since_ = 0;
  return true;
}

}  // namespace cus::web
