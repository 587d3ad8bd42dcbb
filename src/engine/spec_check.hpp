// SPDX-License-Identifier: Apache-2.0
#pragma once
// The last look before a sandbox is made: a spec that would run as root, without a limit, or with a path or
// name that could be read as something else is refused here, whatever filled it.

#include "cus/engine/spec.hpp"

namespace cus::engine {

Result<> check_spec(const SandboxSpec& spec);
// Letters, digits and ._:/@- as image references have; no empty part, no "..".
Result<> check_image_name(std::string_view image);
// Ids become parts of request paths.
Result<> check_storage_id(const StorageId& storage);

}  // namespace cus::engine
