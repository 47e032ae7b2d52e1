"""Which letter matters most? What the answer owes to each letter: integrated gradients, and gradient × input beside them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.gate_saliency import share_bars
from lstm_viz.gradients import Objective
from lstm_viz.gradients.attribution import Attribution, Baseline, gradient_times_input, integrated_gradients
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.gradients.scene import GradientsState, compute_once
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import with_minus_sign
from lstm_viz.ui.state.theme import palette

#: So many letters before the answer are asked for; earlier ones stay as they are. Over more of them the network bends so
#: wildly on the way from the baseline that no affordable number of points adds up.
WINDOW = 16
#: Points of the quadrature on that way.
POINTS = 32
#: What may be missing of the whole change, as a share of it, before the bars are not to be trusted.
TOLERABLE = 0.05

BASELINES: dict[Baseline, str] = {
    "unknown": "the symbol for what was never seen",
    "zero": "an embedding of zeros",
    "mean": "the mean of all embeddings",
}
_BASELINE = settings.choice("owed_baseline", "baseline", list(BASELINES), "unknown")


def token_colors(state: GradientsState) -> TokenColors | None:
    """Each letter coloured by its share of the answer; blank where it was not asked for."""
    if state.objective is None:
        return None
    return TokenColors.fitted(_shares(state, state.objective).shares, "by its share of the answer", signed=True)


def render(state: GradientsState) -> None:
    """Draw the lens."""
    assert state.objective is not None, "a text that is not empty has an objective"
    figure, text = components.figure_and_text()
    with text:
        st.markdown(
            "**What if a letter said nothing? Letters with a bar above zero raise the answer, those below zero lower it.** "
            + state.answer
        )
        controls.objective(state.view)
        st.selectbox("Replace each letter by", list(BASELINES), format_func=BASELINES.__getitem__, **_BASELINE.widget_args())
        attribution, first = _shares(state, state.objective), _first(state)
        summary = _describe(attribution, state)
        st.markdown(summary)
        st.caption(f"{completeness(attribution)} Source: Sundararajan, Taly & Yan 2017.", help=explain("integrated gradients"))
    end = state.end + 1
    slopes = gradient_times_input(state.trace)
    with figure:
        components.draw_figure(
            share_bars(attribution.shares[:end], slopes[:end], state.trace.tokens[:end], first, palette()), "owed_bars", summary,
            "Bars: integrated gradients, which add up to the whole change. Diamonds: gradient × input, a guess from the slope "
            "alone." + (f" The last {WINDOW} letters before the answer; earlier ones stay as they are." if first else ""),
        )  # fmt: skip


def completeness(attribution: Attribution) -> str:
    """How well the shares add up, in words, and whether to trust them."""
    change, missing = attribution.value - attribution.baseline_value, abs(attribution.error)
    summary = (
        f"Completeness: all bars add up to {np.nansum(attribution.shares):+.3f} nats, the answer really changes by "
        f"{change:+.3f}; the "
        f"error is {attribution.error:+.1g}."
    )
    summary = with_minus_sign(summary)
    if missing <= TOLERABLE * max(abs(change), 0.1):
        return summary
    return summary + " That is too much to trust the bars here: on this way the network bends too wildly. Try another baseline."


def _first(state: GradientsState) -> int:
    return max(state.end + 1 - WINDOW, 0)


def _shares(state: GradientsState, objective: Objective) -> Attribution:
    baseline = _BASELINE.value()
    key = ("owed", state.view.model, state.view.read, objective, baseline)
    return compute_once(key, lambda: integrated_gradients(state.model, state.trace, objective, baseline, POINTS, _first(state)))


def _describe(attribution: Attribution, state: GradientsState) -> str:
    """The largest shares in words."""
    sizes = np.nan_to_num(np.abs(attribution.shares))
    largest = [int(index) for index in np.argsort(-sizes, kind="stable")[:3] if sizes[index]]
    named = (
        ", ".join(f"{with_minus_sign(f'{attribution.shares[index]:+.2f}')} by {state.format_step(index)}" for index in largest)
        or "none"
    )
    baseline, summary = with_minus_sign(f"{attribution.baseline_value:.2f}"), with_minus_sign(f"{attribution.value:.2f}")
    return (
        f"From {baseline}, if these letters said nothing, to **{summary}** with the text as it is. The largest shares: {named}."
    )
