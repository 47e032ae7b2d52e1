"""Which letter matters most? Integrated gradients of the output, compared with gradient × input."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.gate_saliency import share_bars
from lstm_viz.gradients import Objective
from lstm_viz.gradients.attribution import Attribution, Baseline, gradient_times_input, integrated_gradients
from lstm_viz.text.numbers import format_fixed, format_number, format_signed
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.gradients.gradients_state import GradientsState, compute_once
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.theme import palette

#: How many letters before the prediction are attributed; earlier ones keep their values. With more of them the path from the
#: baseline is too nonlinear for an affordable number of quadrature points.
WINDOW = 16
#: Quadrature points on the path.
POINTS = 32
#: Largest accepted completeness error, as a share of the whole change.
MAX_COMPLETENESS_ERROR = 0.05

BASELINES: dict[Baseline, str] = {
    "unknown": "the token for unknown characters",
    "zero": "an embedding of zeros",
    "mean": "the mean of all embeddings",
}
_BASELINE = settings.choice("attribution_baseline", "baseline", list(BASELINES), "unknown")


def token_colors(state: GradientsState) -> TokenColors | None:
    """Color each letter by its share; blank outside the window."""
    if state.objective is None:
        return None
    return TokenColors.fitted(_shares(state, state.objective).shares, "by its share of the answer", signed=True)


def render(state: GradientsState) -> None:
    """Draw the figure and its explanation."""
    assert state.objective is not None, "a text that is not empty has an objective"
    figure, text = components.figure_and_text()
    with text:
        st.markdown(
            "**How much does each letter contribute? Bars above zero raise the answer, bars below zero lower it.** "
            + state.answer
        )
        controls.objective(state.view)
        st.selectbox("Replace each letter by", list(BASELINES), format_func=BASELINES.__getitem__, **_BASELINE.widget_args())
        attribution, first = _shares(state, state.objective), _first_step(state)
        summary = _describe(attribution, state)
        st.markdown(summary)
        st.caption(f"{completeness(attribution)} Source: Sundararajan, Taly & Yan 2017.", help=explain("integrated gradients"))
    end = state.end + 1
    estimates = gradient_times_input(state.trace)
    with figure:
        components.draw_figure(
            share_bars(attribution.shares[:end], estimates[:end], state.trace.tokens[:end], first, palette()), "attribution_bars",
            summary,
            "Bars: integrated gradients, which add up to the whole change. Diamonds: gradient × input, a linear "
            "estimate." + (f" The last {WINDOW} letters before the answer; earlier ones stay as they are." if first else ""),
        )  # fmt: skip


def completeness(attribution: Attribution) -> str:
    """Describe the completeness error, and whether to trust the shares."""
    change, missing = attribution.value - attribution.baseline_value, abs(attribution.error)
    summary = (
        f"Completeness: the bars add up to {format_signed(float(np.nansum(attribution.shares)), 3)} nats, the answer changes by "
        f"{format_signed(change, 3)}; the error is {format_number(attribution.error, 1, sign=True)}."
    )
    if missing <= MAX_COMPLETENESS_ERROR * max(abs(change), 0.1):
        return summary
    return summary + " This is too large to trust the bars. Try another baseline."


def _first_step(state: GradientsState) -> int:
    return max(state.end + 1 - WINDOW, 0)


def _shares(state: GradientsState, objective: Objective) -> Attribution:
    baseline = _BASELINE.value()
    key, first = ("attribution", state.view.model, state.view.input_text, objective, baseline), _first_step(state)
    return compute_once(key, lambda: integrated_gradients(state.model, state.trace, objective, baseline, POINTS, first))


def _describe(attribution: Attribution, state: GradientsState) -> str:
    """Describe the largest shares."""
    sizes = np.nan_to_num(np.abs(attribution.shares))
    largest = [int(index) for index in np.argsort(-sizes, kind="stable")[:3] if sizes[index]]
    named = (
        ", ".join(f"{format_signed(attribution.shares[index])} by {state.format_step(index)}" for index in largest)
        or "none"
    )
    baseline, value = format_fixed(attribution.baseline_value), format_fixed(attribution.value)
    noun = "share" if len(largest) == 1 else "shares"
    return f"From {baseline} with these letters replaced to **{value}** for the text as it is. Largest {noun}: {named}."
