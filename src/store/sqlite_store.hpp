// SPDX-License-Identifier: Apache-2.0
#pragma once
// The Store on one SQLite connection. Each call is one job of the pool, which has the connection to itself
// while it runs. Jobs share the Database, so that a call cut off by cancellation cannot outlive it.

#include <memory>

#include "cus/store/store.hpp"
#include "store/database.hpp"

namespace cus::store {

std::unique_ptr<Store> make_sqlite_store(std::shared_ptr<Database> db, BlockingPool& pool);

}  // namespace cus::store
