"""Gradient paths through time: the direct path along the memory, and the path through the gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.layout import apply_layout
from lstm_viz.figures.letter_axis import letter_axis, positions
from lstm_viz.figures.palette import Palette
from lstm_viz.gates import KEEP_GATE

if TYPE_CHECKING:
    from lstm_viz.gradients.gradient_paths import GradientPaths

#: The lower end of the logarithmic axis: smaller values are drawn at it.
FLOOR = 1e-6


@dataclass(frozen=True, eq=False)
class _Curve:
    name: str
    values: Float[np.ndarray, " time"]
    colour: str
    dash: str
    width: float = 2.5


def unit_paths(paths: GradientPaths, index: int, tokens: Sequence[str], palette: Palette) -> go.Figure:
    """Draw one unit's own ∂s_T/∂s_t and its two parts, which add up to it; and the norm over all units of s_t, thin.

    `index` is the unit's index in `paths`, `tokens` are those from its first step on.
    """
    total, straight = paths.diagonal[:, index], paths.direct[:, index]
    curves = (
        _Curve("from all units together", paths.row[:, index], palette.roles["input"], "solid", 1.2),
        _Curve("from the unit itself", total, palette.gradient, "solid", 3.0),
        _Curve(_straight(paths), straight, palette.roles["keep"], "dash"),
        _Curve(_indirect(paths), total - straight, palette.roles["write"], "dot"),
    )
    figure = _draw(curves, tokens)
    return figure.update_yaxes(title_text="effect of a change of 1", zeroline=True, nticks=7)


def layer_paths(paths: GradientPaths, tokens: Sequence[str], palette: Palette) -> go.Figure:
    """Draw the Frobenius norms of a layer's Jacobian and of its two parts, 1 at the last step, on a logarithmic axis."""
    whole = np.sqrt(paths.direct.shape[1])
    curves = (
        _Curve("both together", paths.layer / whole, palette.gradient, "solid", 3.0),
        _Curve(_straight(paths), paths.layer_direct / whole, palette.roles["keep"], "dash"),
        _Curve(_indirect(paths), paths.layer_gates / whole, palette.roles["write"], "dot"),
    )
    figure = _draw(tuple(_Curve(c.name, np.maximum(c.values, FLOOR), c.colour, c.dash, c.width) for c in curves), tokens)
    lowest, highest = (float(pick([1.0, *(pick(c.values) for c in curves if len(c.values))])) for pick in (np.min, np.max))
    ends = [np.log10(max(min(lowest, 0.1), 1e-4)) - 0.1, np.log10(highest) + 0.2]
    return figure.update_yaxes(title_text="norm, last letter = 1", type="log", range=ends, dtick=1, exponentformat="power")


def _straight(paths: GradientPaths) -> str:
    keeper = KEEP_GATE.get(paths.kind)
    return "direct: there is no such path" if keeper is None else f"direct: the product of {keeper}"


def _indirect(paths: GradientPaths) -> str:
    return "through the recurrent weights" if paths.kind == "rnn" else "through the gates"


def _draw(curves: Sequence[_Curve], tokens: Sequence[str]) -> go.Figure:
    figure = go.Figure()
    for curve in curves:
        figure.add_scatter(
            x=positions(len(tokens)), y=curve.values, name=curve.name, mode="lines",
            line={"color": curve.colour, "dash": curve.dash, "width": curve.width},
            hovertemplate=f"‘%{{x}}’, {curve.name}: %{{y:.3g}}<extra></extra>",
        )  # fmt: skip
    apply_layout(figure, "", "", 400)
    letter_axis(figure, tokens, "x", "a change in the memory after this letter")
    figure.update_yaxes(automargin=False)
    return figure.update_layout(margin_b=48)
