"""The text that is to be learned: an example that is there already, one's own words, or a file."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.training.data.text_dataset import LARGEST, LEAST, Material, UnfitText, prepare_text
from lstm_viz.ui.components.text_source import Brought, Wish
from lstm_viz.ui.components.text_source import bring as bring_text

_WISH = Wish(
    key="train",
    question="What shall it learn from?",
    typed=f"Paste or write at least {LEAST} characters, then click outside the box",
    placeholder="A poem, a chapter, a recipe book, your own letters, source code …",
    file="A text file in any common encoding",
    wanted=f"Choose a file: plain text of {LEAST} to {LARGEST:,} characters. It is kept nowhere.",
    limit=2 * 2**20,
)
_MATERIAL = "train_material"


def bring() -> tuple[Brought, Material | None]:
    """Draw the choice of the text; gives it back with what can be learned from it (None where nothing can)."""
    brought = bring_text(_WISH)
    material, refused = (None, brought.refused) if brought.refused else _material(brought.text)
    brought = replace(brought, refused=refused)
    if refused:
        st.info(refused, icon=":material/info:")
    for note in (*brought.notes, *([material.note] if material is not None and material.note else [])):
        st.caption(note)
    return brought, material


def _material(text: str) -> tuple[Material | None, str | None]:
    """What can be learned from a text, found out once; or the words that say why nothing can."""
    kept: tuple[str, tuple[Material | None, str | None]] | None = st.session_state.get(_MATERIAL)
    if kept is None or kept[0] != text:
        try:
            found: tuple[Material | None, str | None] = prepare_text(text), None
        except UnfitText as error:
            found = None, str(error)
        kept = (text, found)
        st.session_state[_MATERIAL] = kept
    return kept[1]
