"""A recurrent network folded and unrolled, as SVG: one box with a loop, the same box for every step, and the gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from jaxtyping import Float

from lstm_viz.figures.palette import Palette
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent

#: In SVG units: the box, the distance between boxes, and the positions of the rows.
BOX, STEP, MIDDLE, TOP, BOTTOM = 46, 100, 110, 22, 204
#: Left edge of the unrolled network, to the right of the folded one.
START = 186
#: Width of the folded network alone.
FOLDED_WIDTH = 152
#: Of the gradient diagram: a row's height and its boxes' width, and the width of a full gradient's band.
ROW, WIDE, WHOLE = 92, 58, 14


def unrolled(tokens: Sequence[str], expected: Sequence[str], palette: Palette) -> str:
    """Draw the folded network and beside it one box for each token.

    `expected[t]` is the most likely token after token t, drawn above its box. Lines use the text's colour (currentColor), so
    that they suit a light and a dark page; equal weights have equal colours.
    """
    if len(tokens) != len(expected):
        raise ValueError(f"{len(tokens)} tokens, but {len(expected)} predictions; one is wanted for each token")
    width = START + STEP * len(tokens) if tokens else FOLDED_WIDTH
    parts = [_defs(), *_folded(palette)]
    if tokens:
        parts.append(_text(START - 54, MIDDLE + 8, "=", size=26))
    for step, (token, likeliest) in enumerate(zip(tokens, expected, strict=True)):
        parts += _step(step, token, likeliest, palette)
    words = "One box with a loop: its state leaves it and comes back."
    if tokens:
        words = f"One box with a loop, and the same network unrolled into {len(tokens)} equal boxes joined by one weight matrix."
    # Alone the box has room to be seen from afar.
    widest = width if tokens else 2 * width
    return (
        f'<svg viewBox="0 0 {width} 226" style="width: 100%; max-width: {widest}px; min-width: {0.75 * width:.0f}px" '
        f'role="img" aria-label="{words}" '
        f'xmlns="http://www.w3.org/2000/svg" font-size="17" text-anchor="middle">{"".join(parts)}</svg>'
    )


def unrolled_gradients(tokens: Sequence[str], shares: Mapping[str, Float[np.ndarray, " time"]], palette: Palette) -> str:
    """Draw a row of boxes for each network, one box for each token, joined by bands for the gradient through time.

    `shares` gives for each network's name the share (0..1) of the gradient that is left at each token; it is written in the
    box and is the width of the band. ValueError unless each network has one share for each token.
    """
    count = len(tokens)
    for name, steps in shares.items():
        if len(steps) != count:
            raise ValueError(f"{len(steps)} shares of {name} for {count} tokens; one is wanted for each token")
    step, top = WIDE + 28, 34
    width, height = step * count - 28 + 8, top + ROW * len(shares) - 12
    parts = [_text(4 + step * position + WIDE / 2, 18, escape(label(token)), code=True) for position, token in enumerate(tokens)]
    for row, (name, steps) in enumerate(shares.items()):
        parts += _draw_gradient_row(name, steps, top + ROW * row, step, palette)
    description = "; ".join(f"{name}: {', '.join(map(format_percent, steps.tolist()))}" for name, steps in shares.items())
    return (
        f'<svg viewBox="0 0 {width} {height}" style="width: 100%; max-width: {width}px; min-width: {0.75 * width:.0f}px" '
        'role="img" '
        f'aria-label="What is left of the gradient at each letter. {escape(description)}." '
        f'xmlns="http://www.w3.org/2000/svg" font-size="17" text-anchor="middle">{"".join(parts)}</svg>'
    )


def _draw_gradient_row(name: str, shares: Float[np.ndarray, " time"], top: float, step: int, palette: Palette) -> list[str]:
    """Return one network's row: its name, its boxes, and between two of them a band with its tip at the earlier one."""
    middle = top + 46
    parts = [f'<text x="4" y="{top + 16}" font-size="15" text-anchor="start" fill="currentColor">{escape(name)}</text>']
    for position, share in enumerate(shares.tolist()):
        x = 4 + step * position
        parts += [
            f'<rect x="{x}" y="{middle - 20}" width="{WIDE}" height="40" rx="8" fill="{palette.gradient}" '
            f'fill-opacity="{0.5 * min(share, 1.0):.3f}" stroke="{palette.roles["hidden"]}" stroke-width="2"/>',
            _text(x + WIDE / 2, middle + 6, escape(format_percent(share))),
        ]
        if position + 1 < len(shares):
            half, tip = max(0.5 * WHOLE * min(share, 1.0), 0.4), x + WIDE + 3
            parts.append(
                f'<path d="M{tip} {middle} l10 {-half - 5:.2f} v5 h12 v{2 * half:.2f} h-12 v5z" fill="{palette.gradient}"/>'
            )
    return parts


def _defs() -> str:
    return (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>'
    )


def _folded(palette: Palette) -> list[str]:
    centre = 56
    right, high = centre + BOX / 2, MIDDLE - BOX / 2
    loop = f"M{right} {MIDDLE + 8} C{right + 46} {MIDDLE + 8} {right + 46} {high - 34} {centre + 12} {high - 2}"
    return [
        *_column(centre, "x", "y", "h", palette),
        _path(loop, palette.roles["hidden"]),
        _weight(right + 44, high - 18, "W", "hh", palette.roles["hidden"]),
    ]


def _step(step: int, token: str, likeliest: str, palette: Palette) -> list[str]:
    centre = START + STEP * step + BOX / 2
    left = centre - BOX / 2 - (STEP - BOX if step else 34)
    state = _path(f"M{left} {MIDDLE} H{centre - BOX / 2 - 2}", palette.roles["hidden"])
    shared = _weight((left + centre - BOX / 2) / 2, MIDDLE - 12, "W", "hh", palette.roles["hidden"])
    name = f'h<tspan font-size="88%" dy="4">{step + 1}</tspan>'
    return [state, shared, *_column(centre, escape(label(token)), escape(label(likeliest)), name, palette)]


def _column(centre: float, below: str, above: str, inside: str, palette: Palette) -> list[str]:
    """Draw a box with its input below and its output above."""
    half = BOX / 2
    return [
        f'<rect x="{centre - half}" y="{MIDDLE - half}" width="{BOX}" height="{BOX}" rx="8" fill="none" '
        f'stroke="{palette.roles["hidden"]}" stroke-width="2"/>',
        _text(centre, MIDDLE + 6, inside),
        _path(f"M{centre} {BOTTOM - 18} V{MIDDLE + half + 2}", palette.roles["write"]),
        _weight(centre + 26, MIDDLE + half + 34, "W", "ih", palette.roles["write"]),
        _path(f"M{centre} {MIDDLE - half} V{TOP + 10}", palette.roles["read"]),
        _weight(centre + 20, MIDDLE - half - 22, "V", "", palette.roles["read"]),
        _text(centre, BOTTOM + 4, below, code=True),
        _text(centre, TOP, above, code=True),
    ]


def _path(way: str, colour: str) -> str:
    return f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="2" marker-end="url(#tip)"/>'


def _text(x: float, y: float, inside: str, size: int = 19, code: bool = False) -> str:
    family = ' font-family="monospace"' if code else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="currentColor"{family}>{inside}</text>'


def _weight(x: float, y: float, letter: str, index: str, colour: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="19" fill="{colour}">{letter}<tspan font-size="88%" dy="3">{index}</tspan></text>'
