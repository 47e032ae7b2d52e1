"""The sigmoid with its equation on top of the graph, and below it a gate that lets its share of a bar through, as SVG."""

from __future__ import annotations

import numpy as np

from lstm_viz.figures.activations import ENDS, sigmoid
from lstm_viz.figures.palette import Palette
from lstm_viz.figures.plot_area import PlotArea
from lstm_viz.figures.svg_elements import arrow, bar, box, drawing, level, raised, text
from lstm_viz.text.numbers import format_general

EQUATION = raised("σ(x) = 1 / (1 + e{−x})")
#: The graph, and where the gate stands below it.
GRAPH = PlotArea(66, 42, 322, 150, ENDS, (0.0, 1.0))
GATE_TOP = 236


def sigmoid_gate(x: float, amount: float, palette: Palette, shown: bool = True) -> str:
    """Draw the sigmoid under its equation with a point at x, and a gate that is open as far as that.

    Args:
        x: The pre-activation of the gate; beyond −6 … 6 its point stands at the end of the graph.
        amount: What comes to the gate, 0..10.
        palette: The colours.
        shown: False hides the curve, the point and what passes, while they are still to be guessed.

    Returns:
        An SVG.

    Raises:
        ValueError: `amount` is not in 0..10.
    """
    if not 0.0 <= amount <= 10.0:
        raise ValueError(f"an amount of {amount:g}; 0 to 10 is wanted")
    gate, grey = palette.roles["keep"], palette.roles["input"]
    share = float(sigmoid(np.array(x)))
    along = np.linspace(*ENDS, 121)
    place, height = GRAPH.at(x, share)
    bottom = GRAPH.top + GRAPH.height
    parts = [
        text(GRAPH.left + GRAPH.width / 2, 22, EQUATION, 20, colour=gate),
        GRAPH.axes(
            {x: format_general(x) for x in (-6, -4, -2, 0, 2, 4, 6)}, {0.0: "0 shut", 0.5: "0.5", 1.0: "1 open"}, "x", grey
        ),
    ]  # fmt: skip
    if shown:
        # Beside the point where the curve leaves room, else in the corner where it never comes.
        beside = 0.8 <= x <= 2.5
        label_place = (place + 12, height + 16, "start") if beside else (GRAPH.left + GRAPH.width, bottom - 34, "end")
        parts += [
            GRAPH.curve(along, sigmoid(along), gate, 3),
            f'<path d="M{place:.2f} {bottom}V{height:.2f}H{GRAPH.left}" fill="none" stroke="{grey}" stroke-dasharray="3 4"/>',
            GRAPH.point(x, share, gate, 7),
            text(label_place[0], label_place[1], f"σ({format_general(x)}) = {share:.3f}", 16, label_place[2], bold=True),
        ]
    else:
        parts.append(f'<path d="M{place:.2f} {bottom}V{GRAPH.top}" stroke="{grey}" stroke-dasharray="3 4"/>')
    parts += _gate(share, amount, palette, shown)
    at = format_general(x)
    words = f"The sigmoid curve; {format_general(amount)} come to a gate"
    words += f" with σ({at}) = {share:.3f}, and {share * amount:.2f} pass." if shown else f" at x = {at}."
    return drawing(400, GATE_TOP + 92, parts, words, widest=500)


def _gate(share: float, amount: float, palette: Palette, shown: bool) -> list[str]:
    colour, flow = palette.roles["keep"], palette.roles["cell"]
    top, unit, passed = GATE_TOP, 12.5, share * amount
    parts = [
        bar(8, top + 21, unit * amount, 20, flow, amount), text(8, top + 60, f"{format_general(amount)} come", 15, "start"),
        arrow([(140, top + 31), (168, top + 31)], flow),
        box(170, top + 4, 56, 56, colour, radius=6), text(198, top + 82, "the gate", 14, colour=colour),
        arrow([(228, top + 31), (256, top + 31)], flow),
    ]  # fmt: skip
    if not shown:
        return [*parts, text(198, top + 40, "?", 22, colour=colour), text(330, top + 37, "?", 22)]
    return [
        *parts, level(171, top + 5, 54, 54, share, colour), text(198, top + 38, f"{share:.2f}", 17, bold=True),
        bar(260, top + 21, unit * passed, 20, flow, passed), text(260, top + 60, f"{passed:.2f} pass", 15, "start", bold=True),
    ]  # fmt: skip
