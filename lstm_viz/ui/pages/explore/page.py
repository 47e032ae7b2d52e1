"""The explore page: controls, the live view, and downloads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lstm_viz.gates import ONE_OF
from lstm_viz.ui.components import controls
from lstm_viz.ui.components.address_bar import sync_address_bar
from lstm_viz.ui.components.containers import control_row
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.components.live_view.downloads import download_buttons
from lstm_viz.ui.components.live_view.from_text import scene_from_text
from lstm_viz.ui.components.live_view.live_view import live_view
from lstm_viz.ui.components.live_view.scene import LiveScene
from lstm_viz.ui.components.unit_names import unit_names_panel
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.pages.explore.upload import upload_button
from lstm_viz.ui.state import session
from lstm_viz.ui.state.live_session import LIVE, latest_message, live_session
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View

#: Questions of the units page, with the buttons that open it there, by key.
_UNIT_QUESTIONS = {
    "explore_unit_card": ("card", "What does this unit do?"),
    "explore_unit_match": ("match", "Which units know a stretch?"),
}
#: How to mark a stretch here, before its units are shown.
_MARKING = (
    "First mark a stretch, if you like: drag over the strips with the Shift key held, or move the step with Shift and the arrow "
    "keys. You can change it on the next page."
)


def render() -> None:
    """Draw the page; a keystroke reruns only the live view, a fragment of its own."""
    page_setup()
    view = session.view_for_text_page()
    page_header(f"What does {ONE_OF[get_model(view.model).model.config.kind]} do while it reads?", _caption(view))
    _offer_course()
    _controls(view)
    live_view(_scene)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.objective(session.current())
        for key, (question, label) in _UNIT_QUESTIONS.items():
            # The page is opened at the unit that is shown now: the live view changes it without drawing this button again.
            if st.button(label, icon=":material/grain:", key=key, help=_MARKING if question == "match" else None):
                stretch = _marked_stretch() if question == "match" else None
                marked = {} if stretch is None else {"stretch": "{}.{}".format(*stretch)}
                st.switch_page("pages/units.py", query_params={"ask": question, **marked})
        download_buttons(live_session())
    unit_names_panel(session.current())
    sync_address_bar("explore_address")


def _marked_stretch() -> tuple[int, int] | None:
    """Return the first and last step that are marked in the live view; None if there is no such stretch of its text."""
    live = live_session()
    if live.scene is None:
        return None
    return marked_stretch(latest_message(LIVE, session.text_revision()) or {}, live.scene.view.text, live.scene.layer.steps)


def marked_stretch(message: Mapping[str, Any], text: str, steps: int) -> tuple[int, int] | None:
    """Return the stretch that the browser's latest message says is marked, if it is one of this text of so many steps.

    Examples:
        >>> marked_stretch({"text": "to be", "marked": [3, 4]}, "to be", 5)
        (3, 4)
    """
    marked = message.get("marked")
    if message.get("text", text) != text or not isinstance(marked, Sequence) or len(marked) != 2:
        return None
    first, last = marked
    if any(not isinstance(end, int) or isinstance(end, bool) for end in marked) or not 0 <= first <= last < steps:
        return None
    return first, last


def _offer_course() -> None:
    """Offer the lessons on a first visit; the browser remembers that it was offered. Hidden it takes no room."""
    st.html("<style>.st-key-explore_offer:has(.course[hidden]) { display: none; }</style>")
    with st.container(key="explore_offer"):
        mount(b'{"kind": "offer"}', "explore_offer_line", part="course")


def _caption(view: View) -> str:
    model = get_model(view.model).model
    one = "word" if model.config.words else "letter"
    inside = "its hidden state does" if model.config.kind == "rnn" else "its gates do"
    answer = f"which {one} it expects next" if model.predicts_next_token else "what it thinks of the text so far"
    return f"A trained network reads your text, {one} by {one}, while you type. See what {inside}, and {answer}."


def _controls(view: View) -> None:
    with control_row():
        controls.network(view, classifiers=True)
        controls.layer(view)
        upload_button()
        controls.examples(get_model(view.model).presets)


def _scene(view: View) -> LiveScene:
    return scene_from_text(view, session.reader(view.model))
