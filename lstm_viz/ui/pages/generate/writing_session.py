"""What one session holds of this page: its desk, from which everything on the page is drawn."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.models.sampling import Sampling
from lstm_viz.ui.pages.generate import drafts as draft_steps
from lstm_viz.ui.pages.generate import settings
from lstm_viz.ui.pages.generate.drafts import Drafts
from lstm_viz.ui.pages.generate.output import KEY
from lstm_viz.ui.pages.generate.prompts import family
from lstm_viz.ui.state import session
from lstm_viz.ui.state.messages import last_message
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View

_DRAFTS, _LAST_MESSAGE, _MODEL, _CLEARED = "generate_desk", "generate_heard", "generate_model", "generate_cleared"
#: How the letters of the desk are drawn, and whether it began by itself, which nobody should have to wait for.
_SAMPLING, _UNASKED = "generate_sampling", "generate_unasked"


def current(view: View) -> Drafts | None:
    """The desk as it stands now: what the browser said is heard, and what it waits for written. None without a prompt."""
    drafts = saved_drafts()
    if drafts is None or drafts.names != family(view.model):
        drafts = _start(view)
        st.session_state[_UNASKED] = True
        if drafts is not None and st.session_state.pop(_CLEARED, False):
            # Who cleared everything begins when they please.
            drafts = replace(drafts, is_running=False)
    if drafts is None:
        return None
    if st.session_state.get(_MODEL) != view.model:
        drafts = replace(drafts, focus=drafts.names.index(view.model))
    st.session_state[_MODEL] = view.model
    message = last_message(KEY)
    # What was clicked once must not undo what was chosen elsewhere since.
    if message is not None and message != st.session_state.get(_LAST_MESSAGE):
        drafts = draft_steps.apply_message(drafts, message)
    st.session_state[_LAST_MESSAGE] = message
    return _save(draft_steps.advance(drafts, _sampling(), display_settings().lead))


def display_settings() -> settings.Settings:
    """The settings by which the sheets are shown: what began by itself, as the page was opened, is there at once."""
    chosen = settings.current()
    return replace(chosen, pace=0) if st.session_state.get(_UNASKED) else chosen


def outdated(drafts: Drafts) -> bool:
    """True where another press of Write would write something else, as temperature, top-k, top-p or length were changed since."""
    chosen = settings.current()
    drawn = {token.sampling for generation in drafts.generations for token in generation.tokens if token.seed is not None}
    return bool(drawn - {chosen.sampling}) or any(end != chosen.count for end in drafts.ends)


def saved_drafts() -> Drafts | None:
    """The desk as it was left; None where nothing has been written yet."""
    drafts: Drafts | None = st.session_state.get(_DRAFTS)
    return drafts


def write() -> None:
    """Begin anew from the prompt as it stands, with the seed as it is set."""
    drafts = _start(session.current())
    if drafts is not None:
        st.session_state[_UNASKED] = False
        _save(drafts)


def reseed() -> None:
    """Begin anew with another seed."""
    _next_seed()
    write()


def clear() -> None:
    """Take back everything that was written; without a prompt nothing is left."""
    drafts = _start(session.current())
    if drafts is not None:
        _save(replace(drafts, is_running=False))
    else:
        st.session_state.pop(_DRAFTS, None)
        st.session_state[_CLEARED] = True


def stop() -> None:
    """Lay down the pen."""
    drafts = saved_drafts()
    if drafts is not None:
        _save(draft_steps.stop(drafts))


def resume() -> None:
    """Write on up to the length that is set."""
    drafts = saved_drafts()
    if drafts is not None:
        _draw_as_chosen()
        _save(draft_steps.resume(drafts, settings.current().count))


def rewrite() -> None:
    """Write the sheet that is looked at again from the chosen letter on, with another seed."""
    drafts = saved_drafts()
    if drafts is not None:
        _draw_as_chosen()
        _save(draft_steps.rewrite(drafts, _next_seed(), settings.current().count))


def replace_token(number: int) -> None:
    """Put another symbol in the place of the chosen letter, and write on."""
    drafts, chosen = saved_drafts(), settings.current()
    if drafts is not None:
        _draw_as_chosen()
        _save(draft_steps.replace_token(drafts, number, chosen.sampling, chosen.count))


def choose(index: int) -> None:
    """Look at another written letter of the same sheet."""
    drafts = saved_drafts()
    if drafts is not None and 0 <= index < len(drafts.generation.tokens):
        _save(replace(drafts, index=index))


def _next_seed() -> int:
    """Take the next seed, so that it can be named and taken again."""
    seed = (settings.current().seed + 1) % (settings.SEEDS + 1)
    settings.change(seed=seed)
    return seed


def _sampling() -> Sampling:
    """How letters are drawn: as it was set when the writing began, so that one text is of one kind."""
    sampling: Sampling = st.session_state.get(_SAMPLING) or settings.current().sampling
    return sampling


def _draw_as_chosen() -> None:
    st.session_state[_SAMPLING] = settings.current().sampling
    st.session_state[_UNASKED] = False


def _start(view: View) -> Drafts | None:
    if not view.read:
        return None
    before, chosen = saved_drafts(), settings.current()
    st.session_state[_SAMPLING] = chosen.sampling
    models = {name: get_model(name).model for name in family(view.model)}
    epoch = 1 if before is None else before.epoch + 1
    return draft_steps.start_drafts(models, view.read, chosen.seed, chosen.count, view.model, epoch)


def _save(drafts: Drafts) -> Drafts:
    st.session_state[_DRAFTS] = drafts
    return drafts
