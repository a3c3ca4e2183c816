#include "sandbox/catalogues.hpp"

#include <zlib.h>

#include <memory>
#include <stdexcept>

namespace sandpost::sandbox {

std::string unpacked(const CatalogueFile& file) {
  constexpr int gzip_window = MAX_WBITS + 16;  // zlib's way to ask for gzip's head
  std::string packed(file.gzip);
  std::string mo(file.octets, '\0');
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(mo.data());
  stream.avail_out = static_cast<uInt>(mo.size());
  if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::runtime_error("zlib does not start");
  const int status = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (status != Z_STREAM_END || stream.avail_out != 0) {
    throw std::runtime_error("the built-in catalogue " + std::string(file.name) + " is damaged");
  }
  return mo;
}

}  // namespace sandpost::sandbox
