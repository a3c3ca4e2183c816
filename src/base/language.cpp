#include "base/language.hpp"

#include <algorithm>

namespace sandpost {
namespace {

const Catalogue* in_use = nullptr;

constexpr std::uint32_t magic =
    0x950412DE;  // little-endian, as msgfmt writes unless told otherwise

}  // namespace

std::optional<std::uint32_t> Catalogue::number(std::uint64_t at) const {
  if (mo_.size() < 4 || at > mo_.size() - 4) return std::nullopt;
  std::uint32_t out = 0;
  for (std::size_t i = 4; i-- > 0;)
    out = out << 8U | static_cast<unsigned char>(mo_[at + i]);
  return out;
}

// Row of a table of pairs, each a length and an offset.
std::optional<std::string_view> Catalogue::text(std::uint64_t table, std::uint64_t row) const {
  const auto length = number(table + 8 * row);
  const auto begin = number(table + 8 * row + 4);
  if (!length || !begin || *begin > mo_.size() || *length > mo_.size() - *begin)
    return std::nullopt;
  return mo_.substr(*begin, *length);
}

// The head: magic, revision, how many texts, where the table of keys and that of the translations
// begin. The keys are sorted by their octets.
std::optional<std::string_view> Catalogue::find(std::string_view english) const {
  const auto count = number(8);
  const auto keys = number(12);
  const auto translations = number(16);
  if (number(0) != magic || !count || !keys || !translations) return std::nullopt;
  std::uint64_t low = 0;
  std::uint64_t high = *count;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto key = text(*keys, middle);
    if (!key) return std::nullopt;
    if (*key == english) return text(*translations, middle);
    (*key < english ? low : high) = *key < english ? middle + 1 : middle;
  }
  return std::nullopt;
}

const Catalogue* use_catalogue(const Catalogue* catalogue) {
  return std::exchange(in_use, catalogue);
}

std::string language_tag() {
  constexpr std::string_view field = "\nLanguage: ";
  if (in_use == nullptr) return "en";
  const std::string head = '\n' + std::string(in_use->find("").value_or(""));
  const auto at = head.find(field);
  if (at == std::string::npos) return "und";  // RFC 5646: undetermined
  const auto begin = at + field.size();
  std::string name = head.substr(begin, head.find('\n', begin) - begin);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::string tr(std::string_view english) {
  if (in_use != nullptr && !english.empty()) {
    const auto found = in_use->find(english);
    if (found && !found->empty()) return std::string(*found);
  }
  return std::string(english);
}

}  // namespace sandpost
