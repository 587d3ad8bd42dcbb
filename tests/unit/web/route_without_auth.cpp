// SPDX-License-Identifier: Apache-2.0
// Compiled by two tests: with and without the field that says who may call the route.
#include "cus/web/route.hpp"

cus::web::Route make_route() {
  return cus::web::Route{
      .method = "GET",
      .path = "/forgotten",
#ifdef WITH_AUTH
      .auth = cus::web::Auth::key,
#endif
      .purpose = "A route",
      .handle = {},
  };
}
