"""What is remembered for one person: the view, across pages, and the reader that saves reading twice."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st

from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import Reader
from lstm_viz.ui.state import address, view_from_link
from lstm_viz.ui.state.examples import is_example
from lstm_viz.ui.state.messages import last_message
from lstm_viz.ui.state.models import available_models, get_model, is_known, session_models
from lstm_viz.ui.state.view import View

#: The components in which the shared text is typed, each on its own pages: the live view, and the plain box.
LIVE, BOX = "live", "box"
_VIEW, _TEXT_REVISION, _CONSUMED = "view", "push", "heard"
_LANGUAGE_MODEL, _BORROWED, _PREVIOUS = "view_foreteller", "view_lent", "view_previous"
_REPLACED, _APP_TEXTS, _FROZEN_LINK, _AWAITED = "view_replaced", "view_brought", "view_unwritten", "view_awaited"


@dataclass(frozen=True)
class BorrowedExample:
    """An example that stands on one page by that page's own choice; `shared_view` is the view that the other pages go on with."""

    page: str
    text: str
    shared_view: View | None


@dataclass(eq=False)
class LiveSession:
    """What is known of a live view outside any script run: `scene` was drawn last, `last_message` came last over the socket.

    `name` is told to that browser alone.
    """

    name: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    scene: Any = None
    last_message: Mapping[str, Any] | None = None
    _reader: Reader | None = None

    def reader(self, model: LanguageModel) -> Reader:
        """The reader of this visitor, for the page and for the live socket alike; only the last model's is kept."""
        reader = self._reader
        if reader is None or reader.model is not model:
            reader = self._reader = Reader(model)
        return reader


#: The notes of the sessions that are alive.
_LIVE_SESSIONS: WeakValueDictionary[str, LiveSession] = WeakValueDictionary()


def live_session(key: str = LIVE) -> LiveSession:
    """The session's note of the stage of this key; the same object for as long as the session lasts."""
    own: LiveSession = st.session_state.setdefault(f"note_{key}", LiveSession())
    _LIVE_SESSIONS[own.name] = own
    return own


def find_live_session(name: str) -> LiveSession | None:
    """A note of any session that is alive, for who knows its name."""
    return _LIVE_SESSIONS.get(name)


def current() -> View:
    """The view before this run's controls: the remembered one, with what the browser sent since.

    Where a page is opened at an address that says something, by a link or on the way back, that counts instead.
    """
    now = address.visit()
    requested = {name: now.pending.pop(name) for name in view_from_link.NAMES if name in now.pending}
    if _VIEW not in st.session_state:
        st.session_state[_TEXT_REVISION] = 1
        save(view_from_link.open_view(requested))
    elif requested:
        st.session_state[_PREVIOUS] = st.session_state[_VIEW]
        set_text(view_from_link.open_view(requested, st.session_state[_VIEW]))
    if "text" not in requested and requested.get("long", "").isdecimal() and len(requested["long"]) < 9:
        st.session_state[_AWAITED] = int(requested["long"]), st.session_state[_VIEW].text
    view: View = st.session_state[_VIEW]
    for key, last in ((LIVE, latest_message(LIVE)), (BOX, last_message(BOX))):
        message = consume_message(key, last)
        # What was sent before the page set another text is about a text that is gone.
        if message is not None and message.get("textRevision") == text_revision():
            view = view.with_live(message)
    save(view)
    return view


def is_borrowed_example(part: str = "") -> bool:
    """True where the page that is shown, or this part of it, has put up an example of its own."""
    borrowed: BorrowedExample | None = st.session_state.get(_BORROWED)
    return borrowed is not None and borrowed.page == address.visit().page + part


def mark_borrowed_example(view: View, shared_view: View | None = None, part: str = "") -> None:
    """Note that this page has put up an example by itself: the others go on with `shared_view`, whatever they showed before.

    With `part`, as for one of a page's questions, the rest of the page counts among the others.
    """
    borrowed = st.session_state.get(_BORROWED)
    if shared_view is None:
        shared_view = borrowed.shared_view if borrowed is not None else st.session_state.get(_PREVIOUS)
    st.session_state[_BORROWED] = BorrowedExample(address.visit().page + part, view.text, shared_view)


def view_without_borrowed_example(part: str = "") -> View:
    """The current view; an example that another page has put up by itself, and nobody has touched, gives way to what was before.

    Whatever one typed stays, and so does an example that one brought or typed here.
    """
    view, borrowed = current(), st.session_state.get(_BORROWED)
    if borrowed is None or is_borrowed_example(part):
        return view
    del st.session_state[_BORROWED]
    if borrowed.text == view.text and borrowed.shared_view is not None:
        view = borrowed.shared_view
        set_text(view)
    return view


def view_for_text_page() -> View:
    """The view on a page that shows the view's own network: an example lent to another page gives way to the shared text."""
    borrowed: BorrowedExample | None = st.session_state.get(_BORROWED)
    view = view_without_borrowed_example()
    if borrowed is None or is_borrowed_example():
        return view
    if borrowed.shared_view is None and borrowed.text == view.text and get_model(view.model).model.predicts_next_token:
        view = get_model(view.model).presets[0].apply_to(view)
        set_text(view)
    return view


def view_for_language_model() -> View:
    """The view on a page that needs a language model: a classifier gives way to the language model that was shown last.

    The text stays. Pages without classifiers call it in the place of `current`.
    """
    view = view_for_text_page()
    if get_model(view.model).model.predicts_next_token:
        st.session_state[_LANGUAGE_MODEL] = view.model
        return view
    last = st.session_state.get(_LANGUAGE_MODEL, "")
    view = replace(view, model=last if is_known(last) else available_models()[0], layer=0, unit=0, step=-1)
    set_text(view)
    return view


def latest_message(key: str) -> Mapping[str, Any] | None:
    """What the stage of this key sent last, to the page or on the short road; the note keeps what a page that is left forgets."""
    own = live_session(key)
    messages = [message for message in (own.last_message, last_message(key)) if message is not None]
    own.last_message = max(
        messages, key=lambda message: (int(message.get("textRevision", 0)), int(message.get("seq", 0))), default=None
    )
    return own.last_message


def consume_message(key: str, message: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A component's message, once: what a control or a click changed since must not be changed back."""
    consumed: dict[str, Mapping[str, Any] | None] = st.session_state.setdefault(_CONSUMED, {})
    before, consumed[key] = consumed.get(key), message
    return None if message == before else message


def save(view: View) -> None:
    """Remember a view."""
    st.session_state[_VIEW] = view


def set_text(view: View) -> None:
    """Remember a view whose text the browser has to take over."""
    save(view)
    st.session_state[_TEXT_REVISION] = text_revision() + 1


def replace_text(view: View) -> None:
    """Remember a view whose text replaces the one that stands there; `restore_text` gives somebody's own words back."""
    before: View | None = st.session_state.get(_VIEW)
    app_texts: set[str] = st.session_state.setdefault(_APP_TEXTS, set())
    if before is not None and before.text not in ("", view.text) and not is_app_text(before.text):
        st.session_state[_REPLACED] = (before, view.text)
    elif is_text_replaced():
        # One example after the other: the words that the first one replaced are still to be had.
        st.session_state[_REPLACED] = (st.session_state[_REPLACED][0], view.text)
    app_texts.add(view.text)
    set_text(view)


def is_text_replaced() -> bool:
    """True as long as the text that stands there has taken the place of somebody's own words."""
    before: tuple[View, str] | None = st.session_state.get(_REPLACED)
    return before is not None and before[1] == current().text


def restore_text() -> None:
    """Give back the words that an example has replaced, with the network and the place that went with them."""
    before: tuple[View, str] | None = st.session_state.pop(_REPLACED, None)
    if before is not None:
        set_text(before[0])


def text_revision() -> int:
    """How often the page, not the person, has set the text."""
    count: int = st.session_state.get(_TEXT_REVISION, 1)
    return count


def choose_model(name: str) -> None:
    """Go to another model; one's own text stays, an untouched example gives way to one that suits the model."""
    before, example = current(), get_model(name).presets[0]
    address.clear_note("model")
    predicted_before, predicts_now = (get_model(each).model.predicts_next_token for each in (before.model, name))
    if predicted_before:
        st.session_state[_LANGUAGE_MODEL] = before.model
    # One's own words are shown at the unit that the first example is about; those are known of LSTM networks.
    is_lstm = get_model(name).model.config.kind == "lstm"
    view = replace(before, model=name, unit=example.unit * is_lstm, layer=example.layer * is_lstm, step=-1)
    if _is_example(view.text):
        view = example.apply_to(view)
    elif predicted_before != predicts_now:
        # What is worth colouring by is another thing where another thing is answered.
        view = replace(view, colour=example.colour)
    set_text(view)
    borrowed: BorrowedExample | None = st.session_state.get(_BORROWED)
    if borrowed is not None and borrowed.shared_view is not None and is_borrowed_example():
        # Whoever chooses a network on a page with an example of its own means it for the others too.
        shared_view = replace(borrowed.shared_view, model=name, unit=0, layer=0, step=-1)
        st.session_state[_BORROWED] = replace(
            borrowed, shared_view=example.apply_to(shared_view) if _is_example(shared_view.text) else shared_view
        )


def is_app_text(text: str) -> bool:
    """True for a text that the app has put there: replacing it loses nobody's own words."""
    return _is_example(text) or text in st.session_state.get(_APP_TEXTS, ())


def is_link_frozen(view: View) -> bool:
    """True as long as the address shall stay as it came: it names a network that is gone or a text that did not fit into it.

    Once something else is chosen it is written again.
    """
    if "model" not in address.visit().notes and awaited_length() is None:
        st.session_state.pop(_FROZEN_LINK, None)
        return False
    first: View = st.session_state.setdefault(_FROZEN_LINK, view)
    if first != view:
        address.clear_note("model")
        st.session_state.pop(_AWAITED, None)
    return first == view


def awaited_length() -> int | None:
    """How long the text was that did not fit into the link, as long as an example stands in its place."""
    awaited: tuple[int, str] | None = st.session_state.get(_AWAITED)
    return awaited[0] if awaited is not None and awaited[1] == current().text else None


def _is_example(text: str) -> bool:
    """True for a text that came from an example of any model."""
    return is_example(text) or any(preset.text == text for own in session_models().values() for preset in own.presets)


def reader(name: str) -> Reader:
    """The session's own reader of one model; only the last model's is kept."""
    return live_session().reader(get_model(name).model)
