"""A recurrent forecaster: reads a series value by value and says after each how far the next one will lie from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lstm_viz.gates import Kind
from lstm_viz.models.language import CELLS, open_forget_gates

#: Where e^z leaves the numbers a computer has.
_EDGE = 700.0

#: What changes are taken of: the values themselves, their square roots, or their logarithms.
Transform = Literal["plain", "root", "log"]
TRANSFORMS: tuple[Transform, ...] = get_args(Transform)
_OF: dict[Transform, str] = {"plain": "", "root": "of the square root ", "log": "of the logarithm "}

#: Under a root each value has this share of the mean added, so that a change from 0 has a finite weight. Of the sunspots' mean
#: it is about the 3/8 that keep the spread of counts alike at every height (Anscombe 1948).
_LIFT = 0.01


@dataclass(frozen=True)
class ForecasterConfig:
    """The shape of a forecaster, and what it sees beside each change since the value before.

    `level`: the value itself too. `season` (0: none): the change that came a season before the coming one. `form`: changes are
    those of the square root, as fits counts, which are never below 0 and scatter more the higher they are; or those of the
    logarithm, as fits what grows in proportion to itself. `floor`: no forecast is below 0, whatever the form. In training only
    act `dropout`, and `scale_augmentation`: each window comes larger or smaller, by a factor from 1 / `scale_augmentation` to
    `scale_augmentation`.
    """

    kind: Kind = "lstm"
    hidden: int = 24
    layers: int = 1
    dropout: float = 0.0
    level: bool = False
    season: int = 0
    form: Transform = "plain"
    floor: bool = False
    scale_augmentation: float = 1.0

    @property
    def description(self) -> str:
        """What it reads, and how it learns from that, in words."""
        stretched = f", at heights up to {self.scale_augmentation:g} times lower or higher" if self.scale_augmentation > 1 else ""
        return f"the {' and the '.join(self.inputs)}{stretched}"

    @property
    def inputs(self) -> tuple[str, ...]:
        """What each input feature is, in words."""
        of = _OF[self.form]
        change = f"change {of}since the value before"
        level = ({"plain": "value itself", "root": "square root of the value", "log": "logarithm of the value"}[self.form],)
        season = (f"change {of}that came {self.season} steps before the coming one",) if self.season else ()
        return (change, *(level if self.level else ()), *season)


@dataclass(frozen=True)
class Normalization:
    """Mean and spread (standard deviation) of the changes and of the level in the part that was learned from.

    `offset` is added to every value before its square root is taken, 0 for other forms.
    """

    change: float
    spread: float
    level: float
    width: float
    offset: float = 0.0

    @classmethod
    def of(cls, values: Float[Tensor, " time"], form: Transform = "plain") -> Normalization:
        """Those of a series [time]; a spread of zero becomes one, as there is nothing to divide by."""
        values = values.double()
        lift = _LIFT * values.mean().item() if form == "root" else 0.0
        z = {"plain": lambda: values, "root": lambda: (values + lift).sqrt(), "log": values.log}[form]()
        (change, spread), (level, width) = ((part.mean().item(), part.std(correction=0).item() or 1.0) for part in (z.diff(), z))
        return cls(change, spread, level, width, lift)


class Forecaster(nn.Module):
    """An LSTM, GRU or RNN over scaled changes; the decoder starts at zero, where the forecast is the mean change."""

    def __init__(self, config: ForecasterConfig, normalization: Normalization) -> None:
        super().__init__()
        self.config = config
        self.normalization = normalization
        self.metadata: dict[str, str] = {}
        between = config.dropout if config.layers > 1 else 0.0
        self.rnn = CELLS[config.kind](len(config.inputs), config.hidden, config.layers, dropout=between)
        self.dropout = nn.Dropout(config.dropout)
        self.decoder = nn.Linear(config.hidden, 1)
        nn.init.zeros_(self.decoder.weight)
        nn.init.zeros_(self.decoder.bias)
        if config.kind == "lstm":
            open_forget_gates(self.rnn, config.hidden)

    def forward(self, x: Float[Tensor, "time batch input"], state: Any = None) -> tuple[Float[Tensor, "time batch"], Any]:
        """The scaled change that each step expects to come next, and the state to carry on from."""
        hidden, state = self.rnn(x, state)
        return self.decoder(self.dropout(hidden))[..., 0], state

    def features(self, values: Float[Tensor, "time batch"]) -> Float[Tensor, "time batch input"]:
        """What the network sees of values (float64): scaled changes and what else its design asks for.

        Before the first value everything is taken to have been as it was there.
        """
        z, position = self.transform(values), torch.arange(len(values))
        back = position - max(self.config.season, 1)
        return self._seen(z, z[(position - 1).clamp(min=0)], z[(back + 1).clamp(min=0)], z[back.clamp(min=0)])

    def targets(self, values: Float[Tensor, "time batch"]) -> Float[Tensor, "earlier batch"]:
        """What `forward` should have said after each step but the last: the scaled change that came."""
        return ((self.transform(values).diff(dim=0) - self.normalization.change) / self.normalization.spread).to(
            self.decoder.weight.dtype
        )

    def next_value(self, values: Float[Tensor, "*axes"], raw_output: Float[Tensor, "*axes"]) -> Float[Tensor, "*axes"]:
        """The value that follows each value (float64) where the network said this scaled change."""
        return self.inverse_transform(self._next(self.transform(values), raw_output))

    def rollout(
        self, recent: Float[Tensor, "memory batch"], raw_output: Float[Tensor, " batch"], state: Any, steps: int,
        errors: Float[Tensor, "step batch"] | None = None,
    ) -> Float[Tensor, "step batch"]:  # fmt: skip
        """The coming levels, each made from what was said before it and then read as if it had come.

        `recent` are the last levels (see `context_length`), `raw_output` and `state` what the network said and held after them;
        `errors` are added to what it says, scaled changes like that. Derivatives run through all steps.
        """
        forecasts: list[Tensor] = []
        season = max(self.config.season, 1)
        for step in range(steps):
            if step:
                seen = self._seen(recent[-1], recent[-2], recent[-season], recent[-season - 1])
                outputs, state = self(seen[None], state)
                raw_output = outputs[0]
            coming = self._next(recent[-1], raw_output if errors is None else raw_output.double() + errors[step])
            recent = torch.cat((recent[1:], coming[None]))
            forecasts.append(coming)
        return torch.stack(forecasts)

    def transform(self, values: Float[Tensor, "*axes"]) -> Float[Tensor, "*axes"]:
        """Values (float64) as the design takes changes of them; raises ValueError where it cannot."""
        form = self.config.form
        least = math.inf if form == "plain" or not values.numel() else values.min().item()
        if form == "log" and not least > 0:
            raise ValueError(f"the least value is {least:g}; logarithms want values above 0, so choose plain changes")
        if form == "root" and not least >= 0:
            raise ValueError(f"the least value is {least:g}; square roots want values of 0 or more, so choose plain changes")
        return values.log() if form == "log" else (values + self.normalization.offset).sqrt() if form == "root" else values

    def inverse_transform(self, levels: Float[Tensor, "*axes"]) -> Float[Tensor, "*axes"]:
        """Back from levels; where values are counted in roots or logarithms none is below 0."""
        form = self.config.form
        # Squaring and rooting may come out a hair below the least there is.
        return (
            levels.exp() if form == "log" else (levels**2 - self.normalization.offset).clamp(min=0) if form == "root" else levels
        )

    def _next(self, levels: Tensor, raw_output: Tensor) -> Tensor:
        coming = levels + self.normalization.change + self.normalization.spread * raw_output.double()
        if self.config.form == "log":
            return coming.clamp(-_EDGE, _EDGE)
        # Where the lift is 0, as of all but roots, so is its root.
        return coming.clamp(min=self.normalization.offset**0.5) if self.config.form == "root" or self.config.floor else coming

    def _seen(self, z: Tensor, before: Tensor, then: Tensor, before_then: Tensor) -> Tensor:
        """The features from the levels at the step and before it, and a season before the coming step and before that."""
        scale, config = self.normalization, self.config
        seen = [(z - before - scale.change) / scale.spread]
        if config.level:
            seen.append((z - scale.level) / scale.width)
        if config.season:
            seen.append((then - before_then - scale.change) / scale.spread)
        return torch.stack(seen, -1).to(self.decoder.weight.dtype)

    @property
    def context_length(self) -> int:
        """How many past values the features of one step need."""
        return max(2, self.config.season + 1)

    @property
    def parameter_count(self) -> int:
        """How many numbers training may change."""
        return sum(parameter.numel() for parameter in self.parameters())
