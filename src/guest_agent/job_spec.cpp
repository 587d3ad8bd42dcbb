// SPDX-License-Identifier: Apache-2.0
#include "job_spec.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace cus::guest_agent {
namespace {

std::unexpected<Error> refuse(std::string message) {
  return fail(Code::invalid_argument, std::move(message));
}

bool is_c_text(const Json& value, std::size_t most) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return text.size() <= most && !text.contains('\0');
}

Result<> read_argv(const Json& body, guest::JobSpec& spec) {
  const Json* argv = get_member(body, "argv");
  if (argv == nullptr || !argv->is_array() || argv->empty()) return refuse("argv must be a list of texts.");
  if (argv->size() > most_arguments) return refuse("argv has too many arguments.");
  for (const Json& argument : *argv) {
    if (!is_c_text(argument, most_argument_bytes))
      return refuse("An argument is not a text, too long or has a NUL.");
    spec.argv.push_back(argument.get_ref<const std::string&>());
  }
  if (spec.argv.front().empty()) return refuse("The program has no name.");
  return {};
}

Result<> read_env(const Json& body, guest::JobSpec& spec) {
  const Json* env = get_member(body, "env");
  if (env == nullptr) return {};
  if (!env->is_object() || env->size() > most_variables) return refuse("env must be an object of texts.");
  for (const auto& [name, value] : env->items()) {
    const bool named = !name.empty() && !name.contains('=') && !name.contains('\0');
    if (!named ||
        !is_c_text(value, most_argument_bytes - 1 - std::min(name.size(), most_argument_bytes - 1))) {
      return refuse("A variable is not a text, too long or badly named.");
    }
    spec.env.emplace(name, value.get_ref<const std::string&>());
  }
  return {};
}

Result<> read_cwd(const Json& body, guest::JobSpec& spec) {
  const Json* cwd = get_member(body, "cwd");
  if (cwd == nullptr) return {};
  if (!is_c_text(*cwd, most_path_bytes) || !cwd->get_ref<const std::string&>().starts_with('/')) {
    return refuse("cwd must be an absolute path.");
  }
  spec.cwd = cwd->get_ref<const std::string&>();
  return {};
}

Result<> read_amount(const Json& body, std::string_view name, std::optional<std::uint64_t>& into) {
  const Json* member = get_member(body, name);
  if (member == nullptr || member->is_null()) return {};
  const auto amount = get_int(body, name);
  if (!amount || *amount < 0) return refuse(std::string(name) + " must be a number, 0 or more.");
  into = static_cast<std::uint64_t>(*amount);
  return {};
}

Result<> read_timeout(const Json& body, guest::JobSpec& spec) {
  std::optional<std::uint64_t> timeout;
  if (const auto read = read_amount(body, "timeout_ms", timeout); !read) return read;
  const auto most = static_cast<std::uint64_t>(most_timeout_ms);
  spec.timeout = std::chrono::milliseconds(std::min(timeout.value_or(0), most));
  return {};
}

void take_script(Json& body, guest::JobSpec& spec) {
  const auto script = body.find("script");
  if (script == body.end() || !script->is_string()) return;
  spec.script = std::move(script->get_ref<std::string&>());
}

}  // namespace

Result<guest::JobSpec> parse_job_spec(Json& body) {
  guest::JobSpec spec;
  auto id = parse_job_id(get_string(body, "id").value_or(""));
  if (!id) return std::unexpected(id.error());
  spec.id = std::move(*id);
  for (const auto& read :
       {read_argv(body, spec), read_env(body, spec), read_cwd(body, spec), read_timeout(body, spec),
        read_amount(body, "head", spec.want_head), read_amount(body, "tail", spec.want_tail)}) {
    if (!read) return std::unexpected(read.error());
  }
  spec.keep_stdin_open = get_bool(body, "stdin").value_or(false);
  spec.split_streams = get_bool(body, "split").value_or(false);
  take_script(body, spec);
  return spec;
}

}  // namespace cus::guest_agent
