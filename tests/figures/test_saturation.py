"""The scatter of saturated gates as data: a panel a gate, a point a unit, at the shares that were counted."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_viz.figures.palette import LIGHT
from lstm_viz.figures.saturation import REFERENCE, TYPED, saturation_map
from lstm_viz.gates import Kind
from lstm_viz.reader import trace
from lstm_viz.units.stats import saturating, saturation
from tests.tiny import KINDS, TEXT, tiny


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("with_reference", [True, False])
def test_dots_are_the_shares(kind: Kind, with_reference: bool) -> None:
    typed = saturation(trace(tiny(kind), TEXT).layers[0])
    reference = saturation(trace(tiny(kind), TEXT * 2).layers[0]) if with_reference else None
    for gate in saturating(kind):
        counted = {TYPED: typed[gate.symbol]} | ({REFERENCE: reference[gate.symbol]} if reference else {})
        figure = saturation_map(gate, typed[gate.symbol], counted.get(REFERENCE), 3, LIGHT)
        drawn = {each.name: each for each in figure.data}
        assert drawn.keys() == {*counted, "unit 3"}
        for name, found in counted.items():
            dots = drawn[name]
            middles = (dots.x[0::3] + dots.x[1::3]) / 2
            np.testing.assert_allclose(middles, found.low_share, atol=1e-6)
            np.testing.assert_allclose(dots.y[0::3], found.high_share, atol=1e-6)
            np.testing.assert_allclose(dots.y[1::3], found.high_share, atol=1e-6)
            assert np.isnan(dots.x[2::3]).all()
            assert list(dots.customdata[::3]) == [0, 1, 2, 3, 4]
        ring = drawn["unit 3"]
        assert len(ring.x) == len(ring.marker.size) == len(counted)
        assert (ring.x[-1], ring.y[-1]) == (typed[gate.symbol].low_share[3], typed[gate.symbol].high_share[3])
