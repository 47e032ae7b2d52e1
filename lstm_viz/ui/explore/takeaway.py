"""What one can take away from the explore page: the numbers and the figure; each is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lstm_viz.export import to_csv, to_npz
from lstm_viz.figures.strips import strips
from lstm_viz.ui.explore.frames import Scene
from lstm_viz.ui.explore.shown import Shown


def offer(shown: Shown) -> None:
    """Draw the download buttons; what they give is what is on the screen at the click."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Take away:", width="content")
        for title, name, make in (
            ("Everything (.npz)", "lstm_viz_trace.npz", as_npz),
            ("This layer (.csv)", "lstm_viz_layer.csv", as_csv),
            ("Figure (.html)", "lstm_viz_figure.html", as_page),
        ):
            st.download_button(title, _of(shown, make), name, on_click="ignore")


def as_npz(scene: Scene) -> bytes:
    """Every array of the trace."""
    return to_npz(scene.trace)


def as_csv(scene: Scene) -> bytes:
    """The layer as a table, UTF-8."""
    return to_csv(scene.trace, scene.layer).encode("utf-8")


def as_page(scene: Scene) -> bytes:
    """The layer's strips as one stand-alone HTML file."""
    page: str = strips(scene.trace, scene.layer, scene.order()).to_html(include_plotlyjs=True, full_html=True)
    return page.encode("utf-8")


def _of(shown: Shown, make: Callable[[Scene], bytes]) -> Callable[[], bytes]:
    return lambda: make(shown.scene) if shown.scene is not None else b""
