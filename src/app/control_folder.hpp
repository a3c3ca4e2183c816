#pragma once
// The folder with the control socket in it: made for each server, and swept where a server that was
// killed has left one behind. Any thread.

#include <chrono>
#include <string>

namespace sandpost::app {

// The socket's name in it.
inline constexpr const char* control_name = "control";

// Younger folders are left alone: their server may not listen yet.
inline constexpr std::chrono::seconds control_folder_grace{60};

// A new folder that only the owner can look into, where temporary files go; what dead servers of
// the same user have left there is removed. Throws StartError.
[[nodiscard]] std::string make_control_folder();

// Removes the folders in `parent` that were control folders of servers of this user, and are no
// longer: named like one, of mode 0700, with nothing but a socket in them that refuses connections.
// Follows no link; whatever is in doubt stays, and so does all of a file system that other
// computers may share, for their sockets refuse connections from here.
void sweep_control_folders(const std::string& parent);

}  // namespace sandpost::app
