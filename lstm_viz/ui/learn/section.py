"""What all sections share: figures in place, and links back to the explorer."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from lstm_viz.figures.plain import CONFIG
from lstm_viz.ui.board.jump import jump
from lstm_viz.ui.view.view import View


def show_figure(figure: go.Figure, key: str, alt: str) -> None:
    """Draw a figure; `alt` says in words what it shows."""
    st.plotly_chart(figure, key=key, config=CONFIG, alt=alt)


def see_live(words: str, view: View) -> None:
    """Link to the explorer opened at a view, in a new tab, so that what one has typed there stays."""
    st.link_button(words, jump(view), icon=":material/open_in_new:", help="Opens Explore in a new tab.")


def source(words: str) -> None:
    """Name where a section's matter comes from."""
    st.caption(f"Source: {words}")
