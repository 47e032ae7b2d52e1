"""Recurrence: one network reused at every step, folded and unrolled."""

from __future__ import annotations

import streamlit as st

from lstm_viz.figures.unrolled import unrolled
from lstm_viz.models.catalog import load
from lstm_viz.reader import trace
from lstm_viz.ui.pages.learn.section import link_to_view, show_source
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View

MODEL, TEXT = "shakespeare-lstm", "The king is"


@st.fragment
def render() -> None:
    """Draw the section."""
    st.header("One network, used again and again", anchor="recurrence", divider="gray")
    st.markdown(
        "A recurrent network reads one token at a time and feeds its hidden state h back into itself: the loop on the left. "
        "Unrolled over time it is a deep feed-forward network with one layer for each step. "
        "All these layers share their weights: every $W_{hh}$ below is the same matrix, learned once, "
        "so that a text of any length can be read."
    )
    steps = st.slider("Steps unrolled", 1, len(TEXT), 5, key="learn_steps", persist_state="session")
    drawing = unrolled(TEXT[:steps], _expected()[:steps], palette())
    st.markdown(f'<div style="overflow-x: auto" tabindex="0">{drawing}</div>', unsafe_allow_html=True)
    st.caption(
        "Below each box the character it reads; above it the one that the shipped Shakespeare network then finds likeliest "
        "(measured). That network has two such layers, drawn here as one."
    )
    weights = sum(each.numel() for each in load(MODEL).rnn.parameters())
    st.markdown(
        f"Counted: the two layers of that network have {weights:,} weights, for one step as for a thousand. A feed-forward "
        f"network without sharing would need {weights * steps:,} for the {steps} step{'s' * (steps != 1)} drawn here, and "
        "could read nothing longer."
    )
    link_to_view("See all its hidden units at every step", View(TEXT, MODEL, layer=1, zoom="units"))
    show_source("Pascanu, Mikolov & Bengio 2013 for the unrolled network.")


@st.cache_data(show_spinner=False)
def _expected() -> list[str]:
    model = load(MODEL)
    return [model.vocabulary.tokens[likeliest] for likeliest in trace(model, TEXT).probs.argmax(axis=1)]
