"""Plain forms: only where the network lacks the letter and knows the form, and the parts of a text stay parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.models.catalog import load
from lstm_viz.text.plain import plain, plain_form

KNOWN = load("shakespeare-lstm").vocabulary


@pytest.mark.parametrize(
    ("letter", "accents", "form"),
    [
        ("’", False, "'"), ("“", False, "'"), ('"', False, "'"), ("–", False, "-"), ("—", False, "--"), ("…", False, "..."),
        ("\xa0", False, " "), ("\u202f", False, " "), ("\ufeff", False, ""), ("ﬁ", False, "fi"), ("Ａ", False, "A"),
        ("é", False, None), ("é", True, "e"), ("Ü", True, "U"), ("\u0301", True, ""), ("😀", True, None), ("ß", True, None),
        ("a", True, None), ("д", True, None), ("\ufffd", True, None),
    ],
)  # fmt: skip
def test_a_letter_has_the_form_that_the_network_knows(letter: str, accents: bool, form: str | None) -> None:
    assert plain_form(letter, KNOWN, accents) == form


def test_a_double_quote_stays_one_where_it_is_known() -> None:
    assert plain("“no” – “yes”", set('noyes "-')).text == '"no" - "yes"'
    assert plain("“no”", set("no“”")).text == "“no”"


@given(st.lists(st.text(st.sampled_from("ab’—é😀\u200b") | st.characters(), min_size=1, max_size=20), min_size=1), st.booleans())
def test_parts_stay_parts_and_what_is_known_stays(parts: list[str], accents: bool) -> None:
    starts = tuple(sum(map(len, parts[:number])) for number in range(len(parts)))
    found = plain("".join(parts), KNOWN, starts, accents)
    assert len(found.starts) == len(parts)
    for part, begin, end in zip(parts, found.starts, (*found.starts[1:], len(found.text)), strict=True):
        alone = plain(part, KNOWN, accents=accents)
        assert found.text[begin:end] == alone.text != ""
        assert all(letter not in KNOWN for letter in alone.forms)
    assert plain(found.text, KNOWN, found.starts, accents).text == found.text
