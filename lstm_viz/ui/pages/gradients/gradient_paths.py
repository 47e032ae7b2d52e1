"""Two paths of the cell state's gradient: direct, and through the gates."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.gradient_paths import layer_paths, unit_paths
from lstm_viz.gates import Kind
from lstm_viz.gradients.gradient_paths import GradientPaths, gradient_paths
from lstm_viz.text.numbers import format_count, format_number
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.gradients.gradients_state import GradientsState, compute_once
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.theme import palette

#: How many letters before the selected one are drawn for one unit.
WINDOW = 80
#: For a layer: the maximum of steps × units × units.
_WORK = 1_600_000
_WHOSE = settings.choice("gradient_paths_whose", "memory-of", ["unit", "layer"], "unit")


def token_colors(state: GradientsState) -> TokenColors | None:
    """Color each letter by how much of its cell state reaches the selected one."""
    paths = _paths(state)
    felt = np.full(len(state.trace.tokens), np.nan)
    felt[paths.first : state.step + 1] = paths.diagonal[:, 0] if _is_single_unit() else paths.layer / np.sqrt(state.layer.units)
    return TokenColors.fitted(felt, "by how much of its memory reaches the chosen letter", signed=_is_single_unit())


def render(state: GradientsState) -> None:
    """Draw the figure and its explanation."""
    figure, text = components.figure_and_text()
    paths = _paths(state)
    tokens = state.trace.tokens[paths.first : state.step + 1]
    summary = _describe(paths, state)
    with text:
        st.markdown(
            f"**{_introduction(state.layer.kind)}** Click a letter above: the paths end there."
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.segmented_control(
                "Whose memory?", ["unit", "layer"], required=True, width="content", **_WHOSE.widget_args(),
                format_func={"unit": "one unit", "layer": "all units of the layer"}.__getitem__,
            )  # fmt: skip
            if _is_single_unit():
                controls.unit(state.view)
        st.markdown(summary)
        state_symbol, gate = ("c", "f") if state.layer.kind == "lstm" else ("h", "z")
        st.caption(
            f"Exactly: ∂{state_symbol}_T/∂{state_symbol}_t = ∏ {gate}_s over all steps s after t, plus the path through h and "
            f"the gates. For "
            "a layer the sizes are Frobenius norms over all its units. Sources: Hochreiter & Schmidhuber 1997; Gers et al. 2000."
            if state.layer.kind != "rnn" else
            "A plain RNN has no forget gate, so no direct path: everything passes through weights and tanh.",
            help=explain("direct path, gate path"),
        )  # fmt: skip
    with figure:
        components.draw_figure(
            unit_paths(paths, 0, tokens, palette()) if _is_single_unit() else layer_paths(paths, tokens, palette()),
            "gradient_paths_curves", summary,
            f"At each letter: what a small change in the memory there does to the memory after {state.format_step(state.step)}."
            + (f" The {len(tokens) - 1} letters before it are drawn." if paths.first else ""),
        )  # fmt: skip


def _is_single_unit() -> bool:
    return _WHOSE.value() != "layer"


def _paths(state: GradientsState) -> GradientPaths:
    view, units = state.view, state.layer.units
    window = WINDOW if _is_single_unit() else min(WINDOW, max(_WORK // units**2, 8))
    first = max(state.step - window, 0)
    chosen = (view.unit,) if _is_single_unit() else None
    key = ("gradient_paths", view.model, view.input_text, view.layer, state.step, chosen)
    return compute_once(key, lambda: gradient_paths(state.model, state.trace, view.layer, state.step, first, chosen))


def _introduction(kind: Kind) -> str:
    if kind == "rnn":
        return "A change in the memory of a plain RNN reaches a later step through the recurrent weights only: it has no gates."
    return (
        "A change in the memory reaches a later step on two paths: directly, through open gates, or through the gates, by "
        "changing their later values."
    )


def _describe(paths: GradientPaths, state: GradientsState) -> str:
    """Describe what is left of a change at the earliest letter drawn."""
    steps = len(paths.layer) - 1
    if not steps:
        return "Type or choose a later letter: a path needs a letter to come from."
    begin = f"From {state.format_step(paths.first)}, {format_count(steps, 'letter')} back"
    if _is_single_unit():
        straight, total = float(paths.direct[0, 0]), float(paths.diagonal[0, 0])
        arriving = f"{begin}, a change of 1 in unit {state.view.unit} arrives as **{format_number(total)}**"
        if state.layer.kind == "rnn":
            return f"{arriving}."
        gates = format_number(total - straight, sign=True)
        return f"{arriving}: {format_number(straight)} directly and {gates} through the gates."
    whole = np.sqrt(state.layer.units)
    both, direct, indirect = (float(each[0] / whole) for each in (paths.layer, paths.layer_direct, paths.layer_gates))
    arriving = f"{begin}, of a change of size 1 on average **{format_number(both)}** arrives"
    if state.layer.kind == "rnn":
        return f"{arriving}."
    return f"{arriving}: {format_number(direct)} directly, {format_number(indirect)} through the gates."
