"""Gradient clipping: how training handles exploding gradients."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.clipping import clip, clipping
from lstm_viz.training.loop.trainer import TrainerConfig
from lstm_viz.ui.pages.learn.section import link_to_view, show_figure, show_source
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View

#: The direction of the example; only its length matters.
DIRECTION = np.array([0.8, 0.6])
LONGEST = 5.0
EXAMPLE = View("The king is", "shakespeare-rnn")


@st.fragment
def render() -> None:
    """Draw the section."""
    st.header("Gradient clipping", anchor="clipping", divider="gray")
    st.markdown(
        "One exploding gradient can undo hours of training. Gradient clipping limits its norm to a threshold, also "
        "called a cap: its direction stays, its norm becomes the threshold. Smaller gradients are left alone."
    )
    st.latex(r"g \;\leftarrow\; g \cdot \min\left(1,\; \frac{\mathrm{threshold}}{\Vert g \Vert}\right)")
    left, right = st.columns(2)
    length = left.slider("gradient norm ‖g‖", 0.1, LONGEST, 3.0, 0.1, key="learn_length", persist_state="session")
    usual = TrainerConfig.max_grad_norm
    threshold = right.slider("threshold", 0.1, LONGEST, usual, 0.1, key="learn_cap", persist_state="session")
    gradient = length * DIRECTION
    clipped = float(np.linalg.norm(clip(gradient, threshold)))
    figure = clipping(gradient, threshold, 1.05 * LONGEST * float(DIRECTION[0]), palette())
    show_figure(figure, "learn_clipping", f"A gradient of norm {length:.1f} as an arrow; clipped to norm {clipped:.1f}.")
    factor = clipped / length
    st.markdown(f"A norm of {length:.1f} becomes **{clipped:.1f}**: each weight's gradient is multiplied by {factor:.2f}.")
    st.caption(f"By default this app's trainer clips the gradient over all parameters at {usual:g}.")
    link_to_view("Train a network with and without clipping", EXAMPLE, "gradients", "clipping")
    show_source("Pascanu, Mikolov & Bengio 2013, algorithm 1.")
