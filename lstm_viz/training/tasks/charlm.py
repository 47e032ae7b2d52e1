"""Predict the next character of a text, with truncated backpropagation through time over parallel streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor
from torch.nn.functional import cross_entropy

from lstm_viz.models.language import LanguageModel


@dataclass(frozen=True)
class BpttConfig:
    """How a text is cut for training: `batch` parallel streams, `bptt_steps` tokens a step.

    `state_reset_probability` is the probability that a stream starts its window from the zero state, as a typed text does;
    `unk_probability` the probability that a token is replaced by the unknown token, so that the network learns to handle unseen
    characters.
    """

    batch: int = 20
    bptt_steps: int = 100
    state_reset_probability: float = 0.05
    unk_probability: float = 0.002

    def steps_an_epoch(self, tokens: int) -> int:
        """Return the number of steps in one epoch over this many tokens; below 1 there are too few."""
        return (tokens - 1) // self.batch // self.bptt_steps - 1


class CharacterTask:
    """Next-token prediction; the loss is the mean cross-entropy in nats a token.

    `cell_state_penalty` weighs a penalty on an LSTM's mean squared cell state at the end of each window. Without it many cells
    grow without bound, where tanh(c) is always ±1: such cells are neither interpretable nor trainable.
    """

    def __init__(
        self, model: LanguageModel, train: Int[np.ndarray, " time"], held_out: Int[np.ndarray, " time"],
        bptt: BpttConfig, seed: int, cell_state_penalty: float = 0.0,
    ) -> None:  # fmt: skip
        self.model = model
        self.cell_state_penalty = cell_state_penalty
        self.bptt = bptt
        self.seed = seed
        self._train = torch.from_numpy(train)
        self._held_out = torch.from_numpy(held_out)
        self._state: Any = None
        self.steps_an_epoch = bptt.steps_an_epoch(len(train))
        if self.steps_an_epoch < 1:
            needed = 2 * bptt.batch * bptt.bptt_steps + 1
            raise ValueError(f"the text has {len(train):,} tokens to train on; {needed:,} are needed for these streams")
        if len(held_out) < 2:
            raise ValueError(f"{len(held_out)} tokens are held out; 2 are needed to measure one prediction")

    def loss(self, step: int) -> Tensor:
        """Return the mean cross-entropy of one window of every stream."""
        epoch, index = divmod(step, self.steps_an_epoch)
        inputs, targets = self._windows(epoch, index)
        draw = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        hidden = torch.rand(inputs.shape, generator=draw) < self.bptt.unk_probability
        fresh = torch.rand(self.bptt.batch, generator=draw) < self.bptt.state_reset_probability
        logits, state = self.model(inputs.masked_fill(hidden, 0), None if index == 0 else self._carried(fresh))
        self._state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten())
        return (
            loss + self.cell_state_penalty * state[1].square().mean()
            if isinstance(state, tuple) and self.cell_state_penalty
            else loss
        )

    def _windows(self, epoch: int, index: int) -> tuple[Tensor, Tensor]:
        """Return inputs and targets [time, batch]; every epoch cuts the text at another offset."""
        window, batch = self.bptt.bptt_steps, self.bptt.batch
        offset = np.random.default_rng((self.seed, epoch)).integers(window * batch)
        length = (len(self._train) - 1 - int(offset)) // batch
        starts = int(offset) + torch.arange(batch) * length + index * window
        where = starts + torch.arange(window)[:, None]
        return self._train[where], self._train[where + 1]

    def _carried(self, fresh: Tensor) -> Any:
        keep = (~fresh)[None, :, None]
        return tuple(part * keep for part in self._state) if isinstance(self._state, tuple) else self._state * keep

    def validation_loss(self, streams: int = 64) -> float:
        """Return the held-out loss in nats a token; the text is cut into at most `streams` parts, read from the zero state."""
        streams = min(streams, len(self._held_out) - 1)
        length = (len(self._held_out) - 1) // streams
        where = torch.arange(streams) * length + torch.arange(length)[:, None]
        total, state = 0.0, None
        for rows in where.split(256):
            logits, state = self.model(self._held_out[rows], state)
            total += cross_entropy(logits.flatten(0, 1), self._held_out[rows + 1].flatten(), reduction="sum").item()
        return total / where.numel()

    def state_dict(self) -> dict[str, Any]:
        """Return the carried hidden state."""
        return {"state": self._state}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore a saved hidden state."""
        self._state = state["state"]
