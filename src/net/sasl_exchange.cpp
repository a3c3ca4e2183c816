#include "net/sasl_exchange.hpp"

#include <fmt/format.h>

#include <exception>
#include <functional>
#include <utility>

#include "base/log.hpp"

namespace sandpost::net {
namespace {

using Outcome = wire::SaslStep::Outcome;

// Called on the store's thread, which owns the store and so outlives every exchange. The directory
// does not change after the start.
SaslAccounts accounts_of(db::Store& store, const Directory& directory) {
  SaslAccounts accounts;
  accounts.check = [&store, &directory](const std::string& user,
                                        const std::string& password) -> db::StoreResult<bool> {
    const auto account = directory.find_account(user);
    auto verified = store.verify(account.value_or(user), saslprep(password));
    if (verified && !account) return false;  // known from an earlier start, but not in force now
    return verified;
  };
  accounts.find =
      [&store, &directory](const std::string& user) -> db::StoreResult<std::optional<Credential>> {
    const auto account = directory.find_account(user);
    if (!account) return std::nullopt;
    auto hash = store.password_hash(*account);
    if (!hash) return Failure<db::StoreError>{hash.error()};
    if (!*hash) return std::nullopt;
    return Credential{std::move(**hash), directory.secret(*account)};
  };
  return accounts;
}

wire::SaslStep outcome_of(SaslError error) {
  switch (error) {
    case SaslError::malformed:
      return {Outcome::malformed, {}, {}};
    case SaslError::unavailable:
      return {Outcome::unavailable, {}, {}};
    case SaslError::refused:
      break;
  }
  return {Outcome::refused, {}, {}};
}

}  // namespace

Task<wire::SaslStep> SaslExchange::step(Host& host, std::string mechanism,
                                        std::optional<std::string> response) {
  std::function<wire::SaslStep(db::Store&)> work = [this, &host, mechanism = std::move(mechanism),
                                                    response =
                                                        std::move(response)](db::Store& store) {
    try {
      if (!mechanism.empty()) {
        server_ = std::make_shared<SaslServer>(*find_sasl_mechanism(mechanism),
                                               accounts_of(store, host.directory), host.decoys);
      }
      auto result = server_->step(response);
      if (!result) return outcome_of(result.error());
      if (!result->done) return wire::SaslStep{Outcome::challenge, std::move(result->output), {}};
      const std::string& user = server_->user();
      return wire::SaslStep{
          Outcome::accepted, {}, host.directory.find_account(user).value_or(user)};
    } catch (const std::exception& failure) {
      log::error(fmt::format("AUTH failed: {}", failure.what()));
      return wire::SaslStep{Outcome::unavailable, {}, {}};
    }
  };
  wire::SaslStep step = co_await host.store.ask(std::move(work));
  if (step.outcome != Outcome::challenge) server_.reset();
  co_return step;
}

}  // namespace sandpost::net
