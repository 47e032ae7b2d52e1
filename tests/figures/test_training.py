"""Curves of a training and the film of its gates, as data."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plotly.io.json import to_json_plotly

from lstm_viz.figures.palette import DARK, LIGHT
from lstm_viz.figures.training import (
    SURPRISE,
    SnapshotTrace,
    TrainingCurve,
    downsampled,
    losses,
    norms,
    snapshot_heatmap,
    unit_heatmaps,
)
from lstm_viz.gates import CELLS
from lstm_viz.reader import trace
from tests.tiny import KINDS, TEXT, tiny

CURVE = TrainingCurve(
    loss=np.array([3.0, 2.0, 1.0, 0.5]), norm=np.array([0.5, 4.0, 1.0, 0.25]), held_out={2: 2.5, 4: 1.5}, unigram_loss=2.9,
    max_grad_norm=1.0,
    steps=10,
)  # fmt: skip


def frames(kind: Any = "lstm", count: int = 3) -> list[SnapshotTrace]:
    """One sentence as different networks read it, as if they were one at different times."""
    found = [trace(tiny(kind, seed=seed), TEXT) for seed in range(count)]
    return [SnapshotTrace(10 * step, read.layers[1], read.surprise) for step, read in enumerate(found)]


@given(values=st.lists(st.floats(-5, 5), max_size=60), points=st.integers(1, 20))
@settings(max_examples=80)
def test_thinned_curves_keep_mean_and_peak(values: list[float], points: int) -> None:
    where, mean, largest = downsampled(np.array(values), points)
    assert len(where) == len(mean) == len(largest) <= points
    if values:
        assert largest.max() == max(values)
        assert 1 <= where[0] <= where[-1] <= len(values)
        size = -(-len(values) // points)
        for place, start in enumerate(range(0, len(values), size)):
            assert mean[place] == pytest.approx(np.mean(values[start : start + size]), abs=1e-9)


def test_few_steps_are_drawn_as_they_are() -> None:
    where, mean, largest = downsampled(CURVE.loss)
    assert where.tolist() == [1, 2, 3, 4]
    assert mean.tolist() == largest.tolist() == CURVE.loss.tolist()


def test_losses_stand_beside_that_of_guessing() -> None:
    figure = losses(CURVE, LIGHT)
    learned, unseen, guessing = figure.data
    assert learned.y.tolist() == [3.0, 2.0, 1.0, 0.5]
    assert (list(unseen.x), list(unseen.y)) == ([2, 4], [2.5, 1.5])
    assert list(guessing.y) == [2.9, 2.9]
    assert "2.90" in guessing.name
    # A name in the picture would be struck through by a curve.
    assert not figure.layout.annotations
    assert tuple(figure.layout.xaxis.range) == (0, 10)
    # 1,000 as in the sentences.
    assert {each.layout.xaxis.tickformat for each in (figure, norms(CURVE, LIGHT))} == {",d"}
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.yaxis.range[1] > 3.0


def test_the_cap_is_drawn_and_what_it_leaves() -> None:
    figure = norms(CURVE, DARK)
    came, taken, level = figure.data
    assert came.y.tolist() == [0.5, 4.0, 1.0, 0.25]
    assert taken.y.tolist() == [0.5, 1.0, 1.0, 0.25]
    assert list(level.y) == [1.0, 1.0]
    assert not figure.layout.annotations
    low, high = figure.layout.yaxis.range
    assert 10**low < 0.25
    assert 10**high > 4.0
    assert {0.5, 1.0, 2.0} <= set(figure.layout.yaxis.tickvals)
    alone = norms(replace(CURVE, max_grad_norm=None), DARK)
    assert len(alone.data) == 1


def test_numbers_that_are_none_leave_a_gap() -> None:
    broken = replace(CURVE, loss=np.array([1.0, math.nan, math.inf]), norm=np.array([1.0, math.inf, 0.0]), held_out={})
    for figure in (losses(broken, LIGHT), norms(broken, LIGHT)):
        assert "NaN" not in json.dumps(json.loads(to_json_plotly(figure)))
        assert "Infinity" not in to_json_plotly(figure)


@pytest.mark.parametrize("kind", KINDS)
def test_the_film_has_a_row_for_each_moment(kind: Any) -> None:
    taken = frames(kind)
    for each in CELLS[kind]:
        (cells,) = snapshot_heatmap(taken, TEXT, each.symbol, None, 10, LIGHT).data
        values = np.stack([frame.layer.values[each.symbol][:, 0] for frame in taken])
        expected = (np.abs(values) if each.signed else values).mean(-1)
        np.testing.assert_allclose(cells.z, expected, rtol=1e-5)
        assert (cells.zmin, cells.zmax) == (pytest.approx(expected.min(), abs=1e-6), pytest.approx(expected.max(), abs=1e-6))
        (unit,) = snapshot_heatmap(taken, TEXT, each.symbol, 2, 10, LIGHT).data
        np.testing.assert_allclose(unit.z, values[..., 2], rtol=1e-5)
        if each.signed and values[..., 2].min() < 0:
            assert unit.zmin == -unit.zmax


def test_the_film_frames_the_chosen_row_and_names_all() -> None:
    figure = snapshot_heatmap(frames(), TEXT, "f", None, 10, DARK)
    (frame,) = figure.layout.shapes
    assert (frame.y0, frame.y1) == (0.5, 1.5)
    assert list(figure.layout.yaxis.labelalias.values()) == ["0", "10", "20"]
    assert tuple(figure.layout.yaxis.range) == (2.5, -0.5)
    assert np.array(figure.data[0].customdata)[:, 0].tolist() == [0, 10, 20]
    assert not snapshot_heatmap(frames(), TEXT, "f", None, 7, DARK).layout.shapes


def test_surprise_is_that_of_the_text_and_blank_at_its_first_letter() -> None:
    taken = frames()
    (cells,) = snapshot_heatmap(taken, TEXT, SURPRISE, None, 0, LIGHT).data
    assert np.isnan(np.array(cells.z)[:, 0]).all()
    np.testing.assert_allclose(np.array(cells.z)[1], taken[1].surprise.astype(np.float32))
    assert cells.zmin == 0.0
    assert cells.zmax == pytest.approx(max(np.nanmax(frame.surprise) for frame in taken))


@pytest.mark.parametrize("kind", KINDS)
def test_panels_hold_every_unit_in_order(kind: Any) -> None:
    (frame,) = frames(kind, 1)
    rows = np.array([3, 0, 4, 1, 2])
    figure = unit_heatmaps(frame, TEXT, rows, LIGHT)
    assert len(figure.data) == len(CELLS[kind])
    domains = []
    for number, (cells, each) in enumerate(zip(figure.data, CELLS[kind], strict=True)):
        np.testing.assert_allclose(cells.z, frame.layer.values[each.symbol][:, 0][:, rows].T, rtol=1e-6)
        assert np.array(cells.customdata)[:, 0].tolist() == rows.tolist()
        assert cells.zmin == (-cells.zmax if each.signed else 0.0)
        assert np.abs(cells.z).max() <= cells.zmax + 1e-6
        domains.append(figure.layout[f"yaxis{number + 1 if number else ''}"].domain)
        assert each.name in figure.layout.annotations[number].text
    assert all(lower[1] < upper[0] for upper, lower in pairwise(domains))
    assert domains[-1][0] == pytest.approx(0.0, abs=1e-9)
