"""The scatter of saturated gates as data: a panel a gate, a point a unit, at the shares that were counted."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.figures.palette import LIGHT
from lstm_viz.figures.saturation import saturation_map
from lstm_viz.gates import Kind
from lstm_viz.reading import trace
from lstm_viz.units import saturating, saturation
from tests.tiny import KINDS, TEXT, tiny


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("with_reference", [True, False])
def test_points_are_the_shares(kind: Kind, with_reference: bool) -> None:
    typed = saturation(trace(tiny(kind), TEXT).layers[0])
    reference = saturation(trace(tiny(kind), TEXT * 2).layers[0]) if with_reference else None
    figure = saturation_map(kind, typed, reference, 3, LIGHT)
    assert [note.text for note in figure.layout.annotations] == [each.label for each in saturating(kind)]
    for number, gate in enumerate(saturating(kind), start=1):
        panel = [each for each in figure.data if each.xaxis == ("x" if number == 1 else f"x{number}")]
        points = {each.name: each for each in panel if each.mode == "markers"}
        counted = {"on your text": typed} | ({"on a long text of its own": reference} if reference else {})
        assert points.keys() == counted.keys()
        for name, found in counted.items():
            np.testing.assert_array_equal(points[name].x, found[gate.symbol].low_share)
            np.testing.assert_array_equal(points[name].y, found[gate.symbol].high_share)
            assert list(points[name].customdata) == [0, 1, 2, 3, 4]
        (chosen,) = (each for each in panel if each.name == "unit 3")
        assert len(chosen.x) == len(counted)
        assert chosen.x[-1] == typed[gate.symbol].low_share[3]
