#pragma once
// The server's end of the control socket: a local socket, its owner's alone, over which another
// process of the same user reads the events and gives a few commands, a line each. What is said
// there is in docs/events.md; what a command does is told by `Answer`.
//
// It has a thread of its own, so that no session waits for it. What a reader has not read yet is
// bounded: one that is too slow is cut off with a word.

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "wire/bus.hpp"

namespace sandpost::app {

class Control {
 public:
  // The lines, each with its newline, that answer a command; the last one is the verdict. Called on
  // the control's thread; may block. What it throws is told to whoever gave the command.
  using Answer = std::function<std::string(std::string_view command)>;

  // Octets that wait for one reader before it is cut off.
  static constexpr std::size_t most_waiting = std::size_t{8} << 20U;
  static constexpr std::size_t longest_command = std::size_t{1} << 20U;
  static constexpr std::size_t most_clients = 32;

  // `bus` must outlive the object. Makes a folder with the socket in it, and listens. Throws
  // StartError.
  Control(wire::Bus& bus, Answer answer);
  ~Control();  // finishes
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  // Commands are refused from now on; none is being answered any more when this returns.
  void refuse_commands();
  // Sends what was told until now, says good-bye, and takes the socket away.
  void finish();

 private:
  struct Client {
    int descriptor = -1;
    std::string coming;   // a command that is not whole yet
    std::string waiting;  // not written yet
    bool reads = true;    // commands can come
    bool listens = false;
    bool ends = false;  // once `waiting` is written
  };

  void open_socket();
  void remove_socket();
  void run();
  void accept_client();
  void read_from(Client& client);
  void obey(Client& client, std::string_view command);
  void hand_on_events();
  void queue_up(Client& client, std::string_view lines);
  static void cut_off(Client& client);
  static void write_to(Client& client);
  void drop_the_gone();
  void say_goodbye();

  wire::Bus& bus_;
  Answer answer_;
  std::string path_;
  int socket_ = -1;
  int wake_ = -1;
  bool cannot_accept_ = false;
  std::list<Client> clients_;
  std::shared_ptr<wire::Subscription> events_;  // while somebody listens
  std::mutex commands_;                         // held while one is answered
  bool refuses_ = false;                        // guarded by commands_
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

}  // namespace sandpost::app
