"""Ends of scales, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.gates import CELLS, Kind, quantity
from lstm_viz.reader import trace
from lstm_viz.ui.state.scales import curve_ends, means_ends, round_up, scales, units_ends
from tests.tiny import KINDS, TEXT, tiny

CELL, GATE = quantity("lstm", "c"), quantity("lstm", "f")


@pytest.mark.parametrize(
    ("value", "end"),
    [(1, 1), (1.01, 2), (2, 2), (2.5, 5), (7, 10), (10, 10), (10.1, 20), (0.03, 0.05), (999, 1000), (0, 1), (-3, 1), (np.inf, 1)],
)
def test_round_numbers_by_hand(value: float, end: float) -> None:
    assert round_up(value) == pytest.approx(end)


@given(st.floats(1e-6, 1e6))
def test_a_round_number_is_the_next_of_its_kind(value: float) -> None:
    found = round_up(value)
    assert value * (1 - 1e-9) <= found <= 2.5 * value * (1 + 1e-9)
    assert float(f"{found:.3e}"[:5]) in (1, 2, 5)


def test_single_units_keep_the_range_of_what_is_bounded() -> None:
    assert units_ends(GATE, np.array([0.2, 0.3])) == (0.0, 1.0)
    assert curve_ends(GATE, np.array([0.2, 0.3])) == (0.0, 1.0)


def test_rare_values_do_not_stretch_the_scale_of_many_units_but_that_of_one() -> None:
    values = np.array([*np.linspace(-3, 3, 99), -40.0])
    assert units_ends(CELL, values) == (-5.0, 5.0)
    assert curve_ends(CELL, values) == (-50.0, 50.0)
    assert units_ends(CELL, values / 100) == curve_ends(CELL, values / 100) == (-2.0, 2.0)


def test_means_get_twentieths_around_what_occurs() -> None:
    assert means_ends(GATE, np.array([0.61, 0.74])) == pytest.approx((0.6, 0.75))
    assert means_ends(GATE, np.array([0.6, 0.6])) == pytest.approx((0.6, 0.65))
    assert means_ends(CELL, np.array([-0.12, 0.03])) == pytest.approx((-0.15, 0.15))
    assert means_ends(CELL, np.array([0.0])) == (-0.05, 0.05)


def test_nothing_to_go_by_leaves_the_quantitys_own_range() -> None:
    nothing = np.zeros(0)
    assert units_ends(CELL, nothing) == curve_ends(CELL, nothing) == means_ends(CELL, nothing) == (-2.0, 2.0)
    assert means_ends(GATE, nothing) == (0.0, 1.0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", [TEXT, ""])
def test_every_quantity_gets_ends_that_hold_its_means(kind: Kind, text: str) -> None:
    for layer in trace(tiny(kind), text).layers:
        found = scales(layer)
        assert found.units.keys() == found.means.keys() == {each.symbol for each in CELLS[kind]}
        for each in CELLS[kind]:
            low, high = found.means[each.symbol]
            assert low < high
            means = layer.values[each.symbol][:, 0].mean(axis=1)
            assert ((low - 1e-6 <= means) & (means <= high + 1e-6)).all()
            assert not each.signed or low == -high
