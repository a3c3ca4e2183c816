#pragma once
// A built-in lesson in the language in use. Its texts are keys of the catalogue as those of the
// code are; what is not translated stays English. Not for lessons that come as files: their author
// has chosen their language.

#include <string>
#include <vector>

#include "sandbox/lesson.hpp"

namespace sandpost::sandbox {

// Puts the translation in place of each text. A good answer to a question stays one in English,
// too.
void translate(Lesson& lesson);

// All that translate() looks up, each with its place: "intro", "helo.hint1".
struct LessonPart {
  std::string place;
  std::string text;
};
[[nodiscard]] std::vector<LessonPart> parts_to_translate(const Lesson& lesson);

}  // namespace sandpost::sandbox
