"""Half-lives as data: every unit once, in order, those that outlast the text above all others."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.figures.half_life import FLOOR, fades, half_lives
from lstm_viz.figures.palette import LIGHT
from lstm_viz.half_life import HalfLife, half_life
from lstm_viz.reader import trace
from tests.tiny import TEXT, tiny

LEFT = np.array([[1.0, 1, 1, 1], [0.5, 0.9, 0.01, 1], [0.25, 0.8, 0, 1]])
FOUND = HalfLife(np.array([1.0, np.inf, 0.1, np.nan]), LEFT)


def test_points_stand_in_order_and_those_without_a_half_life_are_left_out() -> None:
    drawn, chosen = half_lives(FOUND, 0, LIGHT).data
    assert list(drawn.customdata) == [1, 0, 2]
    assert list(drawn.y) == [3.0, 1.0, FLOOR]
    assert drawn.text[0] == "unit 1: longer than this text"
    assert (list(chosen.x), list(chosen.y), list(chosen.text)) == ([2], [1.0], ["unit 0"])
    assert len(half_lives(FOUND, 3, LIGHT).data) == 1


def test_every_point_lies_inside_the_axis() -> None:
    for found in (FOUND, half_life(trace(tiny(), TEXT).layers[0])):
        figure = half_lives(found, 0, LIGHT)
        low, high = (10**end for end in figure.layout.yaxis.range)
        assert all(low < y < high for y in figure.data[0].y)


def test_the_chosen_unit_fades_beside_the_longest_and_the_shortest() -> None:
    curves = {curve.name: list(curve.y) for curve in fades(FOUND, 0, LIGHT).data}
    assert curves == {"unit 0": [1, 0.5, 0.25], "longest: unit 1": [1, 0.9, 0.8], "shortest: unit 2": [1, 0.01, 0]}
    assert [curve.name for curve in fades(FOUND, 1, LIGHT).data] == ["shortest: unit 2", "unit 1"]


@pytest.mark.parametrize("text", ["", "T"])
def test_short_texts_are_drawn_too(text: str) -> None:
    found = half_life(trace(tiny(), text).layers[0])
    assert half_lives(found, 0, LIGHT).to_json()
    assert fades(found, 0, LIGHT).to_json()
