"""Networks as other projects write them, in plain PyTorch, and their files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

CHARACTERS = "\n !?abcdefghij'Tz"
SENTENCE = "The big cad'd hide!"


class Their(nn.Module):
    """Embedding or one-hot input, a recurrent network, perhaps projections around it, and a linear layer."""

    def __init__(
        self, kind: str = "LSTM", symbols: int = len(CHARACTERS), inputs: int = 6, hidden: int = 7, layers: int = 2,
        one_hot: bool = False, tied: bool = False, bias: bool = True, proj_size: int = 0, before: int = 0, after: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.symbols = symbols
        if not one_hot:
            self.encoder = nn.Embedding(symbols, before or inputs)
        if before:
            self.input_proj = nn.Linear(before, inputs)
        extra = {"proj_size": proj_size} if proj_size else {}
        self.rnn = getattr(nn, kind)(symbols if one_hot else inputs, hidden, layers, bias=bias, batch_first=True, **extra)
        top = proj_size or hidden
        if after:
            self.output_projection = nn.Linear(top, after)
        self.decoder = nn.Linear(after or top, symbols, bias=bias)
        if tied:
            self.decoder.weight = self.encoder.weight

    def forward(self, ids: Tensor) -> Tensor:
        """Logits [time, symbol] for ids [time]."""
        x = self.encoder(ids) if hasattr(self, "encoder") else torch.eye(self.symbols)[ids]
        if hasattr(self, "input_proj"):
            x = self.input_proj(x)
        hidden, _ = self.rnn(x[None])
        if hasattr(self, "output_projection"):
            hidden = self.output_projection(hidden)
        logits: Tensor = self.decoder(hidden)[0]
        return logits


class OfCells(nn.Module):
    """Two LSTMCells called one after another, letter by letter."""

    def __init__(self, symbols: int = len(CHARACTERS), hidden: int = 7) -> None:
        super().__init__()
        self.emb = nn.Embedding(symbols, 5)
        self.cells = nn.ModuleList([nn.LSTMCell(5, hidden), nn.LSTMCell(hidden, hidden)])
        self.fc = nn.Linear(hidden, symbols)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits [time, symbol] for ids [time]."""
        states: list[Any] = [None, None]
        said = []
        for x in self.emb(ids)[:, None]:
            for place, cell in enumerate(self.cells):
                states[place] = cell(x, states[place])
                x = states[place][0]
            said.append(self.fc(x)[0])
        return torch.stack(said)


def grown(build: Callable[[], nn.Module], seed: int = 5) -> Any:
    """A module with weights large enough for gates to open and close."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        module = build()
        for parameter in module.parameters():
            nn.init.normal_(parameter, std=0.6)
    return module.eval().requires_grad_(False)


def ids_of(text: str, symbols: str = CHARACTERS) -> Tensor:
    """Their numbers for a text."""
    return torch.tensor([symbols.index(sign) for sign in text])


def rewritten(path: Path, change: Callable[[str, bytes], bytes], compression: int = zipfile.ZIP_STORED) -> None:
    """Write an archive's entries again, each changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", compression) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    path.write_bytes(packed.getvalue())
