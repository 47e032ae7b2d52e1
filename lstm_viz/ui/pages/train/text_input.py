"""The training text: the sample story, typed text, or a file."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.training.data.text_dataset import LARGEST, LEAST, TextDataset, UnusableText, prepare_text
from lstm_viz.ui.components.text_source import LoadedText, TextSourceOptions, text_source
from lstm_viz.ui.state.memo import remember

_OPTIONS = TextSourceOptions(
    key="train",
    question="Which text to learn from?",
    typed=f"Paste or write at least {LEAST} characters, then click outside the box",
    placeholder="A poem, a chapter, a recipe book, your own letters, source code …",
    file="A text file in any common encoding",
    file_prompt=f"Choose a file: plain text of {LEAST} to {LARGEST:,} characters. It is not stored.",
    limit=2 * 2**20,
)
_DATASET = "train_material"


def text_input() -> tuple[LoadedText, TextDataset | None]:
    """Draw the choice of the text; return it with its data set (None if it is unusable)."""
    loaded = text_source(_OPTIONS)
    dataset, refused = (None, loaded.error) if loaded.error else _prepare_dataset(loaded.text)
    loaded = replace(loaded, error=refused)
    if refused:
        st.info(refused, icon=":material/info:")
    for note in (*loaded.notes, *([dataset.note] if dataset is not None and dataset.note else [])):
        st.caption(note)
    return loaded, dataset


def _prepare_dataset(text: str) -> tuple[TextDataset | None, str | None]:
    """Return a text's data set, cached, or the reason why it is unusable."""

    def prepare() -> tuple[TextDataset | None, str | None]:
        try:
            return prepare_text(text), None
        except UnusableText as error:
            return None, str(error)

    return remember(_DATASET, text, prepare)
