"""The decomposition against runs in which only one step writes, and half-lives against known decays."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import lstm_viz
from lstm_viz.cell_decomposition import NotDecomposable, cell_contributions, history
from lstm_viz.gates import Kind
from lstm_viz.half_life import half_life
from lstm_viz.reader import trace
from lstm_viz.trace import LayerTrace
from tests.facts import facts
from tests.tiny import TEXT, tiny

KEEPERS = {"lstm": nn.LSTM, "gru": nn.GRU}


def made(keep: np.ndarray, write: np.ndarray, first: np.ndarray | None = None) -> LayerTrace:
    """An LSTM's trace with these forget gates and writings, all [time, unit]; i is 1, so that g is what is written."""
    first = np.zeros(keep.shape[1]) if first is None else first
    state, c = [], first
    for f_t, w_t in zip(keep, write, strict=True):
        c = f_t * c + w_t
        state.append(c)
    values = {"i": np.ones_like(keep), "f": keep, "g": write, "o": np.ones_like(keep), "c": np.array(state).reshape(keep.shape)}
    values["h"] = np.tanh(values["c"])
    return LayerTrace("made", "lstm", 0, False, {name: each[:, None] for name, each in values.items()}, first[None], first[None])


def captured(kind: Kind, reverse: bool, seed: int, lengths: list[int]) -> LayerTrace:
    """One direction of a bidirectional module in double precision, over packed random texts of these lengths."""
    torch.manual_seed(seed)
    module = KEEPERS[kind](3, 4, bidirectional=True, dtype=torch.float64)
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    x = torch.randn(max(lengths), len(lengths), 3, dtype=torch.float64)
    state = torch.randn(2, len(lengths), 4, dtype=torch.float64)
    packed = nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    with torch.no_grad(), lstm_viz.capture(module) as cap:
        module(packed, (state, 2 * state) if kind == "lstm" else state)
    return next(layer for layer in cap.layers if layer.reverse == reverse)


def scanned(layer: LayerTrace, batch: int, writers: list[int], initial: bool) -> np.ndarray:
    """The memory [time, unit] if only these steps wrote, and the state before the first step counted only if `initial`."""
    steps = layer.steps if layer.lengths is None else int(layer.lengths[batch])
    first = (layer.c0 if layer.kind == "lstm" else layer.h0)[batch]
    state, found = first if initial else np.zeros_like(first), np.zeros((steps, layer.units))
    for step in reversed(range(steps)) if layer.reverse else range(steps):
        at = {symbol: values[step, batch] for symbol, values in layer.values.items()}
        keep, write = (at["f"], at["i"] * at["g"]) if layer.kind == "lstm" else (at["z"], (1 - at["z"]) * at["n"])
        state = keep * state + (write if step in writers else 0.0)
        found[step] = state
    return found


@settings(max_examples=40)
@given(st.sampled_from(["lstm", "gru"]), st.booleans(), st.integers(0, 99), st.lists(st.integers(1, 6), min_size=1, max_size=3))
def test_each_part_is_what_is_there_when_that_step_alone_writes(
    kind: Kind, reverse: bool, seed: int, lengths: list[int]
) -> None:
    layer, batch = captured(kind, reverse, seed, lengths), len(lengths) - 1
    state = layer.values["c" if kind == "lstm" else "h"][:, batch]
    alone = [scanned(layer, batch, [writer], initial=False) for writer in range(lengths[batch])]
    initial = scanned(layer, batch, [], initial=True)
    for step in range(lengths[batch]):
        found = cell_contributions(layer, step, batch)
        np.testing.assert_array_equal(found.state, state[step])
        np.testing.assert_allclose(found.contributions.sum(axis=0) + found.initial, state[step], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(found.contributions, [each[step] for each in alone], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(found.initial, initial[step], rtol=1e-12, atol=1e-12)


@settings(max_examples=40)
@given(st.sampled_from(["lstm", "gru"]), st.booleans(), st.integers(0, 99), st.integers(0, 3))
def test_the_history_is_every_steps_decomposition(kind: Kind, reverse: bool, seed: int, unit: int) -> None:
    layer = captured(kind, reverse, seed, [6])
    first = seed % 6
    single, whole = history(layer, unit, first), history(layer, None, first)
    assert single.parts.shape == whole.parts.shape == (6 - first, 6 - first)
    for now in range(6 - first):
        at = cell_contributions(layer, first + now)
        earlier = at.contributions[:first].sum(axis=0) + at.initial
        np.testing.assert_allclose(single.parts[now], at.unit(unit)[first:], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(single.before[now], earlier[unit], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(whole.parts[now], at.magnitude()[first:], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(whole.before[now], np.abs(earlier).sum(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["python-lstm", "shakespeare-lstm", "shakespeare-gru", "counting", "brackets"])
def test_the_parts_sum_to_the_memory_of_the_shipped_models(name: str) -> None:
    text = {"counting": "aaaabbbb\n", "brackets": "([()[]])\n"}.get(name, "What light (on the hill)?\nI know not.\n") * 6
    for layer in trace(lstm_viz.load(name), text).layers:
        state = layer.values["c" if layer.kind == "lstm" else "h"][:, 0]
        for step in (0, len(text) // 2, len(text) - 1):
            found = cell_contributions(layer, step)
            # A cell of python-lstm counts up to dozens, where single precision itself is off by more than 1e-5.
            np.testing.assert_allclose(found.contributions.sum(axis=0) + found.initial, state[step], rtol=1e-6, atol=1e-5)


def test_a_decomposition_by_hand() -> None:
    """Half is kept at each step; 8, 4 and 2 were written, and 16 was there before."""
    layer = made(np.full((3, 1), 0.5), np.array([[8.0], [4.0], [-2.0]]), np.array([16.0]))
    found = cell_contributions(layer, 2)
    assert found.contributions.ravel().tolist() == [2.0, 2.0, -2.0]
    assert (found.initial.tolist(), found.state.tolist()) == ([2.0], [4.0])
    assert cell_contributions(layer, 1).contributions.ravel().tolist() == [4.0, 4.0, 0.0]
    assert history(layer, 0).parts.tolist() == [[8, 0, 0], [4, 4, 0], [2, 2, -2]]
    assert history(layer, 0).before.tolist() == [8, 4, 2]
    assert history(layer, None, first=2).parts.tolist() == [[2]]
    assert history(layer, None, first=2).before.tolist() == [6]


def test_sums_over_units_keep_signs_or_drop_them() -> None:
    found = cell_contributions(made(np.ones((1, 2)), np.array([[3.0, -1.0]])), 0)
    assert (found.signed().tolist(), found.magnitude().tolist()) == ([2.0], [4.0])


@pytest.mark.parametrize("step", [-1, len(TEXT)])
def test_a_step_outside_the_text_is_named(step: int) -> None:
    layer = trace(tiny(), TEXT).layers[0]
    with pytest.raises(IndexError, match=facts(f"step {step}", f"{len(TEXT)} steps")):
        cell_contributions(layer, step)
    with pytest.raises(IndexError, match="outside"):
        history(layer, 0, first=step)
    with pytest.raises(IndexError, match="units 0 to 4"):
        history(layer, 5)


def test_a_plain_rnn_says_that_it_has_no_decomposition() -> None:
    layer = trace(tiny("rnn"), TEXT).layers[0]
    for refused in (lambda: cell_contributions(layer, 0), lambda: history(layer), lambda: half_life(layer)):
        with pytest.raises(NotDecomposable, match=facts("plain RNN", "LSTM", "GRU")):
            refused()


@given(st.floats(0.01, 0.999), st.integers(2, 40), st.integers(0, 99))
def test_a_steady_gate_halves_as_its_powers_do(keep: float, steps: int, seed: int) -> None:
    write = np.random.default_rng(seed).uniform(0.1, 1, (steps, 1)) * np.random.default_rng(seed).choice([-1, 1], (steps, 1))
    found = half_life(made(np.full((steps, 1), keep), write))
    exact = math.log(2) / -math.log(keep)
    if abs(exact - found.longest) > 1e-6:
        assert found.steps[0] == (pytest.approx(exact) if exact < found.longest else math.inf)
    np.testing.assert_allclose(found.left[:, 0], keep ** np.arange(steps), rtol=1e-9)


def test_gates_that_never_or_always_close() -> None:
    keep = np.tile([1.0, 0.0, 1.0, 0.9], (4, 1))
    write = np.tile([1.0, 1.0, 0.0, 1.0], (4, 1))
    found = half_life(made(keep, write))
    assert found.steps.tolist() == pytest.approx([math.inf, 0.0, math.nan, math.inf], nan_ok=True)
    # Both outlast the text; the one with more left at its end comes first, the one that never wrote last.
    assert found.ranked().tolist() == [0, 3, 1, 2]


def test_what_is_cleared_now_and_then_lasts_for_a_part_of_the_way() -> None:
    """Written once at the start, kept whole for three steps, then cleared: half is gone at the moment of clearing."""
    keep, write = np.ones((8, 1)), np.zeros((8, 1))
    write[0], keep[4] = 1.0, 0.0
    assert half_life(made(keep, write)).steps.tolist() == [3.0]
    # Cleared every third step, whatever was written: one, two or three steps, a third each.
    keep = np.ones((3000, 1))
    keep[::3] = 0.0
    found = half_life(made(keep, np.ones((3000, 1))))
    np.testing.assert_allclose(found.left[:4, 0], [1, 2 / 3, 1 / 3, 0], atol=1e-3)
    assert found.steps[0] == pytest.approx(1 + math.log(4 / 3) / math.log(2), abs=1e-2)


def test_the_share_left_is_counted_over_all_parts_still_seen() -> None:
    layer = trace(tiny("gru"), TEXT).layers[1]
    z, n = layer.z[:, 0], layer.n[:, 0]
    amount, steps = np.abs((1 - z) * n), len(TEXT)
    left = np.ones(layer.units)
    for lag in range(1, steps):
        for unit in range(layer.units):
            parts = [amount[t, unit] * np.prod(z[t + 1 : t + lag, unit], dtype=np.float64) for t in range(steps - lag)]
            after = [part * z[t + lag, unit] for t, part in enumerate(parts)]
            left[unit] *= sum(after) / sum(parts)
        np.testing.assert_allclose(half_life(layer).left[lag], left, rtol=1e-5)


@pytest.mark.parametrize("text", ["", "T"])
def test_too_short_a_text_shows_no_half_life(text: str) -> None:
    found = half_life(trace(tiny(), text).layers[0])
    assert np.isnan(found.steps).all()
    assert found.longest == 0
    assert sorted(found.ranked()) == [0, 1, 2, 3, 4]
