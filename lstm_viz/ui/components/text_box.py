"""The box one types into, with the text below it as coloured letters.

The browser owns the text area: it sends every keystroke, one message in flight at a time, and no rerun touches what is being
typed. What was typed is known before the box is drawn, so that a page can compute what colours the letters first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from lstm_viz.text.labels import label as mark
from lstm_viz.text.tokens import Tokens
from lstm_viz.ui.components.coloring import TokenColors
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.frontend.payload import pack
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.messages import last_message
from lstm_viz.ui.state.models import model_title
from lstm_viz.ui.state.theme import PALETTES_BY_THEME
from lstm_viz.ui.state.view import LINK_LIMIT, View

_RUNS, _NETWORK = "board_runs", "board_network"


def shared_text_box(
    key: str = session.BOX, label: str | None = None, token_colors: TokenColors | None = None, model: str | None = None,
    question: str | None = None,
) -> View:  # fmt: skip
    """Draw the box of the shared text, and below it the letters; a click on a letter chooses the step.

    `model` reads the text in place of the view's own; without a `label` the box says what to do. The address bar follows the
    view, and the page's `question` where it is given. Returns the current view.
    Raises ValueError where `token_colors` are not one for each symbol that is read.
    """
    view = session.current()
    start_run()
    reader = session.reader(model or view.model)
    st.session_state[_NETWORK] = model_title(model or view.model)
    trace = reader.read(view.read)
    step = view.step_in(len(trace.tokens))
    link = view.query() | settings.link_parameters() | ({} if question is None else {"ask": question})
    header = {"text": view.text, "warning": view.warning, "step": step, "textRevision": session.text_revision(), "link": link,
              "silent": session.is_link_frozen(view), "awaited": session.awaited_length()}  # fmt: skip
    words = reader.model.config.words
    draw_text_box(
        key,
        label or typing_prompt(words),
        token_colors,
        Tokens(trace.tokens, trace.tokens, trace.spans),
        trace.known,
        words,
        header,
    )
    return view


def second_text(key: str, initial: str) -> str:
    """The text of a second box, known before it is drawn; `initial` until something is typed."""
    saved_key = f"{key}_kept"
    sent = last_message(key)
    if sent is not None:
        st.session_state[saved_key] = View(initial, "").with_live({"text": sent.get("text", "")}).text
    text: str = st.session_state.setdefault(saved_key, initial)
    return text


def second_text_box(key: str, label: str, initial: str, token_colors: TokenColors | None = None, model: str | None = None) -> str:
    """Draw a second box with a text of its own, which stays on this page; returns its text (see `View.read` for the limit).

    `model` reads the text in place of the shared view's.
    """
    text = second_text(key, initial)
    second_view = View(text, model or session.current().model)
    model_read = session.reader(second_view.model).model
    vocabulary, words = model_read.vocabulary, model_read.config.words
    tokens = vocabulary.split(second_view.read)
    known = np.fromiter((form in vocabulary for form in tokens.normalized), dtype=bool)
    header = {"text": text, "warning": second_view.warning, "step": None, "textRevision": 1, "link": None}
    draw_text_box(key, label, token_colors, tokens, known, words, header)
    return text


def run_count() -> int:
    """How many runs have drawn the shared box; all that the same run draws carries this number."""
    count: int = st.session_state.get(_RUNS, 0)
    return count


def network() -> str:
    """The title of the network that read the shared box last; "" before any did."""
    found: str = st.session_state.get(_NETWORK, "")
    return found


def start_run() -> None:
    """Note that this run draws a box that pictures belong to; call it before them, once a run."""
    st.session_state[_RUNS] = run_count() + 1


def typing_prompt(words: bool) -> str:
    """What the box of a network that reads letters, or words, asks for."""
    one = "word" if words else "letter"
    return f"Type here. The network reads along, {one} by {one}."


def draw_text_box(
    key: str, label: str, token_colors: TokenColors | None, tokens: Tokens, known: np.ndarray, words: bool, header: dict[str, Any]
) -> None:
    """Draw a box; `header` says its text, its note, the step and the link that go with it, and how often Python set the text."""
    count = len(tokens.surface)
    if token_colors is not None and len(token_colors.values) != count:
        raise ValueError(f"{len(token_colors.values)} letters for {count} symbols read; give one number each, NaN for none")
    header |= {
        "key": key, "seq": int((last_message(key) or {}).get("seq", 0)), "run": run_count(), "label": label,
        "tokens": [mark(token) for token in tokens.surface], "stepUnit": "words" if words else "letters",
        "spans": tokens.spans.tolist() if words else None, "unknown": np.flatnonzero(~known).tolist(),
        "scale": token_colors and token_colors.scale(), "palette": PALETTES_BY_THEME, "session": session.live_session().name,
        "link_limit": LINK_LIMIT,
    }  # fmt: skip
    arrays = {} if token_colors is None else {"values": np.asarray(token_colors.values, np.float32)}
    mount(pack(header, arrays), key, part="text_box")
