#pragma once
// The sessions that are alive. I/O thread only.

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "net/session.hpp"

namespace sandpost::net {

class SessionList {
 public:
  void add(const std::shared_ptr<Session>& session);
  void remove(const std::shared_ptr<Session>& session);
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }
  [[nodiscard]] std::size_t count_from(const std::string& address) const;
  void check_deadlines();
  void stop_all(StopReason reason);

 private:
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  std::unordered_map<std::string, std::size_t> by_address_;
};

}  // namespace sandpost::net
