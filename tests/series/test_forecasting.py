"""Stepwise forecasts against a plain loop that reads everything anew, and their spread against its meaning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lstm_viz.models.forecaster import Forecaster
from lstm_viz.series.forecasting import ahead, forecast
from lstm_viz.series.reading import read_series
from tests.series.small_series import VALUES, small

DESIGNS = [
    {},
    {"level": True, "season": 4},
    {"season": 3, "form": "log", "layers": 2},
    {"level": True, "season": 2, "form": "root"},
    {"kind": "gru"},
    {"kind": "rnn", "layers": 2},
]


def one_by_one(model: Forecaster, values: np.ndarray, steps: int) -> np.ndarray:
    """Append each forecast and run PyTorch's forward over all of it again."""
    series = torch.from_numpy(values)[:, None]
    with torch.no_grad():
        for _ in range(steps):
            said, _ = model(model.features(series))
            series = torch.cat((series, model.next_value(series[-1:], said[-1:])))
    return series[len(values) :, 0].numpy()


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_each_forecast_is_read_as_if_it_had_come(design: dict[str, Any]) -> None:
    model = small(**design).double()
    found = forecast(model, VALUES, 9)
    np.testing.assert_allclose(found.values, one_by_one(model, VALUES, 9), rtol=1e-10)
    assert found.border == 60
    np.testing.assert_allclose(found.reading.values, np.concatenate((VALUES, found.values)))
    # Its own gates expect what was forecast, step after step.
    np.testing.assert_allclose(found.reading.expected[59:-1], found.values, rtol=1e-10)
    assert found.low is None


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_many_origins_at_once_are_each_one_alone(design: dict[str, Any]) -> None:
    model, origins = small(**design).double(), np.array([0, 1, 3, 30, 59])
    found = ahead(model, VALUES, origins, 4)
    for column, origin in enumerate(origins):
        np.testing.assert_allclose(found[:, column], one_by_one(model, VALUES[: origin + 1], 4), rtol=1e-10)


def test_errors_push_each_step_and_are_carried_on() -> None:
    model = small().double()
    errors = np.array([[0.5], [-0.25]])
    found = ahead(model, VALUES, np.array([59]), 2, errors)[:, 0]
    first = read_series(model, VALUES).expected[-1] + 0.5 * model.normalization.spread
    second = read_series(model, np.append(VALUES, first)).expected[-1] - 0.25 * model.normalization.spread
    np.testing.assert_allclose(found, [first, second], rtol=1e-10)


def test_the_spread_is_that_of_the_errors() -> None:
    model = small().double()
    residuals = np.random.default_rng(1).normal(scale=0.3, size=500)
    found = forecast(model, VALUES, 6, residuals=residuals, paths=900, share=0.8, seed=2)
    assert found.paths is not None
    assert found.low is not None
    assert found.high is not None
    assert found.paths.shape == (6, 900)
    inside = (found.paths >= found.low[:, None]) & (found.paths <= found.high[:, None])
    np.testing.assert_allclose(inside.mean(1), 0.8, atol=0.01)
    # One step ahead the only thing unsure is the error itself.
    wanted = found.values[0] + np.quantile(residuals, [0.1, 0.9]) * model.normalization.spread
    np.testing.assert_allclose([found.low[0], found.high[0]], wanted, atol=0.05 * model.normalization.spread)
    assert found.high[-1] - found.low[-1] > found.high[0] - found.low[0]


def test_the_same_seed_draws_the_same() -> None:
    drawn = [forecast(small(), VALUES, 3, residuals=np.array([-1.0, 0.0, 1.0]), seed=seed).paths for seed in (1, 1, 2)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


@pytest.mark.parametrize("steps", [0, -1, 2001])
def test_so_many_steps_are_refused(steps: int) -> None:
    with pytest.raises(ValueError, match="choose 1 to 2,000"):
        forecast(small(), VALUES, steps)


def test_growth_without_end_stays_a_number() -> None:
    model = small(form="log")
    model.decoder.bias.data[:] = 300.0
    assert np.isfinite(forecast(model, VALUES, 200).values).all()
