"""Downloads of the explore page: the numbers and the figure; each is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lstm_viz.export import Beside, to_csv, to_npz
from lstm_viz.figures.strips import Answer, strips
from lstm_viz.ui.explore.scene import ONE, Scene
from lstm_viz.ui.explore.tints import score
from lstm_viz.ui.view.session import Note


def offer(note: Note) -> None:
    """Draw the download buttons; what they give is what is on the stage at the click."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Download:", width="content")
        for title, name, make in (
            ("Everything (.npz)", "lstm_viz_trace.npz", as_npz),
            ("This layer (.csv)", "lstm_viz_layer.csv", as_csv),
            ("Figure (.html)", "lstm_viz_figure.html", as_page),
        ):
            st.download_button(title, _of(note, make), name, on_click="ignore")


def as_npz(scene: Scene) -> bytes:
    """Every array of the trace."""
    return to_npz(scene.trace, _beside(scene))


def as_csv(scene: Scene) -> bytes:
    """The layer as a table, UTF-8."""
    return to_csv(scene.trace, scene.layer, _beside(scene)).encode("utf-8")


def as_page(scene: Scene) -> bytes:
    """The layer's strips as one stand-alone HTML file."""
    names = None if scene.curve is None else scene.curve.labels
    figure = strips(scene.trace, scene.layer, scene.order(), answer=_answer(scene), names=names)
    page: str = figure.to_html(include_plotlyjs=True, full_html=True)
    return page.encode("utf-8")


def _beside(scene: Scene) -> Beside:
    """What the trace itself does not hold: a judge's score; the dates, values and forecasts of a series."""
    curve = scene.curve
    if curve is None:
        return {} if scene.foretells else {"score": score(scene.trace)}
    return {"label": curve.labels, "value": curve.values, "expected": curve.expected}


def _answer(scene: Scene) -> Answer | None:
    """What stands in the figure's last row, where that is not surprise."""
    curve = scene.curve
    if curve is not None:
        values = {curve.unit: curve.values, "the forecast for it": curve.expected}
        return Answer(f"{curve.name}: what was read, and what had been expected", values)
    if scene.foretells:
        return None
    title = f"verdict after each {ONE[scene.reads]}: from −2, {scene.answers[0]}, to 2, {scene.answers[-1]}"
    return Answer(title, {"verdict": score(scene.trace)})


def _of(note: Note, make: Callable[[Scene], bytes]) -> Callable[[], bytes]:
    return lambda: make(note.scene) if note.scene is not None else b""
