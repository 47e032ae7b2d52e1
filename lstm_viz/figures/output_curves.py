"""A network's outputs after each step: probabilities of classes, or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette
from lstm_viz.figures.sentiment import shortened, word_axis
from lstm_viz.text.labels import label

#: The most curves that are told apart by colour.
MAX_CURVES = 6
_HEIGHT = 220
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def class_curves(
    probs: Float[np.ndarray, "time class"], classes: Sequence[str], tokens: Sequence[str], palette: Palette
) -> go.Figure:
    """Draw the probability of the likeliest classes after each token; NaN leaves a gap.

    The classes are those with the largest probability after the last token, the likeliest first.
    """
    indices = np.argsort(-probs[-1], kind="stable")[:MAX_CURVES] if len(probs) else np.arange(0)
    x, room, behind = word_axis([escape(shortened(label(token)), quote=False) for token in tokens])
    curves = _curves({classes[index]: probs[:, index] for index in indices.tolist()}, ".0%", palette)
    y = {"range": [-0.03, 1.03], "tickformat": ".0%", "title_text": "probability"}
    margin = {"l": 64, "r": behind, "t": 34, "b": room}
    return fast_figure(curves, x, y, _HEIGHT + room, showlegend=True, legend=_LEGEND, margin=margin)


def output_curves(
    outputs: Float[np.ndarray, "time output"], names: Sequence[str], labels: Sequence[str], palette: Palette
) -> go.Figure:
    """Draw the outputs after each step of a series, the first `MAX_CURVES` of them."""
    curves = _curves({name: outputs[:, index] for index, name in enumerate(names[:MAX_CURVES])}, ".4g", palette, labels)
    x = {"title_text": "step", "range": [0.5, len(outputs) + 0.5]}
    return fast_figure(curves, x, {"title_text": "output"}, _HEIGHT + 60, showlegend=True, legend=_LEGEND, top=34)


_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def _curves(
    rows: dict[str, np.ndarray], form: str, palette: Palette, labels: Sequence[str] | None = None
) -> list[go.Scatter]:  # fmt: skip
    """Return a line for each row; one step alone is a point."""
    colours = list(dict.fromkeys(palette.roles.values()))
    called = [escape(shortened(name), quote=False) for name in rows]
    return [
        go.Scatter(
            x=[str(step) for step in range(len(values))] if labels is None else np.arange(1, len(values) + 1),
            y=values.astype(np.float64), name=called[index], customdata=labels,
            mode="lines" if len(values) > 1 and np.isfinite(values).sum() > 1 else "markers",
            line={"color": colours[index % len(colours)], "dash": _DASHES[index % len(_DASHES)], "width": 2},
            hovertemplate=f"{called[index]}: %{{y:{form}}}{'' if labels is None else '<br>%{customdata}'}<extra></extra>",
        )
        for index, values in enumerate(rows.values())
    ]  # fmt: skip
