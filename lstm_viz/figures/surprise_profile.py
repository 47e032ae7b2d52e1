"""One quantity along a whole text: a curve of as many bins as the screen is wide, with search results marked on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float, Int

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette

HIT = "the passages below"


@dataclass(frozen=True, eq=False)
class ProfileCurve:
    """A quantity along the whole text: its name, the first step of each bin, the bins' means, the overall mean, and its unit.

    The unit is empty where the quantity has none.
    """

    name: str
    begins: Int[np.ndarray, " bin"]
    means: Float[np.ndarray, " bin"]
    mean: float
    unit: str = ""


def surprise_profile(
    curve: ProfileCurve, length: int, hits: Sequence[int], opened: int | None, palette: Palette
) -> go.Figure:  # fmt: skip
    """Draw the mean of each bin at its first step, and a dotted line at the mean of the whole text.

    Each point's customdata is its step. What has a unit is drawn from zero on.

    Args:
        curve: The quantity along the text.
        length: The number of steps of the text.
        hits: Steps that are marked on the curve.
        opened: The step that a line marks, if any.
        palette: The theme's colours.

    Returns:
        The figure.
    """
    begins, means, name, unit = curve.begins, curve.means, curve.name, curve.unit
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
    shapes = [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": curve.mean, "y1": curve.mean, "line": quiet}]
    if opened is not None:
        line = {"color": palette.gradient, "width": 2}
        shapes.append({"type": "line", "yref": "paper", "x0": opened, "x1": opened, "y0": 0, "y1": 1, "line": line})
    x = {"title_text": "letter of the text", "range": [0, length], "tickformat": ",d"}
    quantity = "−ln p, nats" if (name, unit) == ("surprise", "nats") else unit
    y = {"title_text": f"{name} ({quantity})" if unit else name, "rangemode": "tozero" if unit else "normal"}
    return fast_figure(traces, x, y, 240, shapes=shapes, hovermode="closest")
