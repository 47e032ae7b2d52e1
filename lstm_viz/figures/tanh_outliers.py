"""The tanh with its equation on top of the graph; what it makes of outliers and of a repeated multiplication."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from lstm_viz.figures.palette import Palette
from lstm_viz.figures.plot_area import PlotArea
from lstm_viz.figures.svg_elements import arrow, bar, drawing, raised, text
from lstm_viz.text.numbers import format_fixed, format_general

EQUATION = raised("tanh(x) = (e{x} − e{−x}) / (e{x} + e{−x})")
#: The drawn range of numbers; larger ones stand at its end.
END = 4.0
GRAPH = PlotArea(46, 40, 340, 128, (-END, END), (-1.0, 1.0))
#: Above this the multiplication without tanh leaves the picture.
CEILING = 6.0


def tanh_outliers(numbers: Sequence[float], palette: Palette, shown: bool = True) -> str:
    """Draw the tanh under its equation with a point at each number, and below it each number as a bar before and after.

    Args:
        numbers: What goes in; bars before tanh share one scale, bars after it have the scale from 0 to 1.
        palette: The colours.
        shown: False hides what comes out, while it is still to be guessed.

    Returns:
        An SVG.

    Raises:
        ValueError: There are no numbers.
    """
    if not numbers:
        raise ValueError("no numbers; one or more are wanted")
    colour, grey = palette.roles["candidate"], palette.roles["input"]
    parts = [text(216, 20, EQUATION, 17, colour=colour)]
    parts.append(GRAPH.axes({x: format_general(x) for x in (-4, -2, 0, 2, 4)}, {-1.0: "−1", 0.0: "0", 1.0: "1"}, "x", grey))
    if shown:
        along = np.linspace(-END, END, 121)
        parts.append(GRAPH.curve(along, np.tanh(along), colour, 3))
        parts += [GRAPH.point(each, float(np.tanh(each)), palette.roles["hidden"]) for each in numbers]
    row, top = 46.0, GRAPH.top + GRAPH.height + 50
    longest = max(1e-9, *(abs(each) for each in numbers), 0.0)
    parts += [text(8, top, "in", 14, "start", bold=True), text(262, top, "out", 14, "start", colour, bold=True)]
    for position, each in enumerate(numbers):
        y, out = top + 8 + row * position, float(np.tanh(each))
        parts += [
            text(8, y + 15, format_general(each), 16, "start", bold=True),
            bar(8, y + 21, 148.0 * abs(each) / longest, 13, grey, each),
            arrow([(166, y + 27), (190, y + 27)], colour), text(213, y + 32, "tanh", 14, colour=colour),
            arrow([(234, y + 27), (256, y + 27)], colour),
        ]  # fmt: skip
        if shown:
            parts.append(text(262, y + 15, below_one(out), 16, "start", bold=True))
            parts.append(bar(262, y + 21, 110.0 * abs(out), 13, colour, out))
        else:
            parts.append(text(280, y + 33, "?", 20))
    end = top + 12 + row * len(numbers)
    parts.append(f'<path d="M372 {top + 4:g}V{end:g}" stroke="{colour}" stroke-dasharray="4 4"/>')
    parts.append(text(372, top, "1", 14, colour=colour))
    pairs = ", ".join(f"{format_general(each)} becomes {below_one(float(np.tanh(each)))}" for each in numbers)
    words = f"The tanh curve; {pairs}." if shown else f"The numbers {', '.join(map(format_general, numbers))} before tanh."
    return drawing(400, end + 8, parts, words, widest=500)


def repeat(weight: float, steps: int, squashed: bool, start: float = 1.0) -> Float[np.ndarray, " steps"]:
    """Multiply by one weight again and again: x ← w x, or x ← tanh(w x).

    Args:
        weight: The weight w, as in a loop of one unit.
        steps: How often.
        squashed: True puts the product through tanh each time.
        start: The first number.

    Returns:
        The number before the first step and after each: [steps + 1].

    Raises:
        ValueError: `steps` is negative.

    Examples:
        >>> repeat(2.0, 3, squashed=False).tolist()
        [1.0, 2.0, 4.0, 8.0]
    """
    if steps < 0:
        raise ValueError(f"{steps} steps; 0 or more are wanted")
    values = [start]
    for _ in range(steps):
        product = weight * values[-1]
        values.append(float(np.tanh(product)) if squashed else product)
    return np.array(values)


def repeated(weight: float, steps: int, palette: Palette, shown: bool = True) -> str:
    """Draw a multiplication by one weight repeated, with and without tanh; a number that leaves the picture is still written.

    Args:
        weight: The weight.
        steps: How often, from 1.
        palette: The colours.
        shown: False hides the numbers, while they are still to be guessed.

    Returns:
        An SVG.
    """
    plot = PlotArea(40, 64, 344, 196, (0.0, float(steps)), (0.0, CEILING))
    ticks = {float(step): str(step) for step in range(0, steps + 1, max(1, steps // 4))}
    parts = [plot.axes(ticks, {float(y): str(y) for y in (0, 1, 2, 4, 6)}, "step", palette.roles["input"])]
    ends = []
    for squashed, colour, name, y in (
        (False, palette.gradient, f"x ← {format_general(weight)} · x", 22),
        (True, palette.roles["candidate"], f"x ← tanh({format_general(weight)} · x)", 46),
    ):
        values = repeat(weight, steps, squashed)
        ends.append(_large(float(values[-1])) if shown else "?")
        if shown:
            parts.append(plot.curve(np.arange(steps + 1.0), values, colour))
            parts += [plot.point(float(step), float(value), colour, 3.5) for step, value in enumerate(values) if value <= CEILING]
        parts.append(text(8, y, f"{name}: after {steps} steps {ends[-1]}", 16, "start", colour, bold=True))
    words = f"1 multiplied {steps} times by {format_general(weight)}: {ends[0]} without tanh, {ends[1]} with it."
    return drawing(400, 292, parts, words, widest=500)


def below_one(value: float) -> str:
    """Write a number below 1 so that it does not look like 1 before it is within a millionth of it.

    Examples:
        >>> below_one(0.5), below_one(0.99999)
        ('0.50', '0.99999')
    """
    for digits in (2, 3, 4, 5, 6):
        if abs(float(f"{value:.{digits}f}")) < 1.0:
            return format_fixed(value, digits)
    return format_fixed(value)


def _large(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else below_one(value)
