#pragma once
// The servers as a coach sees them, over their control socket, in whichever process they run. One
// thread.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/control_client.hpp"
#include "app/server.hpp"
#include "base/time.hpp"
#include "wire/event.hpp"

namespace sandpost::sandbox {

class RemoteServers {
 public:
  // Attaches to the control socket at `path`, and hears of what happens from then on. `name`: what
  // the user calls it. This and all that asks the servers throws app::ControlError.
  RemoteServers(const std::string& path, const std::string& name);

  app::Ports ports;
  std::string host;
  std::string learner;
  std::string domain;
  std::vector<std::string> accounts;
  bool has_usual_password = false;
  DelayRange delay;

  // By the servers' clock.
  [[nodiscard]] ZonedTime now() const;
  // To poll for reading.
  [[nodiscard]] int descriptor() const { return client_.descriptor(); }
  [[nodiscard]] bool ended() const { return client_.ended(); }
  // Why, where they have cut this reader off; else empty.
  [[nodiscard]] const std::string& why_cut() const { return client_.why_cut(); }

  [[nodiscard]] std::vector<wire::Event> take();
  [[nodiscard]] std::vector<db::QueueEntry> queue();
  // The number of letters.
  std::size_t deliver_now();
  [[nodiscard]] std::size_t letters_of(const std::string& account);
  void lay_in(const std::string& account, const std::string& sender, const std::string& content);

 private:
  app::ControlClient client_;
  ZonedTime start_{};
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace sandpost::sandbox
