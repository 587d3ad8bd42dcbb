// SPDX-License-Identifier: Apache-2.0
#pragma once
// The header that ties a request to a trace of other programs (W3C Trace Context).

#include <string_view>

namespace cus::web {

// Whether a traceparent may be believed: version, trace id, parent id and flags in lower-case hex, no id of
// zeros only. A later version may say more behind them.
bool is_traceparent(std::string_view text);

}  // namespace cus::web
