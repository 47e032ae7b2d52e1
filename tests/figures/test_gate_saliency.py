"""The pictures of what an answer depends on, as data."""

import numpy as np

from lstm_viz.figures.gate_saliency import gate_map, gate_rows, gate_sizes, share_bars
from lstm_viz.figures.palette import LIGHT
from lstm_viz.gradients import TextLoss
from lstm_viz.reader import trace
from tests.tiny import TEXT, tiny

TRACE = trace(tiny("gru"), TEXT, TextLoss())


def test_sizes_are_norms_over_units() -> None:
    layer = TRACE.layers[0]
    assert layer.grads is not None
    assert np.allclose(gate_sizes(layer)[1], np.sqrt((layer.grads["z_pre"][:, 0] ** 2).sum(-1)))
    assert not gate_sizes(trace(tiny(), TEXT).layers[0]).any()


def test_the_map_has_a_row_for_each_gate_of_each_layer() -> None:
    (heat,) = gate_map(TRACE.layers, TRACE.tokens, 4, 9, LIGHT).data
    assert np.allclose(heat.z, np.concatenate([gate_sizes(layer)[:, 4:9] for layer in TRACE.layers]))
    assert list(heat.y) == gate_rows(TRACE.layers)
    assert heat.y[4] == "update gate z, layer 2"
    assert gate_rows(TRACE.layers[:1])[0] == "reset gate r"


def test_the_bars_and_points_are_the_two_ways_to_share() -> None:
    shares, slopes = np.array([np.nan, 1.0, -2.0]), np.array([9.0, 0.5, -1.0])
    bars, points = share_bars(shares, slopes, "abc", 1, LIGHT).data
    assert list(bars.y) == [1.0, -2.0]
    assert list(points.y) == [0.5, -1.0]
    assert bars.marker.color[0] != bars.marker.color[1]
