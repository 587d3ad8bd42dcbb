// SPDX-License-Identifier: Apache-2.0
#include "web_options.hpp"

namespace cus::app {

Result<web::ServerOptions> web_options(const config::Config& config, auth::KeyRing keys) {
  web::ServerOptions options;
  options.address = config.listen_address;
  options.port = config.port;
  options.limits.connections = config.max_connections;
  options.limits.connections_per_source = config.max_connections_per_source;
  options.limits.requests = config.max_requests;
  options.limits.requests_per_key = config.max_requests_per_key;
  options.limits.body_bytes = config.max_body_mb << 20U;
  auto origins = auth::OriginPolicy::parse({.public_base_url = config.public_base_url,
                                            .allowed_hosts = config.allowed_hosts,
                                            .has_key = !keys.empty()});
  if (!origins) return fail(Code::invalid_argument, origins.error().front());
  options.origins = std::move(*origins);
  auto proxies = auth::TrustedProxies::parse(config.trusted_proxies);
  if (!proxies) return fail(Code::invalid_argument, proxies.error().front());
  options.proxies = std::move(*proxies);
  if (!config.user_token_secret.empty()) options.user_tokens.emplace(Secret(config.user_token_secret));
  options.keys = std::move(keys);
  return options;
}

}  // namespace cus::app
