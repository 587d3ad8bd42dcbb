// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the registry's parts share: the machines, by chat, and the single flight that makes one.

#include <map>
#include <memory>

#include "cus/base/event.hpp"
#include "machine.hpp"

namespace cus::sandbox {

using MachinePtr = std::shared_ptr<Machine>;

struct Registry::State {
  State(Services s, RegistryOptions o) : services(std::move(s)), options(o), closing(services.executor) {}

  Services services;
  RegistryOptions options;
  std::map<ChatKey, MachinePtr> machines;
  std::map<ChatKey, std::shared_ptr<Event>> looking_up;  // chats whose row is being read
  Event closing;

  Task<Result<MachinePtr>> find(ChatKey key);
  std::size_t awake() const;
};

}  // namespace cus::sandbox
