"""Save a trained network: download it, or open it in the explorer."""

from __future__ import annotations

import streamlit as st

from lstm_viz.gates import NAMES
from lstm_viz.models.serialization import read
from lstm_viz.ui.components.navigation import open_network
from lstm_viz.ui.pages.train import snapshots
from lstm_viz.ui.pages.train.run import SessionTraining, displayed_training


def download_section() -> None:
    """Offer the snapshot selected by the slider."""
    training = displayed_training()
    if not training.all_snapshots:
        return
    st.markdown("### Save the model")
    snapshot = snapshots.chosen_snapshot(training)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button("Open it in Explore", icon=":material/keyboard:", type="primary", key="train_open"):
            _open_in_explorer(training)
        st.download_button(
            "Download it (.safetensors)", training.path(snapshot).read_bytes,
            f"lstm_viz-{training.spec.config.kind}-step-{snapshot.step}.safetensors", key="train_download", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "The text it learns from (.txt)",
            training.spec.text.encode,
            training.spec.name,
            key="train_text",
            on_click="ignore",
        )
    st.caption(
        "The snapshot selected above is saved. Opened in Explore it is available on every page "
        "during this session; the file can be loaded again on the page “Your network”, or in Python with "
        "`lstm_viz.load(path)`."
    )
    with st.expander("The command that trains the same network", icon=":material/terminal:"):
        st.code(training.spec.command(), language="bash", wrap_lines=True)
        st.caption("The same text, settings and seed give the same weights. It saves those with the lowest held-out loss.")


def _open_in_explorer(training: SessionTraining) -> None:
    snapshot, config = snapshots.chosen_snapshot(training), training.spec.config
    title = f"{'My own' if training.own else 'The ferry'} · {NAMES[config.kind]} of {config.units}, {snapshot.step:,} steps"
    # Each snapshot is a separate model there, so that two can be compared.
    key = f"trained-{config.kind}-{snapshot.step}"
    open_network(read(training.path(snapshot)), title, "The sentence of its training", snapshots.sentence(training), key)
