"""Applications: four pages with a figure each, and a sample that one network generates live."""

from __future__ import annotations

from pathlib import PurePath

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from lstm_viz.models.catalog import load
from lstm_viz.models.sampling import sample
from lstm_viz.ui.pages.learn.application_figures import PICTURES
from lstm_viz.ui.pages.learn.applications import Application, applications
from lstm_viz.ui.pages.learn.section import link_to_view, show_figure, show_source
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View

MODEL, PROMPT, COUNT = "shakespeare-lstm", "MARTHA:\n", 240


@st.fragment
def render() -> None:
    """Draw the section."""
    st.header("What LSTMs are for", anchor="uses", divider="gray")
    for use in applications():
        with st.container(gap=None):
            _link(use)
            st.markdown(use.words)
        if use.page in PICTURES:
            application_figure = PICTURES[use.page](palette())
            show_figure(application_figure.figure, f"learn_{PurePath(use.page).stem}", application_figure.caption)
            st.caption(application_figure.caption)
    st.markdown(
        "**See one write.** This sample is generated now, by the shipped Shakespeare network; a high temperature varies more."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        temperature = st.slider("temperature", 0.2, 1.5, 0.7, 0.05, key="learn_temperature", persist_state="session")
        st.button("Again", icon=":material/refresh:", on_click=_on_again)
    generated = PROMPT + _generate(temperature, st.session_state.get("learn_seed", 1))
    st.code(generated, language=None, wrap_lines=True)
    link_to_view("Read this sample in Explore", View(generated, MODEL, layer=1, colour="surprise"))
    show_source(
        "Karpathy, Johnson & Fei-Fei 2015 for characters, Tai, Socher & Manning 2015 for sentiment, "
        "Hochreiter & Schmidhuber 1997 for long delays."
    )


def _link(use: Application) -> None:
    try:
        st.page_link(use.page, label=f"**{use.title}** →", icon=use.icon)
    except StreamlitPageNotFoundError:
        # The page is opened alone, without the app's navigation.
        st.link_button(use.title, f"./{PurePath(use.page).stem}", icon=use.icon)


@st.cache_data(show_spinner=False, max_entries=200)
def _generate(temperature: float, seed: int) -> str:
    return sample(load(MODEL), PROMPT, COUNT, temperature, seed)


def _on_again() -> None:
    st.session_state["learn_seed"] = st.session_state.get("learn_seed", 1) + 1
