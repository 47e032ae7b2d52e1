"""Features of a text's layout: lines, indentation, paragraphs, sentences, brackets and quotes."""

from __future__ import annotations

import numpy as np

from lstm_viz.unit_names.characters import Characters, Counts, Flags, count_since, last, nesting, since
from lstm_viz.unit_names.feature import Feature


def line_position(text: Characters) -> Counts:
    """Count the characters of the line before this one."""
    return since(text.line_start)


def leading_blank(text: Characters) -> Flags:
    """Return True for white space before the first other character of a line."""
    return text.blank & ~text.newline & (last(~text.blank) < last(text.line_start))


def indentation(text: Characters) -> Counts:
    """Count the line's leading blanks so far."""
    return count_since(leading_blank(text), text.line_start)


def line_start(text: Characters) -> Flags:
    """Return True for the first character of a line."""
    return text.line_start


def newline(text: Characters) -> Flags:
    """Return True for newlines."""
    return text.newline


def blank_line(text: Characters) -> Flags:
    """Return True for the newline that ends a blank line."""
    return text.blank_line


def paragraph_line(text: Characters) -> Counts:
    """Count the lines of the paragraph before this one."""
    return count_since(text.line_start, text.paragraph_start) - 1


def capital_line(text: Characters) -> Flags:
    """Return True where the first letter of the line was a capital, from that letter on."""
    letters = count_since(text.letter, text.line_start)
    first = text.letter & (letters == 1)
    return (letters > 0) & text.capital[np.maximum(last(first), 0)] if len(text) else text.letter


def sentence_position(text: Characters) -> Counts:
    """Count the characters since the sentence's beginning."""
    return since(text.sentence_start)


def sentence_first_word(text: Characters) -> Flags:
    """Return True within the first word of a sentence."""
    return text.word & (count_since(text.word_start, text.sentence_start) == 1)


def sentence_end(text: Characters) -> Flags:
    """Return True for . ! ? and the like."""
    return text.among(".!?…。！？")


def bracket_depth(text: Characters) -> Counts:
    """Count the open brackets of all kinds after this character."""
    return nesting(text.among("([{"), text.among(")]}"), text.paragraph_start)


def in_brackets(text: Characters) -> Flags:
    """Return True from an opening bracket of any kind to the character before the one that closes it."""
    return bracket_depth(text) > 0


def in_round(text: Characters) -> Flags:
    """Return True within round brackets."""
    return nesting(text.among("("), text.among(")"), text.paragraph_start) > 0


def in_quotes(text: Characters) -> Flags:
    """Return True within double quotes, straight or curly, from the opening one on; a paragraph's end closes them."""
    straight = count_since(text.among('"'), text.paragraph_start) % 2 == 1
    return straight | (nesting(text.among("“„«"), text.among("”»"), text.paragraph_start) > 0)


def speaker(text: Characters) -> Flags:
    """Return True within a name with a colon at the beginning of a line, after a blank line or the text's beginning."""
    return text.matches(r"(?<![^\n])(?:(?<=\n\n)|(?<!\n))(?P<name>[^\W\d_][\w'’. -]{0,40}:)(?=\s|\Z)", "name")


def after_colon(text: Characters) -> Flags:
    """Return True from a colon to the end of its line."""
    return count_since(text.among(":"), text.line_start) > 0


def url(text: Characters) -> Flags:
    """Return True within a web address."""
    return text.matches(r"(?:https?://|www\.)[^\s<>\"']+")


def repeated(text: Characters) -> Counts:
    """Count how many times in a row this character has come."""
    same = np.zeros(len(text), bool)
    same[1:] = text.codes[1:] == text.codes[:-1]
    return since(~same) + 1


_LINE = "the rest of the line"
FEATURES = (
    Feature("line-position", "position in the line", "ρ", line_position),
    Feature("line-start", "first character of a line", "AUC", line_start, "both"),
    Feature("newline", "newline", "AUC", newline),
    Feature("blank-line", "blank line", "AUC", blank_line),
    Feature("paragraph-line", "lines since a blank line", "ρ", paragraph_line),
    Feature("leading-blank", "leading spaces of a line", "AUC", leading_blank),
    Feature("indentation", "indentation of the line", "ρ", indentation),
    Feature("capital-line", "line that begins with a capital", "AUC", capital_line),
    Feature("sentence-position", "position in the sentence", "ρ", sentence_position, "both"),
    Feature("sentence-first-word", "first word of a sentence", "AUC", sentence_first_word, "both"),
    Feature("sentence-end", "end of a sentence (. ! ?)", "AUC", sentence_end, "both"),
    Feature("bracket-depth", "how many brackets are open", "ρ", bracket_depth),
    Feature("in-brackets", "inside brackets ( [ {", "AUC", in_brackets, "both"),
    Feature("in-round-brackets", "inside round brackets", "AUC", in_round),
    Feature("in-quotes", "inside double quotes", "AUC", in_quotes, "both"),
    Feature("speaker", "speaker's name in a play", "AUC", speaker, ahead=f"the colon, in {_LINE}"),
    Feature("after-colon", "after a colon in the line", "AUC", after_colon, "both"),
    Feature("url", "web address", "AUC", url, ahead="up to its seventh character"),
    Feature("repeated", "how often the character was repeated", "ρ", repeated),
)
