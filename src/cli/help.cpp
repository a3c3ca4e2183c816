#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/language.hpp"
#include "base/text.hpp"
#include "sandbox/columns.hpp"
#include "sandbox/languages.hpp"
#include "sandbox/table.hpp"

namespace sandpost::cli {
namespace {

using sandbox::columns;

struct Example {
  std::optional<Command> command;  // empty: shown in the general help only
  std::string_view line;
  std::string_view meaning;
};

constexpr std::array examples{
    Example{std::nullopt, "sandpost", tr_later("learn it: the guided session")},
    Example{std::nullopt, "sandpost demo", tr_later("watch the whole exercise")},
    Example{std::nullopt, "sandpost serve", tr_later("only the servers, for your own telnet")},
    Example{std::nullopt, "sandpost serve --db test.db --smtp-port 0 --port-file p.json",
            tr_later("a mail server for your tests")},
    Example{Command::learn, "sandpost learn", tr_later("the guided session")},
    Example{Command::learn, "sandpost learn --delay 2s", tr_later("with a shorter wait")},
    Example{Command::learn, "sandpost learn --no-input < lines.txt",
            tr_later("your lines from a file")},
    Example{Command::coach, "sandpost coach",
            tr_later("then telnet 127.0.0.1 2525 in another window")},
    Example{Command::coach, "sandpost coach --attach p.json --learner alice",
            tr_later("at servers that run already")},
    Example{Command::coach, "sandpost coach --all --user alice:a --user bob:b",
            tr_later("a class")},
    Example{Command::events, "sandpost events p.json | jq .event",
            tr_later("with sandpost serve --port-file p.json running")},
    Example{Command::demo, "sandpost demo", tr_later("watch it at reading speed")},
    Example{Command::demo, "sandpost demo --fast", tr_later("without pauses")},
    Example{Command::serve, "sandpost serve",
            tr_later("on the usual ports, with a throw-away mailbox")},
    Example{Command::serve, "sandpost serve --db mail.db --user alice:wonderland",
            tr_later("a mailbox that stays, and a second account")},
    Example{Command::serve, "sandpost serve --smtp-port 0 --pop3-port 0 --port-file p.json",
            tr_later("any free ports, written to a file")},
    Example{Command::learn, "sandpost learn ./mine.toml", tr_later("a lesson of your own")},
    Example{Command::lessons, "sandpost lessons", tr_later("what there is to learn")},
    Example{Command::lessons, "sandpost lessons --json", tr_later("the same for a program")},
    Example{Command::lesson_check, "sandpost lesson new mine",
            tr_later("begins a lesson in mine.toml")},
    Example{Command::lesson_check, "sandpost lesson check ./mine.toml",
            tr_later("does it go as it says?")},
    Example{Command::lesson_check, "sandpost lesson check", tr_later("all lessons there are")},
    Example{Command::completion, "eval \"$(sandpost completion bash)\"", tr_later("in ~/.bashrc")},
    Example{Command::completion, "source <(sandpost completion zsh)", tr_later("in ~/.zshrc")},
    Example{Command::completion, "sandpost completion fish | source", tr_later("in config.fish")},
    Example{Command::report, "sandpost report --format html -o lab.html",
            tr_later("of the last session")},
    Example{Command::report, "sandpost report lab.json --compare DIR",
            tr_later("does the server agree?")},
    Example{Command::serve, "sandpost serve --record DIR", tr_later("and keep what happens")},
    Example{Command::serve, "sandpost serve --fault rcpt:451:0.3 --fault delay:2s",
            tr_later("slow, and now and then a refusal, on purpose")},
};

// Which options are for these commands alone.
bool is_for(const Option& option, Command command) {
  if (option.name == "--fast") return command == Command::demo;
  if (option.name == "--attach" || option.name == "--all") return command == Command::coach;
  if (option.name == "--learner") return command == Command::coach || command == Command::report;
  if (option.name == "--json")
    return command == Command::lessons || command == Command::lesson_check;
  constexpr std::array report_options{"--format",    "--output", "--name",   "--id",
                                      "--anonymous", "--force",  "--compare"};
  if (std::find(report_options.begin(), report_options.end(), option.name) != report_options.end())
    return command == Command::report;
  if (option.name == "--record") {
    return command == Command::serve || command == Command::learn || command == Command::coach;
  }
  return true;
}

std::string description(Command command) {
  switch (command) {
    case Command::learn:
      return tr(
          "Starts both mail servers and leads you, step by step, through one letter: sent by SMTP, "
          "fetched by POP3. You type the protocols' own lines; :help shows the words for the "
          "tutor.");
    case Command::coach:
      return tr(
          "Starts both mail servers, and follows what you type at them in another window: with "
          "telnet, nc, openssl, a script or a mail program. Each line is shown with its "
          "explanation, and steps pass as in learn. With --no-input it asks nothing, and ends by "
          "itself when the lesson is through.");
    case Command::events:
      return tr(
          "Prints what happens at the servers that wrote PORTFILE, a JSON object a line, until "
          "they end.");
    case Command::demo:
      return tr(
          "Plays the exercise by itself, over real connections to the same servers. Exit status 0 "
          "only if every step passed.");
    case Command::serve:
      return tr(
          "Starts both mail servers, prints what to type in another window, and runs until SIGINT "
          "or SIGTERM.");
    case Command::lessons:
      return tr(
          "Lists the lessons that are built in, and those of your own in "
          "$XDG_DATA_HOME/sandpost/lessons (~/.local/share/sandpost/lessons).");
    case Command::report:
      return tr(
          "Writes the lab report of the last guided session, or of a RECORD: every line with its "
          "time and meaning, the delays, who wrote which line, slips and help. A RECORD is a file "
          "of --record, or the name of a lesson that you have done. svg and cast into a file make "
          "one for each session.");
    case Command::lesson_check:
    case Command::lesson_new:
      return tr(
          "check plays each step's own solution and each mistake's example against real servers, "
          "and says with file and line what does not go as it is written; exit status 4 if there "
          "is anything. new writes a short lesson with remarks, to be changed. A LESSON is a file "
          "or a name.");
    case Command::completion:
      return tr(
          "Prints a script for that shell: then Tab completes commands, options, their values and "
          "lessons. With lessons: the names of the lessons, one a line, as the scripts want them.");
  }
  return {};
}

// The help as it grows, laid out for a width.
class Page {
 public:
  explicit Page(std::size_t width) : width_(width) {}

  // In as many rows as it takes; the further ones begin with `hang` blanks.
  void text(std::string_view text, std::size_t hang) {
    for (const std::string& row : sandbox::hanging_rows(text, width_, hang))
      out_ += row + '\n';
  }
  void gap() { out_ += '\n'; }
  void heading(std::string_view words) {
    gap();
    text(words, 0);
  }

  // "  name          meaning"; the meaning below it where there is no room beside it.
  void entry(std::string_view name, std::string_view meaning) {
    const std::string front = std::string(indent, ' ') + std::string(name);
    if (columns(front) + 2 <= text_column() && !is_narrow()) {
      return text(sandbox::left(front, text_column()) + std::string(meaning), text_column());
    }
    text(front, 2 * indent);
    below(meaning);
  }

  // The same with a line to type, which can be copied from its rows.
  void example(std::string_view line, std::string_view meaning) {
    const std::string front = std::string(indent, ' ') + std::string(line);
    if (columns(front) <= width_) return entry(line, meaning);
    for (const std::string& row : sandbox::shell_rows(front, width_, 2 * indent))
      out_ += row + '\n';
    below(meaning);
  }

  // "  one   two   three", as many in a row as there is room for.
  void list(std::string_view items) {
    std::string row;
    for (const std::string& item : split(items, '\n')) {
      const std::string more = row.empty() ? "  " + item : row + "   " + item;
      if (!row.empty() && columns(more) > width_) {
        text(row, 2 * indent);
        row = "  " + item;
      } else {
        row = more;
      }
    }
    text(row, 2 * indent);
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  static constexpr std::size_t indent = 2;

  [[nodiscard]] bool is_narrow() const { return width_ < sandbox::narrow_page; }
  [[nodiscard]] std::size_t text_column() const { return is_narrow() ? 3 * indent : 24; }
  void below(std::string_view meaning) {
    text(std::string(text_column(), ' ') + std::string(meaning), text_column());
  }

  std::size_t width_;
  std::string out_;
};

void example_rows(Page& page, const CommandForm* command) {
  page.heading(tr("Examples:"));
  for (const Example& example : examples) {
    const bool shown = command ? example.command == command->command : !example.command;
    if (shown) page.example(example.line, tr(example.meaning));
  }
}

void usage_rows(Page& page, const CommandForm* command) {
  page.heading(tr("Usage:"));
  if (!command) return page.text("  sandpost [COMMAND] [OPTIONS]", 4);
  page.text(fmt::format("  sandpost {} {}{}[OPTIONS]", command->name, command->operand,
                        command->operand.empty() ? "" : " "),
            4);
  page.gap();
  page.text(description(command->command), 0);
}

void command_rows(Page& page) {
  page.heading(tr("Commands:"));
  for (const CommandForm& form : commands()) {
    std::string meaning = tr(form.meaning);
    if (form.command == Command::learn) {
      meaning += tr("; this is what sandpost alone does, or the demo where stdin is no terminal");
    }
    page.entry(form.operand.empty() ? form.name : fmt::format("{} {}", form.name, form.operand),
               meaning);
  }
  page.entry("help [COMMAND]", tr("this, or the help for one command"));
  page.entry("help telnet", tr("when your own telnet, nc or openssl does not do what you want"));
}

void lesson_rows(Page& page, std::span<const sandbox::LessonTitle> lessons) {
  page.heading(tr("Lessons:"));
  for (const sandbox::LessonTitle& lesson : lessons) {
    const bool usual = lesson.id == sandbox::first_lesson;
    page.entry(lesson.id, usual ? lesson.title + tr(" [default]") : lesson.title);
  }
}

void option_rows(Page& page, const CommandForm* command) {
  page.heading(tr("Options, before or after the command:"));
  for (const Option& option : options()) {
    if (command && !is_for(option, command->command)) continue;
    std::string text = tr(option.meaning);
    if (option.name == "--lang") {
      text += fmt::format(": {} [{}]", sandbox::language_names(), tr("the locale's"));
    }
    if (option.shown_default) text += fmt::format(" [{}]", option.shown_default(Config{}));
    page.entry(option.kind == Option::Kind::flag
                   ? option.name
                   : fmt::format("{} {}", option.name, option.value_name),
               text);
  }
  page.entry("-h, --help", tr("this, or the help for the command, and no more"));
  page.entry("--version", tr("print the version, and no more"));
}

void environment_rows(Page& page) {
  page.heading(tr("Environment, one variable for each option; the command line wins:"));
  std::string names;
  for (const Option& option : options())
    names += ' ' + variable_name(option);
  page.text(' ' + names, 2);
  page.text("  " + tr("An option without a value is yes or no there; a no on the command line is "
                      "written --quiet=no. SANDPOST_USER holds one NAME:PASSWORD on each line, "
                      "SANDPOST_FAULT one RULE."),
            2);
}

void exit_rows(Page& page) {
  page.heading(tr("Exit status:"));
  page.list(
      tr("0 done\n1 failure\n2 wrong command line\n3 lesson not finished\n4 lesson check "
         "found something\n5 port in use or not permitted\n130, 143 ended by a signal"));
}

}  // namespace

std::string help_text(const CommandForm* command, std::span<const sandbox::LessonTitle> lessons,
                      std::size_t width) {
  Page page(width);
  page.text(command
                ? fmt::format("sandpost {} - {}", command->name, tr(command->meaning))
                : tr("sandpost - send and fetch e-mail by hand, against mail servers of your own"),
            2);
  example_rows(page, command);
  usage_rows(page, command);
  if (!command) command_rows(page);
  const bool takes_lesson = command && command->operand.find("LESSON") != std::string_view::npos;
  if (!command || takes_lesson) lesson_rows(page, lessons);
  option_rows(page, command);
  environment_rows(page);
  exit_rows(page);
  return page.take();
}

}  // namespace sandpost::cli
