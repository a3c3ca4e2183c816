#pragma once
// A session's AUTH: takes the engine's requests to the SASL server, which works on the store's
// thread.

#include <memory>
#include <optional>
#include <string>

#include "net/host.hpp"
#include "net/sasl.hpp"
#include "net/task.hpp"
#include "wire/sasl_step.hpp"

namespace sandpost::net {

class SaslExchange {
 public:
  // `mechanism`: begins an exchange; empty: goes on with the one that was begun.
  [[nodiscard]] Task<wire::SaslStep> step(Host& host, std::string mechanism,
                                          std::optional<std::string> response);

 private:
  std::shared_ptr<SaslServer> server_;
};

}  // namespace sandpost::net
