"""Verdicts as data: bars hold the judgement's own numbers under the words they belong to, and every one can be clicked."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lstm_viz.figures.palette import DARK, LIGHT, Palette
from lstm_viz.figures.sentiment import (
    LONGEST,
    WordRow,
    class_bars,
    class_colours,
    shortened,
    unit_bars,
    unit_map,
    word_axis,
    word_rows,
)

CLASSES = ("very negative", "negative", "neutral", "positive", "very positive")
TOKENS = ("A", "fine", "zzqx", ".")
KNOWN = np.array([True, True, False, True])
ROWS = [WordRow("so far", np.array([0.0, 1.5, -0.5, np.nan]), 2.0), WordRow("alone", np.array([0.1, -0.2, 0.3, 0.4]), 0.5)]


def test_columns_are_the_probabilities_from_negative_to_positive() -> None:
    drawn = class_bars(np.array([0.05, 0.1, 0.15, 0.3, 0.4]), CLASSES, LIGHT)
    assert re.findall(r"(\d+%)<div", drawn) == ["5%", "10%", "15%", "30%", "40%"]
    assert re.findall(r"0.3em..(.*?)</div>", drawn) == list(CLASSES)
    assert re.findall('background:(.*?)"', drawn) == class_colours(5, LIGHT)
    heights = np.array(re.findall(r"height:(\d+)px;b", drawn), dtype=float)
    np.testing.assert_allclose(heights / heights[-1], np.array([0.05, 0.1, 0.15, 0.3, 0.4]) / 0.4, atol=0.01)
    assert "very negative 5%, negative 10%" in drawn
    # What is nearly nothing is not written as a tag.
    assert "&lt;1%<div" in class_bars(np.array([0.003, 0.997]), ("bad", "good"), LIGHT)
    # The tallest is as tall as ever, and a name can hold what HTML would take for its own.
    assert max(map(int, re.findall(r"height:(\d+)px;b", class_bars(np.array([1.0, 0.0]), ("<b>", "&"), DARK)))) == 92
    assert "<b>" not in class_bars(np.array([1.0, 0.0]), ("<b>", "&"), DARK)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_classes_are_coloured_from_cold_over_grey_to_warm(palette: Palette) -> None:
    five = class_colours(5, palette)
    blue, red = palette.diverging[:2], palette.diverging[:-3:-1]
    assert five == [*red, palette.roles["input"], *blue[::-1]]
    assert class_colours(2, palette) == [red[0], blue[0]]
    assert len(set(five)) == 5


def test_every_row_holds_its_numbers_and_words_their_places() -> None:
    figure = word_rows(ROWS, TOKENS, KNOWN, 7, 8, LIGHT)
    ticks = dict(zip(figure.layout.yaxis.tickvals, figure.layout.yaxis.ticktext, strict=True))
    zeros = [drawn.base for drawn in figure.data]
    for row, drawn, zero in zip(ROWS, figure.data, zeros, strict=True):
        np.testing.assert_allclose(drawn.y * row.end, row.values)
        np.testing.assert_array_equal(drawn.customdata, np.stack(([7, 8, 9, 10], row.values), axis=-1))
        colours = [LIGHT.diverging[1] if value >= 0 else LIGHT.diverging[5] for value in row.values]
        assert list(drawn.marker.color) == colours
        # One up from a row's zero is its end, and the rows stay apart.
        assert (ticks[zero - 1], ticks[zero], ticks[zero + 1]) == (f"−{row.end:g}", "0", f"+{row.end:g}")
    assert zeros[0] - 1 > zeros[1] + 1
    low, high = figure.layout.yaxis.range
    assert low < zeros[-1] - 1
    assert high > zeros[0] + 1
    assert [shape.y0 for shape in figure.layout.shapes if shape.type == "line"] == zeros
    # One axis of words for all rows, unknown ones with a question mark.
    assert list(figure.layout.xaxis.labelalias.values()) == ["A", "fine", "zzqx ?", "."]
    assert [title.text for title in figure.layout.annotations] == ["<b>so far</b>", "<b>alone</b>"]
    # A click anywhere in a word's column is a click on the word.
    assert figure.layout.hovermode == "x"


@pytest.mark.parametrize(("step", "place"), [(7, 0), (10, 3), (6, None), (11, None)])
def test_the_chosen_word_is_marked_where_it_is_drawn(step: int, place: int | None) -> None:
    marks = word_rows(ROWS, TOKENS, KNOWN, 7, step, DARK).layout.shapes
    assert [mark.x0 for mark in marks if mark.type == "rect"] == ([] if place is None else [place - 0.5])


def test_words_lie_flat_where_a_phone_has_room_and_are_slanted_with_room_elsewhere() -> None:
    flat, little, end = word_axis(("The", "film", "is", "not", "good", "."))
    assert (flat["tickangle"], end) == (0, 4)
    slanted, more, end = word_axis(("The", "film", "is", "wonderful", "and", "full", "of", "wit", "."))
    assert (slanted["tickangle"], end) == (pytest.approx(-45), 4)
    reach = len("wonderful") * 7.3 / 2**0.5
    assert more - little == pytest.approx(reach, abs=1)
    # Only a long word at the end reaches beyond it, by what lies behind the middle of its place on a phone.
    assert word_axis(("the",) * 9 + ("wonderful",))[2] == pytest.approx(reach - 330 / 10 / 2, abs=1)
    figure = word_rows([WordRow("so far", np.zeros(9), 1.0)], ["wonderful"] * 9, np.ones(9, bool), 0, 0, LIGHT)
    assert figure.layout.margin.t == more
    assert word_axis(())[1:] == (little, 4)


def test_long_words_are_cut_on_the_axis() -> None:
    assert shortened("x" * LONGEST) == "x" * LONGEST
    assert shortened("https://example.org/a/b/c") == "https://examp…"
    assert len(shortened("y" * 500)) == LONGEST


def test_unit_bars_are_the_parts_in_the_order_given() -> None:
    parts = np.array([0.1, -0.5, 0.0, 0.3])
    (drawn,) = unit_bars(parts, np.array([1, 3, 0]), 3, LIGHT).data
    assert list(drawn.x) == [-0.5, 0.3, 0.1]
    assert list(drawn.y) == ["unit 1", "unit 3", "unit 0"]
    assert list(drawn.customdata) == [1, 3, 0]
    assert [colour == LIGHT.roles["keep"] for colour in drawn.marker.line.color] == [False, True, False]
    assert list(drawn.marker.color) == [LIGHT.diverging[5], LIGHT.diverging[1], LIGHT.diverging[1]]


def test_cells_are_each_units_part_at_each_word() -> None:
    parts = np.random.default_rng(1).normal(size=(4, 6))
    shown = np.array([5, 0])
    figure = unit_map(parts, shown, TOKENS, 7, 8, 0, LIGHT)
    (drawn,) = figure.data
    np.testing.assert_allclose(drawn.z, parts[:, shown].T, rtol=1e-6)
    assert drawn.zmax == -drawn.zmin == np.abs(parts[:, shown]).max()
    assert list(drawn.x) == ["0", "1", "2", "3"]
    assert list(drawn.y) == ["unit 5", "unit 0"]
    band, frame = figure.layout.shapes
    assert (band.x0, frame.y0) == (0.5, 0.5)
    # A unit that is not among them has no frame, and still figures without colour have a scale.
    assert len(unit_map(np.zeros((4, 6)), shown, TOKENS, 7, 8, 3, LIGHT).layout.shapes) == 1
    assert unit_map(np.zeros((4, 6)), shown, TOKENS, 7, 8, 3, LIGHT).data[0].zmax == 1.0
