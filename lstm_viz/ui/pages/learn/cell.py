"""The memory cell: three gates in formulas and words, and a cell with adjustable gates."""

from __future__ import annotations

import streamlit as st

from lstm_viz.figures.cell_step import CellStep, cell_step
from lstm_viz.figures.memory_cell import memory_cell
from lstm_viz.gates import LSTM
from lstm_viz.ui.pages.learn.formulas import as_tex
from lstm_viz.ui.pages.learn.section import link_to_view, show_figure, show_source
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View


@st.fragment
def render() -> None:
    """Draw the section."""
    st.header("A memory cell with three gates", anchor="cell", divider="gray")
    st.markdown(
        "A plain RNN overwrites its whole state at each step. An LSTM has a second state, the cell state c, controlled by "
        "three gates: the forget gate f, the input (write) gate i and the output (read) gate o. "
        "σ keeps a gate between 0 (closed) and 1 (open); products are taken unit by unit."
    )
    for quantity in LSTM:
        formula, words = st.columns([3, 2], vertical_alignment="center", gap="small")
        # Inline, so that the lines of both columns have the same height.
        formula.markdown(f"${as_tex(quantity.formula)}$")
        words.markdown(f"**{quantity.name}**: {quantity.plain}")
    st.markdown(
        "**Move the gates.** Close the forget gate, and the past is gone; close the input gate, and nothing new is written."
    )
    step = _cell_step()
    st.markdown(memory_cell(step, palette()), unsafe_allow_html=True)
    alt = f"Bars: kept {step.retained:.2f}, written {step.added:.2f}, cell {step.c:.2f}, hidden {step.h:.2f}."
    show_figure(cell_step(step, palette()), "learn_cell", alt)
    st.latex(rf"c_t = {step.f:.2f} \cdot {_signed(step.before)} + {step.i:.2f} \cdot {_signed(step.g)} = {step.c:.2f}")
    st.latex(rf"h_t = {step.o:.2f} \cdot \tanh({step.c:.2f}) = {step.h:.2f}")
    brackets = View("The cat (who was very old) sat on a mat.", "python-lstm", unit=243, zoom="unit", colour="unit.c")
    with st.container(horizontal=True, gap="small"):
        link_to_view("See a cell that holds an open bracket", brackets)
        link_to_view("See which letter wrote it", brackets, "memory", "contributions")
        link_to_view("Clamp a gate open or closed", brackets, "what_if", "effect")
    show_source("Hochreiter & Schmidhuber 1997 for the cell, Gers, Schmidhuber & Cummins 2000 for the forget gate.")


def _cell_step() -> CellStep:
    """Compute the step from the sliders."""
    left, middle, right = st.columns(3)
    return CellStep(
        f=left.slider("forget gate f", 0.0, 1.0, 0.9, 0.01, key="learn_f", persist_state="session"),
        i=middle.slider("input gate i", 0.0, 1.0, 0.5, 0.01, key="learn_i", persist_state="session"),
        o=right.slider("output gate o", 0.0, 1.0, 0.8, 0.01, key="learn_o", persist_state="session"),
        before=left.slider("old cell state $c_{t-1}$", -2.0, 2.0, 1.0, 0.01, key="learn_before", persist_state="session"),
        g=middle.slider("candidate g", -1.0, 1.0, -0.6, 0.01, key="learn_g", persist_state="session"),
    )


def _signed(value: float) -> str:
    return f"({value:.2f})" if value < 0.0 else f"{value:.2f}"
