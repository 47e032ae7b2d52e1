"""Downloads of the explore page: the arrays, a table, the figure; each is generated on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from lstm_viz.export import Beside, to_csv, to_npz
from lstm_viz.figures.strips import Opening, OutputRow, strips
from lstm_viz.ui.components.live_view.coloring import class_coloring, token_coloring
from lstm_viz.ui.components.live_view.scene import STEP_UNIT_NAMES, LiveScene
from lstm_viz.ui.state.session import LiveSession

#: Plotly's own buttons, except the ones that upload the figure, and with it the text, to Plotly's server.
_CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["sendChartToCloud", "sendDataToCloud"]}


def download_buttons(live_session: LiveSession) -> None:
    """Draw the download buttons; they deliver what the live view shows at the time of the click."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Download:", width="content")
        for title, name, make in (
            ("Everything (.npz)", "lstm_viz_trace.npz", as_npz),
            ("This layer (.csv)", "lstm_viz_layer.csv", as_csv),
            ("Figure (.html)", "lstm_viz_figure.html", lambda scene: as_page(scene, theme, live_session.last_message)),
        ):
            st.download_button(title, _from_session(live_session, make), name, on_click="ignore")


def as_npz(scene: LiveScene) -> bytes:
    """Return every array of the trace."""
    return to_npz(scene.trace, _extra_columns(scene))


def as_csv(scene: LiveScene) -> bytes:
    """Return the layer as a CSV table, UTF-8."""
    return to_csv(scene.trace, scene.layer, _extra_columns(scene)).encode("utf-8")


def as_page(scene: LiveScene, theme: str = "light", message: Mapping[str, Any] | None = None) -> bytes:
    """Return the strips as one stand-alone HTML file, with the network, the text and the step in its title.

    It opens with the steps and gradients that the browser shows by its latest `message`.
    """
    names = None if scene.curve is None else scene.curve.labels
    view, order = scene.view, scene.order() if scene.view.zoom == "units" else None
    title = " · ".join(map(escape, _title(scene)))
    figure = strips(
        scene.trace, scene.layer, order, theme, _output_row(scene), names, shown=view.zoom, unit=view.unit, title=title,
        opening=opening(scene, message or {}), coloring=None if scene.curve is not None else token_coloring(scene),
    )  # fmt: skip
    page: str = figure.to_html(include_plotlyjs=True, full_html=True, config=_CONFIG)
    return page.replace("<head>", f"<head><title>{title}</title>", 1).encode("utf-8", "replace")


def opening(scene: LiveScene, message: Mapping[str, Any]) -> Opening:
    """Return what the browser shows of the scene; its message counts if it is about this text, and as far as it makes sense."""
    steps = scene.layer.steps
    step = scene.view.step_in(steps)
    start = Opening(step=step if step >= 0 else None)
    if message.get("text", scene.view.text) != scene.view.text:
        return start
    symbols = message.get("gradients")
    if isinstance(symbols, Sequence) and all(isinstance(symbol, str) for symbol in symbols):
        start = replace(start, gradients=frozenset(symbols))
    try:
        first, last = (float(end) for end in message["range"])
    except (LookupError, TypeError, ValueError, OverflowError):
        return start
    first, last = max(first, -0.5), min(last, steps - 0.5)
    return replace(start, steps=(first, last)) if first < last else start


def _title(scene: LiveScene) -> list[str]:
    """Format network, layer and units, and the text or the name of the series."""
    view, units = scene.view, scene.layer.units
    drawn = {"overview": f"mean of {units} units", "units": f"all {units} units", "unit": f"unit {view.unit}"}[view.zoom]
    layer = [scene.layer_title or f"layer {view.layer + 1}"] if scene.layers > 1 else []
    text = " ".join(view.read.split())
    subject = scene.curve.name if scene.curve is not None else f"“{text[:79]}…”" if len(text) > 80 else f"“{text}”"
    step = [f"step {view.step_in(scene.layer.steps)}"] if scene.layer.steps else []
    return [scene.title, *layer, drawn, *step, subject]


def _extra_columns(scene: LiveScene) -> Beside:
    """Return columns that the trace does not have: a classifier's score; the dates, values and forecasts of a series."""
    curve = scene.curve
    if curve is None:
        return {} if scene.predicts_next_token else {"score": class_coloring(scene).values}
    return {"label": curve.labels, "value": curve.values, "expected": curve.expected}


def _output_row(scene: LiveScene) -> OutputRow | None:
    """Return the figure's last row, unless it is surprise."""
    curve = scene.curve
    if curve is not None:
        values = {curve.unit: curve.values, "the forecast for it": curve.expected}
        return OutputRow(f"{curve.name}: what was read, and what had been expected", values)
    if scene.predicts_next_token:
        return None
    if scene.target_class is not None:
        name = f"probability of ‘{scene.answers[scene.target_class]}’"
        return OutputRow(f"{name} after each {STEP_UNIT_NAMES[scene.step_unit]}", {name: class_coloring(scene).values})
    title = f"verdict after each {STEP_UNIT_NAMES[scene.step_unit]}: from −2, {scene.answers[0]}, to 2, {scene.answers[-1]}"
    return OutputRow(title, {"verdict": class_coloring(scene).values})


def _from_session(live_session: LiveSession, make: Callable[[LiveScene], bytes]) -> Callable[[], bytes]:
    return lambda: make(live_session.scene) if live_session.scene is not None else b""
