#pragma once
// The language in which the tutor, the help and the reports speak. A text is written in English
// where it is used, and that English is its key in the catalogue of another language; what is not
// found there stays English. Not for what protocols say: replies, events and logs are English
// everywhere.
//
// The catalogue in use is the one global there is: set on the main thread, and read by that thread
// alone.

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sandpost {

// The texts of one language: the content of a GNU .mo file, which msgfmt makes of a .po file.
class Catalogue {
 public:
  // `mo` must outlive the catalogue. One that is damaged has the texts that can be read, or none.
  explicit Catalogue(std::string_view mo) : mo_(mo) {}

  // The translation; nothing if there is none. Of the key "" it is the file's head.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view english) const;

 private:
  [[nodiscard]] std::optional<std::uint32_t> number(std::uint64_t at) const;
  [[nodiscard]] std::optional<std::string_view> text(std::uint64_t table, std::uint64_t row) const;

  std::string_view mo_;
};

// Which language is spoken from now on; null is English. The catalogue must stay. Returns the one
// before.
const Catalogue* use_catalogue(const Catalogue* catalogue);

// The language in use as HTML names it: "en", "zh-TW".
[[nodiscard]] std::string language_tag();

// The text in the language in use. scripts/messages finds these calls: write the English itself
// into them, or mark it with tr_later() where it stands.
[[nodiscard]] std::string tr(std::string_view english);

// A text in a table: its English, which tr() translates when it is used.
constexpr std::string_view tr_later(std::string_view english) {
  return english;
}

// fmt::format in the language in use. Number the arguments, {0} and {1}, if there are several: a
// translation may want them in another order.
template <class... Arguments>
[[nodiscard]] std::string say(fmt::format_string<Arguments...> english, Arguments&&... arguments) {
  const fmt::string_view key = english;
  return fmt::vformat(tr({key.data(), key.size()}), fmt::make_format_args(arguments...));
}

}  // namespace sandpost
