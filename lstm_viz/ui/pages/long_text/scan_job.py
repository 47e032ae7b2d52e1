"""The text that is looked at, and how it gets read: the example at once, one's own in a process beside the server's.

A reading notes every few seconds how far it is, in a file that goes with the server: one that was stopped, by whatever, goes on
from there. A finished one can be saved to a file, and taken back for the same text and network.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from lstm_viz import corpus
from lstm_viz.corpus import Scan
from lstm_viz.corpus.saving import digest
from lstm_viz.models.fingerprint import fingerprint
from lstm_viz.models.language import LanguageModel
from lstm_viz.ui.components.job_panel import Order, bench, yielded
from lstm_viz.ui.components.sample_text import NAME, tale
from lstm_viz.ui.components.text_source import Brought, Wish, bring
from lstm_viz.ui.pages.long_text import letters
from lstm_viz.ui.state.markdown import escaped, file_name
from lstm_viz.ui.state.models import exhibit, held

_KEY = "your_text"
_READ, _REFUSED = "your_text_read", "your_text_refused"
#: Items that a reading yields: every hundredth, the scan itself being the last.
_PARTS = 100
#: So many notes of stopped readings lie on the server at most; the oldest goes first.
_NOTES = 12
#: The largest saved reading, in megabytes: one of 5 MB of text has some 45.
_LARGEST = 200
_WISH = Wish(
    key=_KEY,
    question="Which text?",
    typed="Paste a text of any length, then click outside the box",
    placeholder="A chapter, a whole play, a long piece of source code, your diary …",
    file="A text file in any common encoding, such as a whole book",
    wanted="Choose a file: plain text of up to 5 MB, which is several novels. It is kept nowhere.",
    limit=5 * 2**20,
)


@dataclass(frozen=True, eq=False)
class Read:
    """A text that a network has read to its end."""

    name: str
    model: LanguageModel
    scan: Scan


def read(model: str) -> tuple[Read | None, bool]:
    """Draw the choice of the text and what it takes to read it; None until a network of this name has read it.

    The second is True where there are words of one's own, which are gone when the page is loaded again.
    """
    brought = bring(_WISH)
    return _read(model, brought), brought.own


def _read(model: str, brought: Brought) -> Read | None:
    for note in brought.notes:
        st.caption(note)
    if brought.refused:
        st.info(brought.refused, icon=":material/info:")
        return None
    if not brought.text:
        st.info("Paste a text above, and it can be read.", icon=":material/keyboard:")
        return None
    found = exhibit(model).model
    # An empty part has no letter at which to begin anew.
    starts = tuple(sorted({0, *(start for start in brought.starts if start < len(brought.text))}))
    text = letters.known(replace(brought, starts=starts), found.vocabulary)
    if (text.name, text.text) == (NAME, tale()):
        return Read(NAME, found, _example(model))
    return _own(model, text)


def save(text: Read) -> None:
    """Draw the button that saves a finished reading of a text of one's own."""
    if text.scan.text == tale():
        return
    st.download_button(
        "Save this reading", lambda: _packed(text.scan), f"{Path(text.name).stem}.scan.safetensors", icon=":material/download:",
        key=f"{_KEY}_save", on_click="ignore",
        help="All that was found, without the text: with the same text and network it need not be read again.",
    )  # fmt: skip


@lru_cache(maxsize=16)
def _example(model: str) -> Scan:
    """The tale is short: everybody's first look at it costs half a second once."""
    return corpus.scan(exhibit(model).model, tale())


def _own(model: str, brought: Brought) -> Read | None:
    found = exhibit(model).model
    kept: Read | None = st.session_state.get(_READ)
    if kept is not None and kept.model is found and kept.scan.text == brought.text and _same_parts(kept.scan, brought):
        return kept
    # The other process has the shipped models itself; one of the session's own goes along.
    sent = found if model in held() else model
    length = len(brought.text)
    each = max(1, round(length / _PARTS))
    note = _note(found, brought)

    args = (sent, brought.text, brought.starts, str(note))

    def words() -> str:
        if note.exists():
            return f"Go on reading these {length:,} letters from where it stopped"
        before = yielded(f"{_KEY}_bench")
        if before is not None and before.order.args == args:
            return f"Start anew: stopped too early to go on from there ({length:,} letters)"
        return f"Read all {length:,} letters" if length > 1 else "Read this letter"

    order = Order(corpus.scan_text, args, _PARTS, words, shared=True, each=each, unit="letters")
    st.fragment(bench)(f"{_KEY}_bench", order, lambda items, order: None)
    done = yielded(f"{_KEY}_bench")
    if done is not None and done.over and done.order == order and done.items and isinstance(done.items[-1], Scan):
        return _keep(Read(brought.name, found, replace(done.items[-1], text=brought.text)))
    if done is None or done.over:
        _load(found, brought)
        if _READ in st.session_state and st.session_state[_READ].scan.text == brought.text:
            st.rerun()
    return None


def _load(model: LanguageModel, brought: Brought) -> None:
    """Offer to take a reading that was saved before."""
    with st.popover("Load a saved reading", icon=":material/upload_file:"):
        upload = st.file_uploader(
            "A reading of this text by this network, saved from this page", key=f"{_KEY}_load", max_upload_size=_LARGEST
        )
        if upload is None:
            st.caption("It is checked against the text and the network, and kept nowhere.")
            return
        try:
            scan = corpus.load_scan(upload.getvalue(), model, brought.text, brought.starts)
        except corpus.UnreadableScan as error:
            st.error(f"{file_name(upload.name)}: {escaped(str(error))}.")
            return
    _keep(Read(brought.name, model, scan))


def _keep(text: Read) -> Read:
    st.session_state[_READ] = text
    return text


def _same_parts(scan: Scan, brought: Brought) -> bool:
    return tuple(scan.parts.tolist()) == tuple(brought.starts)


def _packed(scan: Scan) -> bytes:
    with TemporaryDirectory(prefix="lstm_viz-") as folder:
        scan.save(path := Path(folder) / "scan")
        return path.read_bytes()


def _note(model: LanguageModel, brought: Brought) -> Path:
    """Where the reading of a text by a model says how far it is: the same for everybody who has both."""
    named = f"{fingerprint(model)} {digest(brought.text)} {brought.starts}"
    folder = Path(_folder().name)
    for old in sorted(folder.glob("*.note"), key=lambda path: path.stat().st_mtime)[:-_NOTES]:
        old.unlink(missing_ok=True)
    return folder / f"{hashlib.sha256(named.encode()).hexdigest()[:32]}.note"


@cache
def _folder() -> TemporaryDirectory[str]:
    """The server's own folder; it goes when the server does."""
    return TemporaryDirectory(prefix="lstm_viz-readings-")
