"""Symbols and numbers in sentences: nothing that a text may hold is taken for Markdown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.ui.state.markdown import (
    MAX_LENGTH,
    escape_block,
    escape_file_name,
    escape_html,
    escape_inline,
    format_step,
    sanitize,
    strip_markdown,
)

TURNING = "\u061c\u200b\u200e\u200f\ufeff\ufff9\ufffa\ufffb" + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2060, 0x206A))))
SHOWN = {"$": r"\$", "*": r"\*", "_": r"\_", "`": r"\`", "a": "a", "\n": "\N{RETURN SYMBOL}", " ": "\N{OPEN BOX}"}


@pytest.mark.parametrize(("token", "shown"), SHOWN.items())
def test_a_step_is_named_by_its_symbol_and_number(token: str, shown: str) -> None:
    assert format_step(["x", token], 1) == f"‘{shown}’ (step 1)"


def test_markup_is_printed_as_it_stands() -> None:
    assert escape_inline("$a$ **b** <i>") == r"\$a\$ \*\*b\*\* \<i>"


@given(st.text() | st.text("\\*_`$"))
def test_what_was_escaped_is_read_as_it_was(written: str) -> None:
    kept = strip_markdown(f"**{escape_inline(written)}**, said")
    assert kept.endswith(", said")
    assert set(written) - set(kept) <= set(TURNING)
    assert [each for each in written if each not in TURNING] == list(kept[: -len(", said")])


def test_no_letter_of_a_file_is_markup() -> None:
    assert escape_block("a|b *c* $d$ :smile:") == "a\\|b \\*c\\* \\$d\\$ \\:smile\\:"
    assert escape_block("Größe in °C\nnext") == "Größe in °C next"
    assert escape_block("<b>[x](y)") == "\\<b\\>\\[x\\]\\(y\\)"


def test_a_name_turns_no_sentence_round_and_is_bounded() -> None:
    assert sanitize("evil\u202egpj.txt\u2066\x00\u2028") == "evilgpj.txt"
    assert escape_file_name("*b* [x](u) $x$ :smile:.txt") == "\\*b\\* \\[x\\]\\(u\\) \\$x\\$ \\:smile\\:\\.txt"
    assert escape_block("www.a.b c@d.e http://f") == "www\u2060\\.a\\.b c@\u2060d\\.e http\u2060\\://f"
    assert len(sanitize("a" * 1000 + ".txt", 60)) == 60
    assert sanitize("a" * 1000 + ".txt", 60).endswith(".txt")


@given(st.text())
def test_nothing_of_a_stranger_is_unseen(text: str) -> None:
    line = sanitize(text)
    assert not set(line) & set(TURNING)
    assert line.isprintable() or not any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in line)
    assert len(line) <= MAX_LENGTH


def test_a_figure_takes_no_html_from_a_file() -> None:
    assert escape_html('<a href="x">5 & 6</a>') == '&lt;a href="x"&gt;5 &amp; 6&lt;/a&gt;'
