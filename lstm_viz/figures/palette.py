"""The colours, in one place: roles from Okabe & Ito 2008 (distinguishable for colour-blind people), light and dark scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lstm_viz.colours import DIVERGING, SEQUENTIAL
from lstm_viz.gates import Role


@dataclass(frozen=True)
class Palette:
    """One theme's colours, all as #rrggbb.

    `sequential` runs from the low to the high end of 0..1; `diverging` from −1 over the background's tone at 0 to +1.
    """

    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    roles: Mapping[Role, str]
    gradient: str


LIGHT = Palette(
    sequential=SEQUENTIAL,
    diverging=DIVERGING,
    roles={
        "write": "#8f6d00", "keep": "#0072b2", "candidate": "#b0568a", "read": "#00805d",
        "cell": "#a32a00", "hidden": "#4b2fa3", "input": "#5d6673",
    },
    gradient="#9b1c47",
)  # fmt: skip

DARK = Palette(
    sequential=("#141c26", "#15324d", "#175079", "#1f74a8", "#3f9fd0", "#86caea", "#e3f5ff"),
    diverging=("#a8d8ff", "#4a9be0", "#24598f", "#18202b", "#8f4526", "#e8834f", "#ffd3b0"),
    roles={
        "write": "#e69f00", "keep": "#6cc3f2", "candidate": "#e08bba", "read": "#2fc49a",
        "cell": "#f0803c", "hidden": "#8f7df0", "input": "#9aa5b4",
    },
    gradient="#f0739d",
)  # fmt: skip

PALETTES: Mapping[str, Palette] = {"light": LIGHT, "dark": DARK}


def colourscale(stops: tuple[str, ...]) -> list[list[float | str]]:
    """Evenly spaced stops as Plotly's colorscale."""
    return [[index / (len(stops) - 1), colour] for index, colour in enumerate(stops)]
