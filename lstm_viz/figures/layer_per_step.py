"""The unrolled network turned into a feed-forward network whose inputs enter in the middle, one at each layer, as SVG.

Both pictures are one drawing: the row (time runs to the right) is turned by a quarter until it is a pile of layers (depth runs
down). The browser turns the same elements; their text stays upright.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from lstm_viz.figures.palette import Palette
from lstm_viz.figures.svg_elements import Point, arrow, box, drawing, symbol, text
from lstm_viz.text.labels import label

#: In SVG units: the box, the distance between boxes, and how far a box's input and output stand from its middle.
BOX, STEP, REACH = 46, 84, 72
#: From the boxes' middle to the axis of time, which becomes the axis of depth.
AXIS = 108


def places(count: int, depth: float) -> list[Point]:
    """Return the middle of each of `count` boxes, turned about the middle of the drawing.

    Args:
        count: How many steps, which are also the layers.
        depth: How far the picture is turned: 0 for a row in time, 1 for a pile of layers.

    Returns:
        One (x, y) for each step, in SVG units from the middle of the drawing; y grows downwards.

    Raises:
        ValueError: `depth` is not in 0..1.
    """
    if not 0.0 <= depth <= 1.0:
        raise ValueError(f"a depth of {depth:g}; 0 (a row) to 1 (a pile) is wanted")
    turn = 0.5 * math.pi * depth
    return [(x * math.cos(turn), x * math.sin(turn)) for x in _row(count)]


def layer_per_step(tokens: Sequence[str], expected: Sequence[str], depth: float, palette: Palette) -> str:
    """Draw a recurrent network unrolled (depth 0), as a feed-forward network (depth 1), or on the way between the two.

    Args:
        tokens: What is read, one token for each step.
        expected: The most likely token after each of them.
        depth: How far the picture is turned, 0..1.
        palette: The colours; equal weights have equal colours and names.

    Returns:
        An SVG whose elements are the same at every depth, in the same order: only how they are turned differs.

    Raises:
        ValueError: There are no tokens, not one prediction for each, or `depth` is not in 0..1.
    """
    if not tokens or len(tokens) != len(expected):
        raise ValueError(f"{len(tokens)} tokens and {len(expected)} predictions; one of each is wanted for every step")
    count = len(tokens)
    parts = []
    for step, (x, y) in enumerate(places(count, depth)):
        where = f'data-step="{step + 1}" data-x="{x:.1f}" data-y="{y:.1f}"'
        inside = _step(step, _row(count)[step], tokens[step], expected[step], depth, palette)
        parts.append(f"<g {where}>{''.join(inside)}</g>")
    parts.append(_axis(count, depth, palette))
    size = _size(count)
    turned = f'<g class="turns" style="transform: rotate({90 * depth:.2f}deg)">{"".join(parts)}</g>'
    how = "a feed-forward network, one layer below the other" if depth > 0.5 else "a row unrolled in time"
    description = f"{count} equal boxes, each with an input of its own, joined by one weight matrix W: {how}."
    centred = f'<g transform="translate({size / 2:g} {size / 2:g})">{turned}</g>'
    return drawing(size, size, [centred], description, widest=1.05 * size)


def _row(count: int) -> list[float]:
    return [STEP * (step - 0.5 * (count - 1)) + 14 for step in range(count)]


def _size(count: int) -> float:
    """Return the width, which is also the height, of the drawing."""
    return max(STEP * count + 60, 2 * AXIS + 90)


def _step(step: int, x: float, token: str, likeliest: str, depth: float, palette: Palette) -> list[str]:
    hidden, write, read = (palette.roles[role] for role in ("hidden", "write", "read"))
    half, gap = BOX / 2, STEP - BOX

    def upright(row: Point, pile: Point, inside: str, opacity: float = 1.0) -> str:
        """Keep text upright at a place beside the box; `row` and `pile` are where it stands, as seen, at depth 0 and 1."""
        u, v = row[0] + depth * (pile[1] - row[0]), row[1] - depth * (pile[0] + row[1])
        return _turned(x + u, v, -90 * depth, inside, opacity)

    return [
        arrow([(x - half - (gap if step else 26), 0), (x - half - 1, 0)], hidden),
        arrow([(x, REACH - 14), (x, half + 1)], write),
        arrow([(x, -half), (x, 14 - REACH)], read),
        box(x - half, -half, BOX, BOX, hidden),
        upright((0, 5), (0, 5), text(0, 0, symbol("h", str(step + 1)), 17)),
        upright((-half - gap / 2 - 2, -9), (22, -half - gap / 2 + 7), text(0, 0, symbol("W", "hh"), 14, colour=hidden)),
        upright((20, half + 24), (-half - 17, -9), text(0, 0, symbol("W", "ih"), 14, colour=write)),
        upright((13, -half - 13), (half + 14, -9), text(0, 0, "V", 14, colour=read)),
        upright((0, REACH + 4), (-REACH, 5), text(0, 0, escape(label(token)), 16, code=True)),
        upright((0, -REACH + 2), (REACH, 5), text(0, 0, escape(label(likeliest)), 16, code=True)),
        upright((0, -REACH - 24), (REACH + 48, 5), text(0, 0, f"layer {step + 1}", 14), depth),
        *([] if step else [upright((-half - 28, 20), (0, -half - 32), text(0, 0, f"{symbol('h', '0')}{_level(' = 0')}", 14))]),
    ]


def _axis(count: int, depth: float, palette: Palette) -> str:
    """Draw the axis below the row: time, which becomes depth."""
    row, grey = _row(count), palette.roles["input"]
    middle = (row[0] + row[-1]) / 2
    parts = [arrow([(row[0] - BOX / 2, AXIS), (row[-1] + BOX / 2, AXIS)], grey, 1.5)]
    for name, opacity in (("time", 1.0 - depth), ("depth", depth)):
        parts.append(_turned(middle, AXIS + 18 + 10 * depth, -90 * depth, text(0, 0, name, 14, colour=grey), opacity))
    return "".join(parts)


def _level(after: str) -> str:
    """Return text after an index, back on the line."""
    return f'<tspan dy="-0.2em">{after}</tspan>'


def _turned(x: float, y: float, turn: float, inside: str, opacity: float = 1.0) -> str:
    style = f"transform: translate({x:.2f}px, {y:.2f}px) rotate({turn:.2f}deg); opacity: {opacity:.3f}"
    return f'<g class="turns" style="{style}">{inside}</g>'
