"""A page made of the shared components, as the app's pages are, with figures whose numbers are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.state import session

st.set_page_config(layout="wide")


def take(click: components.Click) -> None:
    """Go to the step and the unit of the cell."""
    session.save(replace(session.current(), step=int(float(click.x or 0)), unit=int(click.customdata)))


@st.fragment
def answer() -> None:
    """A heatmap that answers to clicks, a curve, and figures that hold nothing."""
    view = session.current()
    steps = len(session.reader(view.model).read(view.input_text).tokens)
    components.shared_text_box(token_colors=components.TokenColors.fitted(np.arange(float(steps)), "place"))
    cells = np.add.outer(np.arange(8.0), np.arange(float(steps)))
    heat = go.Figure(go.Heatmap(z=cells, customdata=np.repeat(np.arange(8)[:, None], max(steps, 1), axis=1)))
    clicked = components.draw_figure(heat, "heat", "Unit plus step.", "Click a cell.", on_click=take)
    components.draw_figure(go.Figure(go.Scatter(y=np.arange(steps) ** 2)), "curve", "A parabola.")
    if st.toggle("Empty figures"):
        components.draw_figure(go.Figure(), "empty", "Nothing.")
        components.draw_figure(go.Figure(go.Heatmap(z=[[np.nan, np.inf]])), "holes", "Nothing but holes.")
        components.draw_figure(go.Figure(go.Scatter(y=[], x=[])), "no_points", "No points.")
    st.text(f"clicked {clicked and (clicked.x, clicked.y, clicked.curve)}, unit {session.current().unit}")


controls.network(session.current())
answer()
