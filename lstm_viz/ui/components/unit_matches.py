"""Select and match on a page: the controls, the selected units, and the places where they are on, ranked and aligned."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.figures.unit_matches import UNITS, AlignedMatch, aligned_matches
from lstm_viz.gates import CELLS, Kind, Quantity, quantity
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_count
from lstm_viz.ui.components.annotation_track import AnnotationTrack
from lstm_viz.ui.components.passages import Passage, passages
from lstm_viz.ui.components.plotly_figure import draw_figure
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import escape_inline
from lstm_viz.ui.state.theme import palette
from lstm_viz.units.matching import (
    LEAST,
    LEVELS,
    MOST_MATCHES,
    Levels,
    Match,
    Selection,
    best_threshold,
    edge_of,
    find_matches,
    range_of,
    select_units,
)

#: How many places are listed and drawn, the tokens around each, and the most tokens of one that are shown.
LISTED, DRAWN, AROUND, LONGEST = 12, 6, 12, 60
#: How many units are named in a sentence.
_NAMED = 12


@dataclass(frozen=True)
class MatchSettings:
    """The values of the controls: the quantity, the threshold (None: the best one), and the share that must be on."""

    symbol: str
    threshold: float | None
    share: float


@dataclass(frozen=True, eq=False)
class MatchResult:
    """The levels of a text with the units selected in a stretch of it, and the places where they are on."""

    levels: Levels
    selection: Selection
    matches: list[Match]
    settings: MatchSettings
    kind: Kind

    @property
    def signed(self) -> bool:
        """True if the quantity has a sign."""
        return range_of(self.kind, self.settings.symbol) == "signed"

    def values(self, first: int, last: int) -> np.ndarray:
        """Return the selected units' values at some steps, [unit, step], each in the middle of its level."""
        low, step = (-1.0, 2 / LEVELS) if self.signed else (0.0, 1 / LEVELS)
        return np.asarray(low + step * (self.levels[self.selection.units, first:last] + 0.5))

    def share_on(self, first: int, last: int) -> np.ndarray:
        """Return the share of the selected units that are on at each of some steps; NaN if none is selected."""
        if not len(self.selection.units):
            return np.full(last - first, np.nan)
        edge = edge_of(self.selection.threshold, range_of(self.kind, self.settings.symbol))
        levels, signs = self.levels[self.selection.units, first:last], self.selection.signs[:, None]
        on: np.ndarray = np.where(signs > 0, levels >= edge, levels < LEVELS - edge)
        return on.mean(axis=0)


def memory_first(kind: Kind) -> list[Quantity]:
    """Return a cell's quantities: the memory first, then h and the gates."""
    return sorted(CELLS[kind], key=lambda each: "chzrifogn".index(each.symbol))


def quantity_choice(prefix: str, kind: Kind) -> settings.Setting[str]:
    """Return the setting of the quantity: the memory first, then h and the gates."""
    offered = [each.symbol for each in memory_first(kind)]
    return settings.choice(f"{prefix}_quantity", "quantity", offered, offered[0])


def current_settings(prefix: str, kind: Kind) -> MatchSettings:
    """Return the values of the controls, before they are drawn."""
    symbol = quantity_choice(prefix, kind).value()
    auto = _automatic(prefix).value()
    return MatchSettings(symbol, None if auto else _threshold(prefix).value(), _share(prefix).value())


def match_controls(prefix: str, kind: Kind) -> None:
    """Draw the choice of the quantity, the threshold and the share."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        setting = quantity_choice(prefix, kind)
        names = {each.symbol: f"tanh of {each.label}" if each.symbol == "c" else each.label for each in memory_first(kind)}
        st.selectbox("Quantity", list(names), format_func=names.__getitem__, width=210, **setting.widget_args())
        st.toggle(
            "Best threshold",
            help="The threshold, of at least 0.1, at which most units fit the stretch.",
            **_automatic(prefix).widget_args(),
        )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if not _automatic(prefix).value():
            st.slider("A unit is on above", 0.02, 0.98, step=0.01, width=210, **_threshold(prefix).widget_args())
        st.slider("Share of the units that must be on elsewhere", 0.3, 1.0, step=0.05, width=300, **_share(prefix).widget_args())


def default_stretch(tokens: Sequence[str], words: bool = False) -> tuple[int, int]:
    """Return the first and last step of a stretch to begin with: the first bracket without its end, or the longest word."""
    if words:
        longest = max(range(len(tokens)), key=lambda step: len(tokens[step]))
        return longest, longest
    text = "".join(tokens)
    bracket = re.search(r"\([^()\n]+(?=\))", text)
    if bracket:
        return bracket.start(), bracket.end() - 1
    word = max(re.finditer(r"\w+", text), key=lambda match: len(match[0]), default=None)
    return (word.start(), word.end() - 1) if word else (0, len(tokens) - 1)


def find(levels: Levels, first: int, last: int, kind: Kind, chosen: MatchSettings) -> MatchResult:
    """Select the units of the steps `first` to `last`, both included, and find where they are on."""
    range_ = range_of(kind, chosen.symbol)
    threshold = chosen.threshold
    if threshold is None:
        threshold = best_threshold(levels, first, last + 1, range_)[0]
    selection = select_units(levels, first, last + 1, threshold, range_)
    return MatchResult(levels, selection, find_matches(levels, selection, range_, chosen.share), chosen, kind)


def describe(result: MatchResult, tokens: Sequence[str], words: bool = False) -> str:
    """Describe the units selected in a stretch of a text, and how many places were found, as Markdown."""
    selection = result.selection
    stretch = (" " if words else "").join(
        label(token) for token in tokens[selection.start : min(selection.stop, selection.start + LONGEST)]
    )
    return describe_units(result, f"“{escape_inline(stretch)}”", "word" if words else "letter")


def count_matches(result: MatchResult) -> str:
    """Return how many places were found, the marked stretch among them; `find_matches` stops at its limit."""
    return f"{'at least ' if len(result.matches) >= MOST_MATCHES else ''}{len(result.matches)}"


def describe_units(result: MatchResult, stretch: str, one: str) -> str:
    """Describe the selected units of a `stretch`, named in Markdown, and how many places were found; `one` is what a step is."""
    selection, name = result.selection, quantity(result.kind, result.settings.symbol)
    symbol = "tanh c" if name.symbol == "c" else name.symbol
    count, most = len(selection.units), f"{selection.threshold:.3f}".rstrip("0")
    # A unit that changes sides within the stretch is not on throughout.
    beyond = f"{symbol} > {most}" + (f" throughout, or < −{most} throughout" if result.signed else "")
    if not count:
        tried = f"at any threshold from {LEAST} up" if result.settings.threshold is None else f"with {beyond}"
        return (
            f"**No unit is on in every {one} of {stretch} and off in the {one}s right before and after it, {tried}.** "
            "Try a shorter stretch, another beginning, another quantity or another layer."
        )
    named = ", ".join(
        f"{unit}{' (−)' if sign < 0 else ''}"
        for unit, sign in zip(selection.units[:_NAMED].tolist(), selection.signs[:_NAMED].tolist(), strict=True)
    )
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    others = len(result.matches) - any(match.start <= selection.start < match.stop for match in result.matches)
    limit = "at least " if len(result.matches) >= MOST_MATCHES else ""
    they_are = "They are" if count > 1 else "It is"
    return (
        f"**{count} unit{'s are' if count > 1 else ' is'} on ({beyond}) in every {one} of {stretch} and off "
        f"right before and after it: {named}{more}.** "
        + (
            f"{they_are} also on in {limit}{format_count(others, 'other place')}."
            if others
            else f"{they_are} on nowhere else."
        )
    )


def draw_matches(
    result: MatchResult, tokens: Sequence[str], key: str, on_click: Callable[[int], None], words: bool = False,
    opened: int | None = None, track: AnnotationTrack | None = None,
) -> None:  # fmt: skip
    """Draw the best places as coloured passages, and aligned with the units' values. `on_click` receives a step.

    A `track` of annotation is drawn under each place.
    """
    if not result.matches:
        return
    listed = result.matches[:LISTED]
    _draw_aligned(result, [_align(result, match, tokens, track) for match in listed[:DRAWN]], key, words, track)
    whole = len(result.matches) <= LISTED
    listing = "Every place, best first." if whole else f"The best {LISTED} of {count_matches(result)} places."
    st.markdown(f"{listing} Score: share of units on × off around it × how equal the lengths are. Click to go there.")
    items = [_as_passage(result, match, tokens) for match in listed]
    passages(items, TokenColors(np.zeros(0), 0.0, 1.0, False, "share of the units that are on"), f"{key}_list", on_click, opened)


def _shown_steps(match: Match, steps: int) -> tuple[int, int, int]:
    """Return of a place the first step that is shown, the end of the match or where it is cut, and the end of what is shown."""
    end = min(match.stop, match.start + LONGEST)
    return max(0, match.start - AROUND), end, min(steps, end + AROUND)


def _as_passage(result: MatchResult, match: Match, tokens: Sequence[str]) -> Passage:
    """Return a place with the tokens around it, coloured inside by the share of the units that are on."""
    first, end, last = _shown_steps(match, len(tokens))
    share = np.full(last - first, np.nan)
    share[match.start - first : end - first] = result.share_on(match.start, end)
    is_marked = (match.start, match.stop) == (result.selection.start, result.selection.stop)
    title = f"score {match.score:.2f} · steps {match.start:,}–{match.stop - 1:,}" + " · the marked stretch" * is_marked
    return Passage(title, first, tokens[first:last], share, match.start - first)


def _align(result: MatchResult, match: Match, tokens: Sequence[str], track: AnnotationTrack | None) -> AlignedMatch:
    """Return a place with its units' values and its part of the track."""
    first, end, last = _shown_steps(match, len(tokens))
    return AlignedMatch(
        first, tokens[first:last], result.values(first, last)[:UNITS], match.start - first, end - first,
        f"{match.score:.2f}", None if track is None else track.values[first:last],
    )  # fmt: skip


def _draw_aligned(
    result: MatchResult, places: Sequence[AlignedMatch], key: str, words: bool, track: AnnotationTrack | None
) -> None:
    """Draw the best places below each other, aligned where the units turn on."""
    units, name = result.selection.units, quantity(result.kind, result.settings.symbol)
    drawn = f"tanh of {name.label}" if name.symbol == "c" else name.label
    best = f"The best {len(places)} places" if len(places) > 1 else "The only place"
    few = f"the first {UNITS} of the {len(units)} units" if len(units) > UNITS else "the selected units"
    more = "" if track is None else f", the track “{track.name}”"
    draw_figure(
        aligned_matches(
            places, [str(unit) for unit in units[:UNITS].tolist()], result.signed, palette(), words,
            "" if track is None else track.name,
        ),
        f"{key}_aligned",
        f"{best}, aligned where the units turn on.",
        f"{best}, each from where the units turn on (frame). Rows: the text"
        f"{'' if words else ', its words'}{more}, and {drawn} of {few}. Left: score and unit.",
    )  # fmt: skip


def _automatic(prefix: str) -> settings.Setting[bool]:
    return settings.switch(f"{prefix}_automatic", "best", True)


def _threshold(prefix: str) -> settings.Setting[float]:
    return settings.number(f"{prefix}_threshold", "above", 0.02, 0.98, 0.3)


def _share(prefix: str) -> settings.Setting[float]:
    return settings.number(f"{prefix}_share", "share", 0.3, 1.0, 1.0)
