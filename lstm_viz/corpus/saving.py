"""Scans as files: saved without the text, loaded for the same text and the same model only.

A file is safetensors: names, shapes and numbers, nothing executable. Its content is not trusted: shapes, ranges and order
are checked against model and text, and the text is read again at some positions and compared.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from lstm_viz.corpus import stored
from lstm_viz.corpus.letters import PIECE, count_unknown
from lstm_viz.corpus.replay import window
from lstm_viz.corpus.resets import check_parts
from lstm_viz.corpus.result import Scan, Summary, TopActivations
from lstm_viz.gates import symbols
from lstm_viz.models.fingerprint import fingerprint
from lstm_viz.models.language import LanguageModel

FORMAT = "lstm_viz scan 1"
#: Number of positions, and characters at each, at which a file is compared with a new reading of the text.
_PLACES, _COMPARED = 5, 64
#: Maximum difference in nats: another machine's kernels round differently.
_ALLOWED = 0.02
_OF_UNITS = ("low", "high", "mean", "spread")


class UnreadableScan(ValueError):
    """The file is not a scan of this text by this model; the message says what came and what was wanted.

    Examples:
        >>> from lstm_viz import corpus
        >>> try:
        ...     corpus.load_scan(b"no scan", lstm_viz.load("counting"), "aabb")
        ... except corpus.UnreadableScan as error:
        ...     print(str(error)[:34])
        this is not a safetensors file (Er
    """


def digest(text: str, parts: np.ndarray | None = None) -> str:
    """Return the SHA-256 of a text, and of its parts if given: 64 hexadecimal digits."""
    result = hashlib.sha256()
    for begin in range(0, len(text), PIECE):
        result.update(text[begin : begin + PIECE].encode("utf-8", "surrogatepass"))
    if parts is not None:
        result.update(np.ascontiguousarray(parts, np.int64).tobytes())
    return result.hexdigest()


def save(scan: Scan, path: str | Path) -> None:
    """Write a scan to a file, without its text.

        scan = corpus.scan(model, text)
        scan.save("novel.scan.safetensors")
        scan = corpus.Scan.load("novel.scan.safetensors", model, text)

    Args:
        scan: The scan.
        path: The path of the .safetensors file; an existing file is replaced.

    Examples:
        >>> from lstm_viz import corpus
        >>> corpus.save(corpus.scan(lstm_viz.load("counting"), "aabb\\n"), folder / "text.scan.safetensors")
        >>> (folder / "text.scan.safetensors").exists()
        True
    """
    header = {
        "format": FORMAT, "model": scan.fingerprint, "text": digest(scan.text), "letters": str(len(scan.text)),
        "kind": scan.kind, "lanes": str(scan.segments),
    }  # fmt: skip
    arrays = {
        "surprise": scan.surprise, "checkpoints": scan.checkpoints, "hidden": scan.hidden, "parts": scan.parts,
        "stretches": scan.stretches,
    } | ({} if scan.cell is None else {"cell": scan.cell})  # fmt: skip
    for (layer, symbol), each in scan.summaries.items():
        begin = f"{layer}.{symbol}"
        arrays |= {f"{begin}.{name}": getattr(each, name) for name in (*_OF_UNITS, "along")}
        for end in ("lowest", "highest"):
            peaks: TopActivations = getattr(each, end)
            arrays |= {f"{begin}.{end}.values": peaks.values, f"{begin}.{end}.steps": peaks.steps}
    stored.write(path, header, arrays)


def load_scan(source: str | Path | bytes, model: LanguageModel, text: str, parts: Any = None) -> Scan:
    """Load a scan from a file, or from a file's content.

    Args:
        source: The path, or the content.
        model: The model that made it.
        text: The text that was read, unchanged.
        parts: The starts of its parts, if they must match; None accepts the file's.

    Returns:
        The scan, with its text.

    Raises:
        UnreadableScan: The file is not a scan, is of another text or model, or is inconsistent.

    Examples:
        >>> from lstm_viz import corpus
        >>> model, text = lstm_viz.load("counting"), "aabb\\n" * 20
        >>> corpus.save(corpus.scan(model, text), folder / "text.scan.safetensors")
        >>> corpus.load_scan(folder / "text.scan.safetensors", model, text).checkpoints.tolist()
        [0]
    """
    try:
        if isinstance(source, bytes):
            with TemporaryDirectory(prefix="lstm_viz-") as folder:
                path = Path(folder) / "scan.safetensors"
                path.write_bytes(source)
                header, arrays = stored.read(path)
        else:
            header, arrays = stored.read(source)
    except ValueError as error:
        raise UnreadableScan(str(error)) from error
    if header.get("format") != FORMAT:
        raise UnreadableScan(f"this is not a saved reading: its format is {header.get('format')!r:.60}, {FORMAT!r} was wanted")
    if header.get("text") != digest(text):
        raise UnreadableScan(
            f"it is of another text, of {header.get('letters', '?'):.12} letters; this one has {len(text)}: "
            "choose the text that it is of"
        )
    if header.get("model") != fingerprint(model):
        raise UnreadableScan("it was made by another network, or by one with other weights: choose the one that made it")
    try:
        scan = _build_scan(header, arrays, model, text)
    except (KeyError, IndexError, TypeError) as error:
        raise UnreadableScan(f"the file lacks parts of a reading ({error})") from error
    except UnreadableScan:
        raise
    except ValueError as error:
        raise UnreadableScan(f"the file is inconsistent: {error}") from error
    if parts is not None and not np.array_equal(scan.parts, np.asarray(parts)):
        raise UnreadableScan("it read this text in other parts: choose the text as it was then")
    _compare(scan, model)
    return scan


class _StoredArrays:
    """The arrays of a saved scan of `length` tokens, each checked when it is taken; ValueError if one is wrong."""

    def __init__(self, arrays: dict[str, np.ndarray], dtype: np.dtype, length: int) -> None:
        self._arrays, self._dtype, self._length = arrays, dtype, length

    def take(self, name: str, shape: tuple[int | None, ...], dtype: Any = None) -> np.ndarray:
        """Return an array of this shape (None: any length) and type (None: that of the model); floats are finite."""
        values, wanted = self._arrays[name], self._dtype if dtype is None else np.dtype(dtype)
        fits = len(values.shape) == len(shape) and all(want in (None, has) for has, want in zip(values.shape, shape, strict=True))
        if not fits or values.dtype != wanted:
            raise ValueError(f"{name} is {values.dtype} {values.shape}, {wanted} {shape} was wanted")
        if values.dtype.kind == "f" and name != "surprise" and not np.isfinite(values).all():
            raise ValueError(f"{name} holds numbers that are not finite")
        return values

    def steps(self, name: str, shape: tuple[int | None, ...] = (None,)) -> np.ndarray:
        """Return positions in the text."""
        positions = self.take(name, shape, np.int64)
        if positions.size and (positions.min() < 0 or positions.max() >= self._length):
            raise ValueError(f"{name} refers to letters outside the text")
        return positions

    def rising_steps(self, name: str) -> np.ndarray:
        """Return positions in the text that rise from 0."""
        positions = self.steps(name)
        if not len(positions) or positions[0] != 0 or (np.diff(positions) <= 0).any():
            raise ValueError(f"{name} does not rise from 0")
        return positions

    def summary(self, key: str, units: int, stretches: int) -> Summary:
        """Return the statistics of one quantity of one layer."""
        lowest, highest = (
            TopActivations(self.take(f"{key}.{end}.values", (units, None)), self.steps(f"{key}.{end}.steps", (units, None)))
            for end in ("lowest", "highest")
        )
        if any(each.values.shape != each.steps.shape for each in (lowest, highest)):
            raise ValueError(f"the numbers of peaks of {key} and of their steps differ")
        low, high, mean, spread = (self.take(f"{key}.{name}", (units,)) for name in _OF_UNITS)
        return Summary(low, high, mean, spread, lowest, highest, self.take(f"{key}.along", (stretches, units)))


def _build_scan(header: dict[str, str], arrays: dict[str, np.ndarray], model: LanguageModel, text: str) -> Scan:
    """Return the scan in the arrays; ValueError if a shape, a type or a range is wrong."""
    config, length = model.config, len(text)
    stored_arrays = _StoredArrays(arrays, model.decoder.weight.detach().numpy().dtype, length)
    parts, surprise = check_parts(stored_arrays.rising_steps("parts"), length), stored_arrays.take("surprise", (length,))
    predicted = np.delete(surprise, parts)
    if not np.isnan(surprise[parts]).all() or not np.isfinite(predicted).all() or (predicted < -1e-3).any():
        raise ValueError("the surprise is not one number for every letter but each part's first")
    checkpoints, stretches = stored_arrays.rising_steps("checkpoints"), stored_arrays.rising_steps("stretches")
    states = len(checkpoints), config.layers, config.hidden
    summaries = {
        (layer, symbol): stored_arrays.summary(f"{layer}.{symbol}", config.hidden, len(stretches))
        for layer in range(config.layers)
        for symbol in symbols(config.kind)
    }
    segments = header["lanes"]
    if not (segments.isascii() and segments.isdigit() and len(segments) < 6):
        raise ValueError("the number of segments is below 1")
    return Scan(
        text, config.kind, surprise, checkpoints, stored_arrays.take("hidden", states),
        stored_arrays.take("cell", states) if config.kind == "lstm" else None, summaries, int(segments), parts, stretches,
        count_unknown(model.vocabulary, text), header["model"],
    )  # fmt: skip


def _compare(scan: Scan, model: LanguageModel) -> None:
    """Read on from some checkpoints, and compare the surprise with the scan's."""
    for index in np.unique(np.linspace(0, len(scan.checkpoints) - 1, _PLACES).astype(int)):
        start = int(scan.checkpoints[index])
        stop = min(start + _COMPARED, len(scan.text))
        read = window(model, scan, start, stop).surprise[1:]
        expected = scan.surprise[start + 1 : stop]
        if not np.allclose(read, expected, atol=_ALLOWED, rtol=1e-3, equal_nan=True):
            raise UnreadableScan(f"its numbers are not this network's: they differ after letter {start:,}; read the text again")
