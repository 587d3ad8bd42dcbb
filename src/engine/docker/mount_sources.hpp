// SPDX-License-Identifier: Apache-2.0
#pragma once
// Paths as the engine sees them (design D11): with USER_DATA_BASE_PATH that directory stands for the data
// root; when this server runs in a container of the engine it is asked for, that container's mounts say;
// otherwise both see the same. Found out once; a failure is told and tried again at the next call.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cus/engine/docker.hpp"

namespace cus::engine {

class ApiClient;

struct SourceMap {
  struct Pair {
    std::string inside;
    std::string outside;
  };
  enum class Others { as_they_are, refused };

  std::vector<Pair> pairs;
  Others others = Others::as_they_are;

  // By the longest `inside` that is `path` or a directory above it.
  Result<std::string> translate(const std::string& path) const;
};

// The id of the container whose /etc/hostname, hosts or resolv.conf this process sees; nullopt outside of
// one.
std::optional<std::string> own_container_id(std::string_view mountinfo);
// From the inspected container's mounts; Code::unsupported when the data root is not on one of them.
Result<SourceMap> source_map_of(std::string_view inspect_body, const std::string& data_root);

class MountSources {
 public:
  MountSources(ApiClient& api, const DockerOptions& options);
  Task<Result<std::vector<Mount>>> translate(std::vector<Mount> mounts);

 private:
  Task<Result<SourceMap>> find_out();

  ApiClient& api_;
  std::string data_root_;
  std::optional<std::string> data_root_host_;
  std::string mountinfo_path_;
  std::chrono::milliseconds time_;
  std::optional<SourceMap> known_;
};

}  // namespace cus::engine
