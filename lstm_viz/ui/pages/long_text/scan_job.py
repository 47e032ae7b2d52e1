"""The scanned text: the sample at once, the user's own in a separate process.

A scan saves its progress every few seconds in a temporary file of the server; a stopped scan resumes from it. A finished scan can
be downloaded, and loaded again for the same text and network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from lstm_viz import corpus
from lstm_viz.corpus import Scan
from lstm_viz.corpus.saving import digest
from lstm_viz.models.fingerprint import fingerprint
from lstm_viz.models.language import LanguageModel
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.components.job_panel import JobSpec, job_panel, job_result
from lstm_viz.ui.components.progress_files import progress_file
from lstm_viz.ui.components.sample_text import NAME, sample_text
from lstm_viz.ui.components.text_source import LoadedText, TextSourceOptions, text_source
from lstm_viz.ui.pages.long_text import unknown_letters
from lstm_viz.ui.state.markdown import escape_file_name, escape_inline
from lstm_viz.ui.state.models import get_model, session_models

_KEY = "your_text"
_READ = "your_text_read"
#: Items of a scan job: one per hundredth; the last is the scan itself.
_PARTS = 100
#: The largest saved scan, in megabytes; one of a 5 MB text has about 45. The server's own limit must not be lower.
_LARGEST = 64
_OPTIONS = TextSourceOptions(
    key=_KEY,
    question="Which text?",
    typed="Paste a text of any length, then click outside the box",
    placeholder="A chapter, a whole play, a long piece of source code, your diary …",
    file="A text file in any common encoding, such as a whole book",
    file_prompt="Choose a file: plain text of up to 5 MB, which is several novels. It is not stored.",
    limit=5 * 2**20,
)


@dataclass(frozen=True, eq=False)
class ScannedText:
    """A text scanned by a network."""

    name: str
    model: LanguageModel
    scan: Scan


def scanned_text(model: str) -> tuple[ScannedText | None, bool]:
    """Draw the choice of the text and its scan job; return None until it is scanned.

    The second value is True for the user's own text, which is lost when the tab is closed.
    """
    loaded = text_source(_OPTIONS)
    tab_work.keep(_READ)
    return _read(model, loaded), loaded.own


def _read(model: str, loaded: LoadedText) -> ScannedText | None:
    for note in loaded.notes:
        st.caption(note)
    if loaded.error:
        st.info(loaded.error, icon=":material/info:")
        return None
    if not loaded.text:
        st.info("Paste a text above, and it can be read.", icon=":material/keyboard:")
        return None
    network = get_model(model).model
    if network.config.words:
        advice = "This network reads words; whole texts are read letter by letter: choose another network above."
        st.info(advice, icon=":material/info:")
        return None
    # An empty part has no first letter.
    starts = tuple(sorted({0, *(start for start in loaded.starts if start < len(loaded.text))}))
    text = unknown_letters.unknown_letters_notice(replace(loaded, starts=starts), network.vocabulary)
    if (text.name, text.text) == (NAME, sample_text()):
        return ScannedText(NAME, network, _example(model))
    return _own(model, text)


def save_button(text: ScannedText) -> None:
    """Draw the download button of a finished scan of the user's own text."""
    if text.scan.text == sample_text():
        return
    st.download_button(
        "Save this reading", lambda: _packed(text.scan), f"{Path(text.name).stem}.scan.safetensors", icon=":material/download:",
        key=f"{_KEY}_save", on_click="ignore",
        help="The results without the text. Load them later with the same text and network, and it need not be read again.",
    )  # fmt: skip


@lru_cache(maxsize=16)
def _example(model: str) -> Scan:
    """Scan the sample story, once per model; this takes half a second."""
    return corpus.scan(get_model(model).model, sample_text())


def _own(model: str, loaded: LoadedText) -> ScannedText | None:
    network = get_model(model).model
    cached: ScannedText | None = st.session_state.get(_READ)
    if cached is not None and cached.model is network and cached.scan.text == loaded.text and _same_parts(cached.scan, loaded):
        return cached
    # The worker has the pretrained models; a session model is sent along.
    sent = network if model in session_models() else model
    length = len(loaded.text)
    note = _note(network, loaded)

    args = (sent, loaded.text, loaded.starts, str(note))

    def button_label() -> str:
        if note.exists():
            return f"Continue reading these {length:,} letters"
        before = job_result(f"{_KEY}_bench")
        if before is not None and before.spec.args == args:
            return f"Start again: stopped before the first checkpoint ({length:,} letters)"
        return f"Read all {length:,} letters" if length > 1 else "Read this letter"

    spec = JobSpec(corpus.scan_text, args, _PARTS, button_label, shared=True, unit="letters", total=length)
    st.fragment(job_panel)(f"{_KEY}_bench", spec, lambda items, spec: None)
    done = job_result(f"{_KEY}_bench")
    if done is not None and done.is_finished and done.spec == spec and done.items and isinstance(done.items[-1], Scan):
        _save(ScannedText(loaded.name, network, replace(done.items[-1], text=loaded.text)))
        # The panel above may have polled the end in this very run, as after a visit to another page; it has no more to offer.
        st.rerun()
    if done is None or done.is_finished:
        _load(network, loaded)
        if _READ in st.session_state and st.session_state[_READ].scan.text == loaded.text:
            st.rerun()
    return None


def _load(model: LanguageModel, loaded: LoadedText) -> None:
    """Draw the upload of a saved scan."""
    with st.popover("Load a saved reading", icon=":material/upload_file:"):
        upload = st.file_uploader(
            "A reading of this text by this network, saved from this page", key=f"{_KEY}_load", max_upload_size=_LARGEST
        )
        if upload is None:
            st.caption("It is checked against the text and the network, and not stored.")
            return
        try:
            scan = corpus.load_scan(upload.getvalue(), model, loaded.text, loaded.starts)
        except corpus.UnreadableScan as error:
            st.error(f"{escape_file_name(upload.name)}: {escape_inline(str(error))}.")
            return
    _save(ScannedText(loaded.name, model, scan))


def _save(text: ScannedText) -> ScannedText:
    st.session_state[_READ] = text
    return text


def _same_parts(scan: Scan, loaded: LoadedText) -> bool:
    return tuple(scan.parts.tolist()) == tuple(loaded.starts)


def _packed(scan: Scan) -> bytes:
    with TemporaryDirectory(prefix="lstm_viz-") as folder:
        scan.save(path := Path(folder) / "scan")
        return path.read_bytes()


def _note(model: LanguageModel, loaded: LoadedText) -> Path:
    """Return the progress file of a scan: the same for every session with this text and model."""
    return progress_file(f"{fingerprint(model)} {digest(loaded.text)} {loaded.starts}")
