// SPDX-License-Identifier: Apache-2.0
#pragma once
// Base64 (RFC 4648). Decoding is strict, since what two programs could read differently must not be compared:
// no white space, no missing or superfluous padding, no bits left over.

#include <optional>
#include <string>
#include <string_view>

namespace cus {

enum class Base64 {
  standard,  // section 4, padded
  url,       // section 5, without padding
};

std::string encode_base64(std::string_view bytes, Base64 form = Base64::standard);
std::optional<std::string> decode_base64(std::string_view text, Base64 form = Base64::standard);

}  // namespace cus
