"""One step of one unit of an LSTM cell as bars: what is kept, what is written, what is read out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import plotly.graph_objects as go

from lstm_viz.figures.layout import apply_layout
from lstm_viz.figures.palette import Palette
from lstm_viz.text.numbers import format_signed


@dataclass(frozen=True)
class CellStep:
    """Gates i, f, o in 0..1, the candidate g in −1..1 and the cell state `before`, c_{t−1}, of one unit at one step.

    Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """

    i: float
    f: float
    o: float
    g: float
    before: float

    @property
    def retained(self) -> float:
        """What is kept of the old cell state, f c_{t−1}."""
        return self.f * self.before

    @property
    def added(self) -> float:
        """What is written into the cell state, i g."""
        return self.i * self.g

    @property
    def c(self) -> float:
        """Return c_t = f c_{t−1} + i g."""
        return self.retained + self.added

    @property
    def h(self) -> float:
        """Return h_t = o tanh(c_t)."""
        return self.o * math.tanh(self.c)


def cell_step(step: CellStep, palette: Palette) -> go.Figure:
    """Draw the step as bars from left to right; what is written is stacked on what is kept."""
    roles = palette.roles
    bars = (
        ("c<sub>t−1</sub>", step.before, 0.0, roles["input"], "old"),
        ("f · c<sub>t−1</sub>", step.retained, 0.0, roles["keep"], "kept"),
        ("i · g", step.added, step.retained, roles["write"], "written"),
        ("c<sub>t</sub>", step.c, 0.0, roles["cell"], "new"),
        ("h<sub>t</sub>", step.h, 0.0, roles["hidden"], "out"),
    )
    names, values, bases, colours, labels = zip(*bars, strict=True)
    figure = go.Figure(
        go.Bar(
            x=[f"{name}<br>{word}" for name, word in zip(names, labels, strict=True)], y=values, base=bases, marker_color=colours,
            text=[format_signed(bar[1]) for bar in bars], textposition="outside", cliponaxis=False,
            hovertemplate="%{x}: %{text}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(tickangle=0)
    figure.update_yaxes(range=[-3.3, 3.3], zeroline=True, zerolinecolor=roles["input"])
    return apply_layout(figure, "", "value", 340, legend=False)
