#include "cli/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "cli/options.hpp"

namespace sandpost::cli {
namespace {

// What can stand in a place: words to choose from, files, lessons. Read from the way the help
// writes it: small letters are meant as they are, FILE and FILES are files, LESSON is a lesson.
struct Place {
  std::vector<std::string> words;
  bool files = false;
  bool lessons = false;
};

Place place_of(std::string_view form) {
  Place place;
  std::string word;
  const auto end_word = [&] {
    if (word.empty()) return;
    if (word == "FILE" || word == "FILES") place.files = true;
    if (word == "LESSON") place.lessons = place.files = true;  // a file is one, too
    if (word == to_lower(word) && word.find_first_not_of("-.") != std::string::npos) {
      place.words.push_back(word);
    }
    word.clear();
  };
  for (const char c : form) {
    if (std::string_view(" |[]").find(c) == std::string_view::npos) {
      word += c;
    } else {
      end_word();
    }
  }
  end_word();
  return place;
}

bool has_value(const Option& option) {
  return option.kind != Option::Kind::flag;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const CommandForm& form : commands())
    names.emplace_back(form.name);
  names.emplace_back("help");
  return names;
}

std::vector<std::string> option_names() {
  std::vector<std::string> names;
  for (const Option& option : options())
    names.emplace_back(option.name);
  names.emplace_back("--help");
  names.emplace_back("--version");
  return names;
}

// Behind `help` stand the commands, and one topic more.
std::string help_topics() {
  std::string out;
  for (const CommandForm& form : commands())
    out += fmt::format("{} ", form.name);
  return out + "telnet";
}

// In single quotes, for each of the three shells.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + '\'';
}

std::string bash_reply(const Place& place) {
  std::string out;
  if (!place.words.empty()) out += fmt::format("words='{}'; ", fmt::join(place.words, " "));
  if (place.lessons) out += "words+=\" $(sandpost completion lessons 2>/dev/null)\"; ";
  if (place.files) out += "files=1; ";
  return out.empty() ? ":" : out.substr(0, out.size() - 2);
}

std::string bash_script() {
  std::string valued;
  std::string values;
  for (const Option& option : options()) {
    if (!has_value(option)) continue;
    valued += fmt::format("{}{}", valued.empty() ? "" : "|", option.name);
    values += fmt::format("    {}) {} ;;\n", option.name, bash_reply(place_of(option.value_name)));
  }
  std::string operands;
  for (const CommandForm& form : commands())
    operands += fmt::format("    {}) {} ;;\n", form.name, bash_reply(place_of(form.operand)));
  operands += fmt::format("    help) words='{}' ;;\n", help_topics());
  const std::string names = fmt::format("{}", fmt::join(command_names(), " "));
  const std::string either = fmt::format("{}", fmt::join(command_names(), "|"));
  const std::string all_options = fmt::format("{}", fmt::join(option_names(), " "));
  return R"sh(# bash completion for sandpost. Use it with: eval "$(sandpost completion bash)"
_sandpost() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  local command= words= files= i line
  # --color=al comes as three words.
  if [[ $word == = ]]; then word=
  elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
    )sh" +
         valued + R"sh() [[ ${COMP_WORDS[i+1]} == = ]] && ((++i)); ((++i)) ;;
    )sh" +
         either + R"sh() command=${COMP_WORDS[i]}; break ;;
    esac
  done
  case $before in
)sh" + values +
         R"sh(    *)
    if [[ $word == -* ]]; then words=')sh" +
         all_options + R"sh('
    else case $command in
    '') words=')sh" +
         names + R"sh(' ;;
)sh" + operands +
         R"sh(    esac; fi ;;
  esac
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -W "$words" -- "$word")
  [[ $files ]] && compopt -o default 2>/dev/null
  return 0
}
complete -F _sandpost sandpost
)sh";
}

// _arguments reads \, : and [] in its specifications.
std::string zsh_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\:[]").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const Place& place) {
  if (place.lessons) return "_sandpost_lessons";
  if (!place.words.empty() && !place.files) return fmt::format("({})", fmt::join(place.words, " "));
  return place.files ? "_files" : " ";
}

std::string zsh_operand(const CommandForm& form) {
  const Place place = place_of(form.operand);
  std::string out;
  if (!place.words.empty()) out += fmt::format("compadd -- {}; ", fmt::join(place.words, " "));
  if (place.lessons) out += "_sandpost_lessons; ";
  if (place.files && !place.lessons) out += "_files; ";
  return out.empty() ? "_message 'no more words'" : out.substr(0, out.size() - 2);
}

std::string zsh_script() {
  std::string out =
      "#compdef sandpost\n"
      "# zsh completion for sandpost. Use it with: source <(sandpost completion zsh)\n"
      "_sandpost_lessons() {\n"
      "  compadd -- ${(f)\"$(sandpost completion lessons 2>/dev/null)\"}\n"
      "  _files -g '*.toml'\n"
      "}\n"
      "_sandpost() {\n"
      "  local state line\n"
      "  typeset -A opt_args\n"
      "  _arguments -C \\\n";
  for (const Option& option : options()) {
    const std::string repeated = option.kind == Option::Kind::list ? "*" : "";
    std::string form = fmt::format("{}{}{}[{}]", repeated, option.name,
                                   has_value(option) ? "=" : "", zsh_escaped(option.meaning));
    if (has_value(option)) {
      form += fmt::format(":{}:{}", zsh_escaped(option.value_name),
                          zsh_action(place_of(option.value_name)));
    }
    out += fmt::format("    {} \\\n", quoted(form));
  }
  out +=
      "    '(- *)'{-h,--help}'[the help]' \\\n"
      "    '(- *)--version[the version]' \\\n"
      "    '1:command:->command' \\\n"
      "    '*:word:->operand'\n"
      "  case $state in\n"
      "    command)\n"
      "      local -a names\n"
      "      names=(\n";
  for (const CommandForm& form : commands()) {
    out += fmt::format("        {}\n",
                       quoted(fmt::format("{}:{}", form.name, zsh_escaped(form.meaning))));
  }
  out +=
      "        'help:the help for one command'\n"
      "      )\n"
      "      _describe command names ;;\n"
      "    operand)\n"
      "      case $line[1] in\n";
  for (const CommandForm& form : commands())
    out += fmt::format("        {}) {} ;;\n", form.name, zsh_operand(form));
  out += fmt::format("        help) compadd -- {} ;;\n", help_topics());
  return out +
         "      esac ;;\n"
         "  esac\n"
         "}\n"
         "if [[ $funcstack[1] == _sandpost ]]; then _sandpost \"$@\"; else compdef _sandpost "
         "sandpost; fi\n";
}

// fish reads \' and \\ in single quotes.
std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string fish_script() {
  std::string out =
      "# fish completion for sandpost. Use it with: sandpost completion fish | source\n"
      "complete -c sandpost -f\n";
  for (const CommandForm& form : commands()) {
    out += fmt::format("complete -c sandpost -n __fish_use_subcommand -a {} -d {}\n", form.name,
                       fish_quoted(form.meaning));
  }
  out += "complete -c sandpost -n __fish_use_subcommand -a help -d 'the help for one command'\n";
  const auto behind = [](std::string_view command) {
    return fmt::format("complete -c sandpost -n '__fish_seen_subcommand_from {}'", command);
  };
  for (const CommandForm& form : commands()) {
    const Place place = place_of(form.operand);
    if (!place.words.empty())
      out += fmt::format("{} -a '{}'\n", behind(form.name), fmt::join(place.words, " "));
    if (place.lessons)
      out += fmt::format("{} -a '(sandpost completion lessons)'\n", behind(form.name));
    if (place.files) out += fmt::format("{} -F\n", behind(form.name));
  }
  out += fmt::format("{} -a '{}'\n", behind("help"), help_topics());
  for (const Option& option : options()) {
    out += fmt::format("complete -c sandpost -l {} -d {}", option.name.substr(2),
                       fish_quoted(option.meaning));
    if (has_value(option)) {
      const Place place = place_of(option.value_name);
      out += place.files ? " -r -F" : " -x";
      if (!place.words.empty()) out += fmt::format(" -a '{}'", fmt::join(place.words, " "));
    }
    out += '\n';
  }
  return out +
         "complete -c sandpost -s h -l help -d 'the help'\n"
         "complete -c sandpost -l version -d 'the version'\n";
}

}  // namespace

std::string completion_text(std::string_view topic, std::span<const sandbox::LessonTitle> lessons) {
  if (topic == "bash") return bash_script();
  if (topic == "zsh") return zsh_script();
  if (topic == "fish") return fish_script();
  std::string out;
  // A file of the learner's can have any name, and bash expands what it is given to choose from.
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789-";
  for (const sandbox::LessonTitle& lesson : lessons) {
    if (lesson.id.find_first_not_of(plain) == std::string::npos) out += lesson.id + '\n';
  }
  return out;
}

}  // namespace sandpost::cli
