"""Judging what a model of a language holds possible, with models written by hand whose mistakes are known."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.training.data.formal_languages import END, Brackets, Counting
from lstm_viz.training.tasks.formal_language_task import PADDING, LanguageTask, accuracy, is_right
from tests.tiny import tiny


class Counter(nn.Module):
    """Knows aⁿbⁿ up to n = `limit`; beyond, it takes the end of the line to be near when it is not."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.vocabulary = Vocabulary.of("ab" + END)
        self.limit = limit

    def forward(self, ids: Tensor) -> tuple[Tensor, None]:
        symbols = self.vocabulary.decode(ids[:, 0].tolist())
        logits = torch.full((len(symbols), 1, len(self.vocabulary)), -1.0)
        for step in range(len(symbols)):
            read = symbols[: step + 1]
            left = min(read.count("a"), self.limit) - read.count("b")
            expected = "ab" if symbols[step] == "a" else "b" if left > 0 else END
            for symbol in expected:
                logits[step, 0, self.vocabulary.index[symbol]] = 1.0
        return logits, None


def test_a_perfect_model_is_right_every_time() -> None:
    model: Any = Counter(limit=1000)
    assert accuracy(model, Counting(20), strings=50, seed=1) == 1.0


def test_a_model_that_counts_to_three_is_right_up_to_three() -> None:
    model: Any = Counter(limit=3)
    assert [is_right(model, Counting(20), "a" * count + "b" * count + END) for count in range(1, 7)] == [True] * 3 + [False] * 3
    draw = random.Random("test 7")
    short = sum(len(Counting(12).string(draw)) <= 7 for _ in range(200)) / 200
    assert 0.2 < short < 0.8
    assert accuracy(model, Counting(12), strings=200, seed=7) == short


class Indifferent(nn.Module):
    """Holds every symbol equally likely."""

    def __init__(self) -> None:
        super().__init__()
        self.vocabulary = Vocabulary.of(Brackets(8).tokens())
        self.read: list[Tensor] = []

    def forward(self, ids: Tensor) -> tuple[Tensor, None]:
        self.read.append(ids)
        return torch.zeros(*ids.shape, len(self.vocabulary)), None


def test_a_tie_is_not_right() -> None:
    model: Any = Indifferent()
    assert accuracy(model, Brackets(8), strings=20, seed=1) == 0.0


def test_a_task_draws_strings_of_the_language_anew_at_each_step_and_the_same_again() -> None:
    model: Any = Indifferent()
    task = LanguageTask(model, Brackets(8), seed=1, batch=5)
    assert task.loss(0).item() == pytest.approx(math.log(6))
    assert task.validation_loss() == pytest.approx(math.log(6))
    task.loss(1)
    task.loss(0)
    first, held_out, second, again = model.read
    assert torch.equal(first, again)
    assert first.shape != second.shape or not torch.equal(first, second)
    assert held_out.shape[1] == 512
    for column in first.T:
        text = model.vocabulary.decode(column[column > 0].tolist())
        for string in text.split(END)[:-1]:
            assert list(Brackets(8).allowed(string))[-1] >= {END}


def test_padding_is_not_learned_from() -> None:
    """The mean over a padded batch is the mean over the symbols of its strings."""
    model = tiny(seed=4)
    model.vocabulary = Vocabulary.of(Counting(8).tokens())
    task = LanguageTask(model, Counting(8), seed=2, batch=6)
    drawn = task._draw(random.Random("2 0"), 6)
    assert (drawn == PADDING).any()
    losses = []
    for column in drawn.T:
        own = column[column != PADDING]
        log_probs = model(own[:-1, None])[0][:, 0].log_softmax(-1)
        losses += (-log_probs[torch.arange(len(own) - 1), own[1:]]).tolist()
    assert task.loss(0).item() == pytest.approx(sum(losses) / len(losses), rel=1e-5)
