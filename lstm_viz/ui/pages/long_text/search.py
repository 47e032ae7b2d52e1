"""Questions about a scanned text, and the passages that answer them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz import corpus
from lstm_viz.figures.surprise_profile import ProfileCurve
from lstm_viz.gates import quantity
from lstm_viz.text.numbers import format_fixed
from lstm_viz.ui.components import Passage, TokenColors
from lstm_viz.ui.components.live_view.coloring import SURPRISE_END
from lstm_viz.ui.pages.long_text.scan_job import ScannedText
from lstm_viz.ui.state.markdown import escape_inline
from lstm_viz.ui.state.scales import curve_ends

#: How many letters are shown before and after a hit.
AROUND = 32
#: The most passages shown.
MAX_PASSAGES = 5


@dataclass(frozen=True, eq=False)
class SearchResult:
    """Passages with their colour scale; `steps` are the marked positions, `summary` describes the result.

    `curve` is the profile shown above the passages; None for surprise. `symbol` is the quantity that was searched, if any.
    """

    summary: str
    steps: tuple[int, ...]
    passages: tuple[Passage, ...]
    scale: TokenColors
    curve: ProfileCurve | None = None
    symbol: str | None = None


def surprising_passages(scanned: ScannedText, least: bool) -> SearchResult:
    """Return the passages that surprised the network most or least."""
    hits = scanned.scan.surprising(MAX_PASSAGES, least)
    summary = (
        f"Cut into passages of {corpus.PASSAGE} letters, the text surprised the network {'least' if least else 'most'} in these. "
        f"Over the whole text its surprise was {scanned.scan.known_loss or 0.0:.2f} nats a letter."
    )
    if scanned.scan.unknown and scanned.scan.loss is not None:
        summary += f" Letters that it does not know are left out; with them it would be {scanned.scan.loss:.2f}."
    steps, length = [hit.step for hit in hits], len(scanned.scan.text)
    ends = [min(step + corpus.PASSAGE, length) - 1 for step in steps]
    titles = [f"{hit.value:.2f} nats a letter from {hit.step:,} to {end:,}" for hit, end in zip(hits, ends, strict=True)]
    peaks = [_most_surprising_letter(scanned, step) for step in steps]
    return _by_surprise(scanned, summary, steps, peaks, titles)


def phrase_occurrences(scanned: ScannedText, phrase: str, first: int) -> SearchResult:
    """Return the occurrences of a phrase, from number `first` on."""
    steps = scanned.scan.find(phrase)
    count = len(steps)
    times = "once" if count == 1 else f"{count:,} times"
    summary = (
        f"“{escape_inline(phrase)}” occurs {times} in this text." if count else f"“{escape_inline(phrase)}” is not in this text."
    )
    visible_steps = steps[first : first + MAX_PASSAGES]
    if count > MAX_PASSAGES:
        summary += f" Here are {first + 1:,} to {first + len(visible_steps):,}."
    titles = []
    for step in visible_steps:
        phrase_slice = slice(step, step + len(phrase))
        nats = float(scanned.scan.surprise[phrase_slice].sum(where=scanned.scan.counted[phrase_slice]))
        titles.append(f"{nats:.1f} nats for the phrase as a whole")
    return _by_surprise(scanned, summary, visible_steps, visible_steps, titles, len(phrase))


def unit_activations(scanned: ScannedText, layer: int, unit: int, symbol: str, lowest: bool) -> SearchResult:
    """Return the passages where a quantity of one unit is highest or lowest, coloured by it; replayed from checkpoints."""
    drawn = quantity(scanned.scan.kind, symbol)
    hits = scanned.scan.top_activations(layer, unit, symbol, lowest)
    unit_summary = scanned.scan.summaries[layer, symbol]
    summary = (
        f"Over the whole text {drawn.label} of unit {unit} of layer {layer + 1} is {_format_number(unit_summary.mean[unit])} on "
        f"average, "
        f"between {_format_number(unit_summary.low[unit])} and {_format_number(unit_summary.high[unit])}. Here it is "
        f"{'lowest' if lowest else 'highest'}."
    )
    passages, values = [], [np.zeros(0)]
    for hit in hits:
        begin, end = _ends(scanned, hit.step // corpus.PASSAGE * corpus.PASSAGE, corpus.PASSAGE)
        own = corpus.quantity_window(scanned.model, scanned.scan, layer, symbol, begin, end)[:, unit]
        values.append(own)
        passages.append(_passage(scanned, f"{symbol} = {_format_number(hit.value)}", begin, end, own, hit.step))
    low, high = curve_ends(drawn, np.concatenate(values))
    scale = TokenColors(np.zeros(0), low, high, drawn.signed, f"{drawn.label} of unit {unit}")
    curve = ProfileCurve(scale.label, scanned.scan.stretches, unit_summary.along[:, unit], float(unit_summary.mean[unit]))
    return SearchResult(summary, tuple(hit.step for hit in hits), tuple(passages), scale, curve, symbol)


def _by_surprise(
    scanned: ScannedText,
    summary: str,
    begins: Sequence[int],
    peaks: Sequence[int],
    titles: Sequence[str],
    length: int = corpus.PASSAGE,
) -> SearchResult:
    passages = []
    for step, peak, title in zip(begins, peaks, titles, strict=True):
        begin, end = _ends(scanned, step, length)
        passages.append(_passage(scanned, title, begin, end, scanned.scan.surprise[begin:end], peak))
    return SearchResult(
        summary, tuple(peaks), tuple(passages), TokenColors(np.zeros(0), 0.0, SURPRISE_END, False, "surprise (−ln p, nats)")
    )


def _most_surprising_letter(scanned: ScannedText, step: int) -> int:
    """Return the most surprising letter of a passage."""
    passage_slice = slice(step, step + corpus.PASSAGE)
    return step + int(np.where(scanned.scan.counted[passage_slice], scanned.scan.surprise[passage_slice], -1.0).argmax())


def _ends(scanned: ScannedText, step: int, length: int) -> tuple[int, int]:
    return max(0, step - AROUND), min(len(scanned.scan.text), step + length + AROUND)


def _passage(scanned: ScannedText, title: str, begin: int, end: int, values: np.ndarray, peak: int) -> Passage:
    text = scanned.scan.text[begin:end]
    unknown = tuple(hit for hit, letter in enumerate(text) if letter not in scanned.model.vocabulary)
    return Passage(f"letter {peak:,} · {title}", begin, text, values, peak - begin, unknown)


def _format_number(value: float) -> str:
    return format_fixed(float(value))
