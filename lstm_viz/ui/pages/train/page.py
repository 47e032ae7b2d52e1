"""The page where a network learns one's own text, put together: text, settings, what it takes, the training, what to keep."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz import jobs
from lstm_viz.training.data.text_dataset import Material
from lstm_viz.training.tasks.train_text import Lesson
from lstm_viz.ui import components
from lstm_viz.ui.components.layout import head, tighten
from lstm_viz.ui.pages.train import checkpoint_upload, cost_estimate, downloads, hyperparameters, progress, run, snapshots
from lstm_viz.ui.pages.train.text_input import bring


def show() -> None:
    """Draw the page; while a training runs only its own fragment is drawn again and again."""
    tighten()
    head(
        "How does a network learn to write?",
        "Train one: it reads a text letter by letter and learns to predict the next letter. Press Train and watch.",
        terms=("loss", "surprise", "gradient descent", "learning rate", "clipping", "dropout", "held-out part", "seed"),
    )
    brought, material = bring()
    if material is not None:
        recipe, more = hyperparameters.choose(material)
        _train(Lesson(brought.text, brought.name, recipe), material, more)
    elif run.current() is not None:
        _buttons(None, None)
    progress.show()
    _look_back()
    checkpoint_upload.load()
    components.follow("train_address", unsaved=run.current() is not None or brought.own)


@st.fragment
def _look_back() -> None:
    """The slider, what it shows, and what it offers to keep."""
    snapshots.show()
    downloads.keep()
    components.follow("train_look_back_address")


def _train(lesson: Lesson, material: Material, more: DeltaGenerator) -> None:
    kept = run.current()
    seconds = cost_estimate.say(lesson, material, busy=kept is not None and kept.busy, more=more)
    if seconds > cost_estimate.MOST_SECONDS:
        st.warning(
            f"That is too long for a server that others use too; "
            f"{cost_estimate.duration(cost_estimate.MOST_SECONDS)} are the most. "
            "Take fewer steps or a smaller network, or train it on your own machine:",
            icon=":material/hourglass_top:",
        )
        st.code(lesson.command(), language="bash", wrap_lines=True)
        _buttons(None, None)
        return
    _buttons(lesson, material)


def _buttons(lesson: Lesson | None, material: Material | None) -> None:
    """Train, stop, resume: those that make sense now."""
    kept = run.current()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if kept is not None and kept.busy:
            st.button("Stop", icon=":material/stop:", key="train_stop", on_click=run.stop)
            st.caption("You may look at other pages meanwhile: it goes on for a quarter of an hour. Closing this page ends it.")
            return
        # Loads what the next start needs while the person is still reading.
        jobs.warm()
        if kept is not None and kept.resumable:
            st.button("Resume", icon=":material/resume:", type="primary", key="train_resume", on_click=run.resume)
        if lesson is not None and material is not None:
            words = "Train" if kept is None else "Train anew"
            st.button(
                words, icon=":material/play_arrow:", type="primary" if kept is None else "secondary", key="train_start",
                on_click=_begin, args=(lesson, material.guessing),
            )  # fmt: skip
            if kept is not None and kept.lesson != lesson:
                st.caption("The text or the settings have changed: Train anew uses them, what is shown below was made without.")


def _begin(lesson: Lesson, guessing: float) -> None:
    snapshots.follow()
    run.begin(lesson, guessing)
