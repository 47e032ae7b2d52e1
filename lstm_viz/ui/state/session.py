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
from lstm_viz.ui.state.models import exhibit, held, known, offered
from lstm_viz.ui.state.view import View

#: The components in which the shared text is typed, each on its own pages: the live view, and the plain box.
LIVE, BOX = "live", "box"
_VIEW, _PUSH, _HEARD = "view", "push", "heard"
_FORETELLER, _LENT, _PREVIOUS = "view_foreteller", "view_lent", "view_previous"
_REPLACED, _BROUGHT, _UNWRITTEN, _AWAITED = "view_replaced", "view_brought", "view_unwritten", "view_awaited"


@dataclass(frozen=True)
class Lent:
    """An example that stands on one page by that page's own choice; `home` is the view that the other pages go on with."""

    page: str
    text: str
    home: View | None


@dataclass(eq=False)
class Note:
    """What is known of a stage outside any run: `scene` is what was drawn last, `heard` what its browser said on the short road.

    `name` is told to that browser alone.
    """

    name: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    scene: Any = None
    heard: Mapping[str, Any] | None = None
    _reader: Reader | None = None

    def reader(self, model: LanguageModel) -> Reader:
        """The reader of this visitor, for the page and for the live socket alike; only the last model's is kept."""
        reader = self._reader
        if reader is None or reader.model is not model:
            reader = self._reader = Reader(model)
        return reader


#: The notes of the sessions that are alive.
_NOTES: WeakValueDictionary[str, Note] = WeakValueDictionary()


def note(key: str = LIVE) -> Note:
    """The session's note of the stage of this key; the same object for as long as the session lasts."""
    own: Note = st.session_state.setdefault(f"note_{key}", Note())
    _NOTES[own.name] = own
    return own


def note_named(name: str) -> Note | None:
    """A note of any session that is alive, for who knows its name."""
    return _NOTES.get(name)


def current() -> View:
    """The view before this run's controls: the remembered one, with what the browser sent since.

    Where a page is opened at an address that says something, by a link or on the way back, that counts instead.
    """
    now = address.visit()
    asked = {name: now.pending.pop(name) for name in view_from_link.NAMES if name in now.pending}
    if _VIEW not in st.session_state:
        st.session_state[_PUSH] = 1
        keep(view_from_link.opened(asked))
    elif asked:
        st.session_state[_PREVIOUS] = st.session_state[_VIEW]
        push(view_from_link.opened(asked, st.session_state[_VIEW]))
    if "text" not in asked and asked.get("long", "").isdecimal() and len(asked["long"]) < 9:
        st.session_state[_AWAITED] = int(asked["long"]), st.session_state[_VIEW].text
    view: View = st.session_state[_VIEW]
    for key, last in ((LIVE, newest(LIVE)), (BOX, last_message(BOX))):
        sent = news(key, last)
        # What was sent before the page set another text is about a text that is gone.
        if sent is not None and sent.get("push") == pushed():
            view = view.with_live(sent)
    keep(view)
    return view


def is_lent(part: str = "") -> bool:
    """True where the page that is shown, or this part of it, has put up an example of its own."""
    lent: Lent | None = st.session_state.get(_LENT)
    return lent is not None and lent.page == address.visit().page + part


def lend(view: View, home: View | None = None, part: str = "") -> None:
    """Note that this page has put up an example by itself: the others go on with `home`, whatever they showed before.

    With `part`, as for one of a page's questions, the rest of the page counts among the others.
    """
    lent = st.session_state.get(_LENT)
    if home is None:
        home = lent.home if lent is not None else st.session_state.get(_PREVIOUS)
    st.session_state[_LENT] = Lent(address.visit().page + part, view.text, home)


def returned(part: str = "") -> View:
    """The current view; an example that another page has put up by itself, and nobody has touched, gives way to what was before.

    Whatever one typed stays, and so does an example that one brought or typed here.
    """
    view, lent = current(), st.session_state.get(_LENT)
    if lent is None or is_lent(part):
        return view
    del st.session_state[_LENT]
    if lent.text == view.text and lent.home is not None:
        view = lent.home
        push(view)
    return view


def arrived() -> View:
    """What `returned` gives, on a page that shows the view's own network; an example lent to another's gives way to its own."""
    lent: Lent | None = st.session_state.get(_LENT)
    view = returned()
    if lent is None or is_lent():
        return view
    if lent.home is None and lent.text == view.text and exhibit(view.model).model.foretells:
        view = exhibit(view.model).presets[0].applied(view)
        push(view)
    return view


def foretelling() -> View:
    """What `arrived` gives, on a page that asks what comes next: a judge gives way to the language model that was shown last.

    The text stays. Pages without judges call it in the place of `current`.
    """
    view = arrived()
    if exhibit(view.model).model.foretells:
        st.session_state[_FORETELLER] = view.model
        return view
    last = st.session_state.get(_FORETELLER, "")
    view = replace(view, model=last if known(last) else offered()[0], layer=0, unit=0, step=-1)
    push(view)
    return view


def newest(key: str) -> Mapping[str, Any] | None:
    """What the stage of this key sent last, to the page or on the short road; the note keeps what a page that is left forgets."""
    own = note(key)
    messages = [message for message in (own.heard, last_message(key)) if message is not None]
    own.heard = max(messages, key=lambda message: (int(message.get("push", 0)), int(message.get("seq", 0))), default=None)
    return own.heard


def news(key: str, sent: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What the component of this key `sent`, once a message: what a control or a click changed since must not be changed back."""
    heard: dict[str, Mapping[str, Any] | None] = st.session_state.setdefault(_HEARD, {})
    before, heard[key] = heard.get(key), sent
    return None if sent == before else sent


def keep(view: View) -> None:
    """Remember a view."""
    st.session_state[_VIEW] = view


def push(view: View) -> None:
    """Remember a view whose text the browser has to take over."""
    keep(view)
    st.session_state[_PUSH] = pushed() + 1


def bring(view: View) -> None:
    """Remember a view whose text replaces the one that stands there; `undo` gives somebody's own words back."""
    before: View | None = st.session_state.get(_VIEW)
    brought: set[str] = st.session_state.setdefault(_BROUGHT, set())
    if before is not None and before.text not in ("", view.text) and not is_given(before.text):
        st.session_state[_REPLACED] = (before, view.text)
    elif replaced():
        # One example after the other: the words that the first one replaced are still to be had.
        st.session_state[_REPLACED] = (st.session_state[_REPLACED][0], view.text)
    brought.add(view.text)
    push(view)


def replaced() -> bool:
    """True as long as the text that stands there has taken the place of somebody's own words."""
    before: tuple[View, str] | None = st.session_state.get(_REPLACED)
    return before is not None and before[1] == current().text


def undo() -> None:
    """Give back the words that an example has replaced, with the network and the place that went with them."""
    before: tuple[View, str] | None = st.session_state.pop(_REPLACED, None)
    if before is not None:
        push(before[0])


def pushed() -> int:
    """How often the page, not the person, has set the text."""
    count: int = st.session_state.get(_PUSH, 1)
    return count


def choose_model(name: str) -> None:
    """Go to another model; one's own text stays, an untouched example gives way to one that suits the model."""
    before, example = current(), exhibit(name).presets[0]
    address.settle("model")
    foretold, foretells = (exhibit(each).model.foretells for each in (before.model, name))
    if foretold:
        st.session_state[_FORETELLER] = before.model
    # One's own words are shown at the unit that the first example is about; those are known of LSTM networks.
    told = exhibit(name).model.config.kind == "lstm"
    view = replace(before, model=name, unit=example.unit * told, layer=example.layer * told, step=-1)
    if _is_example(view.text):
        view = example.applied(view)
    elif foretold != foretells:
        # What is worth colouring by is another thing where another thing is answered.
        view = replace(view, colour=example.colour)
    push(view)
    lent: Lent | None = st.session_state.get(_LENT)
    if lent is not None and lent.home is not None and is_lent():
        # Whoever chooses a network on a page with an example of its own means it for the others too.
        home = replace(lent.home, model=name, unit=0, layer=0, step=-1)
        st.session_state[_LENT] = replace(lent, home=example.applied(home) if _is_example(home.text) else home)


def is_given(text: str) -> bool:
    """True for a text that the app has put there: replacing it loses nobody's own words."""
    return _is_example(text) or text in st.session_state.get(_BROUGHT, ())


def unwritten(view: View) -> bool:
    """True as long as the address shall stay as it came: it names a network that is gone or a text that did not fit into it.

    Once something else is chosen it is written again.
    """
    if "model" not in address.visit().notes and awaited() is None:
        st.session_state.pop(_UNWRITTEN, None)
        return False
    first: View = st.session_state.setdefault(_UNWRITTEN, view)
    if first != view:
        address.settle("model")
        st.session_state.pop(_AWAITED, None)
    return first == view


def awaited() -> int | None:
    """How long the text was that did not fit into the link, as long as an example stands in its place."""
    found: tuple[int, str] | None = st.session_state.get(_AWAITED)
    return found[0] if found is not None and found[1] == current().text else None


def _is_example(text: str) -> bool:
    """True for a text that came from an example of any model."""
    return is_example(text) or any(preset.text == text for own in held().values() for preset in own.presets)


def reader(name: str) -> Reader:
    """The session's own reader of one model; only the last model's is kept."""
    return note().reader(exhibit(name).model)
