# cmake -DMSGFMT=... -DOUT=catalogues.cpp -DFILES="a.po;b.po" -P embed_catalogues.cmake
# Compiles the catalogues and writes them as the constants of one source file.

set(constants "")
set(entries "")
foreach(file IN LISTS FILES)
  cmake_path(GET file STEM name)
  execute_process(COMMAND ${MSGFMT} --check -o ${OUT}.mo ${file} COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${OUT}.mo bytes HEX)
  file(REMOVE ${OUT}.mo)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND constants "constexpr char ${name}[] = {${bytes}};\n")
  string(APPEND entries "    CatalogueFile{\"${name}\", {${name}, sizeof ${name}}},\n")
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
