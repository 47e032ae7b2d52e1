"""A recurrent model of text: embedding, LSTM, GRU or RNN, and a linear decoder to logits of the next token or of classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from lstm_viz.gates import Kind
from lstm_viz.models.defaults import CPU_FLOAT
from lstm_viz.text.vocabulary import Vocabulary

CELLS: dict[Kind, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


@dataclass(frozen=True)
class Config:
    """The configuration of a model; `dropout` acts in training only, between layers and before the decoder.

    With `classes` the model is a classifier: after every token it predicts the class of the text so far, not the next token.
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
    """Read tokens one after another and predict after each the next one (or, for a classifier, the class of the text)."""

    def __init__(self, config: Config, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.config = config
        self.vocabulary = vocabulary
        self.metadata: dict[str, str] = {}
        self.embedding = nn.Embedding(len(vocabulary), config.embedding, **CPU_FLOAT)
        between = config.dropout if config.layers > 1 else 0.0
        self.rnn = CELLS[config.kind](config.embedding, config.hidden, config.layers, dropout=between, **CPU_FLOAT)
        self.dropout = nn.Dropout(config.dropout)
        self.decoder = nn.Linear(config.hidden, len(self.outputs), **CPU_FLOAT)
        if config.kind == "lstm":
            open_forget_gates(self.rnn, config.hidden)

    def forward(self, ids: Int[Tensor, "time batch"], state: Any = None) -> tuple[Float[Tensor, "time batch vocab"], Any]:
        """Return logits of the token after each step (or of the classes), and the state to carry on from."""
        hidden, state = self.rnn(self.embedding(ids), state)
        return self.decoder(self.dropout(hidden)), state

    @property
    def predicts_next_token(self) -> bool:
        """Return True if the outputs are the next token's probabilities, False if they are those of classes."""
        return not self.config.classes

    @property
    def outputs(self) -> tuple[str, ...]:
        """Return what each of the decoder's rows stands for."""
        return self.config.classes or self.vocabulary.tokens

    @property
    def parameter_count(self) -> int:
        """Return the number of trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


def open_forget_gates(lstm: nn.RNNBase, hidden: int) -> None:
    """Set every forget gate's bias to 1, so that cells remember at first (Gers et al. 2000; Jozefowicz et al. 2015)."""
    for name, bias in lstm.named_parameters():
        if name.startswith("bias"):
            with torch.no_grad():
                bias[hidden : 2 * hidden] = 1.0 if name.startswith("bias_ih") else 0.0
