"""What a message has to name: numbers, names and kinds, whatever the sentence around them."""

from __future__ import annotations

import re


def facts(*wanted: object) -> str:
    """Return a pattern for `match=`: each of these stands in the message as a whole word or number, in any order.

    Examples:
        >>> bool(re.search(facts("unit", 5, 4), "unit 5 is out of range; the layer has units 0 to 4"))
        True
        >>> bool(re.search(facts("unit", 5, 4), "unit 5 is out of range; the layer has units 0 to 14"))
        False
    """
    return "".join(rf"(?=[\s\S]*{_whole(str(each))})" for each in wanted)


def states(text: str, *wanted: object) -> bool:
    """Whether one line of a text names all of these; the marks of Markdown do not count.

    Examples:
        >>> states("Layer 1.\\nAll **160 values** of 'two' are 5.", 160, "two", 5)
        True
        >>> states("Layer 1.\\nAll 160 values of 'two' are 5.", 160, 1)
        False
    """
    return any(re.match(facts(*wanted), line) for line in re.sub(r"\*\*|\\", "", text).splitlines())


def _whole(word: str) -> str:
    """Return a pattern of a word or number that is no part of a longer one."""
    begin = r"(?<![\d.,])(?<!\d[eE])" if word[:1].isdigit() else r"(?<!\w)" if word[:1].isalpha() else ""
    end = r"(?!\d|[.,]\d)" if word[-1:].isdigit() else r"(?!\w)" if word[-1:].isalpha() else ""
    return begin + re.escape(word) + end
