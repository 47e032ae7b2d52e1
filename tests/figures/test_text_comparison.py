"""Two texts side by side, as data."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.comparison import compare
from lstm_viz.figures.palette import LIGHT
from lstm_viz.figures.text_comparison import GAP, differences_map, distance_curve, letters_of, unit_differences_map
from lstm_viz.gates import CELLS, Kind
from lstm_viz.reader import trace
from tests.tiny import KINDS, tiny

ONE, OTHER = "The cat", "The hat?"


@pytest.mark.parametrize("kind", KINDS)
def test_each_picture_holds_the_comparisons_numbers(kind: Kind) -> None:
    found = compare(trace(tiny(kind), ONE), trace(tiny(kind), OTHER))
    layer, columns = found.layers[1], found.alignment
    assert letters_of(columns, ONE, OTHER) == ([*"The␣cat", GAP], list("The␣hat?"))
    (curve,) = distance_curve(layer, columns, ONE, OTHER, LIGHT).data
    np.testing.assert_array_equal(curve.y, layer.distance[:-1])
    assert list(curve.x) == [str(column) for column in range(7)]

    (means,) = differences_map(layer, kind, columns, ONE, OTHER, LIGHT).data
    (single,) = unit_differences_map(layer, kind, 2, columns, ONE, OTHER, LIGHT).data
    assert list(means.y) == list(single.y) == [each.label for each in CELLS[kind]]
    for row, each in enumerate(CELLS[kind]):
        np.testing.assert_allclose(means.z[row], layer.mean_difference(each.symbol) / (each.high - each.low), rtol=1e-6)
        np.testing.assert_allclose(single.z[row], layer.differences[each.symbol][:, 2], rtol=1e-6)
    assert (means.zmin, single.zmin) == (0.0, -single.zmax)


def test_parting_and_meeting_are_marked_at_their_columns() -> None:
    found = compare(trace(tiny(), ONE), trace(tiny(), OTHER), near=0.0)
    figure = distance_curve(found.layers[0], found.alignment, ONE, OTHER, LIGHT)
    assert found.layers[0].reconverges_at is None
    assert [(note.text, note.x) for note in figure.layout.annotations] == [("diverge", 4)]
    one, other = trace(tiny(), "The cat"), trace(tiny(), "the cat")
    distance = compare(one, other).layers[0].distance
    assert distance[0] > distance[1:].max()
    again = compare(one, other, near=float(distance[1:].max()))
    figure = distance_curve(again.layers[0], again.alignment, "The cat", "the cat", LIGHT)
    assert [(note.text, note.x) for note in figure.layout.annotations] == [("diverge", 0), ("reconverge", 1)]
    assert figure.layout.xaxis.labelalias["0"] == "T<br>t"


@pytest.mark.parametrize(("one", "other"), [("", ""), ("", "The"), ("The", "")])
def test_empty_texts_are_drawn_too(one: str, other: str) -> None:
    found = compare(trace(tiny(), one), trace(tiny(), other))
    layer, columns = found.layers[0], found.alignment
    for draw in (distance_curve(layer, columns, one, other, LIGHT), differences_map(layer, "lstm", columns, one, other, LIGHT),
                 unit_differences_map(layer, "lstm", 0, columns, one, other, LIGHT)):  # fmt: skip
        assert draw.to_json()
