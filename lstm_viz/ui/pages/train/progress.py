"""A training as one watches it: how far it is, its two curves, and what the network writes by now."""

from __future__ import annotations

import math

import streamlit as st

from lstm_viz.figures.training import losses, norms
from lstm_viz.gates import NAMES
from lstm_viz.ui import components
from lstm_viz.ui.components.job_panel import EVERY, queued
from lstm_viz.ui.pages.train.cost_estimate import after, duration
from lstm_viz.ui.pages.train.run import Training, shown
from lstm_viz.ui.state.theme import palette

_DRAWN = "train_drawn"


def show() -> None:
    """Draw the session's training and go on drawing it for as long as it runs."""
    kept = shown()
    st.session_state[_DRAWN] = _state(kept)
    st.fragment(_look, run_every=EVERY if kept.busy else None)()


def _state(kept: Training) -> tuple[bool, int]:
    """What of a training the rest of the page depends on."""
    return kept.busy, len(kept.snapshots)


def _look() -> None:
    kept = shown()
    if st.session_state.get(_DRAWN) != _state(kept):
        # A button changes or the slider becomes longer: both stand outside.
        st.rerun()
    _progress(kept)
    if not kept.steps:
        return
    left, right = st.columns(2)
    with left:
        words = "Surprise 0 would be knowing each letter; 0.69 is a coin toss. " + verdict(kept)
        components.picture(losses(kept.curve(), palette()), "train_losses", "The loss by step of training.", words)
    with right:
        figure = norms(kept.curve(), palette())
        components.picture(figure, "train_norms", "The gradient's length by step, before and after clipping.", pushed(kept))
    if kept.busy and kept.written:
        step = max(kept.written)
        st.markdown(f"**What it writes by itself after {after(step)}**")
        st.code(kept.written[step], language=None, wrap_lines=True)


def _progress(kept: Training) -> None:
    of, waits = kept.lesson.recipe.steps, queued(kept.job) if kept.job is not None else ""
    if not kept.own:
        recipe = kept.lesson.recipe
        st.markdown(
            f"**An example until you press Train:** {NAMES[recipe.kind]}, {recipe.units} units, trained on the sample tale in "
            f"{after(of)}."
        )
    elif waits:
        st.caption(f"{waits} Done so far: {after(kept.steps)} of {of:,}." if kept.steps else waits)
    elif kept.busy:
        rest = "" if kept.left is None else f", about {duration(kept.left)} left"
        st.progress(min(1.0, kept.steps / of), f"Step {kept.steps:,} of {of:,}{rest}")
    elif kept.failure:
        st.error(kept.failure)
    elif kept.finished:
        st.caption(f"Trained for all {of:,} steps in {duration(kept.seconds)}.")
    else:
        st.caption(f"Stopped after {kept.steps:,} of {of:,} steps. It can go on as if it had never stopped.")


def verdict(kept: Training) -> str:
    """In a sentence, what the two losses say."""
    if not kept.held_out:
        return "The part that it never sees has not been measured yet."
    last, best = list(kept.held_out.values())[-1], min(kept.held_out.values())
    recent = kept.losses[-20:]
    if not math.isfinite(last):
        return "The numbers are no longer finite."
    if last > 0.98 * kept.guessing:
        return f"At {last:.2f} it predicts new text no better than guessing by letter frequency does ({kept.guessing:.2f})."
    gap = last - sum(recent) / len(recent)
    if last > 1.05 * best or gap > 0.5:
        return (
            f"On new text it is at {last:.2f} (guessing: {kept.guessing:.2f}; best so far: {best:.2f}), far above the text it "
            "learns from: it has begun to learn that one by heart."
        )
    return f"On new text it is at {last:.2f}; guessing by letter frequency gives {kept.guessing:.2f}."


def pushed(kept: Training) -> str:
    """In a sentence, how often gradients were clipped."""
    cap, peak = kept.lesson.recipe.cap, max(kept.norms)
    if cap is None:
        return f"How hard each step pushes the weights. Nothing is clipped; the hardest push was {peak:.2f}."
    capped = sum(norm > cap for norm in kept.norms)
    return (
        f"How hard each step pushes the weights. {capped:,} of {kept.steps:,} steps were clipped; "
        f"the hardest push was {peak:.2f}."
    )
