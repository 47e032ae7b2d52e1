"""What can be asked of a text that was read, and which passages answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz import corpus
from lstm_viz.gates import CELLS, Kind, Quantity, quantity
from lstm_viz.ui.components import Letters, Passage
from lstm_viz.ui.pages.long_text.scan_job import Read
from lstm_viz.ui.state.markdown import escaped
from lstm_viz.ui.state.scales import curve_ends

#: How many letters stand before and behind a passage that was found.
AROUND = 32
#: Where surprise is painted darkest, in nats: as in the explorer.
MOST_SURPRISE = 6.0
#: How many passages are shown.
SHOWN = 5


@dataclass(frozen=True, eq=False)
class Found:
    """Passages with the scale of their colours; `steps` is where each is marked, `words` say what was found.

    `curve` is what the whole text shows above them; None for its surprise.
    """

    words: str
    steps: tuple[int, ...]
    passages: tuple[Passage, ...]
    scale: Letters
    curve: Curve | None = None


@dataclass(frozen=True, eq=False)
class Curve:
    """What is drawn along the whole text in the place of surprise: its name, where its stretches begin, means, and their mean."""

    name: str
    begins: np.ndarray
    means: np.ndarray
    mean: float


def surprising(read: Read, least: bool) -> Found:
    """The passages that surprised the network most or least."""
    places = read.scan.surprising(SHOWN, least)
    words = (
        f"Of all passages of {corpus.PASSAGE} letters these surprised the network {'least' if least else 'most'}. "
        f"Over the whole text its surprise was {read.scan.known_loss or 0.0:.2f} nats a letter."
    )
    if read.scan.unknown and read.scan.loss is not None:
        words += f" Letters that it does not know are left out; with them it would be {read.scan.loss:.2f}."
    titles = [f"{place.value:.2f} nats a letter" for place in places]
    steps = [place.step for place in places]
    peaks = [_sharpest(read, step) for step in steps]
    return _by_surprise(read, words, steps, peaks, titles)


def phrase(read: Read, wanted: str, first: int) -> Found:
    """Where a phrase stands, from its occurrence number `first` on."""
    steps = read.scan.find(wanted)
    count = len(steps)
    times = "once" if count == 1 else f"{count:,} times"
    words = f"“{escaped(wanted)}” stands {times} in this text." if count else f"“{escaped(wanted)}” is not in this text."
    shown = steps[first : first + SHOWN]
    if count > SHOWN:
        words += f" Here are {first + 1:,} to {first + len(shown):,}."
    titles = []
    for step in shown:
        there = slice(step, step + len(wanted))
        nats = float(read.scan.surprise[there].sum(where=read.scan.counted[there]))
        titles.append(f"{nats:.1f} nats for the phrase as a whole")
    return _by_surprise(read, words, shown, shown, titles, len(wanted))


def fires(read: Read, layer: int, unit: int, symbol: str, lowest: bool) -> Found:
    """The passages where a quantity of one unit is highest or lowest, coloured by it; replayed from the checkpoints."""
    drawn = quantity(read.scan.kind, symbol)
    places = read.scan.fires(layer, unit, symbol, lowest)
    summary = read.scan.summaries[layer, symbol]
    words = (
        f"Over the whole text {drawn.label} of unit {unit} of layer {layer + 1} is {_number(summary.mean[unit])} on average, "
        f"between {_number(summary.low[unit])} and {_number(summary.high[unit])}. Here it is {'lowest' if lowest else 'highest'}."
    )
    found, values = [], [np.zeros(0)]
    for place in places:
        begin, end = _ends(read, place.step // corpus.PASSAGE * corpus.PASSAGE, corpus.PASSAGE)
        own = corpus.window(read.model, read.scan, begin, end).layers[layer][symbol][:, 0, unit]
        values.append(own)
        found.append(_passage(read, f"{symbol} = {_number(place.value)}", begin, end, own, place.step))
    low, high = curve_ends(drawn, np.concatenate(values))
    scale = Letters(np.zeros(0), low, high, drawn.signed, f"{drawn.label} of unit {unit}")
    curve = Curve(scale.label, read.scan.stretches, summary.along[:, unit], float(summary.mean[unit]))
    return Found(words, tuple(place.step for place in places), tuple(found), scale, curve)


def quantities(kind: Kind) -> Sequence[Quantity]:
    """What a unit can be looked at by: what it remembers first, then its gates."""
    return sorted(CELLS[kind], key=lambda each: "chzrifogn".index(each.symbol))


def _by_surprise(
    read: Read, words: str, begins: Sequence[int], peaks: Sequence[int], titles: Sequence[str], length: int = corpus.PASSAGE
) -> Found:
    found = []
    for step, peak, title in zip(begins, peaks, titles, strict=True):
        begin, end = _ends(read, step, length)
        found.append(_passage(read, title, begin, end, read.scan.surprise[begin:end], peak))
    return Found(words, tuple(peaks), tuple(found), Letters(np.zeros(0), 0.0, MOST_SURPRISE, False, "surprise (nats)"))


def _sharpest(read: Read, step: int) -> int:
    """The letter of a passage that surprised most."""
    there = slice(step, step + corpus.PASSAGE)
    return step + int(np.where(read.scan.counted[there], read.scan.surprise[there], -1.0).argmax())


def _ends(read: Read, step: int, length: int) -> tuple[int, int]:
    return max(0, step - AROUND), min(len(read.scan.text), step + length + AROUND)


def _passage(read: Read, title: str, begin: int, end: int, values: np.ndarray, peak: int) -> Passage:
    text = read.scan.text[begin:end]
    unknown = tuple(place for place, letter in enumerate(text) if letter not in read.model.vocabulary)
    return Passage(f"letter {peak:,} · {title}", begin, text, values, peak - begin, unknown)


def _number(value: float) -> str:
    return f"{float(value):.2f}".replace("-", "−")
