"""The memory cell of an LSTM as a labelled drawing: the write, forget and read gate around it, what goes in and out."""

from __future__ import annotations

from html import escape

from lstm_viz.figures.cell_step import CellStep
from lstm_viz.figures.palette import Palette
from lstm_viz.figures.svg_elements import Point, arrow, box, drawing, level, symbol, text
from lstm_viz.gates import Role, quantity
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_fixed

#: In SVG units.
WIDTH, HEIGHT = 400, 384
#: Half of a gate's width, and the middle of each: the write gate left of the cell, the forget gate above, the read gate right.
HALF = 25
WRITE, FORGET, READ = (86, 204), (128, 78), (328, 204)
#: Left, upper, right and lower edge of the cell.
CELL = (144, 150, 250, 258)
#: The line from which all gates are fed.
FEED = 318
#: What stands below each gate's name.
ACTS = {"i": "(write)", "f": "1 keeps, 0 forgets", "o": "(read)"}


def memory_cell(
    step: CellStep | None, palette: Palette, token: str | None = None, below: str = "", below_height: float = 0.0
) -> str:
    """Draw the memory cell with its three gates.

    Args:
        step: The numbers of one unit at one step: each gate is filled as far as it is open. None draws the names alone.
        palette: The colours.
        token: What is read at this step, written beside the input.
        below: Markup of a strip below the cell, such as the text with the cell state (`value_strip` from y = HEIGHT).
        below_height: How high that is.

    Returns:
        An SVG.
    """
    roles = palette.roles
    parts = [*_feeding(palette, token), *_flows(palette), _memory(step, palette)]
    for symbol_, place in (("i", WRITE), ("f", FORGET), ("o", READ)):
        parts += _gate(symbol_, place, getattr(step, symbol_) if step else None, palette)
    ends: tuple[tuple[float, float, str, str, Role, float | None], ...] = (
        (6, FORGET[1] - 10, "start", symbol("c", "t−1"), "cell", step.before if step else None),
        (WIDTH - 6, FORGET[1] - 10, "end", symbol("c", "t"), "cell", step.c if step else None),
        (WIDTH - 2, READ[1] + 50, "end", symbol("h", "t"), "hidden", step.h if step else None),
        (30, WRITE[1] + 46, "start", symbol("g", "t"), "candidate", step.g if step else None),
    )
    for x, y, anchor, name, role, value in ends:
        parts.append(_end(x, y, anchor, name, roles[role], value))
    return drawing(WIDTH, HEIGHT + below_height, [*parts, below], _describe(step, token), widest=440)


def _describe(step: CellStep | None, token: str | None) -> str:
    if step is None:
        return (
            "A memory cell with three gates: the input gate writes into it, the forget gate keeps or forgets what it held, "
            "the output gate reads it out."
        )
    names = ", ".join(f"{quantity('lstm', name).name} {getattr(step, name):.2f}" for name in ACTS)
    reads = f" as it reads {escape(label(token))}" if token is not None else ""
    return (
        f"The memory cell{reads}: {names}; the cell state goes from {format_fixed(step.before)} to {format_fixed(step.c)}, "
        f"the hidden state is {format_fixed(step.h)}."
    )


def _flows(palette: Palette) -> list[str]:
    """Draw the way of the cell state, of what is written and of what is read out."""
    roles, (left, top, right, bottom) = palette.roles, CELL
    middle = (top + bottom) / 2
    inward, outward = left + 32, right - 26
    return [
        arrow([(6, FORGET[1]), (FORGET[0] - HALF - 1, FORGET[1])], roles["cell"]),
        arrow([(FORGET[0] + HALF, FORGET[1]), (inward, FORGET[1]), (inward, top - 1)], roles["cell"]),
        arrow([(outward, top), (outward, FORGET[1]), (WIDTH - 4, FORGET[1])], roles["cell"]),
        arrow([(24, FEED), (24, middle), (WRITE[0] - HALF - 1, middle)], roles["candidate"]),
        arrow([(WRITE[0] + HALF, middle), (left - 1, middle)], roles["write"]),
        arrow([(right, middle), (READ[0] - HALF - 1, middle)], roles["cell"]),
        _function(right + 23, middle, "tanh", roles["cell"]),
        _function(24, FEED - 26, "tanh", roles["candidate"]),
        arrow([(READ[0] + HALF, middle), (WIDTH - 4, middle)], roles["hidden"]),
    ]


def _feeding(palette: Palette, token: str | None) -> list[str]:
    """Draw the input and the hidden state before, which set every gate."""
    grey, hidden = palette.roles["input"], palette.roles["hidden"]
    reads = f" = {escape(label(token))}" if token is not None else ""
    ways: list[list[Point]] = [
        [(WRITE[0] + 18, FEED), (WRITE[0] + 18, WRITE[1] + HALF + 1)],
        [(FORGET[0] + 5, FEED), (FORGET[0] + 5, FORGET[1] + HALF + 1)],
        [(READ[0], FEED), (READ[0], READ[1] + HALF + 1)],
    ]
    return [
        arrow([(24, FEED), (READ[0], FEED)], grey, 1.5, tip=False),
        *(arrow(way, grey, 1.5) for way in ways),
        arrow([(152, 352), (152, FEED + 1)], grey, 2),
        arrow([(236, 352), (236, FEED + 1)], hidden, 2),
        text(152, 370, f"{symbol('x', 't')}<tspan dy=\"-0.2em\">{reads}</tspan>", 15),
        text(236, 370, symbol("h", "t−1"), 15, colour=hidden),
        text(164, 344, "input", 13, "start"),
        text(250, 344, "hidden state before", 13, "start"),
    ]  # fmt: skip


def _memory(step: CellStep | None, palette: Palette) -> str:
    left, top, right, bottom = CELL
    colour, middle = palette.roles["cell"], (left + right) / 2
    parts = [box(left, top, right - left, bottom - top, colour, radius=14)]
    parts.append(text(middle, top + 26, "memory cell", 14, bold=True))
    parts.append(text(middle, top + 44, "cell state", 13))
    value = f' <tspan dy="-0.2em" font-weight="600">= {format_fixed(step.c)}</tspan>' if step else ""
    parts.append(text(middle, top + 72, f"{symbol('c', 't')}{value}", 17, colour=colour))
    if step:
        parts.append(text(middle, top + 96, f"{format_fixed(step.retained)} {_plus(step.added)}", 13))
    return "".join(parts)


def _gate(name: str, place: Point, value: float | None, palette: Palette) -> list[str]:
    """Draw one gate: filled as far as it is open, with its names above."""
    (x, y), gate = place, quantity("lstm", name)
    colour = palette.roles[gate.role]
    parts = [box(x - HALF, y - HALF, 2 * HALF, 2 * HALF, colour, radius=6)]
    if value is not None:
        parts.append(level(x - HALF + 1, y - HALF + 1, 2 * HALF - 2, 2 * HALF - 2, value, colour))
        parts.append(text(x, y + 6, f"{value:.2f}", 16, bold=True))
    else:
        parts.append(text(x, y + 6, name, 18, colour=colour))
    parts.append(text(x, y - HALF - 24, gate.name, 14, colour=colour, bold=True))
    parts.append(text(x, y - HALF - 8, ACTS[name], 13, colour=colour))
    return parts


def _function(x: float, y: float, name: str, colour: str) -> str:
    return (
        f'<rect x="{x - 19:g}" y="{y - 10:g}" width="38" height="20" rx="10" fill="var(--st-background-color, Canvas)" '
        f'stroke="{colour}" stroke-width="1.5"/>{text(x, y + 4.5, name, 13)}'
    )


def _end(x: float, y: float, anchor: str, name: str, colour: str, value: float | None) -> str:
    number = f'<tspan dy="-0.2em"> = {format_fixed(value)}</tspan>' if value is not None else ""
    return text(x, y, f"{name}{number}", 14, anchor, colour, bold=True)


def _plus(value: float) -> str:
    return f"{'−' if value < 0 else '+'} {abs(value):.2f}"
