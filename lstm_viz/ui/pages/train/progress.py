"""A training in progress: steps, loss curves, and sampled text."""

from __future__ import annotations

import math

import streamlit as st

from lstm_viz.figures.training import losses, norms
from lstm_viz.gates import NAMES
from lstm_viz.ui import components
from lstm_viz.ui.components.job_panel import POLL_SECONDS, queue_message
from lstm_viz.ui.components.polling import poll_fragment
from lstm_viz.ui.pages.train.cost_estimate import format_duration, format_steps
from lstm_viz.ui.pages.train.run import SessionTraining, displayed_training
from lstm_viz.ui.state.theme import palette

_DRAWN = "train_drawn"


def render() -> None:
    """Draw the session's training, repeatedly while it runs."""
    training = displayed_training()
    st.session_state[_DRAWN] = _state(training)
    poll_fragment(_draw_training, every=POLL_SECONDS, awaited=training.is_busy)


def _state(training: SessionTraining) -> tuple[bool, int]:
    """Return the part of the state that the rest of the page depends on."""
    return training.is_busy, len(training.snapshots)


def _draw_training() -> None:
    training = displayed_training()
    if st.session_state.get(_DRAWN) != _state(training):
        # The buttons and the slider are outside this fragment.
        st.rerun()
    _progress(training)
    if not training.steps:
        return
    left, right = st.columns(2)
    with left:
        words = "Surprise (−ln p, nats): 0 is certainty, 0.69 a coin toss. " + describe_losses(training)
        components.draw_figure(losses(training.curve(), palette()), "train_losses", "The loss by step of training.", words)
    with right:
        figure = norms(training.curve(), palette())
        components.draw_figure(
            figure, "train_norms", "The gradient norm by step, before and after clipping.", describe_clipping(training)
        )
    if training.is_busy and training.written:
        step = max(training.written)
        st.markdown(f"**What it writes by itself after {format_steps(step)}**")
        st.code(training.written[step], language=None, wrap_lines=True)


def _progress(training: SessionTraining) -> None:
    of, waits = training.spec.config.steps, queue_message(training.job) if training.job is not None else ""
    if not training.own:
        config = training.spec.config
        st.markdown(
            f"**An example until you press Train:** {NAMES[config.kind]}, {config.units} units, trained on the sample tale in "
            f"{format_steps(of)}."
        )
    elif waits:
        st.caption(f"{waits} Done so far: {format_steps(training.steps)} of {of:,}." if training.steps else waits)
    elif training.is_busy:
        remaining = "" if training.left is None else f", about {format_duration(training.left)} left"
        st.progress(min(1.0, training.steps / of), f"Step {training.steps:,} of {of:,}{remaining}")
    elif training.failure:
        st.error(training.failure)
    elif training.finished:
        st.caption(f"Trained for all {of:,} steps in {format_duration(training.seconds)}.")
    else:
        st.caption(f"Stopped after {training.steps:,} of {of:,} steps. It can be resumed without loss.")


def describe_losses(training: SessionTraining) -> str:
    """Describe the two losses in a sentence."""
    if not training.held_out:
        return "The held-out loss has not been measured yet."
    last, best = list(training.held_out.values())[-1], min(training.held_out.values())
    recent = training.losses[-20:]
    if not math.isfinite(last):
        return "The numbers are no longer finite."
    if last > 0.98 * training.unigram_loss:
        return (
            f"At {last:.2f} it predicts new text no better than guessing by letter frequency does ({training.unigram_loss:.2f})."
        )
    gap = last - sum(recent) / len(recent)
    if last > 1.05 * best or gap > 0.5:
        return (
            f"On new text it is at {last:.2f} (guessing: {training.unigram_loss:.2f}; best so far: {best:.2f}), far above the "
            "text it learns from: it is overfitting."
        )
    return f"On new text it is at {last:.2f}; guessing by letter frequency gives {training.unigram_loss:.2f}."


def describe_clipping(training: SessionTraining) -> str:
    """Describe in a sentence how often gradients were clipped."""
    max_norm, peak = training.spec.config.max_grad_norm, max(training.norms)
    if max_norm is None:
        return f"The gradient norm of each step. Nothing is clipped; the largest was {peak:.2f}."
    clipped = sum(norm > max_norm for norm in training.norms)
    return (
        f"The gradient norm of each step. {clipped:,} of {training.steps:,} steps were clipped; "
        f"the largest norm was {peak:.2f}."
    )
