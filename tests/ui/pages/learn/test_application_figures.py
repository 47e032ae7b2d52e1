"""The pictures of the uses: their numbers are those that the shipped models give when asked in another way."""

from __future__ import annotations

import re

import numpy as np
import torch

from lstm_viz.delays.results import SHIPPED as RACES
from lstm_viz.figures.palette import LIGHT
from lstm_viz.models.catalog import load
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.series.backtesting import Split
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.forecasting import forecast
from lstm_viz.ui.pages.learn.application_figures import MONTHS, SENTENCE, delays, months, sentence
from lstm_viz.ui.pages.learn.applications import FORECASTER, SENTIMENT_MODEL, TASK


@torch.no_grad()
def test_the_sentence_is_judged_word_by_word() -> None:
    seen, model = sentence(LIGHT), load(SENTIMENT_MODEL)
    tokens = model.vocabulary.split(SENTENCE)
    expected = []
    for count in range(1, len(tokens.normalized) + 1):
        ids = torch.from_numpy(model.vocabulary.encode(tokens.normalized[:count]))
        expected.append(float(model(ids[:, None])[0][-1, 0].softmax(-1) @ torch.linspace(-2, 2, len(model.outputs))))
    np.testing.assert_allclose(2 * np.asarray(seen.figure.data[0].y), expected, atol=1e-4)
    assert "‘wonderful’" in seen.caption
    turn = tokens.surface.index("wonderful")
    assert f"from −{-expected[turn - 1]:.1f} to +{expected[turn]:.1f}" in seen.caption


def test_the_last_months_are_forecast_one_by_one_and_were_held_out() -> None:
    seen, values = months(LIGHT), SHIPPED[FORECASTER].read().values
    came, forecasts = (np.asarray(trace.y, dtype=float) for trace in seen.figure.data)
    np.testing.assert_array_equal(came, values[-MONTHS:])
    assert len(values) - MONTHS >= Split.of(len(values)).validation_end
    model = load_forecaster(FORECASTER)
    for back in (MONTHS, 17, 1):
        np.testing.assert_allclose(forecasts[-back], forecast(model, values[:-back], 1).values[0], rtol=1e-6)
    assert f"off by {np.abs(came - forecasts).mean():.2f} ppm" in seen.caption


def test_the_delays_are_those_of_the_kept_race() -> None:
    seen = delays(LIGHT)
    kept = (RACES / f"{TASK}.json").read_text("utf-8")
    *curves, guess = seen.figure.data
    for trace, kind in zip(curves, ("rnn", "gru", "lstm"), strict=True):
        line = [each for each in kept.splitlines() if f'"kind": "{kind}"' in each][-1]
        right = dict(re.findall(r'"(\d+)": ([\d.]+)', line.split('"right": {')[1].split("}")[0]))
        np.testing.assert_allclose(trace.y, [float(right[str(delay)]) for delay in trace.x])
        assert f"{trace.name} {float(right['200']):.0%}" in seen.caption
    # One letter of four is asked for, each as likely as the others.
    np.testing.assert_array_equal(guess.y, [0.25, 0.25])
    assert guess.name == "guessing: 25%"
