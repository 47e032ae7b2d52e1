"""A recurrent model of text: embedding, LSTM, GRU or RNN, and a linear decoder to the next symbol's logits or to classes'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from lstm_viz.gates import Kind
from lstm_viz.text.vocabulary import Vocabulary

CELLS: dict[Kind, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


@dataclass(frozen=True)
class Config:
    """The shape of a model; `dropout` acts in training only, between layers and before the decoder.

    With `classes` the model says after every symbol which of them the text so far belongs to, and foretells no symbol.
    With `words` it reads words, otherwise code points.
    """

    kind: Kind
    embedding: int
    hidden: int
    layers: int = 1
    dropout: float = 0.0
    classes: tuple[str, ...] = ()
    words: bool = False


class LanguageModel(nn.Module):
    """Reads symbols one after another and says at each which one it expects next (or which class fits what it read)."""

    def __init__(self, config: Config, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.config = config
        self.vocabulary = vocabulary
        self.metadata: dict[str, str] = {}
        self.embedding = nn.Embedding(len(vocabulary), config.embedding)
        between = config.dropout if config.layers > 1 else 0.0
        self.rnn = CELLS[config.kind](config.embedding, config.hidden, config.layers, dropout=between)
        self.dropout = nn.Dropout(config.dropout)
        self.decoder = nn.Linear(config.hidden, len(self.outputs))
        if config.kind == "lstm":
            open_forget_gates(self.rnn, config.hidden)

    def forward(self, ids: Int[Tensor, "time batch"], state: Any = None) -> tuple[Float[Tensor, "time batch vocab"], Any]:
        """Logits of the symbol after each step (of the classes after each), and the state to carry on from."""
        hidden, state = self.rnn(self.embedding(ids), state)
        return self.decoder(self.dropout(hidden)), state

    @property
    def predicts_next_token(self) -> bool:
        """True where the outputs are the next symbol's probabilities, False where they are those of classes."""
        return not self.config.classes

    @property
    def outputs(self) -> tuple[str, ...]:
        """What each of the decoder's rows stands for."""
        return self.config.classes or self.vocabulary.tokens

    @property
    def parameter_count(self) -> int:
        """How many numbers training may change."""
        return sum(parameter.numel() for parameter in self.parameters())


def open_forget_gates(lstm: nn.RNNBase, hidden: int) -> None:
    """Start every forget gate's bias at 1, so that the cell keeps at first (Gers et al. 2000; Jozefowicz et al. 2015)."""
    for name, bias in lstm.named_parameters():
        if name.startswith("bias"):
            with torch.no_grad():
                bias[hidden : 2 * hidden] = 1.0 if name.startswith("bias_ih") else 0.0
