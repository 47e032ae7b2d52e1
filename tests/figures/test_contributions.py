"""Who wrote what, as data: bars and cells hold the decomposition's own numbers, under the letters that wrote them."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.cell_decomposition import cell_contributions, history
from lstm_viz.figures.contributions import contribution_bars, history_map, shares
from lstm_viz.figures.palette import DARK, LIGHT, colourscale
from lstm_viz.reader import trace
from tests.tiny import TEXT, tiny

LAYER = trace(tiny(), TEXT).layers[1]


def test_bars_are_the_parts_coloured_by_their_sign() -> None:
    parts = cell_contributions(LAYER, 9).unit(2)
    (drawn,) = contribution_bars(parts, 0.0, TEXT, 0, True, LIGHT).data
    np.testing.assert_array_equal(drawn.y, parts)
    assert list(drawn.customdata[:, 0]) == list(range(len(TEXT)))
    colours = {True: LIGHT.diverging[5], False: LIGHT.diverging[1]}
    assert list(drawn.marker.color) == [colours[bool(part >= 0)] for part in parts]
    assert drawn.text[3] == "␣"


def test_what_is_older_than_the_window_is_one_bar() -> None:
    figure = contribution_bars(np.array([0.25, 0.5]), 0.25, "ab", 7, False, DARK)
    (drawn,) = figure.data
    assert list(drawn.y) == [0.25, 0.25, 0.5]
    assert list(drawn.customdata[:, 0]) == [6, 7, 8]
    assert list(figure.layout.xaxis.labelalias.values()) == ["earlier", "a", "b"]
    assert figure.layout.yaxis.tickformat == ".0%"


@pytest.mark.parametrize("signed", [True, False])
def test_cells_are_the_history_and_blank_before_a_letter_was_read(signed: bool) -> None:
    found = history(LAYER, 2 if signed else None, first=4)
    figure = history_map(found, TEXT[4:], 9, signed, LIGHT)
    (drawn,) = figure.data
    expected = found.parts if signed else shares(found)
    for now in range(len(TEXT) - 4):
        np.testing.assert_allclose(drawn.z[now][: now + 1], expected[now, : now + 1], rtol=1e-6)
        assert np.isnan(drawn.z[now][now + 1 :]).all()
    assert drawn.zmin == (-drawn.zmax if signed else 0.0)
    inside = np.mean(np.abs(expected[np.tril_indices(len(expected))]) <= drawn.zmax + 1e-9)
    assert inside == 1.0 if signed else 0.9 < inside < 1.0
    assert [list(stop) for stop in drawn.colorscale] == colourscale(LIGHT.diverging if signed else LIGHT.sequential)
    # The frame stands around the row of the chosen step.
    (frame,) = figure.layout.shapes
    assert (frame.y0, frame.y1) == (4.5, 5.5)


def test_shares_of_a_row_and_what_is_older_are_the_whole() -> None:
    found = history(LAYER, None, first=4)
    whole = found.parts.sum(axis=1) + found.before
    np.testing.assert_allclose(shares(found).sum(axis=1) + found.before / whole, 1.0)


@pytest.mark.parametrize("text", ["", "T"])
def test_short_texts_are_drawn_too(text: str) -> None:
    layer = trace(tiny(), text).layers[0]
    assert history_map(history(layer), text, -1, False, LIGHT).to_json()
    assert contribution_bars(np.zeros(len(text)), 0.0, text, 0, False, LIGHT).to_json()
