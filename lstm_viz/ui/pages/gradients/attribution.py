"""Which letter matters most? What the answer owes to each letter: integrated gradients, and gradient × input beside them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.gate_saliency import share_bars
from lstm_viz.gradients import Objective
from lstm_viz.gradients.attribution import Attribution, Baseline, gradient_times_input, integrated_gradients
from lstm_viz.ui import components
from lstm_viz.ui.components import Letters, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.gradients.scene import Scene, once
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import minus
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


def letters(scene: Scene) -> Letters | None:
    """Each letter coloured by its share of the answer; blank where it was not asked for."""
    if scene.objective is None:
        return None
    return Letters.fitted(_shares(scene, scene.objective).shares, "by its share of the answer", signed=True)


def show(scene: Scene) -> None:
    """Draw the lens."""
    assert scene.objective is not None, "a text that is not empty has an objective"
    figure, words = components.beside()
    with words:
        st.markdown(
            "**What if a letter said nothing? Letters with a bar above zero raise the answer, those below zero lower it.** "
            + scene.answer
        )
        controls.aim(scene.view)
        st.selectbox("Replace each letter by", list(BASELINES), format_func=BASELINES.__getitem__, **_BASELINE.bound())
        found, first = _shares(scene, scene.objective), _first(scene)
        told = _told(found, scene)
        st.markdown(told)
        st.caption(f"{completeness(found)} Source: Sundararajan, Taly & Yan 2017.", help=explain("integrated gradients"))
    end = scene.end + 1
    slopes = gradient_times_input(scene.trace)
    with figure:
        components.picture(
            share_bars(found.shares[:end], slopes[:end], scene.trace.tokens[:end], first, palette()), "owed_bars", told,
            "Bars: integrated gradients, which add up to the whole change. Diamonds: gradient × input, a guess from the slope "
            "alone." + (f" The last {WINDOW} letters before the answer; earlier ones stay as they are." if first else ""),
        )  # fmt: skip


def completeness(found: Attribution) -> str:
    """How well the shares add up, in words, and whether to trust them."""
    change, missing = found.value - found.baseline_value, abs(found.error)
    told = (
        f"Completeness: all bars add up to {np.nansum(found.shares):+.3f} nats, the answer really changes by {change:+.3f}; the "
        f"error is {found.error:+.1g}."
    )
    told = minus(told)
    if missing <= TOLERABLE * max(abs(change), 0.1):
        return told
    return told + " That is too much to trust the bars here: on this way the network bends too wildly. Try another baseline."


def _first(scene: Scene) -> int:
    return max(scene.end + 1 - WINDOW, 0)


def _shares(scene: Scene, objective: Objective) -> Attribution:
    baseline = _BASELINE.value()
    wanted = ("owed", scene.view.model, scene.view.read, objective, baseline)
    return once(wanted, lambda: integrated_gradients(scene.model, scene.trace, objective, baseline, POINTS, _first(scene)))


def _told(found: Attribution, scene: Scene) -> str:
    """The largest shares in words."""
    sizes = np.nan_to_num(np.abs(found.shares))
    largest = [int(place) for place in np.argsort(-sizes, kind="stable")[:3] if sizes[place]]
    named = ", ".join(f"{minus(f'{found.shares[place]:+.2f}')} by {scene.named(place)}" for place in largest) or "none"
    silent, told = minus(f"{found.baseline_value:.2f}"), minus(f"{found.value:.2f}")
    return f"From {silent}, if these letters said nothing, to **{told}** with the text as it is. The largest shares: {named}."
