"""Axes along which the letters of a text stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from lstm_viz.text.labels import label


def letter_axis(figure: go.Figure, tokens: Sequence[str], axis: str = "x", title: str = "") -> None:
    """Write a text along an axis of a figure, "x" or "y"."""
    (figure.update_xaxes if axis == "x" else figure.update_yaxes)(letters_along(tokens, title), automargin=True)


def letters_along(tokens: Sequence[str], title: str = "", below: Sequence[str] = ()) -> dict[str, Any]:
    """The settings of an axis whose values are the `places` of a text's letters; letters that have no room are left out evenly.

    `below` are the letters of a second text, which stand under the first one's.
    """
    marks = [label(token) for token in tokens]
    pairs = [f"{one}<br>{other}" for one, other in zip(marks, map(label, below), strict=True)] if below else marks
    return {
        # Among all kinds of axes only one of categories leaves labels out by itself, for whatever width the browser has.
        "type": "category", "categoryorder": "array", "categoryarray": places(len(marks)), "title_text": title,
        "labelalias": dict(zip(places(len(marks)), pairs, strict=True)), "tickangle": 0, "showgrid": False,
        "tickfont": {"family": "monospace", "size": 12}, "range": [-0.5, max(len(marks), 1) - 0.5],
        # Letters are of one size: measuring them anew at every keystroke would take longer than drawing them.
        "automargin": False,
    }  # fmt: skip


def places(count: int) -> list[str]:
    """The values of a letter axis: a category is named by its number."""
    return [str(place) for place in range(count)]
