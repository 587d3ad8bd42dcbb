// SPDX-License-Identifier: Apache-2.0
#include "engine/native/seccomp_program.hpp"

#include <seccomp.h>
#include <sys/mman.h>

#include <cerrno>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "cus/base/json.hpp"

namespace cus::engine {
namespace {

struct Release {
  void operator()(void* context) const { ::seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

std::unexpected<Error> bad_profile(std::string_view what) {
  return fail(Code::internal, "The seccomp profile cannot be compiled.", std::string(what));
}

std::optional<std::uint32_t> action_of(const Json& rule, std::string_view name, std::string_view error_name) {
  const std::string action = get_string(rule, name).value_or("");
  if (action == "SCMP_ACT_ALLOW") return SCMP_ACT_ALLOW;
  if (action == "SCMP_ACT_ERRNO")
    return SCMP_ACT_ERRNO(static_cast<std::uint32_t>(get_int(rule, error_name).value_or(EPERM)));
  return std::nullopt;
}

std::optional<scmp_compare> comparison(std::string_view name) {
  if (name == "SCMP_CMP_NE") return SCMP_CMP_NE;
  if (name == "SCMP_CMP_LT") return SCMP_CMP_LT;
  if (name == "SCMP_CMP_LE") return SCMP_CMP_LE;
  if (name == "SCMP_CMP_EQ") return SCMP_CMP_EQ;
  if (name == "SCMP_CMP_GE") return SCMP_CMP_GE;
  if (name == "SCMP_CMP_GT") return SCMP_CMP_GT;
  if (name == "SCMP_CMP_MASKED_EQ") return SCMP_CMP_MASKED_EQ;
  return std::nullopt;
}

using Conditions = std::vector<scmp_arg_cmp>;

std::optional<Conditions> conditions_of(const Json& rule) {
  Conditions conditions;
  const Json* args = get_member(rule, "args");
  if (args == nullptr || args->is_null()) return conditions;
  if (!args->is_array()) return std::nullopt;
  for (const Json& arg : *args) {
    const auto op = comparison(get_string(arg, "op").value_or(""));
    const auto index = get_int(arg, "index");
    const auto value = get_int(arg, "value");
    if (!op || !index || !value) return std::nullopt;
    conditions.push_back({.arg = static_cast<unsigned>(*index),
                          .op = *op,
                          .datum_a = static_cast<scmp_datum_t>(*value),
                          .datum_b = static_cast<scmp_datum_t>(get_int(arg, "valueTwo").value_or(0))});
  }
  return conditions;
}

// Conditions on one argument twice mean either of them, as in the runtimes that read this format.
bool either_of(const Conditions& conditions) {
  std::set<unsigned> seen;
  for (const scmp_arg_cmp& condition : conditions) {
    if (!seen.insert(condition.arg).second) return true;
  }
  return false;
}

int add_call(scmp_filter_ctx context, std::uint32_t action, int call, const Conditions& conditions) {
  if (!either_of(conditions)) {
    return ::seccomp_rule_add_array(context, action, call, static_cast<unsigned>(conditions.size()),
                                    conditions.data());
  }
  for (const scmp_arg_cmp& condition : conditions) {
    const int failed = ::seccomp_rule_add_array(context, action, call, 1, &condition);
    if (failed != 0) return failed;
  }
  return 0;
}

Result<> add_rule(scmp_filter_ctx context, std::uint32_t by_default, const Json& rule) {
  const auto action = action_of(rule, "action", "errnoRet");
  const auto conditions = conditions_of(rule);
  const Json* names = get_member(rule, "names");
  if (!action || !conditions || names == nullptr || !names->is_array()) return bad_profile(dump_json(rule));
  if (*action == by_default) return {};
  for (const Json& name : *names) {
    if (!name.is_string()) return bad_profile("a name");
    const auto& text = name.get_ref<const std::string&>();
    const int call = ::seccomp_syscall_resolve_name(text.c_str());
    if (call == __NR_SCMP_ERROR || call < 0) continue;
    const int failed = add_call(context, *action, call, *conditions);
    if (failed != 0 && failed != -EEXIST) return std::unexpected(from_errno(-failed, "seccomp rule " + text));
  }
  return {};
}

}  // namespace

Result<Fd> compile_seccomp(std::string_view profile) {
  const Result<Json> json = parse_json(profile);
  if (!json) return std::unexpected(json.error());
  const auto by_default = action_of(*json, "defaultAction", "defaultErrnoRet");
  const Json* rules = get_member(*json, "syscalls");
  if (!by_default || rules == nullptr || !rules->is_array()) return bad_profile("its head");
  const Context context(::seccomp_init(*by_default));
  if (!context) return bad_profile("seccomp_init");
  for (const Json& rule : *rules) {
    if (Result<> added = add_rule(context.get(), *by_default, rule); !added)
      return std::unexpected(added.error());
  }
  Fd program(::memfd_create("seccomp", MFD_CLOEXEC));
  if (!program) return std::unexpected(from_errno(errno, "memfd_create"));
  const int failed = ::seccomp_export_bpf(context.get(), program.get());
  if (failed != 0) return std::unexpected(from_errno(-failed, "seccomp_export_bpf"));
  return program;
}

}  // namespace cus::engine
