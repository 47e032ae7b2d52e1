"""A recurrent forecaster: reads a series value by value and predicts after each how the next one differs from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lstm_viz.gates import Kind
from lstm_viz.models.defaults import CPU_FLOAT
from lstm_viz.models.language import CELLS, open_forget_gates

#: Largest z for which e^z is finite.
_EDGE = 700.0

#: What changes are taken of: the values, their square roots, or their logarithms.
Transform = Literal["plain", "root", "log"]
TRANSFORMS: tuple[Transform, ...] = get_args(Transform)
_OF: dict[Transform, str] = {"plain": "", "root": "of the square root ", "log": "of the logarithm "}

#: Share of the mean added to each value under a root, so that a change from 0 has a finite weight. For the sunspots' mean
#: it is about the 3/8 that stabilise the variance of counts (Anscombe 1948).
_LIFT = 0.01


@dataclass(frozen=True)
class ForecasterConfig:
    """The configuration of a forecaster, and its inputs beside each change since the previous value.

    `level`: also the value itself. `season` (0: none): also the change one season before the predicted one. `form`: changes are
    those of the square root, which suits counts, as they are never below 0 and vary more the higher they are; or those of the
    logarithm, which suits proportional growth. `floor`: no forecast is below 0, whatever the form. Only in training: `dropout`,
    and `scale_augmentation`: each window is scaled by a random factor from 1 / `scale_augmentation` to `scale_augmentation`.
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
        """Return a description of the inputs and of the augmentation."""
        stretched = f", at heights up to {self.scale_augmentation:g} times lower or higher" if self.scale_augmentation > 1 else ""
        return f"the {' and the '.join(self.inputs)}{stretched}"

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return a description of each input feature."""
        of = _OF[self.form]
        change = f"change {of}since the value before"
        level = ({"plain": "value itself", "root": "square root of the value", "log": "logarithm of the value"}[self.form],)
        season = (f"change {of}that came {self.season} steps before the coming one",) if self.season else ()
        return (change, *(level if self.level else ()), *season)


@dataclass(frozen=True)
class Normalization:
    """Mean and standard deviation of the changes and of the level in the training part.

    `offset` is added to every value before its square root is taken, 0 for other forms.
    """

    change: float
    spread: float
    level: float
    width: float
    offset: float = 0.0

    @classmethod
    def of(cls, values: Float[Tensor, " time"], form: Transform = "plain") -> Normalization:
        """Compute them for a series [time]; a standard deviation of zero becomes one, to avoid division by zero."""
        values = values.double()
        lift = _LIFT * values.mean().item() if form == "root" else 0.0
        z = {"plain": lambda: values, "root": lambda: (values + lift).sqrt(), "log": values.log}[form]()
        (change, spread), (level, width) = ((part.mean().item(), part.std(correction=0).item() or 1.0) for part in (z.diff(), z))
        return cls(change, spread, level, width, lift)


class Forecaster(nn.Module):
    """An LSTM, GRU or RNN over scaled changes; the decoder starts at zero, so the first forecast is the mean change."""

    def __init__(self, config: ForecasterConfig, normalization: Normalization) -> None:
        super().__init__()
        self.config = config
        self.normalization = normalization
        self.metadata: dict[str, str] = {}
        between = config.dropout if config.layers > 1 else 0.0
        self.rnn = CELLS[config.kind](len(config.inputs), config.hidden, config.layers, dropout=between, **CPU_FLOAT)
        self.dropout = nn.Dropout(config.dropout)
        self.decoder = nn.Linear(config.hidden, 1, **CPU_FLOAT)
        nn.init.zeros_(self.decoder.weight)
        nn.init.zeros_(self.decoder.bias)
        if config.kind == "lstm":
            open_forget_gates(self.rnn, config.hidden)

    def forward(self, x: Float[Tensor, "time batch input"], state: Any = None) -> tuple[Float[Tensor, "time batch"], Any]:
        """Return the scaled change predicted after each step, and the state to carry on from."""
        hidden, state = self.rnn(x, state)
        return self.decoder(self.dropout(hidden))[..., 0], state

    def features(self, values: Float[Tensor, "time batch"]) -> Float[Tensor, "time batch input"]:
        """Compute the inputs from values (float64): scaled changes and the configuration's further features.

        Before the first value the series is taken to be constant.
        """
        z, position = self.transform(values), torch.arange(len(values), device=values.device)
        back = position - max(self.config.season, 1)
        return self._compute_features(z, z[(position - 1).clamp(min=0)], z[(back + 1).clamp(min=0)], z[back.clamp(min=0)])

    def targets(self, values: Float[Tensor, "time batch"]) -> Float[Tensor, "earlier batch"]:
        """Return the targets of `forward` after each step but the last: the scaled change to the next value."""
        return ((self.transform(values).diff(dim=0) - self.normalization.change) / self.normalization.spread).to(
            self.decoder.weight.dtype
        )

    def next_value(self, values: Float[Tensor, "*axes"], raw_output: Float[Tensor, "*axes"]) -> Float[Tensor, "*axes"]:
        """Return the value (float64) after each value, given the network's output, a scaled change."""
        return self.inverse_transform(self._next(self.transform(values), raw_output))

    def rollout(
        self, recent: Float[Tensor, "memory batch"], raw_output: Float[Tensor, " batch"], state: Any, steps: int,
        errors: Float[Tensor, "step batch"] | None = None,
    ) -> Float[Tensor, "step batch"]:  # fmt: skip
        """Forecast recursively: each forecast level is the next input.

        `recent` are the last levels (see `context_length`), `raw_output` and `state` the network's output and state after them;
        `errors`, scaled changes, are added to its outputs. Derivatives run through all steps.
        """
        forecasts: list[Tensor] = []
        season = max(self.config.season, 1)
        for step in range(steps):
            if step:
                features = self._compute_features(recent[-1], recent[-2], recent[-season], recent[-season - 1])
                outputs, state = self(features[None], state)
                raw_output = outputs[0]
            coming = self._next(recent[-1], raw_output if errors is None else raw_output.double() + errors[step])
            recent = torch.cat((recent[1:], coming[None]))
            forecasts.append(coming)
        return torch.stack(forecasts)

    def transform(self, values: Float[Tensor, "*axes"]) -> Float[Tensor, "*axes"]:
        """Transform values (float64) to levels, as the configuration says; ValueError for values outside the domain."""
        form = self.config.form
        least = math.inf if form == "plain" or not values.numel() else values.min().item()
        if form == "log" and not least > 0:
            raise ValueError(f"the least value is {least:g}; logarithms need values above 0, so choose plain changes")
        if form == "root" and not least >= 0:
            raise ValueError(f"the least value is {least:g}; square roots need values of 0 or more, so choose plain changes")
        return values.log() if form == "log" else (values + self.normalization.offset).sqrt() if form == "root" else values

    def inverse_transform(self, levels: Float[Tensor, "*axes"]) -> Float[Tensor, "*axes"]:
        """Transform levels back to values; with roots or logarithms none is below 0."""
        form = self.config.form
        # Rounding of square and root may give slightly less than the minimum.
        return (
            levels.exp() if form == "log" else (levels**2 - self.normalization.offset).clamp(min=0) if form == "root" else levels
        )

    def _next(self, levels: Tensor, raw_output: Tensor) -> Tensor:
        coming = levels + self.normalization.change + self.normalization.spread * raw_output.double()
        if self.config.form == "log":
            return coming.clamp(-_EDGE, _EDGE)
        # Where the offset is 0, as for all but roots, so is its root.
        return coming.clamp(min=self.normalization.offset**0.5) if self.config.form == "root" or self.config.floor else coming

    def _compute_features(self, z: Tensor, before: Tensor, then: Tensor, before_then: Tensor) -> Tensor:
        """Compute the features from the levels at the step and before it, and one season before the next step and before that."""
        scale, config = self.normalization, self.config
        features = [(z - before - scale.change) / scale.spread]
        if config.level:
            features.append((z - scale.level) / scale.width)
        if config.season:
            features.append((then - before_then - scale.change) / scale.spread)
        return torch.stack(features, -1).to(self.decoder.weight.dtype)

    @property
    def context_length(self) -> int:
        """Return how many past values the features of one step need."""
        return max(2, self.config.season + 1)

    @property
    def parameter_count(self) -> int:
        """Return the number of trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())
