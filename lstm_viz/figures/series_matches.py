"""Places of a series where the same units are on: marked along the whole series, and aligned at their beginnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from jaxtyping import Float

from lstm_viz.figures.fast_figure import fast_figure
from lstm_viz.figures.palette import Palette, colourscale
from lstm_viz.figures.series import CAME, faint, marks_along

Values = Float[np.ndarray, " time"]

#: Height of a row of the aligned places in pixels, and how many rows a curve takes.
ROW, CURVE = 17, 4


@dataclass(frozen=True, eq=False)
class AlignedPlace:
    """One place of a series, with the values around it.

    Attributes:
        labels: The date or number of each value.
        values: The series' values in the place and around it.
        units: The selected units' values at each of them.
        start: The place's first value, counted from 0.
        stop: The value after its last one.
        name: What is written before it, such as its score.
    """

    labels: Sequence[str]
    values: Values
    units: Float[np.ndarray, "unit time"]
    start: int
    stop: int
    name: str


def places_along(
    labels: Sequence[str], values: Values, stretch: tuple[int, int], places: Sequence[tuple[int, int]], unit: str,
    palette: Palette,
) -> go.Figure:  # fmt: skip
    """Draw a series with its marked stretch in a frame and the places that were found shaded; a drag marks another stretch.

    `stretch` and `places` are first steps and the steps after the last ones.
    """
    positions = np.arange(len(values))
    line = go.Scatter(
        x=positions, y=values, name=CAME, text=list(labels), mode="lines",
        line={"color": palette.roles["input"], "width": 1.5}, hovertemplate="%{text}: %{y:.5g}<extra></extra>",
    )  # fmt: skip
    shaded = [_area(*place, fillcolor=faint(palette.gradient, 0.3), line={"width": 0}, layer="below") for place in places]
    frame = _area(*stretch, line={"color": palette.gradient, "width": 2})
    return fast_figure(
        [line], {"range": [-0.5, len(values) - 0.5], **marks_along(labels)}, {"title_text": unit, "nticks": 5}, 220,
        shapes=[*shaded, frame], dragmode="select", selectdirection="h",
    )  # fmt: skip


def aligned_places(
    places: Sequence[AlignedPlace], units: Sequence[str], signed: bool, unit: str, palette: Palette
) -> go.Figure:  # fmt: skip
    """Draw the places one below the other, aligned where the units turn on: the values as a curve, then a row for each unit.

    All curves have one scale, so that equal heights are equal changes; each is moved to the middle of its rows.
    """
    before = max((place.start for place in places), default=0)
    width = max((before - place.start + len(place.values) for place in places), default=1)
    block = CURVE + len(units) + 1
    height = block * len(places)
    cells, hover = np.full((height, width), np.nan), np.full((height, width), "", object)
    spans = [float(np.ptp(place.values)) for place in places]
    scale = (CURVE - 1) / (max(spans, default=0.0) or 1.0)
    names: dict[float, str] = {}
    shapes, lines = [], []
    for number, place in enumerate(places):
        top, left = number * block, before - place.start
        columns = slice(left, left + len(place.values))
        rows = slice(top + CURVE, top + CURVE + len(units))
        cells[rows, columns] = place.units[: len(units)]
        hover[rows, columns] = list(place.labels)
        names[top + (CURVE - 1) / 2] = place.name
        names |= {rows.start + row: name for row, name in enumerate(units)}
        middle = (place.values.max() + place.values.min()) / 2
        lines.append(go.Scatter(
            x=np.arange(left, left + len(place.values)), y=top + (CURVE - 1) / 2 - (place.values - middle) * scale,
            customdata=place.values, text=list(place.labels), name="values", mode="lines+markers", marker={"size": 3},
            line={"color": palette.roles["input"], "width": 1.5},
            hovertemplate=f"%{{text}}: %{{customdata:.5g}} {unit}<extra></extra>",
        ))  # fmt: skip
        shapes.append(_area(
            before, before + place.stop - place.start, line={"color": palette.gradient, "width": 2}, yref="y", y0=top - 0.6,
            y1=top + block - 1.5,
        ))  # fmt: skip
    heat = go.Heatmap(
        z=cells, customdata=hover, zmin=-1.0 if signed else 0.0, zmax=1.0, showscale=False, name="units", hoverongaps=False,
        colorscale=colourscale(palette.diverging if signed else palette.sequential),
        hovertemplate="%{customdata}: %{z:.2f}<extra></extra>",
    )  # fmt: skip
    offsets = [offset for offset in range(-before, width - before) if offset % (5 if width < 60 else 10) == 0]
    x = {
        "range": [-0.5, width - 0.5], "showgrid": False, "tickvals": [before + offset for offset in offsets],
        "ticktext": [f"{offset:+d}".replace("-", "−") if offset else "on" for offset in offsets],
        "title_text": "steps from where the units turn on",
    }  # fmt: skip
    y = {
        "range": [height - 0.5, -0.9], "showgrid": False, "tickmode": "array", "tickvals": list(names), "automargin": True,
        "ticktext": list(names.values()), "tickfont": {"size": 11}, "ticks": "",
    }  # fmt: skip
    return fast_figure([heat, *lines], x, y, max(60, ROW * height + 64), shapes=shapes)


def _area(start: int, stop: int, **style: object) -> dict[str, object]:
    return {"type": "rect", "x0": start - 0.5, "x1": stop - 0.5, "yref": "paper", "y0": 0, "y1": 1, **style}
