"""Sigmoid and tanh: their ranges, and their small slopes at the ends."""

from __future__ import annotations

import math

import numpy as np
import streamlit as st

from lstm_viz.figures.activations import ENDS, activations, sigmoid, sigmoid_slope, tanh_slope
from lstm_viz.text.numbers import format_percent, with_minus_sign
from lstm_viz.ui.pages.learn.measurements import TEXT, saturated
from lstm_viz.ui.pages.learn.section import link_to_view, show_figure, show_source
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View


@st.fragment
def render() -> None:
    """Draw the section."""
    st.header("Two curves that keep numbers in bounds", anchor="curves", divider="gray")
    st.markdown(
        "The sigmoid σ maps any number to 0 … 1: suitable for a gate. "
        "The tanh maps it to −1 … 1: suitable for the candidate, which may add or subtract. "
        "Far from 0 both curves are flat: a gate there is saturated, and the slope that training needs is nearly zero."
    )
    x = st.slider("x", *ENDS, 1.5, 0.1, key="learn_x", persist_state="session")
    st.latex(r"\sigma(x) = \frac{1}{1 + e^{-x}} \qquad \tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}")
    show_figure(activations(x, palette()), "learn_curves", "The sigmoid and tanh curves from −6 to 6 with their slopes.")
    st.markdown(describe_point(x))
    low, high = _saturated()
    st.caption(
        f"Measured on the shipped Shakespeare network reading {len(TEXT)} characters: of all its forget gates "
        f"{format_percent(low)} are below 0.1 and {format_percent(high)} above 0.9."
    )
    counting = View("aaaaabbbbb\n", "counting", zoom="units", colour="unit.c")
    verse = View(TEXT[:104], "shakespeare-lstm", colour="mean.f")
    with st.container(horizontal=True, gap="small"):
        link_to_view("See a network of four units use its gates", counting)
        link_to_view("See which gates are always open", verse, "memory", "saturation")
    show_source("Hochreiter & Schmidhuber 1997; the word saturation as in Karpathy, Johnson & Fei-Fei 2015.")


def describe_point(x: float) -> str:
    """Describe both curves at a point, in Markdown: their values and slopes."""
    here = np.array(x)
    return with_minus_sign(
        f"σ({x:.1f}) = **{sigmoid(here):.3f}** with slope {sigmoid_slope(here):.3f}; "
        f"tanh({x:.1f}) = **{math.tanh(x):.3f}** with slope {tanh_slope(here):.3f}."
    )


@st.cache_data(show_spinner=False)
def _saturated() -> tuple[float, float]:
    return saturated("shakespeare-lstm", "f")
