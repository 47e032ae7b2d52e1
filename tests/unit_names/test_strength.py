"""AUC and ρ of many units and features at once, against SciPy's statistics of one unit and one feature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lstm_viz.unit_names.feature import Measure
from lstm_viz.unit_names.strength import centred_ranks, rank_rows, strengths, varies, weights


def drawn(seed: int, time: int, units: int, levels: int) -> tuple[np.ndarray, list[np.ndarray], list[Measure]]:
    """Values with ties if there are few levels, and three features of each sort."""
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(units, time)).astype(np.float32)
    if levels:
        values = np.round(values * levels) / levels
    flags = [draw.random(time) < share for share in (0.5, 0.1, 0.9)]
    numbers = [draw.integers(0, 4, time), draw.normal(size=time), np.arange(time)]
    return values, [*flags, *numbers], ["AUC"] * 3 + ["ρ"] * 3


@given(st.integers(0, 10**6), st.integers(2, 80), st.sampled_from([0, 1, 5]))
def test_against_scipy(seed: int, time: int, levels: int) -> None:
    values, features, measures = drawn(seed, time, 4, levels)
    ranks = values.copy()
    rank_rows(ranks)
    found = strengths(ranks, weights(features, measures), measures)
    for unit, row in enumerate(values):
        for column, (feature, measure) in enumerate(zip(features, measures, strict=True)):
            if measure == "AUC":
                inside, outside = row[feature], row[~feature]
                auc = (
                    stats.mannwhitneyu(inside, outside).statistic / (len(inside) * len(outside))
                    if 0 < len(inside) < time
                    else 0.5
                )
                wanted = 2 * auc - 1
            elif len(np.unique(row)) == 1 or len(np.unique(feature)) == 1:
                wanted = 0.0
            else:
                wanted = stats.spearmanr(row, feature).statistic
            assert found[unit, column] == pytest.approx(wanted, abs=3e-6)


@given(st.lists(st.sampled_from([-1.5, 0.0, 0.25, 3.0]), min_size=1, max_size=50))
def test_ranks_share_ties(values: list[float]) -> None:
    wanted = (stats.rankdata(values) - (len(values) + 1) / 2) / len(values)
    np.testing.assert_allclose(centred_ranks(np.array(values, np.float32)), wanted, atol=1e-6)


@given(st.integers(0, 10**6), st.integers(3, 40), st.data())
def test_a_shift_is_that_of_rotated_features(seed: int, time: int, data: st.DataObject) -> None:
    values, features, measures = drawn(seed, time, 3, 2)
    rank_rows(values)
    shift = data.draw(st.integers(0, time - 1))
    rotated = weights([np.roll(feature, shift) for feature in features], measures)
    found = strengths(values, weights(features, measures), measures, shift)
    np.testing.assert_allclose(found, strengths(values, rotated, measures), atol=2e-6)


def test_a_perfect_unit_scores_one_and_many_values_stay_exact() -> None:
    draw = np.random.default_rng(0)
    flag = draw.random(50_000) < 0.01
    values = np.stack([flag + draw.random(50_000) * 0.5, -1.0 * flag, draw.random(50_000)]).astype(np.float32)
    auc = stats.mannwhitneyu(values[2][flag], values[2][~flag]).statistic / (flag.sum() * (~flag).sum())
    rank_rows(values)
    np.testing.assert_allclose(strengths(values, weights([flag], ["AUC"]), ["AUC"])[:, 0], [1, -1, 2 * auc - 1], atol=1e-5)


def test_what_varies_too_little() -> None:
    flag = np.zeros(100, bool)
    flag[10:40] = True
    assert varies(flag, 30, 2)
    assert not varies(flag, 31, 2)
    assert not varies(flag, 30, 3)
    assert not varies(np.zeros(1), 0, 0)
