#pragma once
// The catalogues of sandbox/languages/, compiled by msgfmt, packed, and put into the program by the
// build (cmake/embed_catalogues.cmake).

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sandpost::sandbox {

struct CatalogueFile {
  std::string_view name;     // the file's name without .po: "zh_TW"
  std::string_view aliases;  // what its head says behind "X-Aliases: "
  std::string_view gzip;     // the .mo file, packed (RFC 1952)
  std::size_t octets = 0;    // of the .mo file
};

[[nodiscard]] std::span<const CatalogueFile> catalogue_files();

// The .mo file. Throws std::runtime_error if it cannot be unpacked.
[[nodiscard]] std::string unpacked(const CatalogueFile& file);

}  // namespace sandpost::sandbox
