"""The box one types into, with the text below it as coloured letters.

The browser owns the text area: it sends every keystroke, one message in flight at a time, and no rerun touches what is being
typed. What was typed is known before the box is drawn, so that a page can compute what colours the letters first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from lstm_viz.text.labels import label as mark
from lstm_viz.ui.board.letters import Letters
from lstm_viz.ui.live.component import mount, received
from lstm_viz.ui.live.frame import pack
from lstm_viz.ui.view import session
from lstm_viz.ui.view.theme import BOTH
from lstm_viz.ui.view.view import View

PROMPT = "Type here. The network reads along, letter by letter."
_RUNS = "board_runs"


def write(key: str = session.BOX, label: str = PROMPT, letters: Letters | None = None) -> View:
    """Draw the box of the shared text, and below it the letters; a click on a letter chooses the step.

    Returns the current view. Raises ValueError where `letters` are not one for each symbol that is read.
    """
    view = session.current()
    st.session_state[_RUNS] = runs() + 1
    trace = session.reader(view.model).read(view.read)
    step = view.step_in(len(trace.tokens))
    link = view.query()
    header = {"text": view.text, "note": view.note, "step": step, "push": session.pushed(), "link": link}
    _draw(key, label, letters, trace.tokens, trace.known, header)
    return view


def other(key: str, initial: str) -> str:
    """The text of a second box, known before it is drawn; `initial` until something is typed."""
    kept = f"{key}_kept"
    sent = received(key)
    if sent is not None:
        st.session_state[kept] = View(initial, "").with_live({"text": sent.get("text", "")}).text
    text: str = st.session_state.setdefault(kept, initial)
    return text


def write_other(key: str, label: str, initial: str, letters: Letters | None = None) -> str:
    """Draw a second box with a text of its own, which stays on this page; returns its text (see `View.read` for the limit)."""
    text = other(key, initial)
    own = View(text, session.current().model)
    vocabulary = session.reader(own.model).model.vocabulary
    tokens = vocabulary.split(own.read)
    known = np.fromiter((form in vocabulary for form in tokens.forms), dtype=bool)
    _draw(key, label, letters, tokens.written, known, {"text": text, "note": own.note, "step": None, "push": 1, "link": None})
    return text


def runs() -> int:
    """How many runs have drawn the shared box; all that the same run draws carries this number."""
    count: int = st.session_state.get(_RUNS, 0)
    return count


def _draw(
    key: str, label: str, letters: Letters | None, tokens: tuple[str, ...], known: np.ndarray, header: dict[str, Any]
) -> None:
    if letters is not None and len(letters.values) != len(tokens):
        raise ValueError(f"{len(letters.values)} letters for {len(tokens)} symbols read; give one number each, NaN for none")
    header |= {
        "key": key, "seq": int((received(key) or {}).get("seq", 0)), "run": runs(), "label": label,
        "tokens": [mark(token) for token in tokens], "words": any(len(token) > 1 for token in tokens),
        "unknown": np.flatnonzero(~known).tolist(), "scale": letters and letters.scale(), "palette": BOTH,
    }  # fmt: skip
    arrays = {} if letters is None else {"values": np.asarray(letters.values, np.float32)}
    mount(pack(header, arrays), key, part="box")
