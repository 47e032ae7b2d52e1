"""The view of one session, shared by all its pages: its text, the examples that replace it, and its model."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from lstm_viz.reader import Reader
from lstm_viz.ui.state import address, view_from_link
from lstm_viz.ui.state.examples import is_example
from lstm_viz.ui.state.live_session import LIVE, latest_message, live_session
from lstm_viz.ui.state.messages import component_message, is_new_message, mark_consumed
from lstm_viz.ui.state.models import available_models, get_model, is_known, session_models
from lstm_viz.ui.state.synced import Synced
from lstm_viz.ui.state.view import View

#: The key of the plain text box, which edits the shared text on the pages that have no live view.
BOX = "box"
_LANGUAGE_MODEL, _BORROWED, _PREVIOUS = "view_language_model", "view_borrowed", "view_previous"
_REPLACED, _APP_TEXTS, _FROZEN_LINK, _AWAITED = "view_replaced", "view_app_texts", "view_frozen_link", "view_awaited"

#: The view shared by all pages.
_VIEW: Synced[View] = Synced("view")


@dataclass(frozen=True)
class BorrowedExample:
    """An example that one page has put up by itself; `shared_view` is the view that the other pages keep."""

    page: str
    text: str
    shared_view: View | None


def current() -> View:
    """Return the view before this run's controls: the saved one, updated by the browser's latest message.

    If the page was opened by an address with parameters, those take precedence.
    """
    _open_requested_view()
    return _take_messages()


def _open_requested_view() -> None:
    """Save the view that the page's address asks for, once in a visit; in a new session also without one."""
    pending = address.visit().pending
    requested = {name: pending.pop(name) for name in view_from_link.NAMES if name in pending}
    before = _VIEW.saved(View("", ""))
    if not _VIEW.is_set:
        save(view_from_link.open_view(requested))
    elif requested:
        st.session_state[_PREVIOUS] = before
        set_text(view_from_link.open_view(requested, before))
    length = requested.get("long", "")
    if "text" not in requested and length.isdecimal() and len(length) < 9:
        st.session_state[_AWAITED] = int(length), _VIEW.saved(before).text


def _take_messages() -> View:
    """Save the view as the browser's new messages change it, and return it."""
    view, overtaken = _VIEW.saved(View("", "")), None
    messages = {LIVE: latest_message(LIVE, _VIEW.revision), BOX: component_message(BOX)}
    for key, message in messages.items():
        if message is None or not is_new_message(key, message):
            continue
        if _VIEW.accepts(message):
            view = view.with_live(message)
        else:
            # It was sent before the page set another text.
            overtaken = view.with_live(message)
    save(view)
    if overtaken is not None and overtaken.text not in ("", view.text) and not is_app_text(overtaken.text):
        # Typed while an example was on its way: `restore_text` brings it back.
        st.session_state[_REPLACED] = (overtaken, view.text)
    for key, message in messages.items():
        mark_consumed(key, message)
    return view


def is_borrowed_example(part: str = "") -> bool:
    """Return True if this page, or this part of it, shows an example that it has put up by itself."""
    borrowed: BorrowedExample | None = st.session_state.get(_BORROWED)
    return borrowed is not None and borrowed.page == address.visit().page + part


def mark_borrowed_example(view: View, shared_view: View | None = None, part: str = "") -> None:
    """Record that this page put up an example by itself; other pages keep `shared_view`.

    With `part`, as for one of a page's questions, the rest of the page counts as another page.
    """
    borrowed = st.session_state.get(_BORROWED)
    if shared_view is None:
        shared_view = borrowed.shared_view if borrowed is not None else st.session_state.get(_PREVIOUS)
    st.session_state[_BORROWED] = BorrowedExample(address.visit().page + part, view.text, shared_view)


def view_without_borrowed_example(part: str = "") -> View:
    """Return the current view; an untouched example that another page put up is replaced by the shared view.

    Text that the user typed, or an example that the user chose, stays.
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
    """Return the view for a page that shows the view's own network; an example of another page is replaced by the shared text."""
    borrowed: BorrowedExample | None = st.session_state.get(_BORROWED)
    view = view_without_borrowed_example()
    if borrowed is None or is_borrowed_example():
        return view
    if borrowed.shared_view is None and borrowed.text == view.text and get_model(view.model).model.predicts_next_token:
        view = get_model(view.model).presets[0].apply_to(view)
        set_text(view)
    return view


def view_for_language_model() -> View:
    """Return the view for a page that needs a language model: a classifier is replaced by the language model that was shown last.

    The text stays. Pages without classifiers call it instead of `current`.
    """
    view = view_for_text_page()
    if get_model(view.model).model.predicts_next_token:
        st.session_state[_LANGUAGE_MODEL] = view.model
        return view
    last = st.session_state.get(_LANGUAGE_MODEL, "")
    view = replace(view, model=last if is_known(last) else available_models()[0], layer=0, unit=0, step=-1)
    set_text(view)
    return view


def save(view: View) -> None:
    """Save a view."""
    _VIEW.save(view)


def set_text(view: View) -> None:
    """Save a view and have the browser take over its text."""
    _VIEW.replace(view)


def replace_text(view: View) -> None:
    """Save a view that replaces the current text; `restore_text` undoes it if that text was the user's own."""
    before = _VIEW.saved(View("", ""))
    app_texts: set[str] = st.session_state.setdefault(_APP_TEXTS, set())
    if before.text not in ("", view.text) and not is_app_text(before.text):
        st.session_state[_REPLACED] = (before, view.text)
    elif is_text_replaced():
        # With several examples in a row, keep the user's text that the first one replaced.
        st.session_state[_REPLACED] = (st.session_state[_REPLACED][0], view.text)
    app_texts.add(view.text)
    set_text(view)


def is_text_replaced() -> bool:
    """Return True while the text shown has replaced the user's own."""
    before: tuple[View, str] | None = st.session_state.get(_REPLACED)
    return before is not None and before[1] == current().text


def restore_text() -> None:
    """Restore the text that another one has replaced, with its model, layer, unit and step."""
    before: tuple[View, str] | None = st.session_state.pop(_REPLACED, None)
    if before is not None:
        set_text(before[0])


def own_text() -> View | None:
    """Return the view if its text is the user's own, else the one with the user's own text that this text has replaced."""
    view = _VIEW.saved(View("", ""))
    if view.text and not is_app_text(view.text):
        return view
    before: tuple[View, str] | None = st.session_state.get(_REPLACED)
    return before[0] if before is not None and before[1] == view.text else None


def bring_back(view: View) -> None:
    """Show a view with a text of the user's own again; where a link asked for another view, `restore_text` does so.

    A text of the user's own that is shown or can be restored already is newer, and stays.
    """
    now = _VIEW.saved(View("", ""))
    if not is_known(view.model) or (now.text and not is_app_text(now.text)):
        return
    if not _VIEW.is_set or not view_from_link.is_view_requested() or awaited_length() == len(view.text):
        set_text(view)
    elif not is_text_replaced():
        st.session_state[_REPLACED] = (view, now.text)


def text_revision() -> int:
    """Return how often the page, not the user, has set the text."""
    return _VIEW.revision


def choose_model(name: str) -> None:
    """Switch to another model. The user's own text stays; an untouched example is replaced by one for the new model."""
    before, example = current(), get_model(name).presets[0]
    address.clear_note("model")
    predicted_before, predicts_now = (get_model(each).model.predicts_next_token for each in (before.model, name))
    if predicted_before:
        st.session_state[_LANGUAGE_MODEL] = before.model
    # Show the user's own text at the unit of the first example. Such units are known for LSTM networks only.
    is_lstm = get_model(name).model.config.kind == "lstm"
    view = replace(before, model=name, unit=example.unit * is_lstm, layer=example.layer * is_lstm, step=-1)
    if _is_example(view.text):
        view = example.apply_to(view)
    elif predicted_before != predicts_now:
        # Models of another kind have other colours: start with their default.
        view = replace(view, colour=example.colour)
    set_text(view)
    borrowed: BorrowedExample | None = st.session_state.get(_BORROWED)
    if borrowed is not None and borrowed.shared_view is not None and is_borrowed_example():
        # A model chosen on a page with an example of its own is chosen for the other pages too.
        shared_view = replace(borrowed.shared_view, model=name, unit=0, layer=0, step=-1)
        st.session_state[_BORROWED] = replace(
            borrowed, shared_view=example.apply_to(shared_view) if _is_example(shared_view.text) else shared_view
        )


def is_app_text(text: str) -> bool:
    """Return True for a text that the app has put there: replacing it does not lose the user's own."""
    return _is_example(text) or text in st.session_state.get(_APP_TEXTS, ())


def is_link_frozen(view: View) -> bool:
    """Return True while the address must stay as it is: it names a missing model or a text too long for a link.

    Any later choice updates the address again.
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
    """Return the length of the text that did not fit into the link, while an example is shown instead."""
    awaited: tuple[int, str] | None = st.session_state.get(_AWAITED)
    return awaited[0] if awaited is not None and awaited[1] == current().text else None


def _is_example(text: str) -> bool:
    """Return True for the text of an example of any model."""
    return is_example(text) or any(preset.text == text for own in session_models().values() for preset in own.presets)


def reader(name: str) -> Reader:
    """Return the session's reader of a model; only the last model's reader is cached."""
    return live_session().reader(get_model(name).model)
