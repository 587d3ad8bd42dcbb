// SPDX-License-Identifier: Apache-2.0
#include "cus/sandbox/probe.hpp"

#include "cus/base/log.hpp"

namespace cus::sandbox {
namespace {

constexpr auto start_limit = std::chrono::seconds(60);
constexpr auto run_limit = std::chrono::seconds(5);

Task<Result<>> run_true(guest::Guest guest) {
  guest::JobSpec spec;
  spec.id = new_job_id();
  spec.argv = {"/bin/true"};
  spec.cwd = "/";
  spec.timeout = run_limit;
  Result<guest::JobStream> job = co_await guest.start(spec, after(run_limit));
  if (!job) co_return std::unexpected(job.error());
  for (;;) {
    const Result<guest::JobEvent> event = co_await job->next(after(run_limit));
    if (!event) co_return std::unexpected(event.error());
    const auto* end = std::get_if<guest::JobEnd>(&*event);
    if (end == nullptr) continue;
    if (end->code == 0) co_return Result<>{};
    co_return fail(Code::unavailable, "The probe sandbox could not run /bin/true (" +
                                          end->error.value_or("it failed") + "). Rebuild the sandbox image.");
  }
}

Task<Result<>> start_and_run(Registry& registry, const ChatKey& key) {
  const Result<Computer> computer = co_await registry.acquire(key, after(start_limit));
  if (!computer) co_return std::unexpected(computer.error());
  co_return co_await run_true(computer->guest);
}

}  // namespace

// The tenant's name is one that no key can have, so that the probe is nobody's chat.
Task<Result<std::chrono::milliseconds>> probe(Registry& registry) {
  const ChatKey key{TenantId("~probe"), ChatId("probe")};
  const auto began = Clock::now();
  const Result<> outcome = co_await start_and_run(registry, key);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  const Result<> removed = co_await registry.remove(key, Registry::Remove::sandbox_and_files);
  if (!removed) log::failure(log::Level::warn, "probe.not_removed", removed.error());
  if (!outcome) co_return std::unexpected(outcome.error());
  co_return took;
}

}  // namespace cus::sandbox
