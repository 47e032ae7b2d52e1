"""Axes along which the letters of a text stand."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from lstm_viz.text.labels import label


def letter_axis(figure: go.Figure, tokens: Sequence[str], axis: str = "x", title: str = "") -> None:
    """Write a text along an axis whose values are 0, 1, 2, …; letters that have no room are left out evenly."""
    # Among all kinds of axes only one of categories leaves labels out by itself, for whatever width the browser has.
    settings = {
        "type": "category", "categoryorder": "array", "categoryarray": places(len(tokens)), "tickangle": 0, "title_text": title,
        "labelalias": {str(place): label(token) for place, token in enumerate(tokens)}, "showgrid": False,
        "tickfont": {"family": "monospace", "size": 12}, "range": [-0.5, max(len(tokens), 1) - 0.5],
        # Letters are of one size: measuring them anew at every keystroke would take longer than drawing them.
        "automargin": False,
    }  # fmt: skip
    (figure.update_xaxes if axis == "x" else figure.update_yaxes)(**settings)


def places(count: int) -> list[str]:
    """The values of a letter axis: a category is named by its number."""
    return [str(place) for place in range(count)]
