"""What one session holds of this page: its desk, from which everything on the page is drawn."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.models.sampling import Sampling
from lstm_viz.ui.pages.generate import drafts as desks
from lstm_viz.ui.pages.generate import settings
from lstm_viz.ui.pages.generate.drafts import Desk
from lstm_viz.ui.pages.generate.output import KEY
from lstm_viz.ui.pages.generate.prompts import family
from lstm_viz.ui.state import session
from lstm_viz.ui.state.messages import last_message
from lstm_viz.ui.state.models import exhibit
from lstm_viz.ui.state.view import View

_DESK, _HEARD, _MODEL, _CLEARED = "generate_desk", "generate_heard", "generate_model", "generate_cleared"
#: How the letters of the desk are drawn, and whether it began by itself, which nobody should have to wait for.
_SAMPLING, _UNASKED = "generate_sampling", "generate_unasked"


def look(view: View) -> Desk | None:
    """The desk as it stands now: what the browser said is heard, and what it waits for written. None without a prompt."""
    desk = kept()
    if desk is None or desk.names != family(view.model):
        desk = _laid(view)
        st.session_state[_UNASKED] = True
        if desk is not None and st.session_state.pop(_CLEARED, False):
            # Who cleared everything begins when they please.
            desk = replace(desk, going=False)
    if desk is None:
        return None
    if st.session_state.get(_MODEL) != view.model:
        desk = replace(desk, focus=desk.names.index(view.model))
    st.session_state[_MODEL] = view.model
    sent = last_message(KEY)
    # What was clicked once must not undo what was chosen elsewhere since.
    if sent is not None and sent != st.session_state.get(_HEARD):
        desk = desks.heard(desk, sent)
    st.session_state[_HEARD] = sent
    return _keep(desks.ahead(desk, _sampling(), shown_with().lead))


def shown_with() -> settings.Settings:
    """The settings by which the sheets are shown: what began by itself, as the page was opened, is there at once."""
    chosen = settings.current()
    return replace(chosen, pace=0) if st.session_state.get(_UNASKED) else chosen


def outdated(desk: Desk) -> bool:
    """True where another press of Write would write something else, as temperature, top-k, top-p or length were changed since."""
    chosen = settings.current()
    drawn = {pick.sampling for draft in desk.drafts for pick in draft.picks if pick.seed is not None}
    return bool(drawn - {chosen.sampling}) or any(end != chosen.count for end in desk.ends)


def kept() -> Desk | None:
    """The desk as it was left; None where nothing has been written yet."""
    found: Desk | None = st.session_state.get(_DESK)
    return found


def write() -> None:
    """Begin anew from the prompt as it stands, with the seed as it is set."""
    desk = _laid(session.current())
    if desk is not None:
        st.session_state[_UNASKED] = False
        _keep(desk)


def reseed() -> None:
    """Begin anew with another seed."""
    _other_seed()
    write()


def clear() -> None:
    """Take back everything that was written; without a prompt nothing is left."""
    desk = _laid(session.current())
    if desk is not None:
        _keep(replace(desk, going=False))
    else:
        st.session_state.pop(_DESK, None)
        st.session_state[_CLEARED] = True


def stop() -> None:
    """Lay down the pen."""
    desk = kept()
    if desk is not None:
        _keep(desks.stopped(desk))


def resume() -> None:
    """Write on up to the length that is set."""
    desk = kept()
    if desk is not None:
        _draw_as_chosen()
        _keep(desks.resumed(desk, settings.current().count))


def again() -> None:
    """Write the sheet that is looked at again from the chosen letter on, with another seed."""
    desk = kept()
    if desk is not None:
        _draw_as_chosen()
        _keep(desks.again(desk, _other_seed(), settings.current().count))


def take(number: int) -> None:
    """Put another symbol in the place of the chosen letter, and write on."""
    desk, chosen = kept(), settings.current()
    if desk is not None:
        _draw_as_chosen()
        _keep(desks.take(desk, number, chosen.sampling, chosen.count))


def choose(place: int) -> None:
    """Look at another written letter of the same sheet."""
    desk = kept()
    if desk is not None and 0 <= place < len(desk.draft.picks):
        _keep(replace(desk, place=place))


def _other_seed() -> int:
    """Take the next seed, so that it can be named and taken again."""
    seed = (settings.current().seed + 1) % (settings.SEEDS + 1)
    settings.change(seed=seed)
    return seed


def _sampling() -> Sampling:
    """How letters are drawn: as it was set when the writing began, so that one text is of one kind."""
    found: Sampling = st.session_state.get(_SAMPLING) or settings.current().sampling
    return found


def _draw_as_chosen() -> None:
    st.session_state[_SAMPLING] = settings.current().sampling
    st.session_state[_UNASKED] = False


def _laid(view: View) -> Desk | None:
    if not view.read:
        return None
    before, chosen = kept(), settings.current()
    st.session_state[_SAMPLING] = chosen.sampling
    models = {name: exhibit(name).model for name in family(view.model)}
    epoch = 1 if before is None else before.epoch + 1
    return desks.lay(models, view.read, chosen.seed, chosen.count, view.model, epoch)


def _keep(desk: Desk) -> Desk:
    st.session_state[_DESK] = desk
    return desk
