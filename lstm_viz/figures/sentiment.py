"""Sentiment of a text: class probabilities, four rows of bars over one axis of words, and the units behind a word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Bool, Float, Int

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.letter_axis import letters_along, positions
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.text.numbers import format_percent

#: Longer words are shortened on the axis: a long address must not shrink the figure.
LONGEST = 14
_ROW, _APART = 96, 2.6
_TALLEST = 92
#: Pixels of a character on the axis, and of the axis on a phone; the angle of slanted words.
_SIGN, _NARROW, _SLANT = 7.3, 330, math.pi / 4


@dataclass(frozen=True, eq=False)
class WordRow:
    """One number for each word, NaN for none, drawn from `-end` to `end` under a title."""

    title: str
    values: Float[np.ndarray, " word"]
    end: float


def class_bars(probs: Float[np.ndarray, " class"], classes: Sequence[str], palette: Palette) -> str:
    """Return the class probabilities as HTML columns, from most negative to most positive; one half has `_TALLEST` pixels.

    A Plotly figure would take the browser longer at every keystroke than so simple a chart is worth.
    """
    label_text = ", ".join(f"{name} {format_percent(float(each))}" for name, each in zip(classes, probs, strict=True))
    scale = _TALLEST / max(float(probs.max(initial=0.0)), 0.5)
    columns = "".join(
        f'<div style="flex:1;min-width:0">{escape(format_percent(each))}'
        f'<div style="height:{max(each * scale, 1):.0f}px;background:{colour}"></div>'
        f'<div style="height:2.4em;padding-top:0.3em">{escape(name)}</div></div>'
        for name, each, colour in zip(classes, probs.tolist(), class_colours(len(classes), palette), strict=True)
    )
    # A fixed height, so that the content below does not move while typing.
    frame = (
        f"display:flex;gap:4%;align-items:flex-end;text-align:center;font-size:0.8rem;line-height:1.2;height:{_TALLEST + 52}px"
    )
    return f'<div role="img" aria-label="Class probabilities: {escape(label_text)}." style="{frame}">{columns}</div>'


def sign_colour(value: float, palette: Palette) -> str:
    """Return blue for positive and red for negative: red is read as bad."""
    return palette.diverging[1] if value >= 0 else palette.diverging[5]


def class_colours(count: int, palette: Palette) -> list[str]:
    """Return colours of classes from negative to positive on the diverging scale, without its palest; a middle one is grey."""
    half = count // 2
    stops = palette.diverging[::-1]
    low = [stops[round(position)] for position in np.linspace(0, 1 if half > 1 else 0, half)]
    high = [stops[-1 - round(position)] for position in np.linspace(0, 1 if half > 1 else 0, half)]
    return [*low, *([palette.roles["input"]] if count % 2 else []), *high[::-1]]


def word_rows(
    rows: Sequence[WordRow], tokens: Sequence[str], known: Bool[np.ndarray, " word"], first: int, step: int, palette: Palette
) -> go.Figure:
    """Draw each row's bars below their words; word `step` is marked through all rows.

    `first` is the index of the first drawn word. Up and blue is positive, down and red negative; unknown words have a question
    mark. All rows share one pair of axes, on which each has its own zero and extends one up and one down: a browser draws that
    far faster than one pair for each.
    """
    words, along = [shortened(token) for token in tokens], positions(len(tokens))
    numbers = np.arange(first, first + len(tokens))
    grey = palette.roles["input"]
    zeros = [-_APART * index for index in range(len(rows))]
    traces = [
        go.Bar(
            x=along, y=row.values / row.end, base=zero, customdata=np.stack((numbers, row.values), axis=-1), text=words,
            textposition="none", marker={"color": [sign_colour(value, palette) for value in row.values], "line_width": 0},
            hovertemplate=f"{row.title}: %{{customdata[1]:+.2f}}<extra></extra>", name=row.title,
        )
        for row, zero in zip(rows, zeros, strict=True)
    ]  # fmt: skip
    titles = [
        {"text": f"<b>{row.title}</b>", "x": 0, "xref": "paper", "xanchor": "left", "y": zero + 1.05, "yanchor": "bottom",
         "showarrow": False, "font": {"size": 12}}
        for row, zero in zip(rows, zeros, strict=True)
    ]  # fmt: skip
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": {"color": grey, "width": 1}, "layer": "below"}
    x, room, behind = word_axis([f"{word} ?" if not finite else word for word, finite in zip(words, known, strict=True)])
    # The words are on top, so that they are read first and are on the first screen.
    x |= {"side": "top"}
    y = {
        "range": [zeros[-1] - 1.08, _APART - 1.08], "tickfont": {"size": 11},
        "tickvals": [zero + position for zero in zeros for position in (-1, 0, 1)],
        "ticktext": [text for row in rows for text in (f"−{row.end:g}", "0", f"+{row.end:g}")],
    }  # fmt: skip
    # Many bars are too small to hover: each word's whole column responds.
    return fast_figure(
        traces, x, y, len(rows) * _ROW + room + 10, bargap=0.12, barmode="overlay", annotations=titles, hovermode="x",
        shapes=[*_band(step - first, len(tokens), palette), *({**line, "y0": zero, "y1": zero} for zero in zeros)],
        margin={"l": 34, "r": behind, "t": room, "b": 10},
    )  # fmt: skip


def unit_bars(parts: Float[np.ndarray, " unit"], visible: Int[np.ndarray, " some"], unit: int, palette: Palette) -> go.Figure:
    """Draw the contribution of each of the units `visible`, the strongest on top; `unit` is framed."""
    values = parts[visible]
    drawn = go.Bar(
        x=values, y=[f"unit {each}" for each in visible], orientation="h", customdata=[int(each) for each in visible],
        marker={
            "color": [sign_colour(value, palette) for value in values],
            "line": {"color": [palette.roles["keep"] if each == unit else "rgba(0,0,0,0)" for each in visible], "width": 3},
        },
        hovertemplate="%{y}: %{x:+.3f}<extra></extra>",
    )  # fmt: skip
    y = {"type": "category", "autorange": "reversed", "tickfont": {"size": 12}}
    x = {"title_text": "added to the score", "zeroline": True, "zerolinecolor": palette.roles["input"], "nticks": 5}
    return fast_figure([drawn], x, y, 360, bargap=0.25, margin={"l": 66, "r": 12, "t": 8, "b": 44})


def unit_map(
    parts: Float[np.ndarray, "word unit"], visible: Int[np.ndarray, " some"], tokens: Sequence[str], first: int, step: int,
    unit: int, palette: Palette,
) -> go.Figure:  # fmt: skip
    """Draw a map: rows are the units `visible`, columns words, from the word `first` on, colours each unit's contribution.

    Word `step` and `unit` are marked.
    """
    drawn_ones = parts[:, visible].T
    end = float(np.abs(drawn_ones).max(initial=0.0)) or 1.0
    labels = [shortened(token) for token in tokens]
    drawn = go.Heatmap(
        z=drawn_ones.astype(np.float32), x=positions(len(labels)), y=[f"unit {each}" for each in visible], zmin=-end, zmax=end,
        colorscale=colourscale(palette.diverging[::-1]), xgap=1, ygap=1,
        hovertemplate="%{y} at ‘%{x}’: %{z:+.3f}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.9, "nticks": 5, "outlinewidth": 0},
    )  # fmt: skip
    x, room, _ = word_axis(labels)
    y = {"type": "category", "autorange": "reversed", "tickfont": {"size": 12}}
    rows = np.flatnonzero(visible == unit)
    frame = {"line": {"color": palette.roles["keep"], "width": 2}, "type": "rect", "xref": "x", "yref": "y"}
    frames = [{**frame, "x0": -0.5, "x1": len(labels) - 0.5, "y0": row - 0.5, "y1": row + 0.5} for row in rows]
    return fast_figure(
        [drawn], x, y, 330 + room,
        shapes=[*_band(step - first, len(labels), palette), *frames], margin={"l": 66, "r": 4, "t": 8, "b": room + 4},
    )  # fmt: skip


def word_axis(words: Sequence[str]) -> tuple[dict[str, Any], int, int]:
    """Return the settings of an axis of words, and the margins that they need below it and after its end, in pixels.

    Words are horizontal if all fit even on a phone, and slanted otherwise: an axis that rotated them by itself would not know
    its own margin in time.
    """
    lengths = np.array([len(word) for word in words] or [1])
    slanted = lengths.max() * len(lengths) * _SIGN > _NARROW
    reach = lengths * _SIGN * math.sin(_SLANT) * slanted
    # How far a word extends beyond those after it, at the closest spacing.
    behind = reach - (np.arange(len(lengths))[::-1] + 0.5) * _NARROW / len(lengths)
    axis = {**letters_along(words), "tickangle": -math.degrees(_SLANT) if slanted else 0}
    return axis, 18 + round(reach.max()), max(4, round(behind.max()))


def shortened(token: str) -> str:
    """Shorten a word to `LONGEST` characters, the last of them “…”, for an axis."""
    return token if len(token) <= LONGEST else f"{token[: LONGEST - 1]}…"


def _band(position: int, count: int, palette: Palette) -> list[dict[str, Any]]:
    """Return a mark through all rows at one position."""
    if not 0 <= position < count:
        return []
    ends = {"x0": position - 0.5, "x1": position + 0.5, "y0": 0, "y1": 1, "xref": "x", "yref": "paper"}
    return [{"type": "rect", **ends, "line_width": 0, "fillcolor": palette.roles["keep"], "opacity": 0.14, "layer": "below"}]
