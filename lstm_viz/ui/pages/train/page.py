"""The train page: text, settings, cost, training, snapshots, downloads."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz import jobs
from lstm_viz.training.data.text_dataset import TextDataset
from lstm_viz.training.tasks.train_text import TrainingSpec
from lstm_viz.ui import components
from lstm_viz.ui.components import navigation
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.pages.train import cost_estimate, downloads, hyperparameters, progress, run, snapshots
from lstm_viz.ui.pages.train.text_input import text_input


def render() -> None:
    """Draw the page; during a training only its own fragment reruns."""
    page_setup()
    page_header(
        "How does a network learn to write?",
        "Press Train: it learns to predict the next letter.",
        terms=("loss", "surprise", "gradient descent", "learning rate", "gradient clipping", "dropout", "held-out part", "seed"),
    )
    loaded, dataset = text_input()
    if dataset is not None:
        config, more, row = hyperparameters.hyperparameter_controls(dataset)
        with row:
            _train(TrainingSpec(loaded.text, loaded.name, config), dataset, more)
    elif run.current() is not None:
        _buttons(None, None)
    progress.render()
    _draw_snapshots_and_downloads()
    if st.button("Load a saved network, or one of another project", icon=":material/upload_file:", key="train_load"):
        st.switch_page(navigation.YOUR_NETWORK)
    components.sync_address_bar("train_address", unsaved=run.current() is not None or loaded.own)


@st.fragment
def _draw_snapshots_and_downloads() -> None:
    """Draw the snapshot slider, what it shows, and the downloads."""
    snapshots.render()
    downloads.download_section()
    components.sync_address_bar("train_look_back_address")


def _train(spec: TrainingSpec, dataset: TextDataset, more: DeltaGenerator) -> None:
    training = run.current()
    seconds = cost_estimate.show_estimate(spec, dataset, busy=training is not None and training.is_busy, more=more)
    if seconds > cost_estimate.MAX_SECONDS:
        st.warning(
            f"That is too long for a shared server; "
            f"the limit is {cost_estimate.format_duration(cost_estimate.MAX_SECONDS)}. "
            "Take fewer steps or a smaller network, or train it on your own machine:",
            icon=":material/hourglass_top:",
        )
        st.code(spec.command(), language="bash", wrap_lines=True)
        _buttons(None, None)
        return
    _buttons(spec, dataset)


def _buttons(spec: TrainingSpec | None, dataset: TextDataset | None) -> None:
    """Draw train, stop and resume, as far as they apply."""
    training = run.current()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if training is not None and training.is_busy:
            st.button("Stop", icon=":material/stop:", key="train_stop", on_click=run.stop)
            st.caption("Training continues while you visit other pages or reload this one. Closing this tab ends it.")
            return
        # Prepare the worker while the user is still reading.
        jobs.warm()
        if training is not None and training.resumable:
            st.button("Resume", icon=":material/resume:", type="primary", key="train_resume", on_click=run.resume)
        if spec is not None and dataset is not None:
            words = "Train" if training is None else "Train again"
            st.button(
                words, icon=":material/play_arrow:", type="primary" if training is None else "secondary", key="train_start",
                on_click=_begin, args=(spec, dataset.unigram_loss),
            )  # fmt: skip
            if training is not None and training.spec != spec:
                st.caption("The text or the settings have changed: press Train again to use them.")


def _begin(spec: TrainingSpec, unigram_loss: float) -> None:
    snapshots.follow_latest()
    run.start(spec, unigram_loss)
