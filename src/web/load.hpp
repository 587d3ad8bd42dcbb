// SPDX-License-Identifier: Apache-2.0
#pragma once
// How many requests are in progress, in all and by whose key, and the caps on both. What waits quietly (an
// event stream, a WebSocket) gives its slot back; connections bound those.

#include <cstdint>
#include <expected>
#include <optional>
#include <unordered_map>
#include <utility>

#include "cus/base/id.hpp"

namespace cus::web {

enum class Shed : std::uint8_t { server_full, key_full };

class Load {
 public:
  Load(std::size_t in_all, std::size_t per_key) : in_all_(in_all), per_key_(per_key) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  // Counts one request until it ends. Must not outlive the Load.
  class Slot {
   public:
    Slot() = default;
    Slot(std::size_t* total, std::size_t* of_key) : total_(total), of_key_(of_key) {}
    Slot(Slot&& other) noexcept
        : total_(std::exchange(other.total_, nullptr)), of_key_(std::exchange(other.of_key_, nullptr)) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(total_, other.total_);
      std::swap(of_key_, other.of_key_);
      return *this;
    }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() {
      if (total_ != nullptr) --*total_;
      if (of_key_ != nullptr) --*of_key_;
    }

   private:
    std::size_t* total_ = nullptr;
    std::size_t* of_key_ = nullptr;
  };

  // Tenants are the names of keys, so there are few.
  std::expected<Slot, Shed> enter(const std::optional<TenantId>& tenant) {
    if (total_ >= in_all_) return refuse(Shed::server_full);
    std::size_t* of_key = tenant ? &of_key_[*tenant] : nullptr;
    if (of_key != nullptr && *of_key >= per_key_) return refuse(Shed::key_full);
    ++total_;
    if (of_key != nullptr) ++*of_key;
    return Slot(&total_, of_key);
  }

  std::size_t in_progress() const { return total_; }
  std::uint64_t shed(Shed why) const { return why == Shed::server_full ? shed_in_all_ : shed_per_key_; }

 private:
  std::unexpected<Shed> refuse(Shed why) {
    ++(why == Shed::server_full ? shed_in_all_ : shed_per_key_);
    return std::unexpected(why);
  }

  std::size_t in_all_;
  std::size_t per_key_;
  std::size_t total_ = 0;
  std::unordered_map<TenantId, std::size_t> of_key_;  // its elements stay where they are
  std::uint64_t shed_in_all_ = 0;
  std::uint64_t shed_per_key_ = 0;
};

}  // namespace cus::web
