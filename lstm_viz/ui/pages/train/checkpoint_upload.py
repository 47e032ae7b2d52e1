"""Load a network from a file: one saved here, or a checkpoint of another project; open it in the explorer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lstm_viz.models.importing import NoVocabulary, load_checkpoint_bytes
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.serialization import UnreadableModel
from lstm_viz.ui.components.navigation import open_in_explorer
from lstm_viz.ui.pages.train import vocabulary_input
from lstm_viz.ui.state import session
from lstm_viz.ui.state.examples import Preset
from lstm_viz.ui.state.markdown import escape_block
from lstm_viz.ui.state.memo import remember
from lstm_viz.ui.state.session_models import register_model

#: The largest file that is loaded, in bytes, and the most weights of a loaded network.
_MEGABYTES = 32
LIMIT = _MEGABYTES * 2**20
MAX_WEIGHTS = 6_000_000
#: The largest vocabulary: probabilities are computed for every token at every step, and more would exhaust the memory.
MAX_TOKENS = 5000
#: How much of a user-supplied metadata value is shown.
_MAX_METADATA = 300
_LOADED = "train_loaded"


@dataclass(frozen=True, eq=False)
class _LoadedCheckpoint:
    """The result of reading a file with a given vocabulary: a network, or an error."""

    model: LanguageModel | None
    note: str = ""
    reason: str = ""
    missing: NoVocabulary | None = None


def upload_section() -> None:
    """Draw the upload of a network that was saved here or by another project."""
    label = "Load a saved network, or another project's"
    with st.expander(label, icon=":material/folder_open:", key="train_load_more", on_change="rerun"):
        # Of any extension: the content is checked, and errors are reported in our own words.
        upload = st.file_uploader(
            "A .safetensors file from this page, or another project's weights", key="train_load", max_upload_size=_MEGABYTES
        )
        if upload is None:
            st.caption(
                "Another project's LSTM, GRU or plain RNN of characters is recognized by the shapes of its weights, not "
                "their names: `torch.save(model.state_dict(), path)` saves them, and a whole module is read too. Nothing in the "
                "file is executed."
            )
            return
        loaded = _load_once(upload, None)
        if loaded.missing is not None:
            vocabulary_text = vocabulary_input.ask(loaded.missing.reason, loaded.missing.count)
            if vocabulary_text is None:
                return
            loaded = _load_once(upload, vocabulary_text, loaded.missing.count)
        if loaded.model is None:
            st.error(
                f"{escape_block(loaded.missing.reason if loaded.missing is not None else loaded.reason)}.",
                icon=":material/block:",
            )
            return
        _render_loaded(loaded.model, PurePath(upload.name).stem[:40], loaded.note)


def _render_loaded(model: LanguageModel, title: str, note: str) -> None:
    if note:
        st.caption(note)
    for name in ("summary", "notes", "data", "steps", "scores"):
        if name in model.metadata:
            # Plain text, because the file's author wrote it.
            st.text(f"{name}: {model.metadata[name][:_MAX_METADATA]}")
    if st.button("Open it in the explorer", icon=":material/keyboard:", type="primary", key="train_open_loaded"):
        open_network(model, title, "Its own characters", _from_vocabulary(model), "loaded")


def _load_once(upload: UploadedFile, vocabulary_text: str | None, count: int = 0) -> _LoadedCheckpoint:
    """Read a file once per vocabulary input."""
    key = f"{_LOADED}_plain" if vocabulary_text is None else _LOADED
    return remember(key, (upload.file_id, vocabulary_text), lambda: _read(upload, vocabulary_text, count))


def _read(upload: UploadedFile, vocabulary_text: str | None, count: int) -> _LoadedCheckpoint:
    try:
        vocabulary, note = (None, "") if vocabulary_text is None else vocabulary_input.parse_vocabulary(vocabulary_text, count)
        return _LoadedCheckpoint(load_checked(upload, vocabulary), note)
    except NoVocabulary as missing:
        return _LoadedCheckpoint(None, missing=missing)
    except ValueError as error:
        return _LoadedCheckpoint(None, reason=str(error))


def load_checked(upload: UploadedFile, vocabulary: Any = None) -> LanguageModel:
    """Return the network in an uploaded file. Raises UnreadableModel if it cannot be shown."""
    if upload.size > LIMIT:
        raise UnreadableModel(
            f"{upload.name} is larger than {LIMIT // 2**20} MB; save the weights alone, without an optimizer's state, or read it "
            "in Python with lstm_viz.load_checkpoint(path)"
        )
    model = load_checkpoint_bytes(upload.getvalue(), upload.name, vocabulary, MAX_WEIGHTS)
    if not isinstance(model, LanguageModel) or not model.predicts_next_token or model.config.words:
        raise UnreadableModel(
            f"{upload.name} does not predict characters, as this page needs. A network of words can be read in Python "
            "with lstm_viz.load_checkpoint(path)"
        )
    if len(model.vocabulary) < 2:
        raise UnreadableModel(f"{upload.name} has an empty vocabulary; a character-level network is needed")
    if len(model.vocabulary) > MAX_TOKENS:
        raise UnreadableModel(
            f"{upload.name} has a vocabulary of {len(model.vocabulary):,} characters; up to {MAX_TOKENS:,} can be shown here. "
            "Train it with fewer, or read it in Python with lstm_viz.load_checkpoint(path)"
        )
    if model.parameter_count > MAX_WEIGHTS:
        raise UnreadableModel(f"{upload.name} has {model.parameter_count:,} weights; up to {MAX_WEIGHTS:,} can be shown here")
    return model


def open_network(model: LanguageModel, title: str, example: str, text: str, key: str) -> None:
    """Register a network for the session and open it in the explorer."""
    preset = Preset("own", example, text, "A network of your own reads this. Type what you like.")
    name = register_model(model, title, [preset], key)
    open_in_explorer(preset.apply_to(replace(session.current(), model=name)))


def _from_vocabulary(model: LanguageModel) -> str:
    """Return an example text for a network of which only the vocabulary is known."""
    known = "The quick brown fox jumps over the lazy dog."
    own = "".join(model.vocabulary.tokens[1:41])
    return known if all(symbol in model.vocabulary for symbol in known.lower() if symbol != "t") else own
