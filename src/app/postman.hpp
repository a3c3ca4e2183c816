#pragma once
// Announces deliveries to whoever watches. It delivers nothing: POP3 asks for the time itself. It
// remembers what waits also while nobody watches, for somebody may before it is due; what waits for
// nothing costs nothing then. I/O thread only.

#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "mail/message.hpp"
#include "net/task.hpp"
#include "wire/bus.hpp"

namespace sandpost::app {

class Postman {
 public:
  Postman(asio::io_context& io, const Clock& clock, wire::Bus& bus);

  // A message that waits for `due` in that maildrop.
  void expect(mail::QueueNumber number, const std::string& maildrop, Time accepted, Time due);
  // Announces what is due; called by its own timer, and by whoever moves the clock.
  void look();
  // Everything that waits has been delivered before its time.
  void announce_all();
  void stop();

 private:
  struct Delivery {
    Time due;
    mail::QueueNumber number;
    std::string maildrop;
    Time accepted;
    // The earliest on top.
    friend bool operator<(const Delivery& a, const Delivery& b) {
      return a.due != b.due ? a.due > b.due : a.number > b.number;
    }
  };

  void announce_next();
  void set_timer();

  const Clock& clock_;
  wire::Bus& bus_;
  net::Timer timer_;
  std::priority_queue<Delivery> deliveries_;
  bool stopped_ = false;
};

}  // namespace sandpost::app
