// SPDX-License-Identifier: Apache-2.0
#pragma once
// A store in a directory of its own, which is removed afterwards; reopen() is what a restart of the server
// does.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "cus/store/store.hpp"
#include "store/open.hpp"
#include "store/sqlite_store.hpp"
#include "support/run_task.hpp"

namespace cus::store::test {

class TempDir {
 public:
  TempDir() : path_((std::filesystem::temp_directory_path() / ("cus-store-" + random_hex(8))).string()) {
    std::filesystem::create_directory(path_);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  std::string file() const { return path_ + "/store.db"; }

 private:
  std::string path_;
};

class StoreTest : public ::testing::Test {
 protected:
  // Opens the store on first use.
  Store& store() {
    if (!store_) {
      auto opened = run(open_sqlite(dir_.file(), pool_));
      if (!opened) throw std::runtime_error(opened.error().message + " | " + opened.error().cause);
      store_ = std::move(*opened);
    }
    return *store_;
  }
  Store& reopened() {
    store_.reset();
    return store();
  }
  template <class T>
  T run(Task<T> task) {
    return cus::test::run_task(loop_, std::move(task));
  }
  // The value of a call that must succeed.
  template <class T>
  T value(Task<Result<T>> task) {
    auto result = run(std::move(task));
    if (!result) throw std::runtime_error(result.error().message + " | " + result.error().cause);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }
  ChatRow add(const std::string& tenant, const std::string& chat) {
    return value(store().get_or_add_chat(key(tenant, chat), new_storage_id()));
  }
  static ChatKey key(const std::string& tenant, const std::string& chat) {
    return {TenantId(tenant), ChatId(chat)};
  }
  // With the finest fraction the clock has, so that a lossy column shows.
  static WallTime at(std::int64_t seconds, std::int64_t nanoseconds = 123'456'789) {
    return WallTime(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds));
  }

  boost::asio::io_context loop_;
  TempDir dir_;
  BlockingPool pool_{4};
  std::unique_ptr<Store> store_;
};

inline mode_t mode_of(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

inline void write_file(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace cus::store::test
