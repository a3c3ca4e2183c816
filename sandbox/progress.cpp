#include "sandbox/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/language.hpp"
#include "base/text.hpp"

namespace sandpost::sandbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr int format_version = 1;

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string date_of(Time when, std::chrono::minutes offset) {
  return rfc3339_text(when + offset).substr(0, 10);
}

Json time_json(const std::optional<Time>& when) {
  return when ? Json(rfc3339_text(*when)) : Json(nullptr);
}

// The fields of a file that a person may have edited: whatever is not as it should be throws.
Time time_at(const Json& object, const char* key) {
  const auto when = parse_rfc3339(object.at(key).get<std::string>());
  if (!when) throw std::invalid_argument(key);
  return when->time;
}

std::int64_t count_at(const Json& object, const char* key) {
  const Json& value = object.at(key);
  if (!value.is_number_integer()) throw std::invalid_argument(key);
  const auto count = value.get<std::int64_t>();
  if (count < 0 || count > std::numeric_limits<int>::max()) throw std::invalid_argument(key);
  return count;
}

StepRecord step_from(const Json& object) {
  StepRecord out;
  out.id = object.at("id").get<std::string>();
  out.took = count_at(object, "ms");
  out.refused = static_cast<int>(count_at(object, "refused"));
  out.hints = static_cast<int>(count_at(object, "hints"));
  out.help = object.at("help").get<std::string>();
  out.elsewhere = object.value("elsewhere", false);
  return out;
}

Progress progress_from(const Json& root) {
  Progress out;
  out.lesson_version = static_cast<int>(count_at(root, "lesson_version"));
  out.saved = time_at(root, "saved");
  if (!root.at("finished").is_null()) out.finished = time_at(root, "finished");
  for (const Json& step : root.at("steps"))
    out.steps.push_back(step_from(step));
  for (const Json& answer : root.at("answers")) {
    out.answers.push_back({answer.at("ask").get<std::string>(),
                           answer.at("answer").get<std::string>(), answer.at("good").get<bool>()});
  }
  return out;
}

// A name as a file's: an address may hold a slash.
std::string as_file_name(std::string_view name) {
  std::string out;
  for (const char c : to_lower(name)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       std::string_view("@.-_+").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<std::uint8_t>(c));
  }
  return out;
}

}  // namespace

std::string progress_text(const Progress& progress, const std::string& learner,
                          const std::string& lesson) {
  Json steps = Json::array();
  for (const StepRecord& step : progress.steps) {
    steps.push_back({{"id", step.id},
                     {"ms", step.took},
                     {"refused", step.refused},
                     {"hints", step.hints},
                     {"help", step.help}});
    if (step.elsewhere) steps.back()["elsewhere"] = true;
  }
  Json answers = Json::array();
  for (const AnswerRecord& answer : progress.answers)
    answers.push_back({{"ask", answer.ask}, {"answer", answer.answer}, {"good", answer.good}});
  return dumped({{"version", format_version},
                 {"learner", learner},
                 {"lesson", lesson},
                 {"lesson_version", progress.lesson_version},
                 {"saved", time_json(progress.saved)},
                 {"finished", time_json(progress.finished)},
                 {"steps", steps},
                 {"answers", answers}});
}

Result<Progress, BadProgress> parse_progress(const std::string& text) {
  const Json root = Json::parse(text, nullptr, false);
  const auto bad = [](bool newer) { return Failure<BadProgress>{BadProgress{newer}}; };
  if (!root.is_object()) return bad(false);
  const auto version = root.find("version");
  if (version == root.end() || !version->is_number_integer()) return bad(false);
  if (version->get<std::int64_t>() > format_version) return bad(true);
  try {
    return progress_from(root);
  } catch (const std::exception&) {
    return bad(false);  // of the many ways to be damaged, none needs words of its own
  }
}

std::vector<StepRecord> fitting_steps(const Lesson& lesson, const std::vector<StepRecord>& passed) {
  std::vector<StepRecord> out;
  for (const Step& step : lesson.steps) {
    const auto found = std::find_if(passed.begin(), passed.end(),
                                    [&](const StepRecord& one) { return one.id == step.id; });
    if (found != passed.end()) {
      out.push_back(*found);
    } else if (!lesson.any_order) {
      break;
    }
  }
  return out;
}

std::string progress_file(const std::string& learner, const std::string& lesson) {
  return fmt::format("progress/{}/{}.json", as_file_name(learner), as_file_name(lesson));
}

ProgressKeeper::ProgressKeeper(StateFolder& folder, const Lesson& lesson, std::string learner)
    : folder_(folder), lesson_(lesson), learner_(std::move(learner)) {
  progress_.lesson_version = lesson.version;
}

Lines ProgressKeeper::load() {
  const std::string name = progress_file(learner_, lesson_.id);
  const std::string path = visible(folder_.path() + '/' + name);
  const auto text = folder_.read(name);
  if (!text) {
    sealed_ = true;
    return {{Role::tutor, say("Nothing is saved: {}.", text.error())}};
  }
  if (!*text) return {};
  auto found = parse_progress(**text);
  if (!found && found.error().newer) {
    sealed_ = true;
    return {
        {Role::tutor,
         say("Nothing is saved: a newer sandpost has written {}, and I leave it as it is.", path)}};
  }
  if (!found) {
    if (!folder_.write(name + ".damaged", **text)) sealed_ = true;
    return {{Role::tutor, say("Your progress in {0} cannot be read, so we begin anew. The damaged "
                              "text is kept in {0}.damaged.",
                              path)}};
  }
  progress_ = std::move(*found);
  const int before = progress_.lesson_version;
  const std::size_t known = progress_.steps.size();
  keep_what_fits();
  // Who has been through all of it begins a new round.
  if (progress_.finished && progress_.steps.size() == lesson_.steps.size()) {
    progress_.steps.clear();
    return {};
  }
  if (before == lesson_.version && known == progress_.steps.size()) return {};
  const bool all_fit = known == progress_.steps.size();
  const std::string changed =
      before == lesson_.version
          ? tr("This lesson has changed since you were here (its steps are others).")
          : say("This lesson has changed since you were here (version {0} then, {1} now).", before,
                lesson_.version);
  return {{Role::tutor, changed + (all_fit ? tr(" The steps you have done are still the same.")
                                   : progress_.steps.empty()
                                       ? tr(" Its steps are new to you: we begin anew.")
                                       : tr(" Only its first steps are still the same."))}};
}

void ProgressKeeper::keep_what_fits() {
  progress_.steps = fitting_steps(lesson_, progress_.steps);
  progress_.lesson_version = lesson_.version;
}

bool ProgressKeeper::has_place() const {
  return !progress_.steps.empty() && progress_.steps.size() < lesson_.steps.size();
}

Lines ProgressKeeper::note(const std::vector<StepRecord>& passed, Time now) {
  std::vector<StepRecord> all = passed;
  for (const StepRecord& old : progress_.steps) {
    const bool again = std::any_of(passed.begin(), passed.end(),
                                   [&](const StepRecord& one) { return one.id == old.id; });
    if (!again) all.push_back(old);
  }
  all = fitting_steps(lesson_, all);
  if (all == progress_.steps) return {};
  progress_.steps = std::move(all);
  return save(now);
}

Lines ProgressKeeper::note_finished(Time now) {
  progress_.finished = now;
  return save(now);
}

Lines ProgressKeeper::keep(const std::vector<StepRecord>& passed, bool finished, Time now) {
  Lines out = note(passed, now);
  if (finished && !std::exchange(finish_noted_, true)) {
    for (Line& line : note_finished(now))
      out.push_back(std::move(line));
  }
  return out;
}

Lines ProgressKeeper::note_answer(AnswerRecord answer, Time now) {
  std::erase_if(progress_.answers, [&](const AnswerRecord& one) { return one.ask == answer.ask; });
  progress_.answers.push_back(std::move(answer));
  return save(now);
}

Lines ProgressKeeper::reset(Time now) {
  finish_noted_ = false;
  if (progress_.steps.empty()) return {};
  progress_.steps.clear();
  return save(now);
}

Lines ProgressKeeper::save(Time now) {
  progress_.saved = now;
  if (!saves()) return {};
  const std::string text = progress_text(progress_, learner_, lesson_.id);
  folder_.write(progress_file(learner_, lesson_.id), text);
  if (auto problem = folder_.take_problem()) return {{Role::tutor, std::move(*problem)}};
  return {};
}

std::size_t first_open_step(const Lesson& lesson, const std::vector<StepRecord>& passed) {
  const auto open = std::find_if(lesson.steps.begin(), lesson.steps.end(), [&](const Step& step) {
    return std::none_of(passed.begin(), passed.end(),
                        [&](const StepRecord& one) { return one.id == step.id; });
  });
  return static_cast<std::size_t>(open - lesson.steps.begin());
}

std::string welcome_back(const Progress& progress, std::size_t step, std::size_t count,
                         const std::string& title, Time now, std::chrono::minutes offset) {
  const std::string then = date_of(progress.saved, offset);
  if (then == date_of(now, offset)) {
    return say("Welcome back. Earlier today you stopped at step {0} of {1}, \"{2}\".", step, count,
               title);
  }
  if (then == date_of(now - std::chrono::hours{24}, offset)) {
    return say("Welcome back. Yesterday you stopped at step {0} of {1}, \"{2}\".", step, count,
               title);
  }
  return say("Welcome back. On {3} you stopped at step {0} of {1}, \"{2}\".", step, count, title,
             then);
}

}  // namespace sandpost::sandbox
