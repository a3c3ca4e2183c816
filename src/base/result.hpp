#pragma once
// The one name under which a function returns "a value or the reason why not".
// An alias, so that it can become std::expected with a newer compiler.

#include <tl/expected.hpp>

namespace sandpost {

template <class T, class E>
using Result = tl::expected<T, E>;

template <class E>
using Failure = tl::unexpected<E>;

}  // namespace sandpost
