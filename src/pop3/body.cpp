#include "pop3/body.hpp"

namespace sandpost::pop3 {

std::string_view TopCut::take(std::string_view piece) {
  std::string_view rest = piece;
  while (!done() && lines_.next(rest)) {
    if (!in_head_)
      --lines_left_;
    else if (lines_.octets() == 0)
      in_head_ = false;
  }
  return piece.substr(0, piece.size() - rest.size());
}

}  // namespace sandpost::pop3
