"""The training text: the sample story, typed text, or a file."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.training.data.text_dataset import LARGEST, LEAST, TextDataset, UnusableText, prepare_text
from lstm_viz.ui.components.text_source import LoadedText, TextSourceOptions, text_source

_OPTIONS = TextSourceOptions(
    key="train",
    question="Which text to learn from?",
    typed=f"Paste or write at least {LEAST} characters, then click outside the box",
    placeholder="A poem, a chapter, a recipe book, your own letters, source code …",
    file="A text file in any common encoding",
    file_prompt=f"Choose a file: plain text of {LEAST} to {LARGEST:,} characters. It is not stored.",
    limit=2 * 2**20,
)
_MATERIAL = "train_material"


def text_input() -> tuple[LoadedText, TextDataset | None]:
    """Draw the choice of the text; return it with its data set (None if it is unusable)."""
    loaded = text_source(_OPTIONS)
    material, refused = (None, loaded.error) if loaded.error else _dataset(loaded.text)
    loaded = replace(loaded, error=refused)
    if refused:
        st.info(refused, icon=":material/info:")
    for note in (*loaded.notes, *([material.note] if material is not None and material.note else [])):
        st.caption(note)
    return loaded, material


def _dataset(text: str) -> tuple[TextDataset | None, str | None]:
    """Return a text's data set, cached, or the reason why it is unusable."""
    cached: tuple[str, tuple[TextDataset | None, str | None]] | None = st.session_state.get(_MATERIAL)
    if cached is None or cached[0] != text:
        try:
            result: tuple[TextDataset | None, str | None] = prepare_text(text), None
        except UnusableText as error:
            result = None, str(error)
        cached = (text, result)
        st.session_state[_MATERIAL] = cached
    return cached[1]
