"""Axes with the letters of a text as labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from lstm_viz.text.labels import label

#: Minimum readable size of letters, in pixels.
SMALLEST = 7.5


def letter_axis(
    figure: go.Figure, tokens: Sequence[str], axis: str = "x", title: str = "", room: float | None = None
) -> None:  # fmt: skip
    """Label an axis of a figure, "x" or "y", with a text; for `room` see `letters_along`."""
    (figure.update_xaxes if axis == "x" else figure.update_yaxes)(letters_along(tokens, title, room=room), automargin=True)


def letters_along(
    tokens: Sequence[str], title: str = "", below: Sequence[str] = (), room: float | None = None
) -> dict[str, Any]:  # fmt: skip
    """Return the settings of an axis with the `positions` of a text's letters; labels that do not fit are left out evenly.

    `below` are the letters of a second text, shown under the first one's. With `room`, the axis' length in pixels if known,
    all letters are shown, smaller if there are many, or none: every second letter would read as another text.
    """
    marks = [label(token) for token in tokens]
    pairs = [f"{one}<br>{other}" for one, other in zip(marks, map(label, below), strict=True)] if below else marks
    each = 12.0 if room is None else min(12.0, room / max(len(marks), 1))
    whole = {} if room is None else {"dtick": 1, "showticklabels": each >= SMALLEST}
    return {
        # Only a category axis leaves labels out by itself, for any width of the browser.
        "type": "category", "categoryorder": "array", "categoryarray": positions(len(marks)), "title_text": title,
        "labelalias": dict(zip(positions(len(marks)), pairs, strict=True)), "tickangle": 0, "showgrid": False,
        "tickfont": {"family": "monospace", "size": round(max(each, SMALLEST))}, **whole,
        "range": [-0.5, max(len(marks), 1) - 0.5],
        # A fixed font size: measuring the labels at every keystroke would take longer than drawing them.
        "automargin": False,
    }  # fmt: skip


def positions(count: int) -> list[str]:
    """Return the values of a letter axis: its categories are indices."""
    return [str(position) for position in range(count)]
