"""Features of characters and of their words: kind of character, position in the word, code, and classes of words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lstm_viz.text.tokens import Tokens
from lstm_viz.unit_names.characters import Characters, Counts, Flags, count_since, last, since
from lstm_viz.unit_names.feature import Feature


def word_position(text: Characters) -> Counts:
    """Count the characters of the word up to this one; 0 outside words."""
    return np.where(text.word, since(text.word_start) + 1, 0)


def word_start(text: Characters) -> Flags:
    """Return True for the first character of a word."""
    return text.word_start


def word_end(text: Characters) -> Flags:
    """Return True for the last character of a word."""
    after = np.zeros(len(text), bool)
    after[:-1] = text.word[1:]
    return text.word & ~after


def vowel(text: Characters) -> Flags:
    """Return True for a e i o u, in either case."""
    return text.among("aeiouAEIOU")


def consonant(text: Characters) -> Flags:
    """Return True for the other letters from a to z, in either case."""
    return text.among("bcdfghjklmnpqrstvwxyzBCDFGHJKLMNPQRSTVWXYZ")


def capital(text: Characters) -> Flags:
    """Return True for capital letters."""
    return text.capital


def capital_word(text: Characters) -> Flags:
    """Return True within a word that begins with a capital letter."""
    return text.word & text.capital[np.maximum(last(text.word_start), 0)] if len(text) else text.word


def all_capitals(text: Characters) -> Flags:
    """Return True where the word so far has two or more letters, all of them capitals."""
    small = count_since(text.letter & ~text.capital, text.word_start)
    return text.word & (small == 0) & (count_since(text.capital, text.word_start) > 1)


def digit(text: Characters) -> Flags:
    """Return True for digits."""
    return text.where(str.isdigit)


def space(text: Characters) -> Flags:
    """Return True for white space, newlines included."""
    return text.blank


def punctuation(text: Characters) -> Flags:
    """Return True for what is neither white space nor part of a word."""
    return ~text.word & ~text.blank


def underscore_word(text: Characters) -> Flags:
    """Return True within a word from an underscore on."""
    return text.word & (count_since(text.among("_"), text.word_start) > 0)


def operator(text: Characters) -> Flags:
    """Return True for the signs of arithmetic, comparison and assignment."""
    return text.among("=+-*/<>&|%^~")


def assigned(text: Characters) -> Flags:
    """Return True from an equals sign to the end of its line."""
    return count_since(text.among("="), text.line_start) > 0


# Python's quotes; a quote that is not closed ends with its line, a triple one with the text.
_STRING = (
    r"(?P<triple>\"\"\"(?s:\\.|(?!\"\"\").)*+(?:\"\"\"|\Z)|'''(?s:\\.|(?!''').)*+(?:'''|\Z))"
    r"|(?P<string>\"(?:\\.|[^\"\\\n])*+\"?|(?:(?<!\w)|(?<=\b[rbfuRBFU])|(?<=\b[rbfuRBFU]{2}))'(?:\\.|[^'\\\n])*+'?)"
)
_PYTHON = re.compile(rf"{_STRING}|(?P<comment>#[^\n]*)")
_C = re.compile(rf"{_STRING}|(?P<comment>(?<!:)//[^\n]*|/\*(?s:(?!\*/).)*+(?:\*/)?)")


def comment(text: Characters) -> Flags:
    """Return True from a # to the end of its line, outside strings."""
    return text.matches(_PYTHON, "comment")


def slash_comment(text: Characters) -> Flags:
    """Return True within // and /* */ comments, outside strings."""
    return text.matches(_C, "comment")


def string(text: Characters) -> Flags:
    """Return True within a string literal of one line, its quotes included."""
    return text.matches(_PYTHON, "string")


def triple_string(text: Characters) -> Flags:
    """Return True within a triple-quoted string, its quotes included."""
    return text.matches(_PYTHON, "triple")


_KEYWORDS = (
    "and as assert async await break case catch class const continue def default del do elif else enum except export extends "
    "finally fn for from func function global if impl import in interface is lambda let match mut new nonlocal not or pass "
    "private public raise return static struct super switch throw try typedef use var void while with yield"
)


def keyword(text: Characters) -> Flags:
    """Return True within a keyword of a programming language."""
    return text.matches(rf"\b(?:{_KEYWORDS.replace(' ', '|')})\b")


#: Closed word classes of English, in lower case; contracted forms as the Penn Treebank splits them.
WORD_CLASSES: dict[str, tuple[str, str]] = {
    "pronoun": ("pronoun", "i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we "
                "us our ours ourselves they them their theirs themselves one thou thee thy thine ye"),
    "article": ("article or determiner", "a an the this that these those each every either neither some any no all both such"),
    "preposition": ("preposition", "about above across after against along among around at before behind below beneath beside "
                    "between beyond by down during for from in into of off on onto out over past since through throughout to "
                    "toward towards under until up upon with within without"),
    "conjunction": ("conjunction", "and or but nor so yet because although though while whereas if unless than whether as"),
    "but": ("but, yet, although and the like", "but yet although though however despite instead nevertheless nonetheless still"),
    "negation": ("negation", "no not n't never none nobody nothing nowhere neither nor cannot without hardly barely scarcely"),
    "auxiliary": ("auxiliary verb", "am is are was were be been being have has had do does did will would shall should can could "
                  "may might must 's 're 've 'll 'd 'm ca wo"),
    "question": ("question word", "who whom whose which what when where why how"),
    "intensifier": ("intensifier", "very so too really quite extremely incredibly truly highly deeply totally utterly completely "
                    "absolutely rather pretty fairly most more less least"),
}  # fmt: skip


@dataclass(frozen=True)
class OfClass:
    """True for the words of one class."""

    members: frozenset[str]

    def __call__(self, tokens: Tokens) -> Flags:
        """Return the flag of each token [time]."""
        return _flag_each(tokens, lambda word: word.replace("’", "'").lower() in self.members)


@dataclass(frozen=True)
class Ending:
    """True for words of four letters or more with one of these endings."""

    endings: tuple[str, ...]

    def __call__(self, tokens: Tokens) -> Flags:
        """Return the flag of each token [time]."""
        return _flag_each(tokens, lambda word: len(word) > 3 and word.lower().endswith(self.endings))


def _flag_each(tokens: Tokens, holds: Callable[[str], bool]) -> Flags:
    return np.fromiter((holds(word) for word in tokens.surface), bool, len(tokens.surface))


def word_length(tokens: Tokens) -> Counts:
    """Count the characters of each token."""
    return np.fromiter(map(len, tokens.surface), np.int64, len(tokens.surface))


def words_since_negation(tokens: Tokens) -> Flags:
    """Return True for a negation and the three tokens after it."""
    negated = OfClass(frozenset(WORD_CLASSES["negation"][1].split()))(tokens)
    return (last(negated) >= 0) & (since(negated) <= 3) if len(negated) else negated


def punctuation_mark(tokens: Tokens) -> Flags:
    """Return True for tokens without a letter or digit."""
    return _flag_each(tokens, lambda word: not any(map(str.isalnum, word)))


def number(tokens: Tokens) -> Flags:
    """Return True for tokens with a digit."""
    return _flag_each(tokens, lambda word: any(map(str.isdigit, word)))


_WORD_END = "the rest of the word"
FEATURES = (
    Feature("word-position", "position in the word", "ρ", word_position),
    Feature("word-start", "first letter of a word", "AUC", word_start),
    Feature("word-end", "last letter of a word", "AUC", word_end, ahead="the next character"),
    Feature("vowel", "vowel", "AUC", vowel),
    Feature("consonant", "consonant", "AUC", consonant),
    Feature("capital", "capital letter", "AUC", capital),
    Feature("capital-word", "word that begins with a capital", "AUC", capital_word, "both"),
    Feature("all-capitals", "word in capitals", "AUC", all_capitals, "both"),
    Feature("digit", "digit", "AUC", digit),
    Feature("space", "white space", "AUC", space),
    Feature("punctuation", "punctuation", "AUC", punctuation),
    Feature("underscore-word", "word with an underscore", "AUC", underscore_word),
    Feature("operator", "operator sign (= + - * / …)", "AUC", operator),
    Feature("assigned", "after an equals sign in the line", "AUC", assigned),
    Feature("comment", "comment after #", "AUC", comment),
    Feature("slash-comment", "comment // or /* */", "AUC", slash_comment, ahead="the next character, for its first"),
    Feature("string", "string in quotes, in code", "AUC", string, ahead="two characters, for its first"),
    Feature("triple-string", "triple-quoted string, in code", "AUC", triple_string, ahead="two characters, for its first"),
    Feature("keyword", "keyword of code", "AUC", keyword, ahead=_WORD_END),
    *(
        Feature(name, description, "AUC", OfClass(frozenset(words.split())), "words", True)
        for name, (description, words) in WORD_CLASSES.items()
    ),
    Feature("after-negation", "negation or one of three words after it", "AUC", words_since_negation, "words", True),
    Feature("ing", "word in -ing", "AUC", Ending(("ing",)), "words", True),
    Feature("past", "word in -ed", "AUC", Ending(("ed",)), "words", True),
    Feature("adverb", "word in -ly", "AUC", Ending(("ly",)), "words", True),
    Feature("plural", "word in -s", "AUC", Ending(("s",)), "words", True),
    Feature("comparison", "word in -er or -est", "AUC", Ending(("er", "est")), "words", True),
    Feature("mark", "punctuation mark", "AUC", punctuation_mark, "words", True),
    Feature("number", "number", "AUC", number, "words", True),
    Feature("word-length", "length of the word", "ρ", word_length, "words", True),
)
