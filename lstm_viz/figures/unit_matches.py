"""Places of a text where the same units are on: aligned at their beginnings, with the units' values and tracks of the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_number

#: Height of a row, in pixels, and the most units drawn under each place.
ROW, UNITS = 17, 6
#: The longest name of a track beside its row, in characters.
LONGEST_NAME = 14


@dataclass(frozen=True, eq=False)
class AlignedMatch:
    """One place: its tokens from `first` on, the units' values at each, and which of the tokens are in the match.

    Attributes:
        first: The text's step of the first token.
        tokens: The tokens of the match and around it.
        values: The selected units' values at each of them.
        start: The match's first token, counted from 0.
        stop: The token after its last one.
        name: What is written before it, such as its score.
        track: An annotation of each of the tokens, from 0 to 1; None for none.
    """

    first: int
    tokens: Sequence[str]
    values: Float[np.ndarray, "unit token"]
    start: int
    stop: int
    name: str
    track: Float[np.ndarray, " token"] | None = None


def aligned_matches(
    matches: Sequence[AlignedMatch], units: Sequence[str], signed: bool, palette: Palette, words: bool = False, track: str = ""
) -> go.Figure:
    """Draw the places one below the other, aligned at their first token.

    Under the tokens of each: a track in which words take turns between two tones, then a row of colours for each unit. A frame
    marks the match. With `words` a token is a word by itself, and there is no such track. `track` names the annotation of the
    matches' tokens, one row more.
    """
    before = max((match.start for match in matches), default=0)
    width = max((before - match.start + len(match.tokens) for match in matches), default=1)
    drawn = min(len(units), UNITS)
    above = 1 if words else 2
    block = drawn + above + bool(track) + 1
    height = block * len(matches)
    values = np.full((height, width), np.nan)
    tones = np.full((height, width), np.nan)
    hover = np.full((height, width), "", object)
    names: dict[int, str] = {}
    shapes: list[dict[str, Any]] = []
    letters: list[tuple[int, int, str]] = []
    for number, match in enumerate(matches):
        top, left = number * block, before - match.start
        rows = slice(top + block - 1 - drawn, top + block - 1)
        values[rows, left : left + len(match.tokens)] = match.values[:drawn]
        names[top] = match.name
        if track and match.track is not None:
            tones[top + above, left : left + len(match.tokens)] = match.track
            written = [f"{track}: {format_number(float(value), 2)}" for value in match.track]
            hover[top + above, left : left + len(match.tokens)] = written
            names[top + above] = track if len(track) <= LONGEST_NAME else f"{track[: LONGEST_NAME - 1]}…"
        for row, unit in enumerate(units[:drawn], rows.start):
            names[row] = unit
        letters += [(left + column, top, label(token)) for column, token in enumerate(match.tokens)]
        spoken = list(match.tokens) if words else _words(match.tokens)
        for column, word in enumerate(spoken):
            hover[rows, left + column] = f"step {match.first + column:,}, {label(match.tokens[column])}" + (
                f", in “{word}”" if word and not words else ""
            )
        if not words:
            tones[top + 1, left : left + len(match.tokens)] = _tones(match.tokens)
            hover[top + 1, left : left + len(match.tokens)] = spoken
        shapes.append({
            "type": "rect", "x0": before - 0.5, "x1": before + match.stop - match.start - 0.5, "y0": top - 0.5,
            "y1": top + block - 1.5, "line": {"color": palette.gradient, "width": 2},
        })  # fmt: skip
    traces = _traces(values, tones, hover, letters, signed, words, palette)
    x = {"range": [-0.5, width - 0.5], "showgrid": False, "showticklabels": False, "ticks": ""}
    y = {
        "range": [height - 0.5, -0.7], "showgrid": False, "tickmode": "array", "tickvals": list(names), "automargin": True,
        "ticktext": list(names.values()), "tickfont": {"size": 11}, "ticks": "",
    }  # fmt: skip
    return fast_figure(traces, x, y, max(60, ROW * height + 24), bottom=12, shapes=shapes)


def _traces(
    values: Float[np.ndarray, "row column"], tones: Float[np.ndarray, "row column"], hover: np.ndarray,
    letters: Sequence[tuple[int, int, str]], signed: bool, words: bool, palette: Palette,
) -> list[Any]:  # fmt: skip
    """Build the units' colours, the track of words and annotations, and the letters; `letters` are column, row and text."""
    columns, rows, texts = zip(*letters, strict=True) if letters else ((), (), ())
    low = -1.0 if signed else 0.0
    grey = palette.roles["input"]
    return [
        go.Heatmap(
            z=values, customdata=hover, zmin=low, zmax=1.0, showscale=False, name="units", hoverongaps=False,
            colorscale=colourscale(palette.diverging if signed else palette.sequential),
            hovertemplate="%{customdata}: %{z:.2f}<extra></extra>",
        ),
        go.Heatmap(
            z=tones, customdata=hover, zmin=0, zmax=1, showscale=False, name="words", opacity=0.55, hoverongaps=False,
            colorscale=[[0, "rgba(128,128,128,0.15)"], [0.5, "rgba(128,128,128,0.35)"], [1, grey]],
            hovertemplate="%{customdata}<extra></extra>",
        ),
        go.Scatter(
            x=columns, y=rows, text=texts, mode="text", hoverinfo="skip", name="letters",
            textfont={"family": "monospace", "size": 11 if words else 13},
        ),
    ]  # fmt: skip


def _words(tokens: Sequence[str]) -> list[str]:
    """Return the word that each letter is in; "" for white space and signs."""
    words: list[str] = []
    start = 0
    for position in range(len(tokens) + 1):
        if position < len(tokens) and _in_word(tokens[position]):
            continue
        words += ["".join(tokens[start:position])] * (position - start)
        if position < len(tokens):
            words.append("")
        start = position + 1
    return words


def _tones(tokens: Sequence[str]) -> list[float]:
    """Return 0 for white space and signs, and 0.5 and 1 in turn for words."""
    tones, number = [], 0
    for position, token in enumerate(tokens):
        number += _in_word(token) and not (position and _in_word(tokens[position - 1]))
        tones.append((1.0 if number % 2 else 0.5) if _in_word(token) else 0.0)
    return tones


def _in_word(token: str) -> bool:
    return token.isalnum() or token in "_'’"
