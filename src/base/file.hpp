#pragma once
// Files and folders as POSIX has them: whole replacement, writing to the last octet, making the
// folders of a path. For any thread. What fails is told by its errno, never by an exception.

#include <sys/types.h>

#include <string>
#include <string_view>
#include <system_error>

namespace sandpost {

// Why the last system call has failed.
[[nodiscard]] std::error_code last_error();

// Writes all of it, wherever the descriptor stands; `offset`: there instead.
[[nodiscard]] std::error_code write_all(int descriptor, std::string_view octets);
[[nodiscard]] std::error_code write_all_at(int descriptor, std::string_view octets,
                                           std::size_t offset);

// The folder and those above it, as far as they are missing, for their owner alone (0700).
[[nodiscard]] std::error_code make_folder(const std::string& folder);

// The file as a whole: a new one beside it is synchronised and takes its name, so that at any
// moment a reader finds the old text or the new one, also after a power cut. `mode`: of the file,
// less the umask. What another process that was killed here has left beside the file is removed.
[[nodiscard]] std::error_code replace_file(const std::string& path, std::string_view octets,
                                           mode_t mode);

}  // namespace sandpost
