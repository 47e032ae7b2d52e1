"""Reading a long text once. Where the network forgets, its parts are read side by side, and it is seen to that they meet.

Step follows step, and one step of one text leaves a processor mostly idle. A network that has forgotten after some symbols how
it began can be started anywhere, a little before the part that counts. Whether the state at a part's start is the one that the
part before ended with is checked afterwards, and what does not meet is read again.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int

from lstm_viz.capture.layers import Layer, layers_of
from lstm_viz.cells import State, Steps
from lstm_viz.corpus.kept import Peaks, Scan, Summary
from lstm_viz.corpus.tally import PASSAGE, Tally
from lstm_viz.gates import symbols
from lstm_viz.models.catalog import load
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.sampling import check_foretells
from lstm_viz.reading import read_layer
from lstm_viz.what_if.rerun import log_probs, run_steps

#: Symbols between two checkpoints.
STRIDE = 1024
#: How many passages are kept for each unit, quantity and end.
TOP = 5
#: A part starts so many symbols early; a network that has not forgotten by then is read in one piece.
FORGET = 1024
#: Where so large a share of places shows a network that has forgotten, its text is read side by side.
FORGOTTEN = 0.75
#: Parts side by side: at most so many, each at least so many times `FORGET` long.
MOST_LANES, LEAST_LENGTH = 64, 4
#: From so many lanes on a step at a time is quicker than the fused kernel and the gates after it.
MANY = 32
#: Two states meet where they differ by no more than this many units in the last place: different kernels round differently.
MEET = 100.0
#: How often parts that do not meet are read again side by side, before the rest is read in one piece.
ROUNDS = 2

#: Each layer's h and c (None where there is none), [lane, unit].
States = list[tuple[State, State | None]]


@dataclass(frozen=True, eq=False)
class _Lane:
    """A part of the text that was read: its states at the ends, [layer, unit] each, and what was gathered on the way."""

    start: int
    first: list[np.ndarray]
    last: list[np.ndarray]
    checkpoints: list[tuple[int, np.ndarray, np.ndarray | None]]
    tallies: Mapping[tuple[int, str], Tally]


def scan(model: LanguageModel, text: str, stride: int = STRIDE, top: int = TOP, lanes: int | None = None) -> Scan:
    """Read a text of any length once; see `scanning`."""
    *_, found = scanning(model, text, stride, top, lanes)
    assert isinstance(found, Scan)
    return found


def scan_text(model: str | LanguageModel, text: str) -> Iterator[int | Scan]:
    """Scan a text with a model, or a shipped one by its name: all that another process needs to be told."""
    yield from scanning(load(model) if isinstance(model, str) else model, text)


def scanning(
    model: LanguageModel, text: str, stride: int = STRIDE, top: int = TOP, lanes: int | None = None
) -> Iterator[int | Scan]:
    """Read a text once and yield 1, 2, … 99 as that many hundredths of it are read, and in the end the scan.

    Checkpoints are `stride` symbols apart, a multiple of PASSAGE; `top` passages are kept for each unit and quantity. The text
    is read in `lanes` parts side by side (None: as many as pay, one where the network does not forget). Symbols that the
    vocabulary lacks are read as its unknown symbol. Stop by asking for no more. Raises ValueError for an empty text, a stride
    that is none, and a model of words or classes.
    """
    check_foretells(model)
    if model.config.words:
        raise ValueError("this model reads words; a scan needs one that reads letters")
    if not text:
        raise ValueError("the text is empty; give at least one character to read")
    if stride < PASSAGE or stride % PASSAGE:
        raise ValueError(f"the stride is {stride}; a multiple of {PASSAGE} was wanted, such as {STRIDE}")
    if top < 1 or (lanes is not None and lanes < 1):
        raise ValueError(f"top is {top} and lanes {lanes}; each must be at least 1")
    return _Reading(model, text, stride, top).through(lanes)


class _Reading:
    """One text on its way through one model."""

    def __init__(self, model: LanguageModel, text: str, stride: int, top: int) -> None:
        self.model, self.text, self.stride, self.top = model, text, stride, top
        self.layers: tuple[Layer, ...] = layers_of(model.rnn)
        self.ids = model.vocabulary.encode(text)
        self.dtype: np.dtype = model.decoder.weight.detach().numpy().dtype
        self.surprise = np.full(len(self.ids), np.nan, self.dtype)
        self._told = 0

    def through(self, lanes: int | None) -> Iterator[int | Scan]:
        count = self._pay() if lanes is None else lanes
        length = len(self.ids) // count // PASSAGE * PASSAGE
        if count == 1 or not length:
            count, length = 1, len(self.ids)
        starts = np.arange(count) * length
        read = yield from self._read(starts, length, self._warmed(starts), 0)
        read = yield from self._joined(read, length)
        end = count * length
        if end < len(self.ids):
            read += yield from self._read(np.array([end]), len(self.ids) - end, _started(read[-1], self.layers), end)
        yield from self._tell(99, 100)
        yield self._put_together(read, count)

    def _joined(self, read: list[_Lane], length: int) -> Generator[int, None, list[_Lane]]:
        """Read again what does not begin where the part before it ended."""
        for _ in range(ROUNDS):
            bad = self._apart(read)
            if not bad:
                return read
            states = _side_by_side([_started(read[lane - 1], self.layers) for lane in bad])
            again = yield from self._read(np.array([read[lane].start for lane in bad]), length, states, 0)
            read = [again[bad.index(lane)] if lane in bad else read[lane] for lane in range(len(read))]
        if bad := self._apart(read):
            whole, begin, end = read[: bad[0]], read[bad[0]].start, len(read) * length
            rest = yield from self._read(np.array([begin]), end - begin, _started(whole[-1], self.layers), begin)
            return whole + rest
        return read

    def _read(
        self, starts: Int[np.ndarray, " lane"], length: int, states: States, before: int
    ) -> Generator[int, None, list[_Lane]]:
        """Read `length` symbols from each of `starts` on, side by side; `before` symbols count as read already."""
        count = len(starts)
        tallies = {
            (layer.number, symbol): Tally.empty(count, layer.weights.hh.shape[1], self.top, self.dtype)
            for layer in self.layers for symbol in symbols(layer.kind)
        }  # fmt: skip
        first, checkpoints = _rows(states), []
        size = PASSAGE if count > 1 else min(self.stride, 16 * PASSAGE)
        offset = 0
        while offset < length:
            if offset % self.stride == 0:
                checkpoints.append((starts + offset, *_stacked(states)))
            steps = min(size, length - offset, self.stride - offset % self.stride)
            states, read = self._block(starts + offset, steps, states)
            for number, values in enumerate(read):
                for symbol in symbols(self.layers[number].kind):
                    tallies[number, symbol].add(values[symbol], starts + offset)
            offset += steps
            yield from self._tell(before + offset * count, len(self.ids))
        last = _rows(states)
        return [
            _Lane(
                int(starts[lane]), [each[lane] for each in first], [each[lane] for each in last],
                [(int(at[lane]), h[lane], None if c is None else c[lane]) for at, h, c in checkpoints],
                {key: tally.lane(lane) for key, tally in tallies.items()},
            )
            for lane in range(count)
        ]  # fmt: skip

    def _block(self, starts: Int[np.ndarray, " lane"], steps: int, states: States) -> tuple[States, list[Mapping[str, Steps]]]:
        """All layers over some steps of every lane; the surprise at what follows each is noted."""
        places = starts + np.arange(steps)[:, None]
        x = self._embedded(places)
        read: list[Mapping[str, Steps]] = []
        after: States = []
        for layer, (h, c) in zip(self.layers, states, strict=True):
            if len(starts) < MANY:
                with torch.inference_mode():
                    values = read_layer(layer, torch.from_numpy(x), h, c)
            else:
                values = run_steps(layer, x, h, c, lambda step: None)
            x = values["h"]
            after.append((x[-1], values["c"][-1] if c is not None else None))
            read.append(values)
        expected = log_probs(self.model, x)
        follows = places + 1
        inside = follows < len(self.ids)
        follows = follows[inside]
        self.surprise[follows] = -expected[inside][np.arange(len(follows)), self.ids[follows]]
        return after, read

    def _embedded(self, places: Int[np.ndarray, "time lane"]) -> Steps:
        with torch.inference_mode():
            return self.model.embedding(torch.from_numpy(self.ids[places])).numpy()

    def _pay(self) -> int:
        """How many parts to read side by side: one for a short text, and for a network that remembers how it began."""
        count = min(MOST_LANES, len(self.ids) // (LEAST_LENGTH * FORGET))
        return count if count > 1 and self._forgets() else 1

    def _forgets(self) -> bool:
        """Whether it makes no difference at most places of the text that `FORGET` symbols more were read before."""
        spots = np.linspace(FORGET, len(self.ids) - FORGET, 8).astype(np.int64)
        late = self._run(spots, FORGET, self._zeros(len(spots)))
        early = self._run(spots - FORGET, 2 * FORGET, self._zeros(len(spots)))
        pairs = list(zip(_rows(late), _rows(early), strict=True))
        met = [self._meet([one[spot] for one, _ in pairs], [other[spot] for _, other in pairs]) for spot in range(len(spots))]
        return sum(met) >= FORGOTTEN * len(spots)

    def _warmed(self, starts: Int[np.ndarray, " lane"]) -> States:
        """The state at each start, the first from nothing and the others from what stands before them."""
        first = self._zeros(1)
        if len(starts) == 1:
            return first
        before = min(FORGET, int(starts[1]))
        return _side_by_side([first, self._run(starts[1:] - before, before, self._zeros(len(starts) - 1))])

    def _run(self, starts: Int[np.ndarray, " lane"], steps: int, states: States) -> States:
        """The states after some steps, by the fused kernels alone."""
        with torch.inference_mode():
            for offset in range(0, steps, PASSAGE):
                x = torch.from_numpy(self._embedded(starts + offset + np.arange(min(PASSAGE, steps - offset))[:, None]))
                hidden = torch.from_numpy(np.stack([h for h, _ in states]))
                cells = [c for _, c in states if c is not None]
                _, after = self.model.rnn(x, (hidden, torch.from_numpy(np.stack(cells))) if cells else hidden)
                h, c = after if cells else (after, None)
                states = [(h[k].numpy(), None if c is None else c[k].numpy()) for k in range(len(self.layers))]
        return states

    def _zeros(self, lanes: int) -> States:
        shape = lanes, self.model.config.hidden
        has_cell = self.model.config.kind == "lstm"
        return [(np.zeros(shape, self.dtype), np.zeros(shape, self.dtype) if has_cell else None) for _ in self.layers]

    def _apart(self, read: Sequence[_Lane]) -> list[int]:
        return [lane for lane in range(1, len(read)) if not self._meet(read[lane].first, read[lane - 1].last)]

    def _meet(self, one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> bool:
        """Whether two states are the same but for rounding, each array measured by its own largest number."""
        allowed = MEET * float(np.finfo(self.dtype).eps)
        return all(np.abs(a - b).max() <= allowed * max(1.0, float(np.abs(b).max())) for a, b in zip(one, other, strict=True))

    def _tell(self, read: int, of: int) -> Iterator[int]:
        """Each hundredth once, also where something is read again."""
        while self._told < min(99, 100 * read // of):
            self._told += 1
            yield self._told

    def _put_together(self, read: Sequence[_Lane], lanes: int) -> Scan:
        kept = [checkpoint for lane in read for checkpoint in lane.checkpoints]
        cells = [c for _, _, c in kept if c is not None]
        return Scan(
            text=self.text,
            kind=self.model.config.kind,
            surprise=self.surprise,
            checkpoints=np.array([at for at, _, _ in kept]),
            hidden=np.stack([h for _, h, _ in kept]),
            cell=np.stack(cells) if cells else None,
            summaries={key: _summary([lane.tallies[key] for lane in read], self.dtype) for key in read[0].tallies},
            lanes=lanes,
        )


def _summary(tallies: Sequence[Tally], dtype: np.dtype) -> Summary:
    """The lanes' counts as one; the text's first steps come first where peaks are alike."""
    counts = np.array([int(tally.count) for tally in tallies], dtype=np.float64)[:, None]
    means = np.stack([tally.mean for tally in tallies])
    mean = (counts * means).sum(axis=0) / counts.sum()
    squares = sum(tally.squares for tally in tallies) + (counts * (means - mean) ** 2).sum(axis=0)
    peaks = np.concatenate([tally.peaks for tally in tallies], axis=1)
    steps = np.concatenate([tally.steps for tally in tallies], axis=1)
    ranks = min(tallies[0].peaks.shape[1], int(np.isfinite(peaks[0, :, 0]).sum()))
    order = np.argsort(-peaks, axis=1, kind="stable")[:, :ranks]
    values, at = np.take_along_axis(peaks, order, axis=1), np.take_along_axis(steps, order, axis=1)
    return Summary(
        low=-values[0, 0], high=values[1, 0], mean=mean.astype(dtype), spread=np.sqrt(squares / counts.sum()).astype(dtype),
        lowest=Peaks(-values[0].T, at[0].T), highest=Peaks(values[1].T, at[1].T),
    )  # fmt: skip


def _rows(states: States) -> list[np.ndarray]:
    """Every array of the states, [lane, unit] each, in one row."""
    return [each for layer in states for each in layer if each is not None]


def _started(lane: _Lane, layers: Sequence[Layer]) -> States:
    """The states to go on from where a lane ended, as those of one lane."""
    rows = iter(lane.last)
    return [(next(rows)[None], next(rows)[None] if layer.kind == "lstm" else None) for layer in layers]


def _side_by_side(lanes: Sequence[States]) -> States:
    """The states of several lanes as one set of arrays."""
    joined: States = []
    for layer in zip(*lanes, strict=True):
        cells = [c for _, c in layer if c is not None]
        joined.append((np.concatenate([h for h, _ in layer]), np.concatenate(cells) if cells else None))
    return joined


def _stacked(states: States) -> tuple[np.ndarray, np.ndarray | None]:
    """h and c of all layers, [lane, layer, unit] each; c None where there is none."""
    cells = [c for _, c in states if c is not None]
    return np.stack([h for h, _ in states], axis=1), np.stack(cells, axis=1) if cells else None
