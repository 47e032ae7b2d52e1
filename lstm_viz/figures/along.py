"""The surprise along a whole text: a curve of as many stretches as a screen is wide, with what was found marked on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int

from lstm_viz.figures.palette import Palette
from lstm_viz.figures.quick import quick

FOUND = "the passages below"


def along(
    begins: Int[np.ndarray, " bin"], means: Float[np.ndarray, " bin"], length: int, loss: float, found: Sequence[int],
    opened: int | None, palette: Palette,
) -> go.Figure:  # fmt: skip
    """Mean surprise of each stretch in nats, by the step where it begins; a dotted line at the whole text's mean `loss`.

    `found` are steps, marked on the curve; a line stands at the step `opened`. Each point's customdata is its step.
    """
    stretch = np.searchsorted(begins, found, side="right") - 1
    quiet = {"color": palette.roles["input"], "width": 1, "dash": "dot"}
    traces = [
        {
            "type": "scatter", "mode": "lines", "x": begins, "y": means, "customdata": begins, "name": "surprise",
            "line": {"color": palette.roles["keep"], "width": 1.5, "shape": "hv"},
            "hovertemplate": "from letter %{x:,}: %{y:.2f} nats a letter<extra></extra>",
        },
        {
            "type": "scatter", "mode": "markers", "x": list(found), "y": means[stretch] if len(means) else [],
            "customdata": list(found), "name": FOUND,
            "marker": {"color": palette.roles["cell"], "size": 11, "symbol": "diamond"},
            "hovertemplate": "letter %{x:,}<extra></extra>",
        },
    ]  # fmt: skip
    shapes = [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": loss, "y1": loss, "line": quiet}]
    if opened is not None:
        line = {"color": palette.gradient, "width": 2}
        shapes.append({"type": "line", "yref": "paper", "x0": opened, "x1": opened, "y0": 0, "y1": 1, "line": line})
    x = {"title_text": "letter of the text", "range": [0, length], "tickformat": ",d"}
    y = {"title_text": "surprise (nats)", "rangemode": "tozero"}
    return quick(traces, x, y, 240, shapes=shapes, hovermode="closest")
