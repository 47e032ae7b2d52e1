"""Symbols and numbers in sentences: nothing that a text may hold is taken for Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.ui.view.wording import escaped, foreign, in_figure, minus, named, plain

SHOWN = {"$": r"\$", "*": r"\*", "_": r"\_", "`": r"\`", "a": "a", "\n": "\N{RETURN SYMBOL}", " ": "\N{OPEN BOX}"}


@pytest.mark.parametrize(("token", "shown"), SHOWN.items())
def test_a_step_is_named_by_its_symbol_and_number(token: str, shown: str) -> None:
    assert named(["x", token], 1) == f"‘{shown}’ (step 1)"


def test_markup_is_printed_as_it_stands() -> None:
    assert escaped("$a$ **b** <i>") == r"\$a\$ \*\*b\*\* \<i>"


@given(st.text() | st.text("\\*_`$"))
def test_what_was_escaped_is_read_as_it_was(written: str) -> None:
    assert plain(f"**{escaped(written)}**, said") == f"{written}, said"


def test_a_minus_is_one_everywhere() -> None:
    assert minus("-1.5e-07") == "−1.5e−07"


def test_no_letter_of_a_file_is_markup() -> None:
    assert foreign("a|b *c* $d$ :smile:") == "a\\|b \\*c\\* \\$d\\$ \\:smile\\:"
    assert foreign("Größe in °C\nnext") == "Größe in °C next"
    assert foreign("<b>[x](y)") == "\\<b\\>\\[x\\]\\(y\\)"


def test_a_figure_takes_no_html_from_a_file() -> None:
    assert in_figure('<a href="x">5 & 6</a>') == '&lt;a href="x"&gt;5 &amp; 6&lt;/a&gt;'
