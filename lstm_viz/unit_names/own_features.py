"""Features of one's own: the matches of a regular expression, or stretches that were marked in the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from lstm_viz.unit_names.characters import Characters, Flags, within
from lstm_viz.unit_names.feature import Feature

#: Longest pattern, in characters, and the seconds that its search through a text may take.
LONGEST_PATTERN, SECONDS = 500, 5.0


@dataclass(frozen=True)
class _Matches:
    pattern: str
    seconds: float

    def __call__(self, text: Characters) -> Flags:
        try:
            spans = [match.span() for match in regex.finditer(self.pattern, text.text, regex.MULTILINE, timeout=self.seconds)]
        except TimeoutError as error:
            raise ValueError(
                f"the search for {self.pattern!r} took more than {self.seconds:g} s and was stopped; "
                "repeat no group that repeats itself, as in (a+)+, and bound what may be long"
            ) from error
        return within(spans, len(text))


@dataclass(frozen=True)
class _Spans:
    spans: tuple[tuple[int, int], ...]

    def __call__(self, text: Characters) -> Flags:
        longest = max((end for _, end in self.spans), default=0)
        if longest > len(text):
            raise ValueError(f"a marked stretch ends at {longest:,}; the text has {len(text):,} characters: mark it in this text")
        return within(self.spans, len(text))


def regex_feature(pattern: str, description: str = "", seconds: float = SECONDS) -> Feature:
    """Return the feature that is true within every match of a regular expression.

    Args:
        pattern: A pattern of at most 500 characters; ^ and $ match at every line. It may come from a stranger.
        description: What to call it; the pattern itself if left out.
        seconds: The longest time that a search may take.

    Returns:
        The feature; its `of_text` raises ValueError where the search takes longer.

    Raises:
        ValueError: The pattern is empty, too long, or no regular expression.

    Examples:
        >>> regex_feature("[0-9]+%").of_text("by 20%!").tolist()
        [False, False, False, True, True, True, False]
    """
    if not 0 < len(pattern) <= LONGEST_PATTERN:
        raise ValueError(f"the pattern has {len(pattern):,} characters; 1 to {LONGEST_PATTERN} were wanted")
    try:
        regex.compile(pattern, regex.MULTILINE)
    except (regex.error, OverflowError, RecursionError, ValueError, KeyError, IndexError, TypeError) as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    return Feature("own", description or pattern, "AUC", _Matches(pattern, seconds), "both", ahead="the rest of the match")


def marked_feature(spans: Sequence[tuple[int, int]], description: str = "marked") -> Feature:
    """Return the feature that is true within stretches of one text.

    Args:
        spans: Start and end (exclusive) of each stretch, in characters from 0.
        description: What to call it.

    Returns:
        The feature; its `of_text` raises ValueError for a text that ends before a stretch does.

    Raises:
        ValueError: There is no stretch, or one is empty or begins before the text.

    Examples:
        >>> marked_feature([(1, 3)]).of_text("abcd").tolist()
        [False, True, True, False]
    """
    stretches = tuple((int(start), int(end)) for start, end in spans)
    if not stretches or any(not 0 <= start < end for start, end in stretches):
        raise ValueError(f"stretches (start, end) with 0 ≤ start < end were wanted; got {str(list(spans))[:80]}")
    return Feature("own", description, "AUC", _Spans(stretches), "both", ahead="the rest of the stretch")
