"""A small plot inside an SVG drawing: a place for numbers, its axes, curves and points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from lstm_viz.figures.svg_elements import Point, text

Series = Float[np.ndarray, " point"]


@dataclass(frozen=True)
class PlotArea:
    """A plot: its upper left corner and size in SVG units, and the numbers at its ends."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> Point:
        """Return where a pair of numbers lies in the drawing; what is outside the range lies at its end."""
        across = (min(max(x, self.x[0]), self.x[1]) - self.x[0]) / (self.x[1] - self.x[0])
        up = (min(max(y, self.y[0]), self.y[1]) - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * self.width, self.top + (1.0 - up) * self.height

    def axes(self, x: dict[float, str], y: dict[float, str], name: str, colour: str) -> str:
        """Draw a grid line and a label at each tick of y, a label at each of x, and the name of x."""
        right, bottom = self.left + self.width, self.top + self.height
        parts = []
        for tick, words in y.items():
            _, level = self.at(self.x[0], tick)
            parts.append(f'<path d="M{self.left:g} {level:.2f}H{right:g}" stroke="{colour}" stroke-opacity="0.35"/>')
            parts.append(text(self.left - 6, level + 4.5, words, 13, "end"))
        for tick, words in x.items():
            place, _ = self.at(tick, self.y[0])
            parts.append(f'<path d="M{place:.2f} {bottom:g}v4" stroke="{colour}"/>{text(place, bottom + 18, words, 13)}')
        return "".join(parts) + text(right, bottom - 5, name, 13, "end", colour)

    def curve(self, x: Series, y: Series, colour: str, width: float = 2.5, dash: str = "") -> str:
        """Draw a line through the points; it ends at the edge where it leaves the plot."""
        pairs = list(zip(x.tolist(), y.tolist(), strict=True))
        points: list[Point] = []
        for (a, b), (c, d) in zip(pairs, pairs[1:] or pairs, strict=False):
            if b == d and not self.y[0] <= b <= self.y[1]:
                continue
            ends = [0.0, 1.0]
            for edge in self.y:
                if (b - edge) * (d - edge) < 0.0:
                    ends.append((edge - b) / (d - b))
            inside = sorted(end for end in ends if self.y[0] - 1e-9 <= b + end * (d - b) <= self.y[1] + 1e-9)
            points += [self.at(a + end * (c - a), b + end * (d - b)) for end in inside]
        if not points:
            return ""
        line = "L".join(f"{a:.2f} {b:.2f}" for a, b in dict.fromkeys(points))
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        return f'<path class="curve" d="M{line}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}/>'

    def point(self, x: float, y: float, colour: str, radius: float = 6.0) -> str:
        """Draw a point that glides to its next place when the picture changes; it carries its numbers as data."""
        a, b = self.at(x, y)
        return (
            f'<circle class="glides" data-x="{x:.6f}" data-y="{y:.6f}" r="{radius:g}" fill="{colour}" '
            f'style="transform: translate({a:.2f}px, {b:.2f}px)"/>'
        )
