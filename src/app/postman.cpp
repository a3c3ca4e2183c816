#include "app/postman.hpp"

#include "wire/vocabulary.hpp"

namespace sandpost::app {

Postman::Postman(asio::io_context& io, const Clock& clock, wire::Bus& bus)
    : clock_(clock), bus_(bus), timer_(io.get_executor()) {}

void Postman::expect(mail::QueueNumber number, const std::string& maildrop, Time accepted,
                     Time due) {
  if (due <= accepted && !bus_.wanted()) return;
  const bool is_next = deliveries_.empty() || due < deliveries_.top().due;
  deliveries_.push({due, number, maildrop, accepted});
  if (is_next) look();
}

void Postman::look() {
  const Time now = clock_.now().time;
  while (!deliveries_.empty() && deliveries_.top().due <= now)
    announce_next();
  set_timer();
}

void Postman::announce_all() {
  while (!deliveries_.empty())
    announce_next();
  set_timer();
}

void Postman::stop() {
  stopped_ = true;
  timer_.cancel();
}

void Postman::announce_next() {
  const Delivery delivery = deliveries_.top();
  deliveries_.pop();
  if (!bus_.wanted()) return;
  wire::Event event;
  event.when = clock_.now();
  event.learner = delivery.maildrop;
  event.name = wire::event::queue_delivered;
  event.fields = {{"queue", delivery.number},
                  {"mailbox", delivery.maildrop},
                  {"waited", std::int64_t{(event.when.time - delivery.accepted).count()}}};
  bus_.publish(event);
}

void Postman::set_timer() {
  if (stopped_ || deliveries_.empty()) return;
  timer_.expires_after(deliveries_.top().due - clock_.now().time);
  timer_.async_wait([this](const std::error_code& error) {
    if (!error && !stopped_) look();
  });
}

}  // namespace sandpost::app
