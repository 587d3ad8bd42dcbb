// SPDX-License-Identifier: Apache-2.0
#include "mcp_identity.hpp"

#include "cus/auth/user_token.hpp"
#include "identity_headers.hpp"
#include "identity_values.hpp"

namespace cus::web {
namespace {

using enum IdentityItem;

// Fills fields until the first that is not valid.
class Reader {
 public:
  explicit Reader(const IdentityHeaders& headers) : headers_(headers) {}

  template <class T>
  void read(T& field, IdentityItem item, Result<T> (*check)(std::string_view, std::string_view)) {
    take(field, headers_[item], header_name(item), check);
  }
  // Most items are not sent: nothing is built for those.
  template <class T>
  void take(T& field, std::string_view text, std::string_view where,
            Result<T> (*check)(std::string_view, std::string_view)) {
    if (text.empty() || !result_) return;
    Result<T> value = check(text, where);
    if (value) {
      field = std::move(*value);
    } else {
      result_ = std::unexpected(std::move(value.error()));
    }
  }
  void ignore(IdentityItem item) {
    if (result_ && !headers_[item].empty()) result_ = ignored_url(headers_[item], header_name(item));
  }
  void fail(Error error) {
    if (result_) result_ = std::unexpected(std::move(error));
  }
  const Result<>& result() const { return result_; }

 private:
  const IdentityHeaders& headers_;
  Result<> result_;
};

Result<std::string> encoded_name(std::string_view text, std::string_view where) {
  return person_name(percent_decoded(text), where);
}

void read_written_user(Reader& reader, tools::Caller& caller) {
  reader.read(caller.user_id, user_id, plain_word);
  reader.read(caller.user_email, email, email_address);
  reader.read(caller.user_name, name, encoded_name);
  reader.read(caller.user_role, user_role, plain_word);
}

void read_signed_user(Reader& reader, const auth::UserTokens& tokens, std::string_view token,
                      tools::Caller& caller) {
  if (token.empty()) return;
  const Result<auth::User> user = tokens.verify(token, std::chrono::system_clock::now());
  if (!user) return reader.fail(user.error());
  const std::string_view where = header_name(user_token);
  reader.take(caller.user_id, user->id, where, plain_word);
  reader.take(caller.user_email, user->email, where, email_address);
  reader.take(caller.user_name, user->name, where, person_name);
  reader.take(caller.user_role, user->role, where, plain_word);
  caller.user_verified = true;
}

// A key that comes with an address of its own is for that address, which is not used: it goes nowhere.
void read_access(Reader& reader, const IdentityHeaders& headers, tools::Caller& caller) {
  reader.read(caller.gitlab_token, gitlab_token, secret_word);
  reader.read(caller.gitlab_host, gitlab_host, host_name);
  reader.read(caller.anthropic_key, anthropic_key, secret_word);
  if (!headers[anthropic_url].empty()) caller.anthropic_key = {};
  for (const IdentityItem item : {anthropic_url, tokens_url, tokens_key}) reader.ignore(item);
  reader.read(caller.mcp_servers, mcp_servers, server_names);
}

}  // namespace

Result<tools::Caller> read_caller(const Request& request) {
  if (!request.tenant) return fail(Code::unauthorized, "This needs the server's API key as a bearer token.");
  const Result<IdentityHeaders> headers = IdentityHeaders::read(request.headers);
  if (!headers) return std::unexpected(headers.error());
  tools::Caller caller{.tenant = *request.tenant};
  if (const std::string_view text = (*headers)[chat]; !text.empty()) {
    Result<ChatId> parsed = parse_chat_id(text);
    if (!parsed) return std::unexpected(parsed.error());
    caller.chat = std::move(*parsed);
  }
  Reader reader(*headers);
  if (request.user_tokens == nullptr) {
    read_written_user(reader, caller);
  } else {
    read_signed_user(reader, *request.user_tokens, (*headers)[user_token], caller);
  }
  reader.read(caller.message_id, message, plain_word);
  read_access(reader, *headers, caller);
  if (!reader.result()) return std::unexpected(reader.result().error());
  return caller;
}

}  // namespace cus::web
