"""φ against NumPy's correlation of two yes-or-no arrays, the best cut against all cuts, and a rare feature that the AUC likes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lstm_viz
from lstm_viz.unit_names import Feature
from lstm_viz.unit_names.agreement import best_cut, phi
from lstm_viz.unit_names.feature import MeasuredText
from lstm_viz.unit_names.feature_comparison import FeatureComparison
from tests.tiny import tiny
from tests.unit_names.test_naming import letters


def correlation(high: np.ndarray, flags: np.ndarray) -> float:
    if high.all() or not high.any() or flags.all() or not flags.any():
        return 0.0
    return float(np.corrcoef(high.astype(float), flags.astype(float))[0, 1])


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40), st.sampled_from([1, -1]))
def test_the_best_cut_is_the_best_of_all_cuts(rows: list[tuple[int, bool]], sign: int) -> None:
    values, flags = np.array([value for value, _ in rows], np.float32), np.array([flag for _, flag in rows])
    cut = best_cut(values, flags, sign)
    every = [sign * correlation(values >= least, flags) for least in np.unique(values)[1:]]
    usable = bool(every) and flags.any() and not flags.all()
    assert sign * cut.phi == pytest.approx(max(every) if usable else 0.0, abs=1e-9)
    assert phi(values, flags, cut.least) == pytest.approx(cut.phi, abs=1e-9)


class Given:
    """Activations that are given: one quantity of some units."""

    def __init__(self, values: np.ndarray) -> None:
        self.values, self.total = values, values.shape[1]
        self.positions = np.arange(self.total)
        self.units = {(0, "c"): len(values)}

    def read(self, keys: object) -> list[tuple[int, dict[tuple[int, str], np.ndarray]]]:
        return [(0, {(0, "c"): self.values.T})]


def test_a_rare_feature_does_not_win_by_its_auc() -> None:
    """A unit is high at each tenth place; each tenth of these has the rare feature, whose AUC is higher than the common one's."""
    draw = np.random.default_rng(0)
    length = 20_000
    common = np.arange(length) % 10 == 0
    rare = np.arange(length) % 100 == 0
    noisy = common ^ (draw.random(length) < 0.03)
    values = (noisy | rare) + 0.01 * draw.random(length)
    features = [
        Feature(name, name, "AUC", lambda _, flags=flags: flags) for name, flags in (("common", common), ("rare", rare))
    ]
    comparison = FeatureComparison(features, MeasuredText("x" * length), Given(values.astype(np.float32)[None]))
    list(comparison.run())
    names = comparison.result("lstm", "", "")
    assert names.best(0, "c", 0).feature == "common"
    alone = FeatureComparison(features[1:], MeasuredText("x" * length), Given(values.astype(np.float32)[None]))
    list(alone.run())
    (name,) = alone.result("lstm", "", "").table()
    half = slice(length // 2, None)
    assert name.score > 0.9
    assert name.agreement == pytest.approx(correlation(values[half] >= values[rare].min(), rare[half]), abs=0.02)
    assert name.tracks == (name.agreement >= 0.3)


def test_agreements_are_the_correlation_with_the_cut_unit() -> None:
    model, text = tiny(), letters(1500)
    names, read, half = lstm_viz.name_units(model, text), lstm_viz.trace(model, text), 750
    features = {each.name: each for each in lstm_viz.unit_names.FEATURES}
    for row in names.table(["c"])[:6]:
        values, truth = read.layers[row.layer].c[:, 0, row.unit], features[row.feature].of_text(text)
        if row.measure == "AUC":
            cut = best_cut(values[:half], truth[:half], row.sign)
            expected = row.sign * correlation(values[half:] >= cut.least, truth[half:])
            assert row.agreement == pytest.approx(expected, abs=0.02)
        else:
            assert row.agreement == pytest.approx(row.score, abs=1e-6)
