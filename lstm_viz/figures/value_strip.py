"""A strip of values along a text or over hours, part of an SVG drawing: a bar for each step so far, the present one bold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from lstm_viz.figures.svg_elements import text
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_fixed

#: How high the strip is with its names, in SVG units.
HEIGHT = 70
#: Steps in view: more are cut to those around the present one.
MOST = 24
_BARS, _LEFT, _RIGHT = 34.0, 8.0, 392.0


def value_strip(
    values: Sequence[float], names: Sequence[str], now: int, top: float, colour: str, write: Callable[[float], str] = format_fixed
) -> str:
    """Draw a strip of values 400 units wide.

    Args:
        values: One for each step; bars below zero hang down.
        names: What stands below each; bars that are still to come are not drawn, only their names.
        now: The present step, from 0.
        top: The upper edge, in SVG units.
        colour: The bars' colour.
        write: How a value is written above its bar, where there is room.

    Returns:
        The markup.

    Raises:
        ValueError: `now` is no step, or there is not one name for each value.
    """
    if not 0 <= now < len(values) or len(names) != len(values):
        raise ValueError(f"step {now} of {len(values)} with {len(names)} names; a step from 0 on and a name for each are wanted")
    first = max(0, min(now - MOST // 2, len(values) - MOST))
    visible = range(first, min(first + MOST, len(values)))
    each = min(56.0, (_RIGHT - _LEFT) / len(visible))
    start = (_LEFT + _RIGHT - each * len(visible)) / 2
    highest, lowest = max(0.0, *values, 0.0), min(0.0, *values, 0.0)
    scale = _BARS / max(highest - lowest, 1.0)
    zero = top + 14 + scale * highest + max(0.0, _BARS - scale * (highest - lowest))
    parts = [f'<path d="M{_LEFT} {zero:.2f}H{_RIGHT}" stroke="currentColor" stroke-opacity="0.5"/>']
    for position in visible:
        x = start + each * (position - first)
        parts.append(text(x + each / 2, top + HEIGHT - 6, escape(label(names[position])), 14, code=True, bold=position == now))
        if position > now:
            continue
        size, value = scale * abs(values[position]), values[position]
        upper = zero - size if value >= 0 else zero
        parts.append(
            f'<rect class="step" data-value="{value:.6f}" x="{x + 0.12 * each:.2f}" y="{upper:.2f}" width="{0.76 * each:.2f}" '
            f'height="{size:.2f}" fill="{colour}" fill-opacity="{1.0 if position == now else 0.3}"/>'
        )
        if each > 30:
            parts.append(text(x + each / 2, zero - max(size if value >= 0 else 0, 0) - 4, write(value), 12, bold=position == now))
    return "".join(parts)
