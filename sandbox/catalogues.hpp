#pragma once
// The catalogues of sandbox/languages/, compiled by msgfmt and put into the program by the build
// (cmake/embed_catalogues.cmake).

#include <span>
#include <string_view>

namespace sandpost::sandbox {

struct CatalogueFile {
  std::string_view name;  // the file's name without .po: "zh_TW"
  std::string_view mo;
};

[[nodiscard]] std::span<const CatalogueFile> catalogue_files();

}  // namespace sandpost::sandbox
