"""Parts of SVG drawings: text, arrows, boxes and the drawing around them.

Text and lines use the page's text colour (currentColor), so that a drawing suits a light and a dark page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

Point = tuple[float, float]

#: What turns or glides takes its time, unless the reader asked for no motion.
MOTION = (
    "<style>@media (prefers-reduced-motion: no-preference) { .turns { transition: transform 1.4s ease-in-out, "
    "opacity 1.4s ease-in-out; } .glides { transition: transform 0.4s ease-out; } }</style>"
)


def drawing(width: float, height: float, parts: Iterable[str], description: str, widest: float | None = None) -> str:
    """Return an SVG as wide as its place, at most `widest` pixels; `description` (markup) is its text for screen readers."""
    # Below the lowest line some room is left, as a page may draw a frame around the picture.
    return (
        f'<svg viewBox="0 0 {width:g} {height + 10:g}" style="width: 100%; max-width: {widest or width:g}px; display: block; '
        f'margin: 0 auto" role="img" aria-label="{description}" xmlns="http://www.w3.org/2000/svg" font-size="15" '
        f'text-anchor="middle" fill="currentColor">{MOTION}{"".join(parts)}</svg>'
    )


def text(
    x: float, y: float, inside: str, size: float = 15, anchor: str = "middle", colour: str = "currentColor",
    code: bool = False, bold: bool = False,
) -> str:  # fmt: skip
    """Return a line of text; `inside` is markup, so that it may hold an index. Escape what comes from elsewhere."""
    style = ' font-family="monospace"' * code + ' font-weight="600"' * bold
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour}"{style}>{inside}</text>'


def symbol(letter: str, index: str = "") -> str:
    """Return the markup of a letter with an index below the line."""
    return f'{letter}<tspan font-size="88%" dy="0.25em">{index}</tspan>' if index else letter


def raised(formula: str) -> str:
    """Return the markup of a formula whose exponents stand in braces, such as `e{−x}`."""
    parts = [f'<tspan font-size="70%" dy="-0.5em">{inside}</tspan>' if place % 2 else inside
             for place, inside in enumerate(re.split(r"[{}]", formula))]  # fmt: skip
    # What follows an exponent goes back down to the line.
    return "".join(f'<tspan dy="0.35em">{part}</tspan>' if place and not place % 2 else part for place, part in enumerate(parts))


def arrow(points: Sequence[Point], colour: str, width: float = 2.0, tip: bool = True, opacity: float = 1.0) -> str:
    """Return a line through the points, with a tip at the last one.

    Raises:
        ValueError: There are fewer than two points, or the last two are the same.
    """
    if len(points) < 2:
        raise ValueError(f"{len(points)} points make no line; two or more are wanted")
    (x0, y0), (x1, y1) = points[-2:]
    length = math.hypot(x1 - x0, y1 - y0)
    if not length:
        raise ValueError(f"the last two points are both ({x1:g}, {y1:g}), so the arrow has no direction")
    u, v = (x1 - x0) / length, (y1 - y0) / length
    half = 3.5 + 0.5 * width
    back = 2.0 * half if tip else 0.0
    neck = (x1 - back * u, y1 - back * v)
    line = "L".join(f"{x:g} {y:g}" for x, y in [*points[:-1], neck])
    parts = [f'<path d="M{line}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"/>']
    if tip:
        corners = f"{x1:g},{y1:g} {neck[0] - half * v:g},{neck[1] + half * u:g} {neck[0] + half * v:g},{neck[1] - half * u:g}"
        parts.append(f'<polygon points="{corners}" fill="{colour}"/>')
    return f'<g opacity="{opacity:g}">{"".join(parts)}</g>' if opacity < 1.0 else "".join(parts)


def box(x: float, y: float, width: float, height: float, colour: str, fill: str = "none", radius: float = 8.0) -> str:
    """Return a rounded box; x and y are its upper left corner."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}" stroke="{colour}" '
        'stroke-width="2"/>'
    )


def level(x: float, y: float, width: float, height: float, share: float, colour: str) -> str:
    """Return a filling that rises with `share` (0..1) from the bottom of a box of that place and size."""
    part = height * min(max(share, 0.0), 1.0)
    return (
        f'<rect data-share="{share:.4f}" x="{x:g}" y="{y + height - part:.2f}" width="{width:g}" height="{part:.2f}" '
        f'fill="{colour}" fill-opacity="0.38"/>'
    )


def bar(x: float, y: float, width: float, height: float, colour: str, value: float) -> str:
    """Return a horizontal bar that carries its value as data; the smallest is still a line, and one below zero is hollow."""
    look = f'fill="{colour}"' if value >= 0 else f'fill="none" stroke="{colour}" stroke-width="1.5"'
    return (
        f'<rect class="bar" data-value="{value:.6f}" x="{x:g}" y="{y:g}" width="{max(width, 0.8):.2f}" height="{height:g}" '
        f'rx="2" {look}/>'
    )
