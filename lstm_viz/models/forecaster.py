"""A recurrent forecaster: reads a series value by value and says after each how far the next one will lie from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lstm_viz.gates import Kind
from lstm_viz.models.language import CELLS, open_forget_gates

#: Where e^z leaves the numbers a computer has.
_EDGE = 700.0


@dataclass(frozen=True)
class Design:
    """The shape of a forecaster, and what it sees beside each change since the value before.

    `level`: the value itself too. `season` (0: none): the change that came a season before the coming one. `log`: changes
    are those of the logarithm, as fits a series that grows in proportion to itself. `dropout` acts in training only.
    """

    kind: Kind = "lstm"
    hidden: int = 24
    layers: int = 1
    dropout: float = 0.0
    level: bool = False
    season: int = 0
    log: bool = False

    @property
    def inputs(self) -> tuple[str, ...]:
        """What each input feature is, in words."""
        change = "relative change since the value before" if self.log else "change since the value before"
        level = ("logarithm of the value" if self.log else "value itself",) if self.level else ()
        season = (f"change that came {self.season} steps before the coming one",) if self.season else ()
        return (change, *level, *season)


@dataclass(frozen=True)
class Scale:
    """Mean and spread (standard deviation) of the changes and of the level in the part that was learned from."""

    change: float
    spread: float
    level: float
    width: float

    @classmethod
    def of(cls, values: Float[Tensor, " time"], log: bool = False) -> Scale:
        """Those of a series [time]; a spread of zero becomes one, as there is nothing to divide by."""
        z = values.double().log() if log else values.double()
        parts = (z.diff(), z)
        return cls(*(number for part in parts for number in (part.mean().item(), part.std(correction=0).item() or 1.0)))


class Forecaster(nn.Module):
    """An LSTM, GRU or RNN over scaled changes; the decoder starts at zero, where the forecast is the mean change."""

    def __init__(self, design: Design, scale: Scale) -> None:
        super().__init__()
        self.config = design
        self.scale = scale
        self.facts: dict[str, str] = {}
        between = design.dropout if design.layers > 1 else 0.0
        self.rnn = CELLS[design.kind](len(design.inputs), design.hidden, design.layers, dropout=between)
        self.dropout = nn.Dropout(design.dropout)
        self.decoder = nn.Linear(design.hidden, 1)
        nn.init.zeros_(self.decoder.weight)
        nn.init.zeros_(self.decoder.bias)
        if design.kind == "lstm":
            open_forget_gates(self.rnn, design.hidden)

    def forward(self, x: Float[Tensor, "time batch input"], state: Any = None) -> tuple[Float[Tensor, "time batch"], Any]:
        """The scaled change that each step expects to come next, and the state to carry on from."""
        hidden, state = self.rnn(x, state)
        return self.decoder(self.dropout(hidden))[..., 0], state

    def features(self, values: Float[Tensor, "time batch"]) -> Float[Tensor, "time batch input"]:
        """What the network sees of values (float64): scaled changes and what else its design asks for.

        Before the first value everything is taken to have been as it was there.
        """
        z, place, scale = self._level(values), torch.arange(len(values)), self.scale
        change = z - z[(place - 1).clamp(min=0)]
        seen = [(change - scale.change) / scale.spread]
        if self.config.level:
            seen.append((z - scale.level) / scale.width)
        if self.config.season:
            back = place - self.config.season
            seen.append((z[(back + 1).clamp(min=0)] - z[back.clamp(min=0)] - scale.change) / scale.spread)
        return torch.stack(seen, -1).to(self.decoder.weight.dtype)

    def targets(self, values: Float[Tensor, "time batch"]) -> Float[Tensor, "earlier batch"]:
        """What `forward` should have said after each step but the last: the scaled change that came."""
        return ((self._level(values).diff(dim=0) - self.scale.change) / self.scale.spread).to(self.decoder.weight.dtype)

    def following(self, values: Float[Tensor, "*axes"], said: Float[Tensor, "*axes"]) -> Float[Tensor, "*axes"]:
        """The value that follows each value (float64) where the network said this scaled change."""
        z = self._level(values) + self.scale.change + self.scale.spread * said.double()
        return z.clamp(-_EDGE, _EDGE).exp() if self.config.log else z

    def _level(self, values: Tensor) -> Tensor:
        if self.config.log and not (values > 0).all():
            least = f"the least value is {values.min():g}"
            raise ValueError(f"{least}; relative changes want values above 0, so choose plain changes")
        return values.log() if self.config.log else values

    @property
    def memory(self) -> int:
        """How many past values the features of one step need."""
        return max(2, self.config.season + 1)

    @property
    def parameter_count(self) -> int:
        """How many numbers training may change."""
        return sum(parameter.numel() for parameter in self.parameters())
