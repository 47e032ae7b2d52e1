"""The plane is that of a principal component analysis done otherwise; slow points hardly move, and lie where the theory says."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import lstm_viz
from lstm_viz.units.state_space import _change, _whole_states, memory_states, plane_of, slow_points

SENTENCES = (
    "a warm and wonderful film", "a dull and tedious mess", "the plot is not bad", "not a good film at all", "it is what it is",
    "one of the best films of the year", "one of the worst films of the year", "funny and smart", "stupid and long",
)  # fmt: skip


@given(st.integers(0, 200))
def test_the_axes_are_the_covariances_eigenvectors(seed: int) -> None:
    states = np.random.default_rng(seed).normal(size=(30, 6)) * np.array([5, 3, 1, 0.5, 0.2, 0.1])
    plane = plane_of(states)
    values, vectors = np.linalg.eigh(np.cov(states.T))
    np.testing.assert_allclose(plane.variance, values[:-3:-1] / values.sum(), rtol=1e-8)
    np.testing.assert_allclose(np.abs(np.sum(plane.axes * vectors[:, :-3:-1].T, axis=1)), 1, rtol=1e-6)
    np.testing.assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(plane.project(states).mean(axis=0), 0, atol=1e-10)


@pytest.mark.parametrize("shape", [(1, 4), (5, 1), (0, 3)])
def test_too_few_states_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least two"):
        plane_of(np.zeros(shape))


def test_the_counting_network_walks_straight() -> None:
    model = lstm_viz.load("counting")
    states = memory_states(lstm_viz.trace(model, "a" * 8 + "b" * 8), 0)
    path = plane_of(states).project(states)
    for leg in (path[3:8], path[11:16]):
        # Once it counts, letter after letter moves the state on in one direction: up on every a, down on every b.
        steps = np.diff(leg, axis=0)
        directions = steps / np.linalg.norm(steps, axis=1, keepdims=True)
        assert (directions @ directions[0] > 0.99).all()


def test_slow_points_hardly_move_and_lie_on_a_line_between_praise_and_blame() -> None:
    model = lstm_viz.load("sst-lstm")
    traces = [lstm_viz.trace(model, sentence) for sentence in SENTENCES]
    found = slow_points(model, traces, 1, points=25)
    assert len(found.speed) >= 15
    assert (np.diff(found.speed) >= 0).all()
    assert found.speed[-1] < 0.2
    plane = plane_of(found.states)
    assert plane.variance[0] > 0.6
    score = np.exp(found.outputs) @ np.linspace(-1, 1, 5)
    assert abs(np.corrcoef(plane.project(found.states)[:, 0], score)[0, 1]) > 0.9


@pytest.mark.parametrize("name", ["shakespeare-gru", "shakespeare-rnn", "brackets"])
def test_the_speed_is_that_of_one_step_of_the_module(name: str) -> None:
    model = lstm_viz.load(name)
    traces = [lstm_viz.trace(model, "(())" if name == "brackets" else "to be")]
    layers, units = model.config.layers, model.config.hidden
    with torch.inference_mode():
        mean = model.embedding.weight[torch.from_numpy(traces[0].ids)].mean(0)
        hidden = torch.from_numpy(np.stack([layer.h[-1] for layer in traces[0].layers]))
        state = (
            hidden
            if model.config.kind != "lstm"
            else (hidden, torch.from_numpy(np.stack([layer.c[-1] for layer in traces[0].layers])))
        )
        after = model.rnn(mean.expand(1, 1, -1), state)[1]
    before = [hidden] if model.config.kind != "lstm" else list(state)
    moved = [new - old for new, old in zip([after] if model.config.kind != "lstm" else list(after), before, strict=True)]
    whole = torch.from_numpy(_whole_states(traces[0], "c" if model.config.kind == "lstm" else "h")[-1:])
    expected = torch.cat([each.reshape(1, layers * units) for each in moved], dim=1)
    torch.testing.assert_close(_change(model, whole, mean), expected, rtol=1e-4, atol=1e-5)
