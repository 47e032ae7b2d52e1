"""Scan a long text: at once, in a process of its own, or with progress."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lstm_viz.corpus.resets import check_parts
from lstm_viz.corpus.result import Scan
from lstm_viz.corpus.running_stats import PASSAGE
from lstm_viz.corpus.text_scanner import TextScanner
from lstm_viz.models.catalog import load
from lstm_viz.models.checks import require_language_model, require_text
from lstm_viz.models.language import LanguageModel

#: Tokens between two checkpoints, unless the text is so long that there would be more than `MAX_CHECKPOINTS`: their memory is
#: bounded, and a window of a very long text is replayed from further away.
CHECKPOINT_INTERVAL, MAX_CHECKPOINTS = 512, 2048
#: Number of passages stored for each unit, quantity and end.
TOP_K = 5


def scan(
    model: LanguageModel, text: str, stride: int | None = None, top: int = TOP_K, segments: int | None = None,
    parts: Sequence[int] = (0,), note: str | Path | None = None,
) -> Scan:  # fmt: skip
    """Read a text of any length once.

    Args:
        model: A language model of characters.
        text: At least one character.
        stride: Tokens between checkpoints, a multiple of `PASSAGE`; None for the default.
        top: Number of passages stored for each unit and quantity.
        segments: Number of segments read in parallel; None for as many as useful.
        parts: Steps at which the network restarts, the first at 0.
        note: A file in which progress is saved; see `scanning`.

    Returns:
        The scan: surprise [time] in nats, states at the checkpoints, and statistics of every unit.

    Raises:
        ValueError: The text is empty, stride, top, segments or parts are invalid, or the model reads words or is a classifier.

    Examples:
        >>> from lstm_viz.corpus import scan
        >>> result = scan(lstm_viz.load("counting"), "aabb\\n" * 100)
        >>> len(result.surprise)
        500
    """
    *_, result = scanning(model, text, stride, top, segments, parts, note)
    assert isinstance(result, Scan)
    return result


def scan_text(
    model: str | LanguageModel, text: str, parts: Sequence[int] = (0,), note: str | Path | None = None
) -> Iterator[int | Scan]:
    """Scan a text with a model, or with a shipped one by its name; picklable arguments for another process.

    The scan that comes last has an empty `text`: the caller has the text, so it need not be sent back.

    Args:
        model: The model, or the name of a shipped one.
        text: At least one character.
        parts: Steps at which the network restarts, the first at 0.
        note: A file in which progress is saved; see `scanning`.

    Returns:
        An iterator over percentages of progress, 1 to 99, and finally the scan.

    Raises:
        ValueError: As for `scan`, once the first item is requested.

    Examples:
        >>> from lstm_viz import corpus
        >>> *_, scan = corpus.scan_text("counting", "aabb\\n" * 20)
        >>> scan.text, len(scan.surprise)
        ('', 100)
    """
    for item in scanning(load(model) if isinstance(model, str) else model, text, parts=parts, note=note):
        yield item if isinstance(item, int) else replace(item, text="")


def scanning(
    model: LanguageModel, text: str, stride: int | None = None, top: int = TOP_K, segments: int | None = None,
    parts: Sequence[int] = (0,), note: str | Path | None = None, keep_note: bool = False,
) -> Iterator[int | Scan]:  # fmt: skip
    """Read a text once; yield 1, 2, … 99 as percentages of progress, and finally the scan.

    Args:
        model: A language model of characters. Characters outside its vocabulary are read as its unknown token.
        text: At least one character. Stop iterating to cancel.
        stride: Tokens between checkpoints, a multiple of PASSAGE; None: CHECKPOINT_INTERVAL, or more for a very long text.
        top: Number of passages stored for each unit and quantity. 0: neither statistics nor surprise, only the states at the
            checkpoints, which takes a fraction of the time.
        segments: Number of segments read in parallel; None: as many as useful, one if the network is not contractive.
        parts: Steps at which the network restarts, the first at 0, as for one text a row.
        note: A file in which progress is saved every few seconds. If it exists and is of the same text, model and settings,
            the scan resumes from it with bitwise equal results. It is deleted at the end.
        keep_note: True leaves the file at the end; the same call then restores the scan from it.

    Returns:
        An iterator over percentages of progress, and finally the scan.

    Raises:
        ValueError: The text is empty, stride, top, segments or parts are invalid, or the model reads words or is a classifier.

    Examples:
        >>> from lstm_viz import corpus
        >>> *percents, scan = corpus.scanning(lstm_viz.load("counting"), "aabb\\n" * 200)
        >>> percents[-1], len(scan.surprise)
        (99, 1000)
    """
    require_language_model(model)
    require_text(text)
    if model.config.words:
        raise ValueError("this model reads words; a scan needs one that reads letters")
    if not text:
        raise ValueError("the text is empty; give at least one character to read")
    if stride is None:
        stride = CHECKPOINT_INTERVAL * -(-len(text) // (CHECKPOINT_INTERVAL * MAX_CHECKPOINTS))
    if stride < PASSAGE or stride % PASSAGE:
        raise ValueError(f"the stride is {stride}; a multiple of {PASSAGE} was wanted, such as {CHECKPOINT_INTERVAL}")
    if top < 0 or (segments is not None and segments < 1):
        raise ValueError(f"top is {top} and segments {segments}; top must be at least 0 and segments at least 1")
    scanner = TextScanner(model, text, stride, top, check_parts(parts, len(text)), None if note is None else Path(note))
    return scanner.run(segments, keep_note)
