# cmake -DMSGFMT=... -DOUT=catalogue_files.cpp -DFILES="a.po;b.po" -P embed_catalogues.cmake
# Compiles the catalogues, packs them, and writes them as the constants of one source file.

set(constants "")
set(entries "")
foreach(file IN LISTS FILES)
  cmake_path(GET file STEM name)
  execute_process(COMMAND ${MSGFMT} --check --no-hash -o ${OUT}.mo ${file} COMMAND_ERROR_IS_FATAL ANY)
  file(ARCHIVE_CREATE OUTPUT ${OUT}.gz PATHS ${OUT}.mo
    FORMAT raw COMPRESSION GZip COMPRESSION_LEVEL 9 MTIME "1970-01-01 00:00:00 UTC")
  file(SIZE ${OUT}.mo size)
  file(READ ${OUT}.gz bytes HEX)
  file(REMOVE ${OUT}.mo ${OUT}.gz)
  file(STRINGS ${file} aliases REGEX "^\"X-Aliases: ")
  string(REGEX REPLACE "^\"X-Aliases: (.*)\\\\n\"$" "\\1" aliases "${aliases}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND constants "constexpr char ${name}[] = {${bytes}};\n")
  string(APPEND entries "    CatalogueFile{\"${name}\", \"${aliases}\", {${name}, sizeof ${name}}, ${size}},\n")
endforeach()
file(WRITE ${OUT} "// Made from sandbox/languages/ by the build.
#include \"sandbox/catalogues.hpp\"

#include <vector>

namespace sandpost::sandbox {
namespace {

${constants}
}  // namespace

std::span<const CatalogueFile> catalogue_files() {
  static const std::vector<CatalogueFile> files{
${entries}  };
  return files;
}

}  // namespace sandpost::sandbox
")
