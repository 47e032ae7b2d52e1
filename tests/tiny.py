"""Small untrained models and a text for tests of what is done with a trace."""

from __future__ import annotations

import torch

from lstm_viz.gates import Kind
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.text.vocabulary import Vocabulary

KINDS: tuple[Kind, ...] = ("lstm", "gru", "rnn")
TEXT = "The cat;\nthe hat?"


def tiny(kind: Kind = "lstm", layers: int = 2, hidden: int = 5, dropout: float = 0.0, seed: int = 3) -> LanguageModel:
    """A model that knows the characters of TEXT, ready for reading; the same seed gives the same weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LanguageModel(Config(kind, 4, hidden, layers, dropout), Vocabulary.of(TEXT))
        # Larger than the initialisation, so that gates open and close.
        for parameter in model.parameters():
            torch.nn.init.normal_(parameter, std=0.7)
    return model.eval().requires_grad_(False)
