"""Shared by all sections: figures, links to other pages, sources."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components.links import page_link
from lstm_viz.ui.state.view import View


def show_figure(figure: go.Figure, key: str, alt: str) -> None:
    """Draw a figure; `alt` describes it for screen readers."""
    components.draw_figure(figure, key, alt)


def link_to_view(words: str, view: View, page: str = "", question: str = "") -> None:
    """Link to the explorer, or to another page, at a view and a question; in a new tab, so that typed text stays."""
    name = page.replace("_", " ").capitalize() or "Explore"
    st.link_button(words, page_link(view, page, question), icon=":material/open_in_new:", help=f"Opens {name} in a new tab.")


def show_source(words: str) -> None:
    """Draw the sources of a section."""
    st.caption(f"Source: {words}")
