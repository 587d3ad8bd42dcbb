// SPDX-License-Identifier: Apache-2.0
#include "simple_command.hpp"

#include <algorithm>
#include <array>

namespace cus::tools {
namespace {

// Longer text is a program, whatever it looks like.
constexpr std::size_t max_text_bytes = 16UL * 1024;

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::optional<std::vector<std::string>> words() {
    while (!failed_ && at_ < text_.size()) step();
    finish_word();
    if (failed_ || target_expected_) return std::nullopt;
    return std::move(words_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void step() {
    const char c = peek();
    if (c == ' ' || c == '\t') {
      finish_word();
      ++at_;
    } else if (c == '\'' || c == '"') {
      quoted(c);
    } else if (c == '\\') {
      escaped();
    } else if (c == '#' && !in_word_) {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    } else if (c == '>' || c == '<' || (c == '&' && peek(1) == '>')) {
      redirection();
    } else if (std::string_view("\n;|&()`").contains(c) ||
               (c == '$' && std::string_view("('\"").contains(peek(1)))) {
      failed_ = true;
    } else {
      take(c);
    }
  }

  void take(char c) {
    word_ += c;
    in_word_ = true;
    ++at_;
  }

  void escaped() {
    ++at_;
    if (peek() == '\n' || at_ == text_.size()) {
      ++at_;
      return;
    }
    quoted_ = true;
    take(peek());
  }

  void quoted(char quote) {
    in_word_ = quoted_ = true;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (quote == '"') {
        if (text_[at_] == '`' || (text_[at_] == '$' && peek(1) == '(')) failed_ = true;
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      }
      word_ += text_[at_];
    }
    if (at_ == text_.size()) failed_ = true;
    ++at_;
  }

  // [n]> >> >| <> < <<< >& <& &> &>>, each followed by a target; << would need more lines, <( and >( run
  // more.
  void redirection() {
    const bool is_number =
        !quoted_ && in_word_ && std::ranges::all_of(word_, [](char c) { return c >= '0' && c <= '9'; });
    if (is_number) {
      word_.clear();
      in_word_ = false;
    }
    finish_word();
    const std::size_t begin = at_;
    while (std::string_view("<>&|").contains(peek()) && at_ < text_.size()) ++at_;
    constexpr std::array<std::string_view, 10> operators = {">",   ">>", ">|", "<",  "<>",
                                                            "<<<", ">&", "<&", "&>", "&>>"};
    if (target_expected_ || peek() == '(' ||
        std::ranges::find(operators, text_.substr(begin, at_ - begin)) == operators.end())
      failed_ = true;
    target_expected_ = true;
  }

  void finish_word() {
    if (!in_word_) return;
    if (!target_expected_) words_.push_back(word_);
    target_expected_ = false;
    word_.clear();
    in_word_ = quoted_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> words_;
  std::string word_;
  bool in_word_ = false;
  bool quoted_ = false;
  bool target_expected_ = false;
  bool failed_ = false;
};

bool is_assignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == 0 || equals == std::string_view::npos) return false;
  const auto name_character = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return (word[0] < '0' || word[0] > '9') && std::ranges::all_of(word.substr(0, equals), name_character);
}

struct Prefix {
  std::string_view name;
  std::string_view options_with_value;  // short ones that take the next word when they stand alone
};

constexpr std::array<Prefix, 5> prefixes = {
    {{"sudo", "CDghpRrTtUu"}, {"env", "uCS"}, {"nice", "n"}, {"time", "fo"}, {"strace", "abeEIoOpPsSuX"}}};

std::string_view base_name(std::string_view word) {
  return word.substr(word.rfind('/') + 1);
}

// The index after the options of a prefix.
std::size_t skip_options(const std::vector<std::string>& words, std::size_t i, std::string_view with_value) {
  while (i < words.size() && words[i].starts_with('-') && words[i] != "-") {
    const std::string& option = words[i++];
    if (option == "--") break;
    if (option.size() == 2 && with_value.contains(option[1])) ++i;
  }
  return i;
}

}  // namespace

std::optional<std::vector<std::string>> simple_command_words(std::string_view text) {
  if (text.size() > max_text_bytes) return std::nullopt;
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = text.find_last_not_of(blank);
  return Lexer(text.substr(begin, end + 1 - begin)).words();
}

FirstProgram first_program(const std::vector<std::string>& words) {
  FirstProgram program;
  for (std::size_t i = 0; i < words.size();) {
    if (is_assignment(words[i])) {
      ++i;
      continue;
    }
    const std::string_view name = base_name(words[i]);
    const auto* prefix = std::ranges::find(prefixes, name, &Prefix::name);
    if (prefix == prefixes.end()) {
      program.name = name;
      return program;
    }
    program.through_sudo = program.through_sudo || name == "sudo";
    i = skip_options(words, i + 1, prefix->options_with_value);
  }
  return program;
}

}  // namespace cus::tools
