"""The surprise along a text as data: a point a stretch, marks on the curve, a line at the opened place."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.figures.palette import DARK, LIGHT
from lstm_viz.figures.surprise_profile import HIT, ProfileCurve, surprise_profile


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_curve_and_what_is_marked_on_it(palette: object) -> None:
    begins, means = np.array([0, 10, 25]), np.array([2.0, 1.0, 3.0])
    figure = surprise_profile(ProfileCurve("surprise", begins, means, 1.9, "nats"), 40, [9, 10, 39], 12, palette)  # type: ignore[arg-type]
    curve, found = figure.data
    np.testing.assert_array_equal(curve.x, begins)
    np.testing.assert_array_equal(curve.y, means)
    np.testing.assert_array_equal(curve.customdata, begins)
    assert found.name == HIT
    assert list(found.x) == list(found.customdata) == [9, 10, 39]
    assert list(found.y) == [2.0, 1.0, 3.0]
    assert tuple(figure.layout.xaxis.range) == (0, 40)
    mean, place = figure.layout.shapes
    assert (mean.y0, mean.y1) == (1.9, 1.9)
    assert (place.x0, place.x1) == (12, 12)


def test_nothing_found_and_nothing_opened() -> None:
    figure = surprise_profile(ProfileCurve("surprise", np.array([0]), np.array([2.0]), 2.0, "nats"), 2, (), None, LIGHT)
    assert len(figure.data[1].x) == 0
    assert len(figure.layout.shapes) == 1
