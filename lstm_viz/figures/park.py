"""An amusement park as a memory cell, as SVG: gatekeepers at the entrance, at the exit and at the board outside.

The park computes what an LSTM's cell computes (Hochreiter & Schmidhuber 1997, Gers et al. 2000): its visitors, in hundreds, are
the cell state; the entrance is the input gate, the exit the forget gate, the board outside the output gate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Literal

from lstm_viz.figures.cell_step import CellStep
from lstm_viz.figures.palette import Palette
from lstm_viz.figures.svg_elements import arrow, box, drawing, text
from lstm_viz.figures.value_strip import value_strip
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_fixed, format_percent

#: In SVG units.
WIDTH, HEIGHT = 400, 424
#: Left, upper, right and lower edge of the park.
LEFT, TOP, RIGHT, GROUND = 112, 22, 288, 208
#: One little figure stands for so many visitors.
GROUP = 10
#: The middle of each dial, and its radius.
DIALS, DIAL, RADIUS = (66, 200, 334), 276, 27
#: The upper edge of the strip of hours.
STRIP = 354


def open_park(arrivals: Sequence[float], enter: float, stay: float, tell: float, before: float = 0.0) -> tuple[CellStep, ...]:
    """Compute the park hour by hour: c_t = stay · c_{t−1} + enter · arrivals_t, the board shows tell · tanh(c_t).

    Args:
        arrivals: Who arrives in each hour, in hundreds.
        enter: The entrance's dial, 0..1: the share of those who arrive that is let in.
        stay: The exit's dial, 0..1: the share of those inside that may stay.
        tell: The board's dial, 0..1: the share of the truth that is shown outside.
        before: Who is inside before the first hour, in hundreds.

    Returns:
        One step of a memory cell for each hour.

    Examples:
        >>> [round(100 * hour.c) for hour in open_park([1.0, 1.0], enter=0.5, stay=0.8, tell=1.0)]
        [50, 90]
    """
    hours: list[CellStep] = []
    for arrived in arrivals:
        hours.append(CellStep(i=enter, f=stay, o=tell, g=arrived, before=hours[-1].c if hours else before))
    return tuple(hours)


def park(hours: Sequence[CellStep], now: int, names: Sequence[str], palette: Palette, gates: bool = True) -> str:
    """Draw the park in one hour, with its three dials, and below it the visitors of every hour.

    Args:
        hours: The steps of a memory cell, in hundreds of visitors. What is below zero is drawn hollow.
        now: The hour that is drawn, from 0.
        names: What stands below each hour in the strip.
        palette: The colours.
        gates: Write below each dial which gate it is.

    Returns:
        An SVG.

    Raises:
        ValueError: There are no hours, `now` is not one of them, or there is not one name for each.
    """
    if not 0 <= now < len(hours) or len(names) != len(hours):
        raise ValueError(f"hour {now} of {len(hours)} with {len(names)} names; an hour from 0 on and a name for each are wanted")
    hour, roles = hours[now], palette.roles
    home = hour.before - hour.retained
    parts = [*_place(palette), *_crowds(hour, home, palette), *_board(hour, palette)]
    dials: tuple[tuple[float, Literal["write", "keep", "read"], str, str, float, str], ...] = (
        (DIALS[0], "write", "entrance", "input gate", hour.i, f"lets in {format_percent(hour.i)}"),
        (DIALS[1], "keep", "exit", "forget gate", hour.f, f"{format_percent(hour.f)} may stay"),
        (DIALS[2], "read", "board", "output gate", hour.o, f"shows {format_percent(hour.o)}"),
    )
    for x, role, keeper, gate, opening, words in dials:
        parts += _dial(x, keeper, f"= {gate}" if gates else "", opening, escape(words), roles[role])
    parts.append(value_strip([each.c for each in hours], names, now, STRIP, roles["cell"], people))
    description = (
        f"{escape(label(names[now]))}: {people(hour.g)} arrive, {people(hour.added)} are let in, {people(home)} go home, "
        f"{people(hour.c)} are in the park; the board shows {format_fixed(100 * hour.h, 0)}%."
    )
    return drawing(WIDTH, HEIGHT, parts, description, widest=440)


def people(hundreds: float) -> str:
    """Return a number of visitors in words, rounded to whole ones.

    Examples:
        >>> people(0.913), people(-0.41)
        ('91', '−41')
    """
    return format_fixed(100.0 * hundreds, 0)


def _place(palette: Palette) -> list[str]:
    """Draw the park: its fence, a big wheel, a tent, the entrance and the exit."""
    roles = palette.roles
    grey, wheel, tent = roles["input"], roles["candidate"], roles["cell"]
    centre, hub = 160, 78
    spokes = [(centre + 38 * math.cos(k * math.pi / 4), hub + 38 * math.sin(k * math.pi / 4)) for k in range(8)]
    return [
        f'<rect x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{GROUND - TOP}" rx="12" fill="{tent}" fill-opacity="0.07"/>',
        f'<circle cx="{centre}" cy="{hub}" r="38" fill="none" stroke="{wheel}" stroke-width="1.5" stroke-opacity="0.75"/>',
        *(
            f'<path d="M{centre} {hub}L{x:.1f} {y:.1f}" stroke="{wheel}" stroke-opacity="0.45"/>'
            f'<rect x="{x - 5:.1f}" y="{y - 1:.1f}" width="10" height="8" rx="3" fill="{wheel}" fill-opacity="0.8"/>'
            for x, y in spokes
        ),
        f'<path d="M{centre} {hub}L{centre - 17} 128M{centre} {hub}L{centre + 17} 128" stroke="{wheel}" stroke-width="2"/>',
        f'<path d="M214 128V104L246 78L278 104V128Z" fill="{tent}" fill-opacity="0.22" stroke="{tent}" stroke-width="1.5"/>'
        f'<path d="M246 78V66l13 4l-13 4M246 78L236 128M246 78L256 128" fill="{tent}" stroke="{tent}" fill-opacity="0.6"/>',
        f'<path d="M4 {GROUND}H{WIDTH - 4}" stroke="{grey}" stroke-width="2"/>',
        _arch(LEFT, "entrance", roles["write"]),
        _arch(RIGHT, "exit", roles["keep"]),
        *(
            f'<path d="M{x} {GROUND}v-{high}" stroke="{grey}" stroke-width="4" stroke-opacity="0.5"/>'
            f'<circle cx="{x}" cy="{GROUND - 8 - high}" r="{high * 0.36:.1f}" fill="{roles["read"]}" fill-opacity="0.3"/>'
            for x, high in ((334, 66), (372, 50))
        ),
    ]


def _arch(x: float, name: str, colour: str) -> str:
    return (
        f'<path d="M{x - 13} {GROUND}V156a13 13 0 0 1 26 0V{GROUND}" fill="none" stroke="{colour}" stroke-width="3"/>'
        f"{_keeper(x, GROUND - 1, colour)}{text(x - 4, 136, name, 13, colour=colour, bold=True)}"
    )


def _crowds(hour: CellStep, home: float, palette: Palette) -> list[str]:
    """Draw who arrives, who is inside, and who goes home."""
    roles = palette.roles
    arrived = _figures(hour.g, 8, 5, 17, roles["write"], hour.added)
    inside = _figures(hour.c, LEFT + 21, 8, 16.5, roles["cell"], hour.c)
    leaving = _figures(home, RIGHT + 22, 5, 17, roles["keep"], home)
    return [
        *arrived, *inside, *leaving,
        text(56, GROUND + 19, f"{people(hour.added)} of {people(hour.g)} let in", 14, colour=roles["write"]),
        text(344, GROUND + 19, f"{people(home)} go home", 14, colour=roles["keep"]),
        text((LEFT + RIGHT) / 2, GROUND + 19, f"{people(hour.c)} in the park", 16, colour=roles["cell"], bold=True),
    ]  # fmt: skip


def _figures(hundreds: float, left: float, columns: int, gap: float, colour: str, strong: float) -> list[str]:
    """Draw one figure for each ten visitors, hollow below zero; those beyond `strong` are pale."""
    count, solid = (math.floor(abs(100.0 * value) / GROUP + 0.5) for value in (hundreds, strong))
    look = f'fill="{colour}"' if hundreds >= 0 else f'fill="none" stroke="{colour}" stroke-width="1.3"'
    rows = max(1, math.ceil(count / columns))
    lift = min(17.0, 80.0 / rows)
    parts = []
    for index in range(count):
        x, y = left + gap * (index % columns), GROUND - 3 - lift * (index // columns)
        pale = ' opacity="0.3"' * (index >= solid)
        parts.append(
            f'<g class="visitor" {look}{pale}><circle cx="{x + 5:g}" cy="{y - 11:g}" r="3.2"/>'
            f'<path d="M{x + 1:g} {y:g}v-3a4 4 0 0 1 8 0v3z"/></g>'
        )
    return parts


def _board(hour: CellStep, palette: Palette) -> list[str]:
    """Draw the board outside, over those who wait, with its keeper on top."""
    colour = palette.roles["read"]
    return [
        f'<path d="M34 98V{GROUND}M68 98V{GROUND}" stroke="{colour}" stroke-width="2.5" stroke-opacity="0.3"/>',
        box(4, 44, 94, 54, colour, radius=6),
        text(51, 63, "board", 13, colour=colour, bold=True),
        text(51, 88, f"{format_fixed(100 * hour.h, 0)}% full", 16, bold=True),
        _keeper(78, 44, colour),
    ]


def _keeper(x: float, y: float, colour: str) -> str:
    """Draw a gatekeeper with a cap; x is the middle, y the ground."""
    return (
        f'<g fill="{colour}"><circle cx="{x:g}" cy="{y - 18:g}" r="4.6"/><path d="M{x - 7:g} {y:g}v-6a7 7 0 0 1 14 0v6z"/>'
        f'<path d="M{x - 5:g} {y - 20:g}a5 5 0 0 1 10 0h4v1.8h-14z" stroke="var(--st-background-color, Canvas)"/>'
        "</g>"
    )


def _dial(x: float, name: str, gate: str, opening: float, words: str, colour: str) -> list[str]:
    """Draw a dial with a hand from 0 (left) to 1 (right), and the gatekeeper's words below."""
    angle = math.pi * (1.0 - min(max(opening, 0.0), 1.0))
    u, v = math.cos(angle), -math.sin(angle)
    hand = (x + (RADIUS - 6) * u, DIAL + (RADIUS - 6) * v)
    ring = f"M{x - RADIUS} {DIAL}A{RADIUS} {RADIUS} 0 0 1 {x + RADIUS} {DIAL}"
    filled = f"M{x - RADIUS} {DIAL}A{RADIUS} {RADIUS} 0 0 1 {x + RADIUS * u:.2f} {DIAL + RADIUS * v:.2f}"
    return [
        f'<path d="{ring}" fill="none" stroke="{colour}" stroke-width="7" stroke-opacity="0.22"/>',
        f'<path class="dial" data-share="{opening:.4f}" d="{filled}" fill="none" stroke="{colour}" stroke-width="7"/>',
        arrow([(x, DIAL), hand], "currentColor", 2, tip=False),
        f'<circle cx="{x}" cy="{DIAL}" r="3.5"/>',
        text(x - RADIUS - 9, DIAL + 1, "0", 12), text(x + RADIUS + 9, DIAL + 1, "1", 12),
        text(x, DIAL + 19, name, 13, colour=colour, bold=True),
        text(x, DIAL + 36, gate, 14, colour=colour, bold=True),
        text(x, DIAL + (54 if gate else 38), words, 14),
    ]  # fmt: skip
