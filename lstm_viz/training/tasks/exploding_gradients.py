"""A training run with exploding gradients: a plain RNN, initialised with a large spectral radius, on a recall task.

The task is the simplest that needs memory: the first of `delay` symbols is one of four, noise follows, and at the end the
network has to name it (after Hochreiter & Schmidhuber 1997, experiment 2). Backpropagation through so many steps multiplies
the gradient repeatedly by the recurrent weights; with a spectral radius above 1 it explodes (Pascanu et al. 2013). Plain
gradient descent with momentum takes steps in proportion to the gradient.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from lstm_viz.training.tasks.gradient_clipping import GradientClip, Size, clip_gradients

Nonlinearity = Literal["tanh", "relu"]

#: Number of possible first symbols, and of noise symbols.
CHOICES, NOISE = 4, 4
#: Mean loss of guessing, in nats.
GUESSING_LOSS = math.log(CHOICES)


@dataclass(frozen=True)
class ExplodingSetting:
    """The settings: the `nonlinearity`, and the initial spectral `radius` of the recurrent weights."""

    nonlinearity: Nonlinearity = "tanh"
    seed: int = 0
    steps: int = 300
    delay: int = 20
    units: int = 32
    batch: int = 32
    momentum: float = 0.9

    @property
    def radius(self) -> float:
        """Return a radius large enough to explode; an unbounded state needs less."""
        return 1.5 if self.nonlinearity == "tanh" else 1.2

    @property
    def learning_rate(self) -> float:
        """Return a learning rate at which training with gradient clipping succeeds."""
        return 0.1 if self.nonlinearity == "tanh" else 0.02


@dataclass(frozen=True)
class ClippingStep:
    """One training step, `number` counted from 1: `right` is the accuracy before it.

    `computed` is the gradient's size before clipping, `taken` that after it. The loss may be infinite or NaN once the weights
    have overflowed.
    """

    number: int
    loss: float
    right: float
    computed: Size
    taken: Size

    @property
    def overflowed(self) -> bool:
        """Return True if the loss or the gradient is not finite, so that training cannot continue."""
        return not (math.isfinite(self.loss) and math.isfinite(self.computed.norm))


class RecallNetwork(nn.Module):
    """A plain RNN that names the first symbol at the end."""

    def __init__(self, setting: ExplodingSetting, draw: torch.Generator) -> None:
        super().__init__()
        units = setting.units
        self.rnn = nn.RNN(CHOICES + NOISE, units, nonlinearity=setting.nonlinearity)
        self.decoder = nn.Linear(units, CHOICES)
        with torch.no_grad():
            for parameter in self.parameters():
                bound = 1.0 / math.sqrt(units)
                parameter.uniform_(-bound, bound, generator=draw)
            self.rnn.get_parameter("weight_hh_l0").copy_(recurrent(setting, draw))

    def forward(self, ids: Int[Tensor, "time batch"]) -> Float[Tensor, "batch choice"]:
        """Return logits of the first symbol."""
        hidden, _ = self.rnn(one_hot(ids, CHOICES + NOISE).float())
        return self.decoder(hidden[-1])


def recurrent(setting: ExplodingSetting, draw: torch.Generator) -> Float[Tensor, "unit unit"]:
    """Draw recurrent weights of the given spectral radius: random for tanh, near the identity for relu (Le et al. 2015)."""
    noise = torch.randn(setting.units, setting.units, generator=draw)
    weights = noise if setting.nonlinearity == "tanh" else torch.eye(setting.units) + 0.02 * noise
    return weights * (setting.radius / torch.linalg.eigvals(weights).abs().max())


def batch(setting: ExplodingSetting, draw: torch.Generator) -> Int[Tensor, "time batch"]:
    """Draw random examples: the first symbol, below CHOICES, is to be recalled; the others are noise."""
    ids = torch.randint(CHOICES, CHOICES + NOISE, (setting.delay, setting.batch), generator=draw)
    ids[0] = torch.randint(CHOICES, (setting.batch,), generator=draw)
    return ids


def train(setting: ExplodingSetting, clip: GradientClip | None) -> Iterator[ClippingStep]:
    """Train a new network step by step; the run ends early at the first step that overflows.

    Weights and examples depend on the setting's seed alone, not on clipping.
    """
    draw = torch.Generator().manual_seed(setting.seed)
    network = RecallNetwork(setting, draw)
    parameters = list(network.parameters())
    optimizer = torch.optim.SGD(parameters, lr=setting.learning_rate, momentum=setting.momentum)
    for number in range(1, setting.steps + 1):
        ids = batch(setting, draw)
        answers = network(ids)
        loss = cross_entropy(answers, ids[0])
        optimizer.zero_grad()
        loss.backward()
        computed, taken = clip_gradients(parameters, clip)
        optimizer.step()
        right = (answers.argmax(-1) == ids[0]).float().mean()
        step = ClippingStep(number, loss.item(), right.item(), computed, taken)
        yield step
        if step.overflowed:
            return


def side_by_side(setting: ExplodingSetting, clip: GradientClip) -> Iterator[tuple[ClippingStep | None, ClippingStep | None]]:
    """Run the same training without and with clipping, one step each in turn; None for a run that has ended."""
    without, with_cap = train(setting, None), train(setting, clip)
    for _ in range(setting.steps):
        steps = next(without, None), next(with_cap, None)
        if steps == (None, None):
            return
        yield steps


@dataclass(frozen=True)
class TrainingHistory:
    """One training run so far."""

    steps: tuple[ClippingStep, ...] = ()

    def learned(self, share: float = 0.99, over: int = 20) -> int | None:
        """Return the first step that ends `over` steps with a mean accuracy of at least `share`; None if there is none."""
        right = [step.right for step in self.steps]
        for end in range(over, len(right) + 1):
            if sum(right[end - over : end]) >= share * over:
                return end
        return None

    @property
    def overflowed(self) -> int | None:
        """Return the step at which numbers overflowed."""
        return self.steps[-1].number if self.steps and self.steps[-1].overflowed else None

    def peak(self) -> ClippingStep | None:
        """Return the step with the largest gradient."""
        # A NaN gradient counts as the largest: it results from infinities.
        return max(self.steps, key=lambda step: math.inf if step.overflowed else step.computed.norm, default=None)

    def right(self, over: int = 20) -> float:
        """Return the accuracy over the last steps; 0 if there are none."""
        last = self.steps[-over:]
        return sum(step.right for step in last) / len(last) if last else 0.0
