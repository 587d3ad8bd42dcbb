// SPDX-License-Identifier: Apache-2.0
#include "store/open.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "cus/base/fd.hpp"
#include "store/migrate.hpp"
#include "store/statement.hpp"

namespace cus::store {
namespace {

constexpr mode_t private_mode = 0600;

Error with_errno(int err, std::string message) {
  Error error = from_errno(err, "open the metadata store");
  if (error.code != Code::storage_full) error.message = std::move(message);
  return error;
}

std::string not_writable(const std::string& path) {
  return fmt::format(
      "{} cannot be written: let the user who runs this program write to the directory {} and the files in "
      "it, or choose another BASE_DATA_DIR.",
      path, std::filesystem::path(path).parent_path().string());
}

// An existing file is not opened here: closing any descriptor of it would drop the locks another connection
// of this process holds.
Result<> make_existing_private(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return std::unexpected(with_errno(errno, not_writable(path)));
  if (!S_ISREG(info.st_mode)) {
    return fail(Code::io, fmt::format("{} is not a regular file. Move it away and start again.", path));
  }
  if ((info.st_mode & 0777U) == private_mode) return {};
  if (::chmod(path.c_str(), private_mode) != 0) {
    return std::unexpected(with_errno(errno, not_writable(path)));
  }
  return {};
}

// O_EXCL: whoever makes the file makes it private from its first moment. SQLite gives the files beside it the
// same mode.
Result<> make_private_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, private_mode));
  if (!file) {
    if (errno == EEXIST) return make_existing_private(path);
    return std::unexpected(with_errno(errno, not_writable(path)));
  }
  if (::fchmod(file.get(), private_mode) != 0) {
    return std::unexpected(with_errno(errno, not_writable(path)));
  }
  return {};
}

Error damaged(const std::string& path, std::string cause) {
  return Error{.code = Code::internal,
               .message = fmt::format(
                   "The metadata store {0} is damaged. Nothing was changed. Stop the server, then "
                   "restore {0} from a backup, or move it and the files {0}-wal and {0}-shm away to "
                   "begin with an empty one.",
                   path),
               .cause = std::move(cause)};
}

// The file is the server's own, but its content is not trusted to define functions or odd schemas. NORMAL in
// WAL mode: a power cut may lose the last commits, never the consistency.
constexpr const char* settings = R"sql(
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
  PRAGMA journal_size_limit = 8388608;
)sql";

// The first thing read of the file: whatever stops it from being read at all counts as damage.
Result<> check_content(Database& db, const std::string& path) {
  Statement check(db, "PRAGMA quick_check(1)");
  if (!check.next()) {
    auto state = check.done();
    const bool unreadable = state || state.error().code == Code::internal;
    return unreadable ? std::unexpected(damaged(path, state ? "no verdict" : state.error().cause)) : state;
  }
  const std::string verdict = check.text(0);
  if (verdict != "ok") return std::unexpected(damaged(path, verdict));
  return {};
}

Result<> make_ready(Database& db, const std::string& path) {
  if (auto sound = check_content(db, path); !sound) return sound;
  if (auto set = db.execute(settings); !set) return set;
  return migrate(db, migrations());
}

Error for_operator(Error error, const std::string& path) {
  if (error.code == Code::io) error.message = not_writable(path);
  return error;
}

}  // namespace

Result<std::shared_ptr<Database>> open_database(const std::string& path, std::chrono::milliseconds busy) {
  if (auto made = make_private_file(path); !made) return std::unexpected(std::move(made.error()));
  auto db = Database::open(path, busy);
  if (!db) return std::unexpected(for_operator(std::move(db.error()), path));
  if (auto ready = make_ready(**db, path); !ready) {
    return std::unexpected(for_operator(std::move(ready.error()), path));
  }
  return db;
}

}  // namespace cus::store
