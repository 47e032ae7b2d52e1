"""Both languages against checkers of their own and against every string that there is."""

import random
from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.training.data.formal_languages import END, Brackets, Counting, Language


def is_counting(string: str) -> bool:
    half = len(string) // 2
    return half > 0 and string == "a" * half + "b" * half


def is_bracketed(string: str, depth: int) -> bool:
    """Pairs are taken away until nothing is left; the height of the walk is counted apart."""
    heights = [string[:end].count("(") + string[:end].count("[") - string[:end].count(")") - string[:end].count("]")
               for end in range(len(string) + 1)]  # fmt: skip
    rest = string
    while "()" in rest or "[]" in rest:
        rest = rest.replace("()", "").replace("[]", "")
    return bool(string) and not rest and max(heights) <= depth


@given(st.integers(0, 10_000), st.integers(1, 15), st.integers(0, 5))
def test_drawn_counts_belong_and_are_as_long_as_asked(seed: int, half: int, shorter: int) -> None:
    language = Counting(longest=2 * half, shortest=2 * max(1, half - shorter))
    string = language.string(random.Random(seed))
    assert string.endswith(END)
    assert is_counting(string[:-1])
    assert language.shortest <= len(string) - 1 <= language.longest


@given(st.integers(0, 10_000), st.integers(1, 15), st.integers(0, 5), st.integers(1, 4))
def test_drawn_brackets_belong_and_are_as_long_as_asked(seed: int, half: int, shorter: int, depth: int) -> None:
    language = Brackets(longest=2 * half, shortest=2 * max(1, half - shorter), depth=depth)
    string = language.string(random.Random(seed))
    assert string.endswith(END)
    assert is_bracketed(string[:-1], depth)
    assert language.shortest <= len(string) - 1 <= language.longest


def test_draws_reach_every_length_every_bracket_and_the_full_depth() -> None:
    draw = random.Random(3)
    brackets = [Brackets(12).string(draw) for _ in range(400)]
    assert {len(string) - 1 for string in brackets} == {2, 4, 6, 8, 10, 12}
    assert {symbol for string in brackets for symbol in string} == set(Brackets(12).tokens())
    assert any(not is_bracketed(string[:-1], 2) for string in brackets)
    counts = [Counting(12).string(draw) for _ in range(400)]
    assert {len(string) - 1 for string in counts} == {2, 4, 6, 8, 10, 12}


def every(symbols: str, longest: int) -> list[str]:
    """Every string of these symbols up to a length."""
    return ["".join(found) for size in range(1, longest + 1) for found in product(symbols, repeat=size)]


#: Beginnings up to half the longest length: everything that may follow one of them fits within that length.
@pytest.mark.parametrize(
    ("language", "strings"),
    [
        (Counting(12), [text for text in every("ab", 12) if is_counting(text)]),
        *(
            (Brackets(8, depth=depth), [text for text in every("([])", 8) if is_bracketed(text, depth)])
            for depth in (1, 2, 3)
        ),
    ],
    ids=["counting", "depth 1", "depth 2", "depth 3"],
)  # fmt: skip
def test_what_is_allowed_is_what_some_string_goes_on_with(language: Language, strings: list[str]) -> None:
    follows = defaultdict(set)
    for string in strings:
        for place, symbol in enumerate(string + END):
            follows[string[:place]].add(symbol)
    checked = 0
    for string in strings:
        allowed = list(language.allowed(string + END))
        assert allowed == list(language.allowed(string))
        assert len(allowed) == len(string)
        for place, symbols in enumerate(allowed[:4], start=1):
            assert symbols == follows[string[:place]], string[:place]
            checked += 1
        assert allowed[-1] >= {END}
    assert checked > 10
