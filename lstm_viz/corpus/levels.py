"""The levels of one quantity over a whole scanned text, in a file of one byte a unit and step.

Windows start from the scan's checkpoints, several of them side by side, so that only the states between two checkpoints are in
memory at a time. `lstm_viz.units.matching` searches the levels.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from jaxtyping import UInt8

from lstm_viz.capture.layers import layers_of
from lstm_viz.corpus.layer_run import run_layer
from lstm_viz.corpus.letters import CharacterIds
from lstm_viz.corpus.replay import check_layer
from lstm_viz.corpus.resets import resets
from lstm_viz.corpus.result import Scan
from lstm_viz.models.catalog import load
from lstm_viz.models.language import LanguageModel
from lstm_viz.units.matching import bounded, range_of, to_levels

#: The largest file, in bytes: 2.4 million letters of a network of 256 units.
MAX_BYTES = 600 * 2**20
#: How many steps are computed at a time, over all windows.
_STEPS = 16 * 1024


def levels_size(model: LanguageModel, scan: Scan) -> int:
    """Return how many bytes the levels of one quantity take: units × letters.

    Args:
        model: The model of the scan.
        scan: The scan, with its text.

    Returns:
        The size of the file that `write_levels` writes, in bytes.

    Examples:
        >>> from lstm_viz import corpus
        >>> model = lstm_viz.load("counting")
        >>> corpus.levels_size(model, corpus.scan(model, "aabb\\n" * 2))
        40
    """
    return model.config.hidden * len(scan.text)


def write_levels(model: str | LanguageModel, scan: Scan, layer: int, symbol: str, path: str | Path) -> Iterator[int]:
    """Write the levels of one quantity over a scanned text; yield 1, 2, … 100 as percentages of progress.

    Args:
        model: The model of the scan, or the name of a shipped one; picklable arguments for another process.
        scan: The scan, with its text.
        layer: The layer.
        symbol: The quantity; of the cell state c the levels are those of tanh(c).
        path: The file; it is replaced. Stop iterating to cancel; the file is then incomplete.

    Returns:
        An iterator over the percentages; the file is complete once it has yielded 100.

    Raises:
        ValueError: The file would be larger than `MAX_BYTES`.
        KeyError: The cell does not have the quantity.
        IndexError: The layer is out of range.

    Examples:
        >>> import tempfile
        >>> from lstm_viz import corpus
        >>> model = lstm_viz.load("counting")
        >>> scan = corpus.scan(model, "aabb\\n" * 100)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     *_, last = write_levels(model, scan, 0, "c", f"{folder}/levels")
        ...     last, open_levels(model, scan, f"{folder}/levels").shape
        (100, (4, 500))
    """
    model = load(model) if isinstance(model, str) else model
    size = levels_size(model, scan)
    if size > MAX_BYTES:
        raise ValueError(
            f"the levels of {model.config.hidden} units over {len(scan.text):,} letters take {size / 2**20:,.0f} MB; at most "
            f"{MAX_BYTES // 2**20} MB are written: choose a text of at most {MAX_BYTES // model.config.hidden:,} letters"
        )
    check_layer(scan, layer)
    range_of(scan.kind, symbol)
    return _write(model, scan, layer, symbol, Path(path))


def open_levels(model: LanguageModel, scan: Scan, path: str | Path) -> UInt8[np.ndarray, "unit time"]:
    """Open a file that `write_levels` completed, mapped into memory and read-only.

    Args:
        model: The model of the scan.
        scan: The scan, with its text.
        path: The file.

    Returns:
        The levels [unit, time], 0 to 255; `lstm_viz.units.matching.threshold_at` converts them to values.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is smaller than `levels_size`.

    Examples:
        >>> from lstm_viz import corpus
        >>> model = lstm_viz.load("counting")
        >>> scan = corpus.scan(model, "aabb\\n" * 2)
        >>> _ = list(corpus.write_levels(model, scan, 0, "h", folder / "levels"))
        >>> corpus.open_levels(model, scan, folder / "levels").shape
        (4, 10)
    """
    return np.memmap(path, np.uint8, "r", shape=(model.config.hidden, len(scan.text)))


def _write(model: LanguageModel, scan: Scan, layer: int, symbol: str, path: Path) -> Iterator[int]:
    length, range_ = len(scan.text), range_of(scan.kind, symbol)
    levels = np.memmap(path, np.uint8, "w+", shape=(model.config.hidden, length))
    ends = np.append(scan.checkpoints[1:], length)
    steps = ends - scan.checkpoints
    side_by_side = max(1, _STEPS // int(steps.max()))
    reported = first = 0
    while first < len(steps):
        # Windows side by side have one length; the text's last one is usually shorter.
        last = first + 1
        while last < min(len(steps), first + side_by_side) and steps[last] == steps[first]:
            last += 1
        values = _windows(model, scan, layer, symbol, slice(first, last), int(steps[first]))
        window_levels = to_levels(bounded(values, scan.kind, symbol), range_)
        for window, start in enumerate(scan.checkpoints[first:last].tolist()):
            levels[:, start : start + len(window_levels)] = window_levels[:, window].T
        first = last
        for percent in range(reported + 1, int(100 * ends[last - 1] / length) + 1):
            if percent == 100:
                levels.flush()
            reported = percent
            yield percent


def _windows(model: LanguageModel, scan: Scan, layer: int, symbol: str, windows: slice, steps: int) -> np.ndarray:
    """Compute one quantity over some windows side by side, [time, window, unit]."""
    starts = scan.checkpoints[windows]
    cuts = resets(scan.parts, starts, steps)
    ids = CharacterIds(model.vocabulary).at(scan.text, starts, steps)
    with torch.inference_mode():
        x = model.embedding(torch.from_numpy(ids)).numpy()
        for read in layers_of(model.rnn)[: layer + 1]:
            h, c = scan.hidden[windows, read.index], None if scan.cell is None else scan.cell[windows, read.index]
            h, c = np.ascontiguousarray(h), None if c is None else np.ascontiguousarray(c)
            pieces, _, _ = run_layer(read, x, h, c, cuts, stepwise=False)
            x = np.concatenate([piece["h"] for piece in pieces])
    return np.concatenate([piece[symbol] for piece in pieces])
