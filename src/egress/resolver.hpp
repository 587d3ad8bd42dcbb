// SPDX-License-Identifier: Apache-2.0
#pragma once
// Names to addresses, off the loop. A look-up cannot be stopped once it runs, so those that nobody waits for
// any more still count against the caps: a sandbox with a slow name server holds up its own names only.

#include <map>
#include <memory>
#include <vector>

#include "cus/base/blocking_pool.hpp"
#include "cus/base/clock.hpp"
#include "cus/base/id.hpp"
#include "egress/address.hpp"
#include "egress/refusal.hpp"

namespace cus::egress {

class Resolver {
 public:
  static constexpr std::size_t max_pending_per_sandbox = 8;
  static constexpr std::size_t max_pending = 128;

  Resolver(Executor executor, BlockingPool& pool);
  // All addresses of `host`, mapped forms made plain; literals in any notation never leave the loop.
  Task<Allowed<std::vector<Address>>> resolve(const StorageId& sandbox, const std::string& host,
                                              Deadline deadline);

 private:
  struct Pending {
    std::map<StorageId, std::size_t> per_sandbox;
    std::size_t total = 0;
  };
  struct LookUp;
  static Task<> run(BlockingPool& pool, std::shared_ptr<LookUp> look_up);

  Executor executor_;
  BlockingPool& pool_;
  std::shared_ptr<Pending> pending_;
};

}  // namespace cus::egress
