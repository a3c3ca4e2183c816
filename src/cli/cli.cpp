#include "cli/cli.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <string_view>

#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "cli/options.hpp"
#include "cli/telnet_help.hpp"
#include "sandbox/library.hpp"

#ifndef SANDPOST_VERSION
#error "SANDPOST_VERSION is the version as a string, given by the build"
#endif

namespace sandpost::cli {
namespace {

// What is wrong with the command line, without "sandpost: ". Thrown within this file only: a check
// deep in the parsing ends all of it.
struct UsageError {
  std::string text;
};

[[noreturn]] void fail(std::string text) {
  throw UsageError{std::move(text)};
}

// The command line, split but not understood.
struct Words {
  bool help = false;
  bool version = false;
  std::string command;                                         // empty: none was named
  std::map<std::string_view, std::vector<std::string>> given;  // by the option's name
  std::vector<std::string> others;                             // neither an option nor the command
};

constexpr std::string_view help_command = "help";
constexpr std::string_view telnet_topic = "telnet";

bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-';
}

std::string_view without_dashes(std::string_view word) {
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

std::string_view name_of(std::string_view word) {
  return word.substr(0, word.find('='));
}

// CLI11 takes the word behind "--db=" for its value; what was written is an empty one.
std::vector<std::string> with_empty_values(const std::vector<std::string>& arguments) {
  std::vector<std::string> out;
  for (const std::string& given : arguments) {
    const std::string word = given == "-o" ? std::string("--output") : given;
    const Option* option = find_option(name_of(word));
    const bool empty_value = option && option->kind != Option::Kind::flag && word.back() == '=';
    if (empty_value && word.size() == option->name.size() + 1) {
      out.insert(out.end(), {std::string(option->name), ""});
    } else {
      out.push_back(word);
    }
  }
  return out;
}

[[noreturn]] void fail_missing_value(const Option& option) {
  fail(fmt::format("{}: its value is missing: write {} {}", option.name, option.name,
                   option.value_name));
}

void declare(CLI::App& app) {
  app.set_help_flag();
  app.allow_extras();
  app.require_subcommand(0, 1);
  app.add_flag("-h,--help");
  app.add_flag("--version");
  for (const Option& option : options()) {
    auto* declared = option.kind == Option::Kind::flag ? app.add_flag(std::string(option.name))
                                                       : app.add_option(std::string(option.name));
    declared->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
  }
  const auto add_command = [&](std::string_view name) {
    auto* command = app.add_subcommand(std::string(name));
    command->set_help_flag();
    command->allow_extras();
    command->fallthrough();
  };
  for (const CommandForm& form : commands())
    add_command(form.name);
  add_command(help_command);
}

Words words_from(const CLI::App& app) {
  Words words;
  words.help = app.count("--help") > 0;
  words.version = app.count("--version") > 0;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->parsed()) words.command = command->get_name();
  }
  for (const Option& option : options()) {
    const auto& values = app.get_option(std::string(option.name))->results();
    if (!values.empty()) words.given[option.name] = values;
  }
  words.others = app.remaining(true);
  std::erase(words.others, "--");
  return words;
}

Words split_words(const std::vector<std::string>& arguments) {
  CLI::App app;
  declare(app);
  auto backwards = with_empty_values(arguments);
  std::reverse(backwards.begin(), backwards.end());
  try {
    app.parse(backwards);
  } catch (const CLI::ArgumentMismatch&) {
    // Only the last word can want a value and find none.
    const Option* option = arguments.empty() ? nullptr : find_option(arguments.back());
    if (option) fail_missing_value(*option);
    throw;
  }
  return words_from(app);
}

std::string did_you_mean(std::string_view found) {
  return found.empty() ? std::string() : fmt::format("did you mean {}?", found);
}

[[noreturn]] void fail_unknown_option(std::string_view word) {
  std::vector<std::string_view> names{"help", "version"};
  for (const Option& option : options())
    names.push_back(without_dashes(option.name));
  const auto close = suggestion(without_dashes(name_of(word)), names);
  fail(fmt::format(
      "unknown option {}: {}", name_of(word),
      close.empty() ? "sandpost --help lists them all" : did_you_mean(fmt::format("--{}", close))));
}

[[noreturn]] void fail_unknown_command(std::string_view word, const LessonTitles& lessons) {
  for (const sandbox::LessonTitle& lesson : lessons()) {
    if (lesson.id == word) fail(fmt::format("{0} is a lesson: write sandpost learn {0}", word));
  }
  std::vector<std::string_view> names;
  for (const CommandForm& form : commands())
    names.push_back(form.name);
  names.push_back(help_command);
  const auto close = suggestion(word, names);
  fail(fmt::format("unknown command '{}': {}", word,
                   close.empty() ? fmt::format("write one of {}", fmt::join(names, ", "))
                                 : did_you_mean(close)));
}

[[noreturn]] void fail_unknown_lesson(std::string_view word, const LessonTitles& lessons) {
  std::vector<std::string_view> ids;
  for (const sandbox::LessonTitle& lesson : lessons())
    ids.push_back(lesson.id);
  if (ids.size() == 1)
    fail(fmt::format("unknown lesson '{}': there is only {}", word, ids.front()));
  const auto close = suggestion(word, ids);
  fail(fmt::format("unknown lesson '{}': {}{}there are {}", word, did_you_mean(close),
                   close.empty() ? "" : " ", fmt::join(ids, ", ")));
}

// Options that are none, and options that stand where a value should.
void check_options(const Words& words) {
  const auto unknown = std::find_if(words.others.begin(), words.others.end(), looks_like_option);
  if (unknown != words.others.end()) fail_unknown_option(*unknown);
  for (const auto& [name, values] : words.given) {
    const bool swallowed = std::any_of(values.begin(), values.end(), [](const auto& value) {
      return find_option(name_of(value)) != nullptr;
    });
    if (swallowed) fail_missing_value(*find_option(name));
  }
}

// The word behind the command, if it takes one.
std::string take_operand(const Words& words, std::string_view command, bool wanted) {
  const std::size_t most = wanted ? 1 : 0;
  if (words.others.size() > most) {
    fail(fmt::format("unexpected word '{}' after {}: leave it out", words.others[most], command));
  }
  return words.others.empty() ? std::string() : words.others.front();
}

// The lesson under that name: the file that holds it, or the id of a built-in one.
std::string named_lesson(const std::string& word, const LessonTitles& lessons) {
  if (sandbox::is_lesson_file(word)) return word;
  const auto titles = lessons();
  const auto found = std::find_if(titles.begin(), titles.end(),
                                  [&](const auto& title) { return title.id == word; });
  if (found == titles.end()) fail_unknown_lesson(word, lessons);
  return found->file.empty() ? word : found->file;
}

std::string lesson_from(const Words& words, const CommandForm& form, const LessonTitles& lessons) {
  const bool takes_lesson = !form.operand.empty();
  const std::string word = take_operand(words, form.name, takes_lesson);
  if (!takes_lesson) return std::string(sandbox::first_lesson);
  return named_lesson(word.empty() ? std::string(sandbox::first_lesson) : word, lessons);
}

// lesson check [LESSON]... | new NAME
void read_lesson_words(const Words& words, const LessonTitles& lessons, Invocation& invocation) {
  constexpr std::array<std::string_view, 2> verbs{"check", "new"};
  const auto& others = words.others;
  if (others.empty()) fail("lesson: write lesson check or lesson new NAME");
  const std::string& verb = others.front();
  if (verb == "new") {
    if (others.size() < 2) fail("lesson new: the name is missing: write lesson new NAME");
    if (others.size() > 2) {
      fail(fmt::format("unexpected word '{}' after lesson new {}: leave it out", others[2],
                       others[1]));
    }
    invocation.command = Command::lesson_new;
    invocation.lessons = {others[1]};
    return;
  }
  if (verb != "check") {
    const auto close = suggestion(verb, verbs);
    fail(fmt::format("unknown word '{}' after lesson: {}", verb,
                     close.empty() ? "write check or new" : did_you_mean(close)));
  }
  for (std::size_t i = 1; i < others.size(); ++i)
    invocation.lessons.push_back(named_lesson(others[i], lessons));
  if (!invocation.lessons.empty()) return;
  for (const sandbox::LessonTitle& lesson : lessons())
    invocation.lessons.push_back(named_lesson(lesson.id, lessons));
}

std::string completion_topic(const Words& words) {
  const std::string topic = take_operand(words, "completion", true);
  const auto& known = completion_topics;
  if (std::find(known.begin(), known.end(), topic) == known.end()) {
    fail(fmt::format("completion: {}write one of {}",
                     topic.empty() ? "" : fmt::format("'{}' is not known: ", topic),
                     fmt::join(known.begin(), known.end(), ", ")));
  }
  return topic;
}

// Whence a setting comes, and its values there.
struct Setting {
  std::string source;  // "--delay" or "SANDPOST_DELAY"
  bool from_environment = false;
  std::vector<std::string> values;
};

std::vector<std::string> lines_of(const std::string& text) {
  auto lines = split(text, '\n');
  std::erase_if(lines, [](const std::string& line) { return trim(line).empty(); });
  return lines;
}

std::optional<Setting> setting_of(const Option& option, const Words& words,
                                  const Environment& environment) {
  const auto given = words.given.find(option.name);
  if (given != words.given.end()) return Setting{std::string(option.name), false, given->second};
  std::string variable = variable_name(option);
  const auto value = environment(variable);
  if (!value || value->empty()) return std::nullopt;
  auto values =
      option.kind == Option::Kind::list ? lines_of(*value) : std::vector<std::string>{*value};
  return Setting{std::move(variable), true, std::move(values)};
}

using Settings = std::map<std::string_view, Setting>;  // by the option's name

Settings apply_settings(Invocation& invocation, const Words& words,
                        const Environment& environment) {
  Settings settings;
  for (const Option& option : options()) {
    auto setting = setting_of(option, words, environment);
    if (!setting) continue;
    for (const std::string& value : setting->values) {
      const auto put = option.put(invocation, value);
      if (!put) fail(fmt::format("{}: {}", setting->source, put.error()));
    }
    settings.emplace(option.name, std::move(*setting));
  }
  return settings;
}

// Quiet and verbose exclude each other; the command line outweighs the environment here, too.
void settle_quiet_and_verbose(Config& config, const Settings& settings) {
  if (!config.quiet || !config.verbose) return;
  const Setting& quiet = settings.at("--quiet");
  const Setting& verbose = settings.at("--verbose");
  if (quiet.from_environment == verbose.from_environment) {
    fail(fmt::format("{}: cannot be together with {}: leave one of them out", quiet.source,
                     verbose.source));
  }
  (quiet.from_environment ? config.quiet : config.verbose) = false;
}

void check_accounts(const Config& config, const Settings& settings) {
  std::set<std::string> names{to_lower(config.as.local_part)};
  for (const Account& account : config.users) {
    if (names.insert(to_lower(account.name)).second) continue;
    const bool learner = equals_ignoring_case(account.name, config.as.local_part);
    fail(fmt::format("{}: '{}' {}: choose another name", settings.at("--user").source, account.name,
                     learner ? "is your own name (--as)" : "is there twice"));
  }
}

// What no server could ever do with these, whatever the computer.
void check_servers(const Config& config) {
  if (config.tls.mode == net::TlsSettings::Mode::off && (config.smtps_port || config.pop3s_port)) {
    fail(fmt::format("{}: needs TLS: leave out --tls off",
                     config.smtps_port ? "--smtps-port" : "--pop3s-port"));
  }
  std::map<unsigned short, const char*> taken;
  const auto take = [&](const char* option, unsigned short port) {
    const auto [other, is_free] = taken.try_emplace(port, option);
    if (port == 0 || is_free) return;
    fail(fmt::format("{}: {} is {}'s port already: choose another for one of them", option, port,
                     other->second));
  };
  take("--smtp-port", config.smtp_port);
  take("--pop3-port", config.pop3_port);
  take("--smtps-port", config.smtps_port.value_or(0));
  take("--pop3s-port", config.pop3s_port.value_or(0));
}

// Options that only some commands know.
void check_belonging(const Words& words, const Invocation& invocation) {
  const auto command = invocation.command;
  if (words.given.contains("--fast") && command != Command::demo) {
    fail("--fast: belongs to the demo: write sandpost demo --fast");
  }
  for (const char* name :
       {"--format", "--output", "--name", "--id", "--anonymous", "--force", "--compare"}) {
    if (words.given.contains(name) && command != Command::report) {
      fail(fmt::format("{0}: belongs to the report: write sandpost report {0}", name));
    }
  }
  if (words.given.contains("--record") && command && command != Command::serve &&
      command != Command::learn && command != Command::coach) {
    fail("--record: belongs to serve, learn and coach: write sandpost serve --record DIR");
  }
  const bool lists = command == Command::lessons || command == Command::lesson_check;
  if (words.given.contains("--json") && !lists) {
    fail("--json: belongs to lessons and lesson check: write sandpost lessons --json");
  }
  for (const std::string_view option : {"--attach", "--learner", "--all"}) {
    if (!words.given.contains(option) || command == Command::coach) continue;
    if (option == "--learner" && command == Command::report) continue;
    fail(fmt::format("{0}: belongs to coach: write sandpost coach {0}", option));
  }
  if (words.given.contains("--all") && words.given.contains("--learner")) {
    fail("--all: cannot be together with --learner: leave one of them out");
  }
  if (!words.given.contains("--attach")) return;
  for (const std::string_view option :
       {"--host", "--smtp-port", "--pop3-port", "--smtps-port", "--pop3s-port", "--tls",
        "--max-size", "--port-file", "--db", "--delay", "--as", "--clock", "--fault", "--strict"}) {
    if (!words.given.contains(option)) continue;
    fail(fmt::format("{}: is for the servers, and with --attach they run already: leave it out",
                     option));
  }
}

std::variant<Invocation, Message> understand(const Words& words, const Environment& environment,
                                             const LessonTitles& lessons, std::size_t width) {
  const CommandForm* form = find_command(words.command);
  if (words.help) return Message{help_text(form, lessons(), width), exit_status::done, true};
  if (words.version) return Message{"sandpost " SANDPOST_VERSION "\n"};
  check_options(words);
  if (words.command == help_command) {
    const std::string topic = take_operand(words, help_command, true);
    if (topic == telnet_topic) return Message{telnet_help(width), exit_status::done, true};
    form = find_command(topic);
    if (!form && !topic.empty() && topic != help_command)
      fail_unknown_command(topic, [] { return std::span<const sandbox::LessonTitle>(); });
    return Message{help_text(form, lessons(), width), exit_status::done, true};
  }
  Invocation invocation;
  invocation.lesson = sandbox::first_lesson;
  if (form) {
    invocation.command = form->command;
    if (form->command == Command::lesson_check) {
      read_lesson_words(words, lessons, invocation);
    } else if (form->command == Command::completion) {
      invocation.topic = completion_topic(words);
    } else if (form->command == Command::events) {
      invocation.port_file = take_operand(words, form->name, true);
      if (invocation.port_file.empty()) {
        fail("events: the file is missing: write events PORTFILE, that of serve --port-file");
      }
    } else if (form->command == Command::report) {
      invocation.report.record = take_operand(words, form->name, true);
    } else {
      invocation.lesson = lesson_from(words, *form, lessons);
    }
  } else if (!words.others.empty()) {
    fail_unknown_command(words.others.front(), lessons);
  }
  check_belonging(words, invocation);
  const Settings settings = apply_settings(invocation, words, environment);
  settle_quiet_and_verbose(invocation.config, settings);
  check_accounts(invocation.config, settings);
  check_servers(invocation.config);
  return invocation;
}

}  // namespace

sandbox::LanguageChoice chosen_language(const std::vector<std::string>& arguments,
                                        const Environment& environment, bool terminal) {
  constexpr std::string_view option = "--lang";
  std::string wish;
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    if (name_of(arguments[i]) != option) continue;
    if (arguments[i].size() > option.size()) {
      wish = arguments[i].substr(option.size() + 1);
    } else if (i + 1 < arguments.size()) {
      wish = arguments[i + 1];
    }
  }
  return sandbox::choose_language(wish, environment, terminal);
}

bool is_translated(Command command) {
  return command == Command::learn || command == Command::coach || command == Command::demo ||
         command == Command::lessons || command == Command::report;
}

std::variant<Invocation, Message> parse(const std::vector<std::string>& arguments,
                                        const Environment& environment, const LessonTitles& lessons,
                                        std::size_t width) {
  std::string problem;
  try {
    return understand(split_words(arguments), environment, lessons, width);
  } catch (const UsageError& error) {
    problem = error.text;
  } catch (const CLI::Error& error) {
    problem = fmt::format("{}: see sandpost --help", error.what());
  }
  // What was typed can hold anything; the message stays one line.
  return Message{fmt::format("sandpost: {}\n", visible(problem)), exit_status::usage};
}

std::string lesson_folder(const Environment& environment) {
  const auto data = environment("XDG_DATA_HOME");
  const auto home = environment("HOME");
  std::string folder;
  // A path that is not absolute is to be ignored, says the XDG specification.
  if (data && data->starts_with('/')) {
    folder = *data;
  } else if (home && home->starts_with('/')) {
    folder = *home + "/.local/share";
  }
  return folder.empty() ? folder : folder + "/sandpost/lessons";
}

}  // namespace sandpost::cli
