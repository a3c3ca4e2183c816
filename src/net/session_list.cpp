#include "net/session_list.hpp"

namespace sandpost::net {

void SessionList::add(const std::shared_ptr<Session>& session) {
  if (sessions_.insert(session).second) ++by_address_[std::string(session->client_address())];
}

void SessionList::remove(const std::shared_ptr<Session>& session) {
  if (sessions_.erase(session) == 0) return;
  const auto address = by_address_.find(std::string(session->client_address()));
  if (--address->second == 0) by_address_.erase(address);
}

std::size_t SessionList::count_from(const std::string& address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? 0 : found->second;
}

void SessionList::check_deadlines() {
  const auto now = std::chrono::steady_clock::now();
  for (const auto& session : sessions_)
    session->check_deadline(now);
}

void SessionList::stop_all(StopReason reason) {
  for (const auto& session : sessions_)
    session->stop(reason);
}

}  // namespace sandpost::net
