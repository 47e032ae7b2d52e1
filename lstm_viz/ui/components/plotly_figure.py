"""Plotly figures that are updated in place without a remount, so that they keep their zoom; clicks are returned."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.io.json import to_json_plotly

from lstm_viz.ui.components.text_box import network, run_count
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state.markdown import strip_markdown
from lstm_viz.ui.state.messages import component_message

#: Default height of a figure, in pixels.
HEIGHT = 360


@dataclass(frozen=True)
class Click:
    """A click on a point, bar or cell: its position in axis units and the index of its trace.

    `x` and `y` are numbers, or strings on a categorical axis; `customdata` is the point's own.
    """

    x: float | str | None
    y: float | str | None
    curve: int
    customdata: Any = None


def draw_figure(
    figure: go.Figure, key: str, alt: str, caption: str = "", on_click: Callable[[Click], None] | None = None,
    link: Mapping[str, str] | None = None, on_select: Callable[[float, float], None] | None = None,
) -> Click | None:  # fmt: skip
    """Draw a figure; `alt` describes it for screen readers, `caption` is printed below.

    Returns the last click while the figure is on the page. `on_click` is called once per click, before the fragment reruns;
    change the view there. `on_select` receives the ends, in units of the x-axis, of what was marked by dragging in a figure whose
    dragmode is "select". The browser writes the parameters of `link` into its address.
    """

    def on_message() -> None:
        click, marked = last_click(key), last_selection(key)
        if on_click is not None and click is not None:
            on_click(click)
        if on_select is not None and marked is not None:
            on_select(*marked)

    mount(pack_figure(figure, alt, caption, clickable=on_click is not None, link=link), key, on_message, part="plotly_figure")
    return last_click(key)


def last_click(key: str) -> Click | None:
    """Return the last click on the figure with this key, before it is drawn; None if there is none."""
    message = component_message(key) or {}
    curve = message.get("curve")
    if not isinstance(curve, int):
        return None
    return Click(_axis_value(message.get("x")), _axis_value(message.get("y")), curve, message.get("customdata"))


def last_selection(key: str) -> tuple[float, float] | None:
    """Return the ends of the last stretch that was marked by dragging in the figure with this key; None if there is none."""
    marked = (component_message(key) or {}).get("marked")
    if not isinstance(marked, list) or len(marked) != 2:
        return None
    first, last = (each if isinstance(each, int | float) and math.isfinite(each) else None for each in marked)
    return None if first is None or last is None else (min(first, last), max(first, last))


def pack_figure(figure: go.Figure, alt: str, caption: str, clickable: bool, link: Mapping[str, str] | None = None) -> bytes:
    """Pack a figure for the browser: a line of JSON with its description, then the figure's own JSON.

    The template is left out, because the browser applies the page's theme. The parts are separate so that an unchanged figure is
    not redrawn.
    """
    spec = figure.to_plotly_json()
    spec["layout"].pop("template", None)
    spec["layout"].setdefault("height", HEIGHT)
    header = {
        "alt": strip_markdown(alt), "words": strip_markdown(caption), "clickable": clickable, "run": run_count(),
        "network": network(),
        "link": link and dict(link),
    }  # fmt: skip
    return f"{json.dumps(header)}\n{to_json_plotly(spec)}".encode()


def _axis_value(value: Any) -> float | str | None:
    return value if isinstance(value, int | float | str) else None
