"""What a unit does to the outputs: differences of the module's own logits, computed by its own forward."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import lstm_viz
from lstm_viz.models.language import LanguageModel
from lstm_viz.units.effects import find_peaks, logit_contributions, logit_derivatives

TEXT = "the (old) cat"


def logits_after(model: LanguageModel, text: str, step: int, layer: int, unit: int, more: float) -> np.ndarray:
    """The logits after a step, with `more` added to a unit's memory state there: the layers' cells run one by one."""
    ids = torch.from_numpy(model.vocabulary.encode(text))
    x = model.embedding(ids)[:, None].double()
    config, rnn = model.config, model.rnn
    for index in range(config.layers):
        one = type(rnn)(x.shape[-1], config.hidden).double()
        one.load_state_dict({name: getattr(rnn, name.replace("l0", f"l{index}")).double() for name in one.state_dict()})
        outputs, state = [], None
        for place in range(step + 1):
            out, state = one(x[place : place + 1], state)
            if index == layer and place == step:
                if config.kind == "lstm":
                    gates = x[step, 0] @ one.weight_ih_l0.T + one.bias_ih_l0 + one.bias_hh_l0
                    before = outputs[-1][0, 0] if outputs else torch.zeros(config.hidden).double()
                    o = torch.sigmoid((gates + before @ one.weight_hh_l0.T)[3 * config.hidden :])
                    c = state[1][0, 0].clone()
                    c[unit] += more
                    out = (o * torch.tanh(c))[None, None]
                else:
                    out = out.clone()
                    out[0, 0, unit] += more
            outputs.append(out)
        x = torch.cat(outputs)
    logits = (x[-1, 0] @ model.decoder.weight.double().T + model.decoder.bias.double()).detach().numpy()
    return logits - logits.mean()


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("name", ["python-lstm", "shakespeare-gru", "shakespeare-rnn"])
def test_slopes_are_the_differences_of_the_modules_logits(name: str, layer: int) -> None:
    model = lstm_viz.load(name)
    found = logit_derivatives(model, lstm_viz.trace(model, TEXT), layer, 7)
    for step in (0, 5, len(TEXT) - 1):
        with torch.no_grad():
            high, low = (logits_after(model, TEXT, step, layer, 7, each) for each in (1e-4, -1e-4))
        np.testing.assert_allclose(found[step], (high - low) / 2e-4, atol=2e-5)


def test_people_who_ask_at_once_get_what_they_would_get_alone() -> None:
    model = lstm_viz.load("shakespeare-lstm")
    read = lstm_viz.trace(model, TEXT)
    alone = [logit_derivatives(model, read, 0, unit) for unit in range(8)]
    with ThreadPoolExecutor(8) as people:
        for unit, found in enumerate(people.map(lambda unit: logit_derivatives(model, read, 0, unit % 8), range(64))):
            np.testing.assert_array_equal(found, alone[unit % 8])


@pytest.mark.parametrize("name", ["python-lstm", "shakespeare-gru", "shakespeare-rnn", "counting"])
def test_contributions_are_what_the_logits_lose_without_the_unit(name: str) -> None:
    model = lstm_viz.load(name)
    trace = lstm_viz.trace(model, TEXT)
    found = logit_contributions(model, trace, 3)
    hidden = torch.from_numpy(trace.layers[-1].h[:, 0].copy())
    without = hidden.clone()
    without[:, 3] = 0
    with torch.no_grad():
        lost = (model.decoder(hidden) - model.decoder(without)).numpy()
    np.testing.assert_allclose(found, lost - lost.mean(axis=1, keepdims=True), atol=1e-5)


def test_in_the_top_layer_of_an_lstm_the_slope_is_the_formulas() -> None:
    model = lstm_viz.load("shakespeare-lstm")
    trace = lstm_viz.trace(model, TEXT)
    top = trace.layers[-1]
    weights = model.decoder.weight.detach().numpy()[:, 5]
    slope = top.o[:, 0, 5] * (1 - np.tanh(top.c[:, 0, 5]) ** 2)
    expected = np.multiply.outer(slope, weights - weights.mean())
    np.testing.assert_allclose(logit_derivatives(model, trace, len(trace.layers) - 1, 5), expected, atol=1e-6)


@given(st.lists(st.one_of(st.floats(-5, 5), st.just(np.nan)), max_size=40), st.integers(1, 5), st.integers(1, 8), st.booleans())
def test_peaks_are_apart_and_none_higher_is_left_out(values: list[float], count: int, apart: int, lowest: bool) -> None:
    array = np.array(values, dtype=float)
    found = find_peaks(array, count, apart, lowest)
    assert len(found) <= count
    assert all(abs(one - other) >= apart for one in found for other in found if one != other)
    heights = array if not lowest else -array
    assert [heights[step] for step in found] == sorted((heights[step] for step in found), reverse=True)
    free = [s for s in range(len(array)) if np.isfinite(array[s]) and all(abs(s - step) >= apart for step in found)]
    assert not found or all(heights[step] <= heights[found[-1]] for step in free)
    assert len(found) == count or not free
