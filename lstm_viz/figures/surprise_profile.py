"""One quantity along a whole text: a curve of as many bins as the screen is wide, with search results marked on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette

HIT = "the passages below"


def surprise_profile(
    begins: Int[np.ndarray, " bin"], means: Float[np.ndarray, " bin"], length: int, mean: float, hits: Sequence[int],
    opened: int | None, palette: Palette, name: str = "surprise", unit: str = "nats",
) -> go.Figure:  # fmt: skip
    """Draw the mean of each bin at its first step; a dotted line at the whole text's `mean`.

    `name` is the quantity and `unit` its unit ("" for none); surprise is drawn from zero on.
    `hits` are steps, marked on the curve; a line marks the step `opened`. Each point's customdata is its step.
    """
    stretch = np.searchsorted(begins, hits, side="right") - 1
    quiet = {"color": palette.roles["input"], "width": 1, "dash": "dot"}
    traces = [
        {
            "type": "scatter", "mode": "lines", "x": begins, "y": means, "customdata": begins, "name": name,
            "line": {"color": palette.roles["keep"], "width": 1.5, "shape": "hv"},
            "hovertemplate": f"from letter %{{x:,}}: %{{y:.2f}}{' nats a letter' if unit else ' on average'}<extra></extra>",
        },
        {
            "type": "scatter", "mode": "markers", "x": list(hits), "y": means[stretch] if len(means) else [],
            "customdata": list(hits), "name": HIT,
            "marker": {"color": palette.roles["cell"], "size": 11, "symbol": "diamond"},
            "hovertemplate": "letter %{x:,}<extra></extra>",
        },
    ]  # fmt: skip
    shapes = [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": mean, "y1": mean, "line": quiet}]
    if opened is not None:
        line = {"color": palette.gradient, "width": 2}
        shapes.append({"type": "line", "yref": "paper", "x0": opened, "x1": opened, "y0": 0, "y1": 1, "line": line})
    x = {"title_text": "letter of the text", "range": [0, length], "tickformat": ",d"}
    quantity = "−ln p, nats" if (name, unit) == ("surprise", "nats") else unit
    y = {"title_text": f"{name} ({quantity})" if unit else name, "rangemode": "tozero" if unit else "normal"}
    return fast_figure(traces, x, y, 240, shapes=shapes, hovermode="closest")
