"""What recurrent networks are good for, and a sample that one of them writes now."""

from __future__ import annotations

import streamlit as st

from lstm_viz.models.catalog import load
from lstm_viz.models.sampling import sample
from lstm_viz.ui.learn.section import see_live, source
from lstm_viz.ui.view.view import View

MODEL, PROMPT, COUNT = "shakespeare-lstm", "MARTHA:\n", 240


@st.fragment
def show() -> None:
    """Draw the section."""
    st.subheader("What it is good for", anchor="uses", divider="gray")
    st.markdown(
        "**Writing.** A network that expects the next character can draw one, read it, and go on. "
        "This sample is drawn now, by the shipped Shakespeare network; at a high temperature it dares more."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        temperature = st.slider("temperature", 0.2, 1.5, 0.7, 0.05, key="learn_temperature")
        st.button("Again", icon=":material/refresh:", on_click=_again)
    written = PROMPT + _written(temperature, st.session_state.get("learn_seed", 1))
    st.code(written, language=None, wrap_lines=True)
    see_live("Read this sample in Explore", View(written, MODEL, layer=1, colour="surprise"))
    st.markdown(
        "**Long-term dependencies.** A bracket must be closed, and a quotation ended, however much stands between. "
        "Explore shows a unit of a network trained on program code that holds an open bracket.\n\n"
        "**Sentiment.** Read to its end, a sentence leaves a state that says whether praise or blame was meant. "
        "This app does not show that yet; it is planned.\n\n"
        "**Time series.** Numbers can be read like characters, and the next one predicted: a load, a temperature, a heartbeat. "
        "This too is planned and not here yet."
    )
    source("Karpathy, Johnson & Fei-Fei 2015 for characters and the units that track brackets and quotes.")


@st.cache_data(show_spinner=False, max_entries=200)
def _written(temperature: float, seed: int) -> str:
    return sample(load(MODEL), PROMPT, COUNT, temperature, seed)


def _again() -> None:
    st.session_state["learn_seed"] = st.session_state.get("learn_seed", 1) + 1
