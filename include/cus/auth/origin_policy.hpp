// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which Host and Origin a request may carry: the defence against DNS rebinding and against pages of other
// sites. A browser cannot be made to send a loopback name or an address for a page that came from elsewhere,
// so those are let in; other names only when they were configured. Pure: decides from text alone.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cus::auth {

struct OriginSettings {
  std::string public_base_url = {};  // PUBLIC_BASE_URL; empty: not set
  std::string allowed_hosts = {};    // ALLOWED_HOSTS: name or name:port, comma-separated; empty: not set
  bool has_key = false;              // with a key any IP address is accepted as Host
};

class OriginPolicy {
 public:
  // Loopback names and the compose service's name, no key.
  OriginPolicy();
  // Every problem at once, with the variable's name and what to write.
  static std::expected<OriginPolicy, std::vector<std::string>> parse(const OriginSettings& settings);

  bool allows_host(std::string_view host) const;
  // `host` is the request's Host, already allowed; `origin` the header's value. `null` is never allowed.
  bool allows_origin(std::string_view origin, std::string_view host) const;

 private:
  struct Name {
    std::string host;                   // lower-case
    std::optional<std::uint16_t> port;  // as configured
    std::string scheme;                 // empty: http or https
  };
  std::vector<Name> names_;
  bool has_key_ = false;
};

}  // namespace cus::auth
