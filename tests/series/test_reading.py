"""What a forecaster computes on a series, against PyTorch's own forward, autograd and finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lstm_viz.models.forecaster import Normalization
from lstm_viz.series.reading import read_series
from tests.facts import facts, states
from tests.reference import Unrolled
from tests.series.small_series import VALUES, small

DESIGNS = [
    {"kind": kind, "layers": layers, **inputs}
    for kind, layers in (("lstm", 1), ("lstm", 2), ("gru", 2), ("rnn", 1))
    for inputs in ({}, {"level": True, "season": 4}, {"season": 3, "form": "log"}, {"level": True, "season": 2, "form": "root"})
]


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_gates_forecasts_and_gradients_are_pytorchs(design: dict[str, Any]) -> None:
    model = small(**design).double()
    values = VALUES[:20]
    series = torch.from_numpy(values)[:, None]
    zeros = torch.zeros(model.config.layers, 1, 5, dtype=torch.float64)
    unrolled = Unrolled(model.rnn, model.features(series), zeros, zeros if design["kind"] == "lstm" else None)
    said = model.decoder(unrolled.output)[:, 0, 0]
    expected = model.next_value(series[:, 0], said)
    expected[12].backward()

    found = read_series(model, values, target_step=12)
    plain, _ = model(model.features(series))
    np.testing.assert_allclose(found.raw_output, plain[:, 0], atol=1e-12)
    np.testing.assert_allclose(found.raw_output, said.detach(), atol=1e-12)
    np.testing.assert_allclose(found.expected, expected.detach(), rtol=1e-12)
    for number, layer in enumerate(found.trace.layers):
        for symbol in layer.values.keys() - {"x"}:
            np.testing.assert_allclose(layer[symbol], unrolled.value(number, symbol), atol=1e-12)
        assert layer.grads is not None
        for symbol, slopes in layer.grads.values.items():
            np.testing.assert_allclose(slopes, unrolled.gradient(number, symbol), atol=1e-10, err_msg=symbol)


@pytest.mark.parametrize("design", DESIGNS[:6:2] + DESIGNS[1:6:2], ids=str)
def test_what_a_forecast_hangs_on_is_what_a_nudge_to_each_value_does(design: dict[str, Any]) -> None:
    model, values, step, nudge = small(**design).double(), VALUES[:15], 11, 1e-5
    slopes = read_series(model, values, target_step=step).gradient_by_value
    assert slopes is not None
    for place in range(15):
        up, down = (values.copy() for _ in range(2))
        up[place] += nudge
        down[place] -= nudge
        moved = (read_series(model, up).expected[step] - read_series(model, down).expected[step]) / (2 * nudge)
        assert slopes[place] == pytest.approx(moved, abs=1e-7), place
    assert np.abs(slopes[:11]).max() > 1e-3
    assert not slopes[12:].any()


def test_a_reading_has_the_shape_of_a_texts() -> None:
    found = read_series(small(), VALUES)
    trace = found.trace
    assert trace.tokens[:2] == (f"{VALUES[0]:.4g}", f"{VALUES[1]:.4g}")
    text = " ".join(trace.tokens)
    assert tuple(text[start:end] for start, end in trace.spans) == trace.tokens
    assert trace.layers[0].f.shape == (60, 1, 5)
    assert trace.layers[0].grads is None
    assert (trace.loss, trace.objective, found.gradient_by_value) == (None, None, None)
    assert trace.probs.shape == (60, 0)
    assert np.isnan(trace.surprise).all()
    large = read_series(small(), np.array([9999.4, 9999.6, -12345.6, 1e20])).trace
    assert large.tokens == ("9999", "10000", "-12346", "1e+20")
    asked = read_series(small(), VALUES, target_step=-1)
    assert asked.trace.objective is not None
    assert states(asked.trace.objective, "step 59")
    with pytest.raises(ValueError, match=facts("step 60", "60 values")):
        read_series(small(), VALUES, target_step=60)


def test_what_comes_later_changes_nothing_before() -> None:
    model, changed = small(level=True, season=5), VALUES.copy()
    changed[30:] += 7
    np.testing.assert_array_equal(read_series(model, changed).expected[:30], read_series(model, VALUES).expected[:30])


@pytest.mark.parametrize("unit", [1e-60, 1e28])
def test_slopes_are_the_same_in_whatever_unit_a_series_comes(unit: float) -> None:
    """A derivative of one value by another has no unit; the network's own numbers must not leave their range for it."""
    plain, scaled = small(), small()
    scaled.normalization = Normalization.of(torch.from_numpy(VALUES * unit))
    one, other = read_series(plain, VALUES, -1), read_series(scaled, VALUES * unit, -1)
    assert one.gradient_by_value is not None
    np.testing.assert_allclose(other.gradient_by_value, one.gradient_by_value, rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(other.expected, one.expected * unit, rtol=1e-6)
