"""Axes along which the letters of a text stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from lstm_viz.text.labels import label

#: Letters smaller than this cannot be read, in pixels.
SMALLEST = 7.5


def letter_axis(
    figure: go.Figure, tokens: Sequence[str], axis: str = "x", title: str = "", room: float | None = None
) -> None:  # fmt: skip
    """Write a text along an axis of a figure, "x" or "y"; for `room` see `letters_along`."""
    (figure.update_xaxes if axis == "x" else figure.update_yaxes)(letters_along(tokens, title, room=room), automargin=True)


def letters_along(
    tokens: Sequence[str], title: str = "", below: Sequence[str] = (), room: float | None = None
) -> dict[str, Any]:  # fmt: skip
    """The settings of an axis whose values are the `positions` of a text's letters; letters without room are left out evenly.

    `below` are the letters of a second text, which stand under the first one's. With `room`, the axis' length in pixels where it
    is known, all letters are written, smaller where there are many, or none: every second one would read as another text.
    """
    marks = [label(token) for token in tokens]
    pairs = [f"{one}<br>{other}" for one, other in zip(marks, map(label, below), strict=True)] if below else marks
    each = 12.0 if room is None else min(12.0, room / max(len(marks), 1))
    whole = {} if room is None else {"dtick": 1, "showticklabels": each >= SMALLEST}
    return {
        # Among all kinds of axes only one of categories leaves labels out by itself, for whatever width the browser has.
        "type": "category", "categoryorder": "array", "categoryarray": positions(len(marks)), "title_text": title,
        "labelalias": dict(zip(positions(len(marks)), pairs, strict=True)), "tickangle": 0, "showgrid": False,
        "tickfont": {"family": "monospace", "size": round(max(each, SMALLEST))}, **whole,
        "range": [-0.5, max(len(marks), 1) - 0.5],
        # Letters are of one size: measuring them anew at every keystroke would take longer than drawing them.
        "automargin": False,
    }  # fmt: skip


def positions(count: int) -> list[str]:
    """The values of a letter axis: a category is named by its number."""
    return [str(position) for position in range(count)]
