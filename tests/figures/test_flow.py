"""The figures of gradient flow as data."""

import numpy as np
import pytest

from lstm_viz.figures.flow import BANDS, FAINTEST, bands, gradient_flow_matrix, gradient_flow_stack
from lstm_viz.figures.palette import LIGHT

NORMS = np.array([[4.0, 0, 0], [1.0, 2.0, 0], [0.0, 0.5, 8.0]])


def test_the_matrix_is_logarithmic_from_the_largest_down() -> None:
    figure = gradient_flow_matrix(NORMS, "abcd", (1, 0), LIGHT)
    (heat,) = figure.data
    assert heat.z[2][2] == 0.0
    assert heat.z[1][0] == pytest.approx(np.log10(1 / 8))
    assert heat.z[2][0] == pytest.approx(np.log10(FAINTEST)) == heat.zmin
    assert np.isnan(heat.z[0][1])
    assert np.array_equal(heat.customdata, NORMS)
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (-0.5, 0.5, 0.5, 1.5)
    # Rows say at which letter was a surprise, which is the one behind the state's own.
    assert figure.layout.xaxis.labelalias["0"] == "a"
    assert figure.layout.yaxis.labelalias["0"] == "b"


def test_the_bands_share_everything_that_arrives() -> None:
    found = bands(NORMS)
    assert len(found) == len(BANDS)
    assert np.array_equal(found[0], [4.0, 2.0, 8.0])
    assert np.array_equal(found[1], [1.0, 0.5, 0.0])
    assert np.array_equal(np.sum(found, axis=0), NORMS.sum(axis=0))


def test_the_areas_are_the_bands_stacked() -> None:
    figure = gradient_flow_stack(NORMS, "abcd", LIGHT)
    assert {each.stackgroup for each in figure.data} == {"flow"}
    assert np.array_equal(np.sum([bar.y for bar in figure.data], axis=0), NORMS.sum(axis=0))


def test_no_loss_gives_an_empty_picture() -> None:
    empty = np.zeros((0, 0))
    assert len(gradient_flow_matrix(empty, "a", None, LIGHT).data) == 1
    assert len(gradient_flow_stack(empty, "a", LIGHT).data) == len(BANDS)
