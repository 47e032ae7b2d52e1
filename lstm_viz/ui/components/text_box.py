"""The text box, with its text as colored tokens below.

The browser owns the text area: it sends every keystroke with one message in flight at a time, and no rerun touches the text being
typed. The text is known before the box is drawn, so that a page can compute the coloring first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.text.labels import label as mark
from lstm_viz.text.tokens import Tokens
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.frontend.payload import pack
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.live_session import live_session
from lstm_viz.ui.state.messages import component_message
from lstm_viz.ui.state.models import model_title
from lstm_viz.ui.state.synced import synced_text
from lstm_viz.ui.state.theme import PALETTES_BY_THEME
from lstm_viz.ui.state.view import LINK_LIMIT, View

_RUNS, _NETWORK = "text_box_runs", "text_box_network"


def shared_text_box(
    key: str = session.BOX, label: str | None = None, token_colors: TokenColors | None = None, model: str | None = None,
    question: str | None = None,
) -> View:  # fmt: skip
    """Draw the box of the shared text and its colored tokens; a click on a token selects the step.

    `model` reads the text instead of the view's model; without a `label` the box shows a typing prompt. The address bar follows
    the view, and the page's `question` if given. Returns the current view. Raises ValueError if `token_colors` has not one value
    per token.
    """
    view = session.current()
    start_run()
    reader = session.reader(model or view.model)
    st.session_state[_NETWORK] = model_title(model or view.model)
    trace = reader.read(view.input_text)
    step = view.step_in(len(trace.tokens))
    link = view.query() | settings.link_parameters() | ({} if question is None else {"ask": question})
    header = {"text": view.text, "warning": view.warning, "step": step, "textRevision": session.text_revision(), "link": link,
              "linkFrozen": session.is_link_frozen(view), "awaitedLength": session.awaited_length()}  # fmt: skip
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
    """Return the text of a second box, before it is drawn; `initial` until something is typed."""
    text = synced_text(key)
    if not text.is_set:
        text.save(initial)
    return text.saved(initial)


def second_text_box(key: str, label: str, initial: str, token_colors: TokenColors | None = None, model: str | None = None) -> str:
    """Draw a second box with its own text, local to this page; return its text (see `View.input_text` for the limit).

    `model` reads the text instead of the shared view's model.
    """
    text = second_text(key, initial)
    second_view = View(text, model or session.current().model)
    model_read = session.reader(second_view.model).model
    vocabulary, words = model_read.vocabulary, model_read.config.words
    tokens = vocabulary.split(second_view.input_text)
    known = np.fromiter((form in vocabulary for form in tokens.normalized), dtype=bool)
    header = {"text": text, "warning": second_view.warning, "step": None, "textRevision": synced_text(key).revision, "link": None}
    draw_text_box(key, label, token_colors, tokens, known, words, header)
    return text


def run_count() -> int:
    """Return how many runs have drawn the shared box; everything drawn by one run carries this number."""
    count: int = st.session_state.get(_RUNS, 0)
    return count


def network() -> str:
    """Return the title of the network that last read the shared box; "" before the first."""
    title: str = st.session_state.get(_NETWORK, "")
    return title


def start_run() -> None:
    """Start a run that draws a box with figures; call it before them, once per run."""
    st.session_state[_RUNS] = run_count() + 1


def typing_prompt(words: bool) -> str:
    """Return the typing prompt for a network that reads letters or words."""
    one = "word" if words else "letter"
    return f"Type here. The network reads along, {one} by {one}."


def draw_text_box(
    key: str, label: str, token_colors: TokenColors | None, tokens: Tokens, known: np.ndarray, words: bool, header: dict[str, Any]
) -> None:
    """Draw a box; `header` has its text, warning, step, link and text revision."""
    count = len(tokens.surface)
    if token_colors is not None and len(token_colors.values) != count:
        raise ValueError(f"{len(token_colors.values)} colors for {count} tokens; give one number each, NaN for none")
    header |= {
        "key": key, "seq": int((component_message(key) or {}).get("seq", 0)), "run": run_count(), "label": label,
        "tokens": [mark(token) for token in tokens.surface], "stepUnit": "words" if words else "letters",
        "spans": tokens.spans.tolist() if words else None, "unknown": np.flatnonzero(~known).tolist(),
        "scale": token_colors and token_colors.scale(), "palette": PALETTES_BY_THEME, "session": live_session().name,
        "linkLimit": LINK_LIMIT,
    }  # fmt: skip
    arrays = {} if token_colors is None else {"values": np.asarray(token_colors.values, np.float32)}
    mount(pack(header, arrays), key, part="text_box")
