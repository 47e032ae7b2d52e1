"""Backpropagation through time: vanishing and exploding gradients, measured and as powers of one number."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.gradient_decay import gradient_decay, powers
from lstm_viz.figures.unrolled import unrolled_gradients
from lstm_viz.gates import NAMES
from lstm_viz.gradients.gradient_decay import GradientDecay
from lstm_viz.models.catalog import load
from lstm_viz.ui.pages.learn.measurements import TEXT, gradient_decays, shakespeare_models, shares_back
from lstm_viz.ui.pages.learn.section import link_to_view, show_figure, show_source
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View

STEPS = 100
#: The text that the two networks have read.
READ = "The king"


@st.fragment
def render() -> None:
    """Draw the section."""
    st.header("Gradients travel back through time", anchor="bptt", divider="gray")
    st.markdown(
        "Training asks how the answer would change if an earlier state were a little different. "
        "That derivative goes back through the unrolled network, and each step multiplies it: "
        "by numbers below one it vanishes, by numbers above one it explodes."
    )
    st.markdown(
        f"**Back through the same boxes.** Two networks have read “{READ}”: how sure is each that a space follows? The shares "
        "say how much of that answer's gradient is left at each letter, the last one being 100% (measured)."
    )
    drawing = unrolled_gradients(READ, _back(), palette())
    st.markdown(f'<div style="overflow-x: auto" tabindex="0">{drawing}</div>', unsafe_allow_html=True)
    st.markdown("**The same as arithmetic.** Multiply by one number w again and again:")
    factor = st.slider("w: what each step multiplies by", 0.5, 1.5, 0.9, 0.01, key="learn_factor", persist_state="session")
    show_figure(powers(factor, STEPS, palette()), "learn_powers", f"{factor:.2f} to the power n, for n from 0 to {STEPS}.")
    st.markdown(f"After {STEPS} steps 1 has become {factor:.2f}¹⁰⁰ = {_power(factor**STEPS)}.")
    st.subheader("How far back does it reach?", anchor=False)
    st.markdown(
        "From step to step an LSTM's cell state is multiplied by the forget gate alone, then added to. Where that gate is open, "
        "the gradient passes almost unchanged; the hidden state's passes through weights and activations."
    )
    curves = [curve for name in shakespeare_models() for curve in _measured(name)]
    show_figure(gradient_decay(curves, palette()), "learn_fading", " ".join(map(_describe, curves)))
    st.markdown("\n".join(f"- {_describe(curve)}" for curve in curves))
    kinds = dict.fromkeys(curve.kind for curve in curves)
    st.caption(
        f"Topmost layer of the shipped {', '.join(NAMES[kind] for kind in kinds)}, reading {len(TEXT)} characters; the gradient "
        "of the next character's log-probability, median over many places. The last hidden state answers directly, "
        "all earlier ones only through the network: hence the first drop."
    )
    verse = View("ROMEO:\nWhat light is on the hill?\nI know not, lady", "shakespeare-lstm", layer=1, colour="norm.h")
    with st.container(horizontal=True, gap="small"):
        link_to_view("See the gradient under every character", verse)
        link_to_view("Make it vanish or explode", verse, "gradients", "vanishing")
        link_to_view("See which steps each loss reaches", verse, "gradients", "gradient-flow")
    show_source("Pascanu, Mikolov & Bengio 2013; Gers et al. 2000 for the LSTM's forget gate; Cho et al. 2014 for the GRU.")


@st.cache_data(show_spinner=False)
def _back() -> dict[str, np.ndarray]:
    return shares_back([load("shakespeare-rnn"), load("shakespeare-lstm")], READ, " ")


@st.cache_data(show_spinner="Measuring gradients …")
def _measured(name: str) -> list[GradientDecay]:
    return gradient_decays(load(name))


def _power(value: float) -> str:
    digits, exponent = f"{value:.1e}".split("e")
    return rf"${digits} \cdot 10^{{{int(exponent)}}}$"


def _describe(curve: GradientDecay) -> str:
    steps_until = curve.steps_until(0.01)
    if steps_until is None:
        return f"{curve.label}: more than 1% is left {len(curve.share) - 1} characters back."
    return f"{curve.label}: less than 1% is left {steps_until} character{'s' * (steps_until != 1)} back."
