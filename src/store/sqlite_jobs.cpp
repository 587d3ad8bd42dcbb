// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "store/sqlite_queries.hpp"
#include "store/statement.hpp"

namespace cus::store::sqlite {
namespace {

// In the order of JobState.
constexpr std::array<std::string_view, 3> state_names = {"running", "ended", "interrupted"};

std::string_view state_name(JobState state) {
  return state_names.at(static_cast<std::size_t>(state));
}

// The schema admits no other name.
JobState state_of(std::string_view name) {
  if (name == state_name(JobState::running)) return JobState::running;
  return name == state_name(JobState::ended) ? JobState::ended : JobState::interrupted;
}

Result<std::vector<JobRow>> read_jobs(Statement query) {
  std::vector<JobRow> rows;
  while (query.next()) {
    rows.push_back(JobRow{.id = JobId(query.text(0)),
                          .storage = StorageId(query.text(1)),
                          .state = state_of(query.text(2)),
                          .started = query.time(3),
                          .end = query.text(4)});
  }
  if (auto state = query.done(); !state) return std::unexpected(std::move(state.error()));
  return rows;
}

}  // namespace

Result<> put_job(Database& db, const JobRow& row) {
  auto done = Statement(db,
                        "INSERT INTO jobs (id, storage, state, started_ns, end_json) VALUES (?, ?, ?, ?, ?) "
                        "ON CONFLICT (id) DO UPDATE SET storage = excluded.storage, state = excluded.state, "
                        "started_ns = excluded.started_ns, end_json = excluded.end_json",
                        row.id.str(), row.storage.str(), state_name(row.state), row.started, row.end)
                  .run();
  if (!done && done.error().code == Code::conflict) {
    return fail(Code::not_found, "The job's chat does not exist any more.", std::move(done.error().cause));
  }
  return done;
}

Result<std::optional<JobRow>> find_job(Database& db, const JobId& id) {
  auto rows = read_jobs(
      Statement(db, "SELECT id, storage, state, started_ns, end_json FROM jobs WHERE id = ?", id.str()));
  if (!rows) return std::unexpected(std::move(rows.error()));
  if (rows->empty()) return std::nullopt;
  return std::move(rows->front());
}

Result<std::vector<JobRow>> running_jobs(Database& db) {
  return read_jobs(Statement(db,
                             "SELECT id, storage, state, started_ns, end_json FROM jobs WHERE state = ? "
                             "ORDER BY started_ns, id",
                             state_name(JobState::running)));
}

Result<> forget_jobs_before(Database& db, WallTime limit) {
  return Statement(db, "DELETE FROM jobs WHERE state <> ? AND started_ns < ?", state_name(JobState::running),
                   limit)
      .run();
}

}  // namespace cus::store::sqlite
