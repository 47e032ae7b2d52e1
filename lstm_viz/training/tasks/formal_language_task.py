"""Learn a small formal language, and evaluate which next symbols the model considers possible."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from lstm_viz.models.language import LanguageModel
from lstm_viz.training.data.formal_languages import Language

PADDING = -100


class LanguageTask:
    """Next-token prediction on random strings of a language; several strings in a row, from the zero state."""

    def __init__(self, model: LanguageModel, language: Language, seed: int, batch: int = 64, in_a_row: int = 3) -> None:
        self.model, self.language, self.seed = model, language, seed
        self.batch, self.in_a_row = batch, in_a_row
        self._held_out = self._draw(random.Random(f"held out {seed}"), 512)

    def _draw(self, draw: random.Random, batch: int) -> Tensor:
        texts = ["".join(self.language.string(draw) for _ in range(draw.randint(1, self.in_a_row))) for _ in range(batch)]
        ids = np.full((max(map(len, texts)), batch), PADDING)
        for column, text in enumerate(texts):
            ids[: len(text), column] = self.model.vocabulary.encode(text)
        return torch.from_numpy(ids)

    def _loss(self, ids: Tensor) -> Tensor:
        logits, _ = self.model(ids[:-1].clamp(min=0))
        return cross_entropy(logits.flatten(0, 1), ids[1:].flatten(), ignore_index=PADDING)

    def loss(self, step: int) -> Tensor:
        """Return the mean cross-entropy of new random strings, in nats a token."""
        return self._loss(self._draw(random.Random(f"{self.seed} {step}"), self.batch))

    def validation_loss(self) -> float:
        """Return the same on fixed strings that are never trained on."""
        return self._loss(self._held_out).item()

    def state_dict(self) -> dict[str, Any]:
        """Return nothing: no state is carried between steps."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Do nothing: no state is carried between steps."""


@torch.no_grad()
def accuracy(model: LanguageModel, language: Language, strings: int, seed: int) -> float:
    """Return the share of random strings with each allowed next symbol likelier than each forbidden one at every step."""
    draw = random.Random(f"test {seed}")
    return sum(is_right(model, language, language.string(draw)) for _ in range(strings)) / strings


@torch.no_grad()
def is_right(model: LanguageModel, language: Language, string: str) -> bool:
    """Return True if the model separates allowed from forbidden next symbols at every step of the string."""
    ids = torch.from_numpy(model.vocabulary.encode(string[:-1]))[:, None]
    logits = model(ids)[0][:, 0]
    everything = set(language.tokens())
    for row, allowed in zip(logits, language.allowed(string), strict=True):
        numbers = model.vocabulary.encode(sorted(allowed)), model.vocabulary.encode(sorted(everything - allowed))
        if row[numbers[0]].min() <= row[numbers[1]].max():
            return False
    return True
