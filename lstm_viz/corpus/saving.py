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


def _build_scan(header: dict[str, str], arrays: dict[str, np.ndarray], model: LanguageModel, text: str) -> Scan:
    """Return the scan in the arrays; ValueError if a shape, a type or a range is wrong."""
    config, dtype, length = model.config, model.decoder.weight.detach().numpy().dtype, len(text)

    def take(name: str, shape: tuple[int | None, ...], kind: Any = dtype) -> np.ndarray:
        values = arrays[name]
        fits = len(values.shape) == len(shape) and all(want in (None, has) for has, want in zip(values.shape, shape, strict=True))
        if not fits or values.dtype != kind:
            raise ValueError(f"{name} is {values.dtype} {values.shape}, {np.dtype(kind)} {shape} was wanted")
        if values.dtype.kind == "f" and name != "surprise" and not np.isfinite(values).all():
            raise ValueError(f"{name} holds numbers that are not finite")
        return values

    def steps(name: str, shape: tuple[int | None, ...] = (None,), rising: bool = True) -> np.ndarray:
        positions = take(name, shape, np.int64)
        if positions.size and (positions.min() < 0 or positions.max() >= length):
            raise ValueError(f"{name} refers to letters outside the text")
        if rising and (not len(positions) or positions[0] != 0 or (np.diff(positions) <= 0).any()):
            raise ValueError(f"{name} does not rise from 0")
        return positions

    parts, surprise = check_parts(steps("parts"), length), take("surprise", (length,))
    predicted = np.delete(surprise, parts)
    if not np.isnan(surprise[parts]).all() or not np.isfinite(predicted).all() or (predicted < -1e-3).any():
        raise ValueError("the surprise is not one number for every letter but each part's first")
    checkpoints, stretches = steps("checkpoints"), steps("stretches")
    states = len(checkpoints), config.layers, config.hidden
    summaries = {}
    for layer in range(config.layers):
        for symbol in symbols(config.kind):
            key, units = f"{layer}.{symbol}", config.hidden
            peaks = [
                TopActivations(take(f"{key}.{end}.values", (units, None)), steps(f"{key}.{end}.steps", (units, None), False))
                for end in ("lowest", "highest")
            ]
            if any(each.values.shape != each.steps.shape for each in peaks):
                raise ValueError(f"the numbers of peaks of {key} and of their steps differ")
            low, high, mean, spread = (take(f"{key}.{name}", (units,)) for name in _OF_UNITS)
            along = take(f"{key}.along", (len(stretches), units))
            summaries[layer, symbol] = Summary(low, high, mean, spread, peaks[0], peaks[1], along)
    segments = header["lanes"]
    if not (segments.isascii() and segments.isdigit() and len(segments) < 6):
        raise ValueError("the number of segments is below 1")
    return Scan(
        text, config.kind, surprise, checkpoints, take("hidden", states),
        take("cell", states) if config.kind == "lstm" else None, summaries, int(segments), parts, stretches,
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
