"""Read a long text once. If the network is contractive, segments are read in parallel and their boundary states verified.

Steps depend on each other, and one step of one text leaves a processor mostly idle. A network whose state no longer depends
on its initial state after some tokens can start anywhere, a little before its segment. Afterwards the state at each
segment's start is compared with the previous segment's final state, and segments that do not match are read again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int

from lstm_viz.capture.layers import Layer, layers_of
from lstm_viz.cells import Steps
from lstm_viz.corpus import stored
from lstm_viz.corpus.batch import Batch, Segment, States, aligned_copy, concatenate_states, rows, states_match, summary
from lstm_viz.corpus.layer_run import MIN_SEGMENTS_FOR_STEPWISE, run_layer
from lstm_viz.corpus.letters import CharacterIds, count_unknown
from lstm_viz.corpus.resets import resets, zero_restarting
from lstm_viz.corpus.result import Scan
from lstm_viz.corpus.running_stats import PASSAGE, RunningStats
from lstm_viz.corpus.saving import digest
from lstm_viz.gates import symbols
from lstm_viz.models.fingerprint import fingerprint
from lstm_viz.models.language import LanguageModel
from lstm_viz.what_if.rerun import log_probs

#: Approximate number of stretches for each unit's means along a text.
STRETCHES = 256
#: Warm-up tokens before a segment; a network that still depends on its initial state then is read in one piece.
WARMUP_STEPS = 1024
#: Minimum share of positions at which the network has forgotten its initial state, for parallel segments.
MIN_FORGOTTEN_SHARE = 0.75
#: Maximum number of segments, and minimum length of each in multiples of `WARMUP_STEPS`.
MAX_SEGMENTS, LEAST_LENGTH = 64, 4
#: The percentages of progress at which segments have been chosen and warmed up.
CHOSEN, WARM = 6, 12
#: How often mismatched segments are read again in parallel, before the rest is read in one piece.
MAX_REPAIRS = 2
#: Seconds between two saves of the progress file, and the maximum share of time spent on writing it.
NOTE_EVERY, NOTE_SHARE = 3.0, 0.03
#: Version of the progress file's format.
NOTE = 1


class TextScanner:
    """The scan of one text by one model; the arguments are those of `scanning`, checked."""

    def __init__(
        self, model: LanguageModel, text: str, stride: int, top: int, parts: Int[np.ndarray, " part"], note: Path | None
    ) -> None:
        self.model, self.text, self.stride, self.top, self.parts = model, text, stride, top, parts
        self.layers: tuple[Layer, ...] = layers_of(model.rnn)
        self.numbers = CharacterIds(model.vocabulary)
        self.dtype: np.dtype = model.decoder.weight.detach().numpy().dtype
        self.surprise = np.full(len(text), np.nan, self.dtype)
        self.checkpoints = np.arange(0, len(text), stride)
        shape = len(self.checkpoints), len(self.layers), model.config.hidden
        self.has_cell = model.config.kind == "lstm"
        self.hidden = np.zeros(shape, self.dtype)
        self.cell = np.zeros(shape, self.dtype) if self.has_cell else None
        passages = -(-len(text) // PASSAGE)
        self.width = PASSAGE * -(-passages // STRETCHES)
        self.keys = [(layer.index, symbol) for layer in self.layers for symbol in symbols(layer.kind)] if top else []
        self.batches: list[Batch] = []
        #: The batch that is read next, of those restored or begun; the last percentage yielded; how many segments there are,
        #: and the percentage at which they are chosen and warmed up.
        self._turn = self._reported = self._count = self._prepared = 0
        self._note_at, self._next_save = note, time.monotonic() + NOTE_EVERY
        self._header = {} if note is None else self._identity()

    def run(self, segments: int | None, keep_note: bool = False) -> Iterator[int | Scan]:
        """Yield percentages of progress, and finally the scan; see `scanning`."""
        # Progress files that were saved when segments were called lanes stay valid.
        self._header = self._header | {"lanes": str(segments)} if self._header else {}
        self._resume()
        self._count = count = self._count or segments or (yield from self._choose_segment_count())
        length = len(self.text) // count // PASSAGE * PASSAGE
        if count == 1 or not length:
            count, length = 1, len(self.text)
        starts = np.arange(count) * length
        self._prepared = WARM if count > 1 else 0
        first = self._zeros(1) if self.batches else (yield from self._warm_up(starts))
        read = yield from self._read(starts, length, lambda: first, 0)
        read = yield from self._repair(read, length)
        end = count * length
        if end < len(self.text):
            last = read[-1]
            read += yield from self._read(np.array([end]), len(self.text) - end, lambda: last.after(self.has_cell), end)
        yield from self._report_progress(99, 100)
        if self._note_at is not None and not keep_note:
            self._note_at.unlink(missing_ok=True)
        elif self._note_at is not None:
            self._next_save = 0.0
            self._save_progress()
        yield self._build_scan(read, count)

    def _repair(self, read: list[Segment], length: int) -> Generator[int, None, list[Segment]]:
        """Read segments again whose initial state does not match the previous segment's final state."""
        for _ in range(MAX_REPAIRS):
            bad = self._mismatched(read)
            if not bad:
                return read
            states = concatenate_states([read[segment - 1].after(self.has_cell) for segment in bad])
            starts = np.array([read[segment].start for segment in bad])
            again = yield from self._read(starts, length, lambda states=states: states, 0)  # type: ignore[misc]
            read = [again[bad.index(segment)] if segment in bad else read[segment] for segment in range(len(read))]
        if bad := self._mismatched(read):
            whole, begin, end = read[: bad[0]], read[bad[0]].start, len(read) * length
            remainder = yield from self._read(np.array([begin]), end - begin, lambda: whole[-1].after(self.has_cell), begin)
            return whole + remainder
        return read

    def _read(
        self, starts: Int[np.ndarray, " segment"], length: int, states: Callable[[], States], before: int
    ) -> Generator[int, None, list[Segment]]:
        """Read `length` tokens from each of `starts` on in parallel; `before` tokens count as read already."""
        count = len(starts)
        if self._turn == len(self.batches):
            first, units, stretches = states(), self.model.config.hidden, -(-length // self.width)
            tallies = {key: RunningStats.empty(count, units, self.top, stretches, self.dtype) for key in self.keys}
            self.batches.append(Batch(starts, length, first, first, tallies))
        batch = self.batches[self._turn]
        self._turn += 1
        while batch.offset < length:
            at = starts + batch.offset
            self._store_checkpoints(at, batch.states)
            steps = min(length - batch.offset, PASSAGE)
            if count == 1:
                # Up to the next checkpoint; both are whole passages.
                steps = min(length - batch.offset, 16 * PASSAGE, self.stride - int(at[0]) % self.stride)
            batch.states = self._block(at, steps, batch)
            batch.offset += steps
            self._save_progress()
            yield from self._report_progress(before + batch.offset * count, len(self.text))
        return batch.segments()

    def _store_checkpoints(self, at: Int[np.ndarray, " segment"], states: States) -> None:
        """Store the states of the segments that have reached a checkpoint."""
        here = np.flatnonzero(at % self.stride == 0)
        for layer, (h, c) in enumerate(states):
            self.hidden[at[here] // self.stride, layer] = h[here]
            if self.cell is not None and c is not None:
                self.cell[at[here] // self.stride, layer] = c[here]

    def _block(self, starts: Int[np.ndarray, " segment"], steps: int, batch: Batch) -> States:
        """Run all layers over some steps of every segment; update the statistics, and store the surprise of the next tokens."""
        if not self.keys:
            return [(aligned_copy(h), None if c is None else aligned_copy(c)) for h, c in self._run(starts, steps, batch.states)]
        # One token more: each step predicts the one after it.
        ids = self.numbers.at(self.text, starts, steps + 1)
        x = self._embed(ids[:-1])
        after: States = []
        cuts = resets(self.parts, starts, steps)
        for layer, (h, c) in zip(self.layers, batch.states, strict=True):
            pieces, h, c = run_layer(layer, x, h, c, cuts, len(starts) >= MIN_SEGMENTS_FOR_STEPWISE)
            after.append((aligned_copy(h), None if c is None else aligned_copy(c)))
            for symbol in symbols(layer.kind):
                whole = pieces[0][symbol] if len(pieces) == 1 else np.concatenate([piece[symbol] for piece in pieces])
                batch.tallies[layer.index, symbol].add(whole, starts, batch.offset, self.width)
            x = whole  # h is the last of the symbols
        expected = log_probs(self.model, x)
        follows = starts + np.arange(1, steps + 1)[:, None]
        inside = follows < len(self.text)
        self.surprise[follows[inside]] = -np.take_along_axis(expected, ids[1:, :, None], axis=-1)[..., 0][inside]
        return after

    def _embed(self, ids: Int[np.ndarray, "time segment"]) -> Steps:
        with torch.inference_mode():
            return self.model.embedding(torch.from_numpy(ids)).numpy()

    def _choose_segment_count(self) -> Generator[int, None, int]:
        """Return the number of segments: one for a short text, and for a network that is not contractive."""
        # All segments stop whenever one restarts: with many short parts they would do nothing else.
        most = max(1, len(self.text) // len(self.parts) // PASSAGE) if len(self.parts) > 1 else MAX_SEGMENTS
        count = min(MAX_SEGMENTS, most, len(self.text) // (LEAST_LENGTH * WARMUP_STEPS))
        return count if count > 1 and (yield from self._is_contractive()) else 1

    def _is_contractive(self) -> Generator[int, None, bool]:
        """Return True if at most positions `WARMUP_STEPS` more tokens of context make no difference."""
        spots = np.linspace(WARMUP_STEPS, len(self.text) - WARMUP_STEPS, 8).astype(np.int64)
        late = yield from self._prepare(spots, WARMUP_STEPS, 0, CHOSEN // 3)
        early = yield from self._prepare(spots - WARMUP_STEPS, 2 * WARMUP_STEPS, CHOSEN // 3, CHOSEN)
        pairs = list(zip(rows(late), rows(early), strict=True))
        forgotten = [
            states_match([one[spot] for one, _ in pairs], [other[spot] for _, other in pairs]) for spot in range(len(spots))
        ]
        return sum(forgotten) >= MIN_FORGOTTEN_SHARE * len(spots)

    def _warm_up(self, starts: Int[np.ndarray, " segment"]) -> Generator[int, None, States]:
        """Return the state at each start, the first from zero and the others after a warm-up on the text before them."""
        first = self._zeros(1)
        if len(starts) == 1:
            return first
        before = min(WARMUP_STEPS, int(starts[1]))
        return concatenate_states([first, (yield from self._prepare(starts[1:] - before, before, CHOSEN, WARM))])

    def _prepare(self, starts: Int[np.ndarray, " segment"], steps: int, first: int, last: int) -> Generator[int, None, States]:
        """Return the states after some steps from zero; yield percentages from `first` to `last`."""
        states = self._zeros(len(starts))
        for offset in range(0, steps, PASSAGE):
            size = min(PASSAGE, steps - offset)
            states = self._run(starts + offset, size, states)
            yield from self._report(first + (last - first) * (offset + size) // steps)
        return states

    def _run(self, starts: Int[np.ndarray, " segment"], steps: int, states: States) -> States:
        """Return the states after some steps, by the fused kernels only."""
        with torch.inference_mode():
            for offset in range(0, steps, PASSAGE):
                size = min(PASSAGE, steps - offset)
                ids = self.numbers.at(self.text, starts + offset, size)
                for begin, end, anew in resets(self.parts, starts + offset, size):
                    x = torch.from_numpy(self._embed(ids[begin:end]))
                    hidden = torch.from_numpy(np.stack([zero_restarting(h, anew) for h, _ in states]))
                    cells = [zero_restarting(c, anew) for _, c in states if c is not None]
                    _, after = self.model.rnn(x, (hidden, torch.from_numpy(np.stack(cells))) if cells else hidden)
                    h, c = after if cells else (after, None)
                    states = [(h[k].numpy(), None if c is None else c[k].numpy()) for k in range(len(self.layers))]
        return states

    def _zeros(self, segments: int) -> States:
        shape = segments, self.model.config.hidden
        return [(np.zeros(shape, self.dtype), np.zeros(shape, self.dtype) if self.has_cell else None) for _ in self.layers]

    def _mismatched(self, read: Sequence[Segment]) -> list[int]:
        return [segment for segment in range(1, len(read)) if not states_match(read[segment].first, read[segment - 1].last)]

    def _report_progress(self, read: int, of: int) -> Iterator[int]:
        yield from self._report(self._prepared + (100 - self._prepared) * read // of)

    def _report(self, percent: int) -> Iterator[int]:
        """Yield each percentage once, even if something is read again."""
        while self._reported < min(99, percent):
            self._reported += 1
            yield self._reported

    def _identity(self) -> dict[str, str]:
        """Return what identifies the progress file of this scan."""
        settings = [self.stride, self.top, self.width, len(self.parts), NOTE]
        return {"fingerprint": fingerprint(self.model), "text": digest(self.text, self.parts), "settings": repr(settings)}

    def _save_progress(self) -> None:
        """Save the progress, so that an interrupted scan can resume."""
        begin = time.monotonic()
        if self._note_at is None or begin < self._next_save:
            return
        arrays = {"surprise": self.surprise, "hidden": self.hidden} | ({} if self.cell is None else {"cell": self.cell})
        for index, batch in enumerate(self.batches):
            arrays |= batch.arrays(index)
        stored.write(self._note_at, self._header | {"batches": str(len(self.batches)), "count": str(self._count)}, arrays)
        now = time.monotonic()
        self._next_save = now + max(NOTE_EVERY, (now - begin) / NOTE_SHARE)

    def _resume(self) -> None:
        """Restore the saved progress if it is of this scan; any other or damaged file is ignored."""
        if self._note_at is None or not self._note_at.exists():
            return
        try:
            header, arrays = stored.read(self._note_at)
            if {name: header.get(name) for name in self._header} != self._header:
                return
            batch_count = int(header["batches"])
            batches = [Batch.restore(arrays, each, len(self.layers), self.keys, self.has_cell) for each in range(batch_count)]
            surprise, hidden = arrays["surprise"].copy(), arrays["hidden"].copy()
            cell = arrays["cell"].copy() if self.has_cell else None
            count = int(header["count"])
        except (ValueError, KeyError):
            return
        self.batches, self._count, self.surprise, self.hidden, self.cell = batches, count, surprise, hidden, cell

    def _build_scan(self, read: Sequence[Segment], segments: int) -> Scan:
        self.surprise[self.parts] = np.nan
        return Scan(
            text=self.text, kind=self.model.config.kind, surprise=self.surprise, checkpoints=self.checkpoints,
            hidden=self.hidden, cell=self.cell, segments=segments, parts=self.parts,
            summaries={key: summary(read, key, self.width, self.dtype) for key in self.keys},
            stretches=np.concatenate([segment.stretches(self.width) for segment in read]),
            unknown=count_unknown(self.model.vocabulary, self.text),
            fingerprint=fingerprint(self.model),
        )  # fmt: skip
