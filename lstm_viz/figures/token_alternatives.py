"""Token alternatives: the most likely tokens at one position, before and after temperature and cut-offs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import plotly.graph_objects as go

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent

#: The names of the two bars of a token.
EXPECTED, DRAWN = "the network's probability", "chance to be drawn"
_ROW = 30


class TokenProbabilities(Protocol):
    """A token by its id, with both its probabilities."""

    @property
    def token(self) -> str: ...  # noqa: D102
    @property
    def token_id(self) -> int: ...  # noqa: D102
    @property
    def probability(self) -> float: ...  # noqa: D102
    @property
    def chance(self) -> float: ...  # noqa: D102


def alternative_bars(choices: Sequence[TokenProbabilities], generated: int | None, palette: Palette) -> go.Figure:
    """Draw two bars for each token, the most likely on top; `generated` is the id of the chosen one.

    A token that was cut off has probability 0 and is drawn faintly; the chosen one is marked in its label.
    """
    names = [f"<b>{label(each.token)} ◂ written</b>" if each.token_id == generated else label(each.token) for each in choices]
    hover = [_format_choice(each) for each in choices]
    # The whole row responds to the pointer, as many bars are too short to hover; one of its two bars handles both.
    kinds = (
        (EXPECTED, [each.probability for each in choices], palette.roles["input"], "none"),
        (DRAWN, [each.chance for each in choices], palette.roles["keep"], "text"),
    )
    traces = [
        {
            "type": "bar", "orientation": "h", "name": name, "x": values, "y": [str(index) for index in range(len(names))],
            "customdata": [each.token_id for each in choices], "hovertext": hover, "hoverinfo": hovered,
            "marker": {"color": colour, "line": {"width": 0},
                       "opacity": [1.0 if each.chance else 0.3 for each in choices]},
        }
        for name, values, colour, hovered in kinds
    ]  # fmt: skip
    positions = [str(index) for index in range(len(names))]
    y = {
        "type": "category", "categoryorder": "array", "categoryarray": positions, "tickvals": positions, "ticktext": names,
        "range": [len(names) - 0.5, -0.5], "tickfont": {"family": "monospace", "size": 13}, "automargin": True,
        "ticklabelstandoff": 6,
    }  # fmt: skip
    x = {"range": [0, 1.02], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    legend = {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"}
    return fast_figure(
        traces, x, y, _ROW * max(len(names), 4) + 60, top=30, bottom=28, bargap=0.25, bargroupgap=0.0, showlegend=True,
        legend=legend, barmode="group", hovermode="y",
    )  # fmt: skip


def _format_choice(choice: TokenProbabilities) -> str:
    drawn = f"drawn with {format_percent(choice.chance, 1)}" if choice.chance else "cut off: never drawn"
    return f"‘{label(choice.token)}’: expected with {format_percent(choice.probability, 1)}, {drawn}"
