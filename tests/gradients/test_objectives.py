"""Objectives: their words, their value and their derivative by the logits against autograd, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from lstm_viz.gradients import ClassLogit, LikeliestNext, NextToken, Objective, TextLoss, fix_target
from lstm_viz.text.vocabulary import Vocabulary
from tests.facts import facts

VOCABULARY = Vocabulary.of("abc")
IDS = VOCABULARY.encode("abcab")


def slopes(objective: Objective, logits: torch.Tensor) -> np.ndarray:
    return objective.by_logits(logits.softmax(-1).detach().numpy(), IDS, VOCABULARY)


@pytest.fixture
def logits() -> torch.Tensor:
    torch.manual_seed(0)
    return torch.randn(5, len(VOCABULARY), dtype=torch.float64, requires_grad=True)


def test_text_loss(logits: torch.Tensor) -> None:
    cross_entropy(logits[:-1], torch.from_numpy(IDS[1:])).backward()
    np.testing.assert_allclose(slopes(TextLoss(), logits), logits.grad, atol=1e-14)


@pytest.mark.parametrize("step", [0, 2, 4, -1, -5])
def test_next_symbol(logits: torch.Tensor, step: int) -> None:
    logits[step].log_softmax(-1)[VOCABULARY.tokens.index("b")].backward()
    np.testing.assert_allclose(slopes(NextToken(step, "b"), logits), logits.grad, atol=1e-14)


@pytest.mark.parametrize("step", [0, 2, -1])
def test_likeliest_next(logits: torch.Tensor, step: int) -> None:
    found = logits[step].log_softmax(-1).max()
    found.backward()
    objective = LikeliestNext(step)
    np.testing.assert_allclose(slopes(objective, logits), logits.grad, atol=1e-14)
    assert objective.value(logits.detach().numpy(), IDS, VOCABULARY) == pytest.approx(found.item())
    probs = logits.softmax(-1).detach().numpy()
    assert fix_target(objective, probs, VOCABULARY.tokens) == NextToken(step % 5, VOCABULARY.tokens[int(probs[step].argmax())])


@pytest.mark.parametrize("objective", [TextLoss(), NextToken(1, "b"), ClassLogit(1)])
def test_other_objectives_keep_their_target(objective: Objective) -> None:
    assert fix_target(objective, np.full((5, 4), 0.25), VOCABULARY.tokens) is objective
    assert fix_target(LikeliestNext(), np.zeros((0, 4)), VOCABULARY.tokens) == LikeliestNext()


def test_class_logit(logits: torch.Tensor) -> None:
    logits[-1, 1].backward()
    np.testing.assert_array_equal(slopes(ClassLogit(1), logits), logits.grad)


def test_class_logit_after_a_step(logits: torch.Tensor) -> None:
    logits[0, 2].backward()
    np.testing.assert_array_equal(slopes(ClassLogit(2, 0), logits), logits.grad)


@pytest.mark.parametrize(
    ("objective", "wanted"),
    [
        (TextLoss(), lambda logits: cross_entropy(logits[:-1], torch.from_numpy(IDS[1:]))),
        (NextToken(2, "b"), lambda logits: logits[2].log_softmax(-1)[2]),
        (NextToken(-1, "c"), lambda logits: logits[-1].log_softmax(-1)[3]),
        (ClassLogit(1), lambda logits: logits[-1, 1]),
        (ClassLogit(2, 0), lambda logits: logits[0, 2]),
    ],
)
@pytest.mark.parametrize("shift", [0.0, 1e4])
def test_values(logits: torch.Tensor, objective: Objective, wanted: Callable[[torch.Tensor], torch.Tensor], shift: float) -> None:
    moved = logits.detach() + shift
    assert objective.value(moved.numpy(), IDS, VOCABULARY) == pytest.approx(wanted(moved).item(), abs=1e-10)


@pytest.mark.parametrize("objective", [TextLoss(), NextToken(-1, "c"), ClassLogit(1)])
def test_nothing_is_measured_on_an_empty_text(objective: Objective) -> None:
    assert objective.value(np.zeros((0, len(VOCABULARY))), IDS[:0], VOCABULARY) == 0.0


def test_words() -> None:
    tokens = ("t", "h", "e")
    assert "surprise" in TextLoss().describe(tokens)
    assert NextToken(-1, "n").describe(tokens) == "the log-probability that ‘n’ comes after ‘e’ at step 2 (nats)"
    assert NextToken(0, "\n").describe(" ") == "the log-probability that ‘⏎’ comes after ‘␣’ at step 0 (nats)"
    assert NextToken(-1, "n").describe(()) == "the log-probability that ‘n’ comes next (nats)"
    assert ClassLogit(3).describe(tokens) == "the logit of class 3 after the last step"
    assert ClassLogit(3, 2, "good").describe(tokens) == "the logit of class ‘good’ after the last step"
    assert ClassLogit(3, 1, "good").describe(tokens) == "the logit of class ‘good’ after 'h' at step 1"
    assert ClassLogit(3, 7).describe(()) == "the logit of class 3 after the last step"


@pytest.mark.parametrize(
    ("objective", "message"),
    [
        (NextToken(5, "a"), facts("step 5", "5 steps", "-5 to 4")),
        (NextToken(-6, "a"), "step -6 lies outside"),
        (NextToken(0, "ü"), facts("'ü'", 4)),
        (ClassLogit(4), facts("class 4", "0 to 3")),
        (ClassLogit(-1), facts("class -1", "0 to 3")),
        (ClassLogit(1, 9), "step 9 lies outside"),
    ],
)
def test_refusals(logits: torch.Tensor, objective: Objective, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        slopes(objective, logits)
    with pytest.raises(ValueError, match=message):
        objective.value(logits.detach().numpy(), IDS, VOCABULARY)
