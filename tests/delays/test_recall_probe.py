"""What a network answers and holds, worked out again with torch's own modules."""

from __future__ import annotations

import random
from typing import get_args

import numpy as np
import pytest
import torch

from lstm_viz.delays.recall_probe import best_unit, predict_answer, retention
from lstm_viz.delays.results import shipped
from lstm_viz.gates import Kind
from lstm_viz.training.tasks.delay_training import DelayExperiment, untrained_model
from lstm_viz.training.tasks.delays import TASKS

KINDS = get_args(Kind)


def read(model: torch.nn.Module, text: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits after the last symbol and the state after each, an LSTM's cell state, by single calls of torch's module."""
    state, states = None, []
    for number in model.vocabulary.encode(text):
        hidden, state = model.rnn(model.embedding(torch.tensor([[int(number)]])), state)
        states.append((state[1] if isinstance(state, tuple) else state)[0, 0])
    return model.decoder(hidden[0, 0]), torch.stack(states)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_answers_are_those_of_torch_symbol_by_symbol(kind: Kind, task: str) -> None:
    model = shipped(task).networks[kind]
    text, wanted = TASKS[task].example(23, random.Random(8))
    found = predict_answer(model, text, len(wanted))
    said = text
    for symbol, sure in zip(found.symbols, found.probabilities, strict=True):
        expected = read(model, said)[0].softmax(-1)
        likeliest = int(expected[1:].argmax()) + 1
        assert symbol == model.vocabulary.tokens[likeliest]
        assert sure == pytest.approx(expected[likeliest].item(), abs=1e-5)
        said += symbol
    assert "".join(found.trace.tokens) == said
    assert found.right(wanted) == sum(one == other for one, other in zip(found.symbols, wanted, strict=True))


def test_there_is_no_answer_to_nothing() -> None:
    with pytest.raises(ValueError, match="one symbol"):
        predict_answer(untrained_model("gru", DelayExperiment()), "", 4)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_what_is_held_is_the_distance_to_the_nearest_other_state(kind: Kind, task: str) -> None:
    model, rule = untrained_model(kind, DelayExperiment(task, units=7)).eval(), TASKS[task]
    text, _ = rule.example(6, random.Random(2))
    found = retention(model, rule, text)
    here = read(model, text)[1].numpy()
    assert found.shape == (len(rule.memory_positions(text)), len(text))
    for row, place in zip(found, rule.memory_positions(text), strict=True):
        nearest = np.full(len(text), np.inf)
        for other in set(rule.alphabet) - {text[place]}:
            there = read(model, text[:place] + other + text[place + 1 :])[1].numpy()
            size = (np.linalg.norm(here, axis=1) + np.linalg.norm(there, axis=1)) / 2
            nearest = np.minimum(nearest, np.linalg.norm(here - there, axis=1) / size)
        np.testing.assert_allclose(row, nearest, atol=1e-5)
        assert (row[:place] == 0).all()
        assert row[place] > 0


@pytest.mark.parametrize("kind", KINDS)
@torch.no_grad()
def test_the_holder_is_the_unit_furthest_from_every_other_text(kind: Kind) -> None:
    model, rule = shipped("recall").networks[kind], TASKS["recall"]
    text = "Bxyzzyx?"
    here = read(model, text)[1][-1].tanh()
    apart = torch.stack([(read(model, other + text[1:])[1][-1].tanh() - here).abs() for other in "ACD"])
    nearest = apart.min(dim=0).values
    assert nearest[best_unit(model, rule, text)] == pytest.approx(nearest.max().item(), abs=1e-5)
    assert best_unit(model, rule, "?") == 0


def test_nothing_to_keep_is_nothing_held() -> None:
    assert retention(untrained_model("lstm", DelayExperiment(units=5)), TASKS["copy"], "??").shape == (0, 2)
    assert retention(untrained_model("lstm", DelayExperiment(units=5)), TASKS["copy"], "").shape == (0, 0)


def test_the_shipped_networks_hold_the_word_over_the_pause_and_the_plain_one_does_not() -> None:
    task = TASKS["copy"]
    text = "ACBC" + "." * 60 + "?"
    ends = {kind: retention(model, task, text)[:, -1] for kind, model in shipped("copy").networks.items()}
    assert ends["lstm"].min() > 0.2
    assert ends["gru"].min() > 0.2
    assert np.sort(ends["rnn"])[:3].max() < 0.1
