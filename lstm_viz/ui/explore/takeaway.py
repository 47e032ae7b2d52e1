"""What one can take away from the explore page: the numbers and the figure; each is made when it is asked for."""

from __future__ import annotations

import streamlit as st

from lstm_viz.export import to_csv, to_npz
from lstm_viz.figures.strips import strips
from lstm_viz.ui.explore.frames import Scene


def offer(scene: Scene) -> None:
    """Draw the download buttons."""
    trace, layer = scene.trace, scene.layer
    if not trace.tokens:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Take away:", width="content")
        st.download_button("Everything (.npz)", lambda: to_npz(trace), "lstm_viz_trace.npz", on_click="ignore")
        st.download_button(
            "This layer (.csv)", lambda: to_csv(trace, layer).encode("utf-8"), "lstm_viz_layer.csv", "text/csv", on_click="ignore"
        )
        st.download_button("Figure (.html)", lambda: _page(scene), "lstm_viz_figure.html", "text/html", on_click="ignore")


def _page(scene: Scene) -> str:
    """The strips of the layer as one stand-alone HTML file."""
    figure = strips(scene.trace, scene.layer, scene.order())
    page: str = figure.to_html(include_plotlyjs=True, full_html=True)
    return page
