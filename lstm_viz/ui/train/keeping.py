"""Keeping what was trained: a file to take away, the explorer, and a kept file loaded again."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lstm_viz.models.language import LanguageModel
from lstm_viz.models.store import UnreadableModel, read, read_bytes
from lstm_viz.ui.train import growth
from lstm_viz.ui.train.recipes import KINDS
from lstm_viz.ui.train.training import Training, shown
from lstm_viz.ui.view import session
from lstm_viz.ui.view.own import adopt
from lstm_viz.ui.view.presets import Preset
from lstm_viz.ui.view.visit import explore

#: The largest file of a network that is loaded, in bytes; the largest that can be trained here has about 2 MB.
LIMIT = 5 * 2**20
#: A chance for each of these is computed at every letter of a text, so that far more would fill the server's memory.
MOST_SYMBOLS = 5000
#: How much of a fact that a stranger may have written is shown.
_TOLD = 300


def keep() -> None:
    """Offer the snapshot that the slider stands at."""
    kept = shown()
    if not kept.moments:
        return
    st.markdown("##### Keep it")
    snapshot = growth.chosen(kept)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button("Open it in the explorer", icon=":material/keyboard:", type="primary", key="train_open"):
            _open(kept)
        st.download_button(
            "Download it (.safetensors)", kept.path(snapshot).read_bytes,
            f"lstm_viz-{kept.lesson.recipe.kind}-step-{snapshot.step}.safetensors", key="train_download", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "The text it learns from (.txt)", kept.lesson.text.encode, kept.lesson.name, key="train_text", on_click="ignore"
        )
    st.caption(
        "Kept is the network as it was where the slider above stands. In the explorer it can be chosen like the others, on every "
        "page, for as long as this visit lasts; the file holds it for good and can be loaded again below, or in Python with "
        "`lstm_viz.load(path)`."
    )
    with st.expander("The command that trains the same network", icon=":material/terminal:"):
        st.code(kept.lesson.command(), language="bash", wrap_lines=True)
        st.caption("The same text, settings and seed give the same weights. It keeps those that did best on the held-out part.")


def load() -> None:
    """Offer to load a file that was kept."""
    with st.expander("Load a network that you kept", icon=":material/folder_open:"):
        upload = st.file_uploader("A .safetensors file from this page", type=["safetensors"], key="train_load")
        if upload is None:
            return
        try:
            model = checked(upload)
        except UnreadableModel as error:
            st.error(f"{error}.", icon=":material/block:")
            return
        for name in ("summary", "data", "steps", "scores"):
            if name in model.facts:
                # As plain text: whoever made the file wrote it.
                st.text(f"{name}: {model.facts[name][:_TOLD]}")
        if st.button("Open it in the explorer", icon=":material/keyboard:", type="primary", key="train_open_loaded"):
            _visit(model, upload.name.removesuffix(".safetensors")[:40], "Its own words", _from_vocabulary(model), "loaded")


def checked(upload: UploadedFile) -> LanguageModel:
    """The network in an uploaded file; raises UnreadableModel where it cannot be shown."""
    if upload.size > LIMIT:
        raise UnreadableModel(f"{upload.name} is larger than {LIMIT // 2**20} MB; networks trained here are smaller")
    model = read_bytes(upload.getvalue(), upload.name)
    if not model.foretells or model.config.words:
        raise UnreadableModel(f"{upload.name} does not foretell characters; a network trained on this page was wanted")
    if len(model.vocabulary) < 2:
        raise UnreadableModel(f"{upload.name} knows no character; a network trained on this page was wanted")
    if len(model.vocabulary) > MOST_SYMBOLS:
        raise UnreadableModel(
            f"{upload.name} tells {len(model.vocabulary):,} characters apart; up to {MOST_SYMBOLS:,} can be shown here. "
            "Train it with --symbols, or read it in Python with lstm_viz.load(path)"
        )
    return model


def _open(kept: Training) -> None:
    snapshot, recipe = growth.chosen(kept), kept.lesson.recipe
    title = f"{'My own' if kept.own else 'The ferry'} · {KINDS[recipe.kind]} of {recipe.units}, {snapshot.step:,} steps"
    # Each moment is a network of its own there, so that two of them can be compared.
    key = f"trained-{recipe.kind}-{snapshot.step}"
    _visit(read(kept.path(snapshot)), title, "The sentence of its training", growth.sentence(kept), key)


def _visit(model: LanguageModel, title: str, example: str, text: str, key: str) -> None:
    """Make a network one of the session's own and go to the explorer with it."""
    preset = Preset(example, text, "A network of your own reads this. Type what you like.")
    name = adopt(model, title, [preset], key)
    explore(preset.applied(replace(session.current(), model=name)))


def _from_vocabulary(model: LanguageModel) -> str:
    """Something to read for a network of which only its characters are known."""
    known = "The quick brown fox jumps over the lazy dog."
    own = "".join(model.vocabulary.symbols[1:41])
    return known if all(symbol in model.vocabulary for symbol in known.lower() if symbol != "t") else own
