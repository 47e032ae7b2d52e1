"""Files as other people's projects save their networks open with the numbers of those networks.

Each way of saving is that of a public project or tutorial, named beside it; the networks are this test's own.
"""

from __future__ import annotations

import logging
import pickle
from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import lstm_viz
from tests.models.importing.foreign_models import CHARACTERS, SENTENCE, Their, grown, ids_of


class CharRNN(nn.Module):
    """Of spro/char-rnn.pytorch: `torch.save(decoder, …)`, its settings among its attributes, with an optimizer in some copies."""

    def __init__(self, tokens: str) -> None:
        super().__init__()
        self.model, self.n_layers, self.gpu = "gru", 2, True
        self.encoder, self.rnn, self.decoder = nn.Embedding(len(tokens), 7), nn.GRU(7, 7, 2), nn.Linear(7, len(tokens))
        self.optimizer = torch.optim.Adam(self.parameters())
        self.activation, self.logger = torch.tanh, logging.getLogger("train")

    def forward(self, ids: Tensor) -> Tensor:
        logits: Tensor = self.decoder(self.rnn(self.encoder(ids))[0])
        return logits


def _tie(tokens: str) -> CharRNN:
    """Share one matrix, as pytorch/examples does with --tied."""
    network = CharRNN(tokens)
    network.decoder.weight = network.encoder.weight
    return network


class OneHot(nn.Module):
    """Of Udacity's course: letters one-hot, the tables of letters as attributes."""

    def __init__(self, tokens: str) -> None:
        super().__init__()
        self.chars = tuple(tokens)
        self.int2char = dict(enumerate(self.chars))
        self.char2int = {char: index for index, char in self.int2char.items()}
        self.lstm, self.dropout = nn.LSTM(len(tokens), 9, 2, dropout=0.5, batch_first=True), nn.Dropout(0.5)
        self.fc = nn.Linear(9, len(tokens))

    def forward(self, ids: Tensor) -> Tensor:
        logits: Tensor = self.fc(self.lstm(torch.eye(len(self.chars))[ids])[0])
        return logits


class Rectified(nn.Module):
    """Whether an nn.RNN uses tanh or ReLU stands in a module only, not in its weights."""

    def __init__(self, tokens: str) -> None:
        super().__init__()
        self.embed, self.rnn, self.fc = nn.Embedding(len(tokens), 5), nn.RNN(5, 6, nonlinearity="relu"), nn.Linear(6, len(tokens))

    def forward(self, ids: Tensor) -> Tensor:
        logits: Tensor = self.fc(self.rnn(self.embed(ids))[0])
        return logits


class Dictionary:
    """Of pytorch/examples, word_language_model."""

    def __init__(self, tokens: str) -> None:
        self.idx2word = list(tokens)
        self.word2idx = {token: index for index, token in enumerate(tokens)}


class Vocab:
    """Of torchtext before 0.9."""

    def __init__(self, tokens: str) -> None:
        self.freqs = Counter(tokens)
        self.itos = list(tokens)
        self.stoi = defaultdict(int, {token: index for index, token in enumerate(tokens)})
        self.vectors = None


class AttrDict(dict[str, Any]):
    """Of PyTorch Lightning's hyper_parameters, easydict and others."""


Case = tuple[Callable[[str], nn.Module], Callable[[nn.Module, Path], Any], str | None]
LEGACY: dict[str, Any] = {"_use_new_zipfile_serialization": False}
CASES: dict[str, Case] = {
    "spro/char-rnn.pytorch": (CharRNN, torch.save, CHARACTERS),
    "spro/char-rnn.pytorch with PyTorch 0.4": (CharRNN, partial(torch.save, **LEGACY), CHARACTERS),
    "Udacity's checkpoint": (
        OneHot,
        lambda m, p: torch.save({"n_hidden": 9, "n_layers": 2, "state_dict": m.state_dict(), "tokens": m.chars}, p),
        None,
    ),
    "Udacity's module": (OneHot, torch.save, None),
    "Udacity's checkpoint with NumPy's letters": (
        OneHot, lambda m, p: torch.save({"state_dict": m.state_dict(), "tokens": np.array(m.chars)}, p), None,
    ),
    "pytorch/examples, module and dictionary": (
        CharRNN, lambda m, p: torch.save({"model": m, "dictionary": Dictionary(CHARACTERS)}, p, **LEGACY), None,
    ),
    "salesforce/awd-lstm-lm": (
        CharRNN, lambda m, p: torch.save([m, nn.CrossEntropyLoss(), torch.optim.SGD(m.parameters(), 1.0)], p), CHARACTERS,
    ),
    "nickm197/awd-lstm-lm": (
        CharRNN,
        lambda m, p: torch.save({"model": m, "criterion": None, "vocab": Vocab(CHARACTERS), "config": Namespace(lr=0.1)}, p),
        None,
    ),
    "OpenNMT-py": (
        CharRNN,
        lambda m, p: torch.save({"model": m.state_dict(), "vocab": {"src": Vocab(CHARACTERS)}, "opt": Namespace(rnn_size=7)}, p),
        None,
    ),
    "PyTorch Lightning": (
        CharRNN,
        lambda m, p: torch.save(
            {"state_dict": OrderedDict((f"model.{key}", value) for key, value in m.state_dict().items()), "epoch": 3,
             "hyper_parameters": AttrDict(chars=CHARACTERS, path=Path("x")), "callbacks": {}, "best": np.float64(1.5)}, p),
        None,
    ),
    "DataParallel": (CharRNN, lambda m, p: torch.save(nn.DataParallel(m), p), CHARACTERS),
    "a state dict of DataParallel in half precision": (
        CharRNN,
        # The module keeps the rounded weights, to be compared.
        lambda m, p: (torch.save({f"module.{key}": value for key, value in m.half().state_dict().items()}, p), m.float()),
        CHARACTERS,
    ),
    "weights shared by embedding and decoder, a table with numbers as text": (
        _tie,
        lambda m, p: torch.save({"net": m.state_dict(), "itos": {str(index): key for index, key in enumerate(CHARACTERS)}}, p),
        None,
    ),
    "pickle.dump of a module": (CharRNN, lambda m, p: p.write_bytes(pickle.dumps(m)), CHARACTERS),
    "pickle.dump of arrays": (
        CharRNN,
        lambda m, p: p.write_bytes(pickle.dumps({key: value.numpy() for key, value in m.state_dict().items()})),
        CHARACTERS,
    ),
    "numpy.savez": (
        CharRNN, lambda m, p: np.savez(p.open("wb"), **{key: value.numpy() for key, value in m.state_dict().items()}), CHARACTERS,
    ),
    "NumPy's letters and numbers in a table": (
        CharRNN,
        lambda m, p: torch.save(
            {"model": m.state_dict(), "char2idx": {np.str_(key): np.int64(index) for index, key in enumerate(CHARACTERS)}}, p),
        None,
    ),
    "sets, partial functions, optimizer": (
        CharRNN,
        lambda m, p: torch.save(
            {"net": m.state_dict(), "vocab": CHARACTERS, "seen": set(CHARACTERS), "make": partial(nn.Linear, 3),
             "split": str.split, "optimizer": torch.optim.Adam(m.parameters()), "device": torch.device("cpu")}, p),
        None,
    ),
    "an nn.RNN of ReLU": (Rectified, torch.save, CHARACTERS),
    "a module of this project's tests": (lambda tokens: Their("GRU", before=4), torch.save, CHARACTERS),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore")
def test_a_strangers_file_opens_with_its_network_s_numbers(name: str, tmp_path: Path) -> None:
    build, write, vocabulary = CASES[name]
    module = grown(lambda: build(CHARACTERS))
    write(module, tmp_path / "theirs.pt")
    model = lstm_viz.load_checkpoint(tmp_path / "theirs.pt", vocabulary=vocabulary)
    ids = ids_of(SENTENCE)
    wanted = module(ids[None]).squeeze() if isinstance(module, OneHot) else module(ids)
    # Probabilities are compared, as a token that the network lacks may stand first here.
    found = lstm_viz.trace(model, SENTENCE).probs[:, [model.vocabulary.index[token] for token in CHARACTERS]]
    np.testing.assert_allclose(found, wanted.softmax(-1), rtol=1e-4, atol=2e-6)
