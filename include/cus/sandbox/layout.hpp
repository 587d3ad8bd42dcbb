// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where everything lies under the data root (design D11). Names are storage ids; nothing of a chat's or
// tenant's name is in a path. All functions block and belong on the pool, except the pure path ones.

#include <string>

#include "cus/base/error.hpp"
#include "cus/base/fd.hpp"
#include "cus/base/id.hpp"

namespace cus::sandbox {

class Layout {
 public:
  explicit Layout(std::string root) : root_(std::move(root)) {}

  const std::string& root() const { return root_; }
  std::string store_file() const { return root_ + "/store.sqlite"; }
  std::string lock_file() const { return root_ + "/lock"; }
  std::string control_socket() const { return root_ + "/control.sock"; }
  std::string skills() const { return root_ + "/skills"; }
  std::string guest_directory(const std::string& build) const { return root_ + "/guest/" + build; }
  std::string chat(const StorageId& storage) const { return root_ + "/chats/" + storage.str(); }
  std::string home(const StorageId& storage) const { return chat(storage) + "/home"; }
  std::string uploads(const StorageId& storage) const { return chat(storage) + "/uploads"; }
  std::string outputs(const StorageId& storage) const { return chat(storage) + "/outputs"; }
  std::string run(const StorageId& storage) const { return root_ + "/run/" + storage.str(); }
  std::string server_socket(const StorageId& storage) const { return run(storage) + "/server.sock"; }

  // The data root and its first level. Code::storage_full, or io with the path that could not be made.
  Result<> make_root() const;
  // A chat's directories, owned by the sandbox's user (never 0777). What another engine left there with
  // another owner is given to this one; nothing may run on it.
  Result<> make_chat(const StorageId& storage, const ChatKey& key, unsigned uid, unsigned gid) const;
  // Only the socket's directory: what a probe needs.
  Result<> make_run(const StorageId& storage, unsigned gid) const;
  Result<> remove_chat(const StorageId& storage) const;
  Result<> remove_run(const StorageId& storage) const;
  // Copies `program` to guest/<hash of its bytes>/ unless it is there, and returns that hash.
  Result<std::string> install_guest(const std::string& program) const;

 private:
  std::string root_;
};

// Held for the life of the process: one process owns a data root. Code::conflict when another does.
Result<Fd> lock_data_root(const Layout& layout);

}  // namespace cus::sandbox
