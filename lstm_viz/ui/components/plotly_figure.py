"""Plotly figures that stay in place: drawn anew by the browser without a remount, so that a zoom is kept; clicks come back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.io.json import to_json_plotly

from lstm_viz.ui.components.text_box import network, run_count
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state.markdown import strip_markdown
from lstm_viz.ui.state.messages import last_message

#: The height of a figure that names none, in pixels.
HEIGHT = 360


@dataclass(frozen=True)
class Click:
    """The point, bar or cell of a figure that was clicked: its place in the axes' own terms and the number of its trace.

    `x` and `y` are numbers, or strings on an axis of names; `customdata` is what the figure says of that point.
    """

    x: float | str | None
    y: float | str | None
    curve: int
    customdata: Any = None


def draw_figure(
    figure: go.Figure, key: str, alt: str, caption: str = "", on_click: Callable[[Click], None] | None = None,
    link: Mapping[str, str] | None = None,
) -> Click | None:  # fmt: skip
    """Draw a figure; `alt` says in words what it shows, `caption` stand below it; both may be sentences that the page prints too.

    Returns the last click, for as long as the figure is on the page. `on_click` is called once for each click, before the
    fragment runs again: the place to change the view. The browser keeps the parameters of `link` in its address.
    """

    def on_message() -> None:
        click = last_click(key)
        if on_click is not None and click is not None:
            on_click(click)

    mount(pack_figure(figure, alt, caption, clickable=on_click is not None, link=link), key, on_message, part="plotly_figure")
    return last_click(key)


def last_click(key: str) -> Click | None:
    """The last click on the figure of this key, known before it is drawn; None where there was none that makes sense."""
    sent = last_message(key) or {}
    curve = sent.get("curve")
    if not isinstance(curve, int):
        return None
    return Click(_axis_value(sent.get("x")), _axis_value(sent.get("y")), curve, sent.get("customdata"))


def pack_figure(figure: go.Figure, alt: str, caption: str, clickable: bool, link: Mapping[str, str] | None = None) -> bytes:
    """A figure as the browser is given it: a line of JSON with what is said of it, then the figure's own JSON.

    The figure goes without its template, as the page's theme dresses it there, and apart, as one that has not changed is
    not drawn again.
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
