"""The scan over all units against cutting them out one by one."""

from __future__ import annotations

import numpy as np
import pytest

import lstm_viz
from lstm_viz.gates import Kind
from lstm_viz.reader import trace
from lstm_viz.what_if import Ablate, rerun, scan
from tests.facts import facts
from tests.tiny import KINDS, TEXT, tiny


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chunk", [2, 5, 32])
def test_each_rise_is_that_of_cutting_the_unit_out(kind: Kind, chunk: int) -> None:
    model = tiny(kind, layers=3).double()
    read = trace(model, TEXT)
    *_, found = scan(model, read, chunk)
    assert sorted(zip(found.layers, found.units, strict=True)) == [(k, u) for k in range(3) for u in range(5)]
    for layer, unit, rise in zip(found.layers, found.units, found.rises, strict=True):
        assert rise == pytest.approx(rerun(model, read, [Ablate(int(layer), (int(unit),))]).rise, abs=1e-12)


def test_a_shipped_model_is_scanned_unit_by_unit() -> None:
    model = lstm_viz.load("brackets")
    read = trace(model, "([()[]])\n")
    *_, found = scan(model, read)
    for layer, unit, rise in zip(found.layers, found.units, found.rises, strict=True):
        assert rise == pytest.approx(rerun(model, read, [Ablate(int(layer), (int(unit),))]).rise, abs=1e-5)


def test_ranked_from_the_most_to_the_least_needed() -> None:
    model = tiny()
    *_, found = scan(model, trace(model, TEXT))
    ranked = found.rises[found.ranked()]
    assert (np.diff(ranked) <= 0).all()
    assert sorted(found.ranked()) == list(range(10))


def test_progress_comes_chunk_by_chunk_and_can_be_left() -> None:
    model = tiny()
    parts = scan(model, trace(model, TEXT), chunk=2)
    first, second = next(parts), next(parts)
    assert (first.share, second.share, first.total) == (0.2, 0.4, 10)
    np.testing.assert_array_equal(second.rises[:2], first.rises)
    # Two chunks were worked for, no more: the generator has done nothing ahead.
    assert [len(part.units) for part in parts] == [5, 7, 9, 10]


def test_a_text_without_a_prediction_cannot_be_scanned() -> None:
    with pytest.raises(ValueError, match=facts("1 tokens", "two")):
        scan(tiny(), trace(tiny(), "T"))
