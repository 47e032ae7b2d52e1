"""A network's values at sampled positions of a text, one quantity after the other, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Int

from lstm_viz.capture import capture
from lstm_viz.capture.layers import kind_of, layers_of
from lstm_viz.cells import State, Steps
from lstm_viz.corpus.layer_run import MIN_SEGMENTS_FOR_STEPWISE, run_layer
from lstm_viz.corpus.letters import CharacterIds
from lstm_viz.corpus.resets import resets
from lstm_viz.corpus.result import Scan
from lstm_viz.gates import Kind, symbols
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import read_layer
from lstm_viz.text.tokens import Tokens

#: A layer's index in a trace, and a quantity's symbol.
Key = tuple[int, str]
#: The values of some quantities, [time, unit] each, from a step of the sample on.
Piece = tuple[int, dict[Key, np.ndarray]]

#: Blocks read at once, the tokens of all of them, and the least tokens in a block of a long text.
BATCH, BATCH_TOKENS, LEAST_BLOCK = 64, 8192, 64
#: Tokens read at once where a text is read from end to end.
PIECE = 1000


class Activations(Protocol):
    """The values at sampled positions: `positions` are their tokens' indices, ascending, among the text's `total`.

    `units` is the number of units of each quantity.
    """

    positions: Int[np.ndarray, " time"]
    total: int
    units: dict[Key, int]

    def read(self, keys: Sequence[Key]) -> Iterator[Piece]:
        """Yield the values of some quantities, piece by piece, in the order of the positions."""


class ScannedActivations:
    """Blocks of a scanned text, each read from the state at a checkpoint, many at once."""

    def __init__(self, model: LanguageModel, scan: Scan, text: str, most: int) -> None:
        self.model, self.scan, self.text = model, scan, text
        self.layers = layers_of(model.rnn)
        self.units = {(layer.index, symbol): model.config.hidden for layer in self.layers for symbol in symbols(layer.kind)}
        self.numbers = CharacterIds(model.vocabulary)
        self.total = len(text)
        starts, self.length = choose_blocks(scan.checkpoints, len(text), most)
        self.blocks = starts
        ends = np.minimum(starts + self.length, len(text))
        blocks = zip(starts.tolist(), ends.tolist(), strict=True)
        self.positions = np.concatenate([np.arange(start, end) for start, end in blocks])

    def read(self, keys: Sequence[Key]) -> Iterator[Piece]:
        """Yield the values of some quantities, one batch of blocks at a time."""
        at = 0
        batch = max(1, min(BATCH, BATCH_TOKENS // self.length))
        for begin in range(0, len(self.blocks), batch):
            starts = self.blocks[begin : begin + batch]
            values = self._batch(starts, keys)
            inside = (starts[:, None] + np.arange(self.length) < len(self.text)).reshape(-1)
            rows = {key: each.transpose(1, 0, 2).reshape(-1, each.shape[2])[inside] for key, each in values.items()}
            yield at, rows
            at += int(inside.sum())

    def _batch(self, starts: Int[np.ndarray, " block"], keys: Sequence[Key]) -> dict[Key, Steps]:
        """Return some quantities of each block, [time, block, unit]."""
        scan, top = self.scan, max(layer for layer, _ in keys)
        ids = self.numbers.at(self.text, starts, self.length)
        with torch.inference_mode():
            x: Steps = self.model.embedding(torch.from_numpy(ids)).numpy()
        index = np.searchsorted(scan.checkpoints, starts)
        cuts = resets(scan.parts, starts, self.length)
        result: dict[Key, Steps] = {}
        for layer in self.layers[: top + 1]:
            h, c = scan.hidden[index, layer.index], None if scan.cell is None else scan.cell[index, layer.index]
            pieces, _, _ = run_layer(layer, x, h, c, cuts, len(starts) >= MIN_SEGMENTS_FOR_STEPWISE)
            x = np.concatenate([piece["h"] for piece in pieces])
            for symbol in symbols(layer.kind):
                if (layer.index, symbol) in keys:
                    result[layer.index, symbol] = np.concatenate([piece[symbol] for piece in pieces])
        return result


class ReadActivations:
    """A text read part by part from the zero state: for networks of words, classifiers and networks of other forms."""

    def __init__(self, model: LanguageModel | ImportedNetwork, parts: Sequence[Tokens]) -> None:
        assert model.vocabulary is not None, "a network that reads numbers has no text"
        self.model = model
        self.parts = [model.vocabulary.encode(part.normalized) for part in parts]
        self.positions = np.arange(sum(map(len, self.parts)))
        self.total = len(self.positions)
        self.kind: Kind = model.config.kind if isinstance(model, LanguageModel) else kind_of(model.recurrent[0]) or "lstm"
        self.units = {key: values.shape[1] for key, values in self._part(self.parts[0][:1], None)[0].items()}

    def read(self, keys: Sequence[Key]) -> Iterator[Piece]:
        """Yield the values of some quantities, one part, or piece of a long part, at a time."""
        at = 0
        for ids in self.parts:
            state: list[tuple[State, State | None]] | None = None
            for begin in range(0, len(ids), PIECE):
                values, state = self._part(ids[begin : begin + PIECE], state)
                yield at, {key: values[key] for key in keys}
                at += len(ids[begin : begin + PIECE])

    def _part(
        self, ids: Int[np.ndarray, " time"], state: list[tuple[State, State | None]] | None
    ) -> tuple[dict[Key, np.ndarray], list[tuple[State, State | None]] | None]:
        """Return every quantity [time, unit], and the state to read on from; networks of other forms begin anew."""
        model = self.model
        result: dict[Key, np.ndarray] = {}
        if isinstance(model, ImportedNetwork):
            with torch.no_grad(), capture(model) as captured:
                model.hidden(torch.from_numpy(ids)[:, None])
            for index, layer_trace in enumerate(captured.layers):
                result |= {(index, symbol): layer_trace.values[symbol][:, 0] for symbol in symbols(layer_trace.kind)}
            return result, None
        after: list[tuple[State, State | None]] = []
        kind: Kind = model.config.kind
        with torch.inference_mode():
            x = model.embedding(torch.from_numpy(ids))[:, None]
            for layer in layers_of(model.rnn):
                zeros = np.zeros((1, model.config.hidden), x.numpy().dtype)
                h, c = (zeros, zeros if kind == "lstm" else None) if state is None else state[layer.index]
                values = read_layer(layer, x, h, c)
                after.append((values["h"][-1], values["c"][-1] if c is not None else None))
                result |= {(layer.index, symbol): values[symbol][:, 0] for symbol in symbols(kind)}
                x = torch.from_numpy(values["h"])
        return result, after


def choose_blocks(checkpoints: Int[np.ndarray, " checkpoint"], length: int, most: int) -> tuple[Int[np.ndarray, " block"], int]:
    """Return the starts of blocks spread evenly over a text, each at a checkpoint, and their length; `most` tokens in all."""
    stride = int(checkpoints[1]) if len(checkpoints) > 1 else length
    if length <= most:
        return checkpoints, stride
    count = max(1, min(len(checkpoints), most // LEAST_BLOCK))
    chosen = np.unique(np.linspace(0, len(checkpoints) - 1, count).round().astype(np.int64))
    return checkpoints[chosen], max(1, min(stride, most // len(chosen)))
