"""The session's drafts, from which the whole page is drawn."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.models.sampling import Sampling
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.pages.generate import drafts as draft_steps
from lstm_viz.ui.pages.generate import settings
from lstm_viz.ui.pages.generate.drafts import Drafts
from lstm_viz.ui.pages.generate.output import KEY
from lstm_viz.ui.pages.generate.prompts import family
from lstm_viz.ui.state import session
from lstm_viz.ui.state.messages import component_message, is_new_message, mark_consumed
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View

_DRAFTS, _MODEL, _CLEARED = "generate_drafts", "generate_model", "generate_cleared"
#: The sampling settings of the drafts, and whether they were started by the page itself and are shown at once.
_SAMPLING, _STARTED_BY_PAGE = "generate_sampling", "generate_unasked"


def current(view: View) -> Drafts | None:
    """Apply the browser's message, generate what it waits for, and return the drafts. None without a prompt."""
    drafts = saved_drafts()
    if drafts is None or drafts.names != family(view.model):
        drafts = _start(view)
        st.session_state[_STARTED_BY_PAGE] = True
        if drafts is not None and st.session_state.pop(_CLEARED, False):
            # After Clear, generation starts only on request.
            drafts = replace(drafts, is_running=False)
    if drafts is None:
        return None
    if st.session_state.get(_MODEL) != view.model:
        drafts = replace(drafts, focus=drafts.names.index(view.model))
    st.session_state[_MODEL] = view.model
    message = component_message(KEY)
    if message is not None and is_new_message(KEY, message):
        drafts = _save(draft_steps.apply_message(drafts, message))
    mark_consumed(KEY, message)
    return _save(draft_steps.advance(drafts, _sampling(), display_settings().lead))


def display_settings() -> settings.Settings:
    """Return the display settings; drafts that the page started by itself are shown at once."""
    current = settings.current()
    return replace(current, pace=0) if st.session_state.get(_STARTED_BY_PAGE) else current


def outdated(drafts: Drafts) -> bool:
    """Return True if the sampling settings have changed since the drafts were generated."""
    current = settings.current()
    samplings = {token.sampling for generation in drafts.generations for token in generation.tokens if token.seed is not None}
    return bool(samplings - {current.sampling}) or any(end != current.count for end in drafts.ends)


def saved_drafts() -> Drafts | None:
    """Return the saved drafts; None if there are none."""
    tab_work.keep(_DRAFTS, _SAMPLING, _STARTED_BY_PAGE, own=not st.session_state.get(_STARTED_BY_PAGE, True))
    drafts: Drafts | None = st.session_state.get(_DRAFTS)
    return drafts


def write() -> None:
    """Start again from the current prompt and seed."""
    drafts = _start(session.current())
    if drafts is not None:
        st.session_state[_STARTED_BY_PAGE] = False
        _save(drafts)


def reseed() -> None:
    """Start again with another seed."""
    _next_seed()
    write()


def clear() -> None:
    """Remove all generated text, and the drafts if there is no prompt."""
    drafts = _start(session.current())
    if drafts is not None:
        _save(replace(drafts, is_running=False))
    else:
        st.session_state.pop(_DRAFTS, None)
        st.session_state[_CLEARED] = True


def stop() -> None:
    """Stop generating."""
    drafts = saved_drafts()
    if drafts is not None:
        _save(draft_steps.stop(drafts))


def resume() -> None:
    """Continue up to the length that is set."""
    drafts = saved_drafts()
    if drafts is not None:
        _apply_current_settings()
        _save(draft_steps.resume(drafts, settings.current().count))


def rewrite() -> None:
    """Regenerate the selected draft from the selected letter on with another seed."""
    drafts = saved_drafts()
    if drafts is not None:
        _apply_current_settings()
        _save(draft_steps.rewrite(drafts, _next_seed(), settings.current().count))


def replace_token(number: int) -> None:
    """Replace the selected letter by another token, and continue."""
    drafts, current = saved_drafts(), settings.current()
    if drafts is not None:
        _apply_current_settings()
        _save(draft_steps.replace_token(drafts, number, current.sampling, current.count))


def choose(index: int) -> None:
    """Select another letter of the same draft."""
    drafts = saved_drafts()
    if drafts is not None and 0 <= index < len(drafts.generation.tokens):
        _save(replace(drafts, index=index))


def _next_seed() -> int:
    """Advance to the next seed, so that it can be shown and reused."""
    seed = (settings.current().seed + 1) % (settings.SEEDS + 1)
    settings.change(seed=seed)
    return seed


def _sampling() -> Sampling:
    """Return the sampling settings from the start of the drafts, so that one text uses one setting."""
    sampling: Sampling = st.session_state.get(_SAMPLING) or settings.current().sampling
    return sampling


def _apply_current_settings() -> None:
    st.session_state[_SAMPLING] = settings.current().sampling
    st.session_state[_STARTED_BY_PAGE] = False


def _start(view: View) -> Drafts | None:
    if not view.input_text:
        return None
    before, current = saved_drafts(), settings.current()
    st.session_state[_SAMPLING] = current.sampling
    models = {name: get_model(name).model for name in family(view.model)}
    epoch = 1 if before is None else before.epoch + 1
    return draft_steps.start_drafts(models, view.input_text, current.seed, current.count, view.model, epoch)


def _save(drafts: Drafts) -> Drafts:
    st.session_state[_DRAFTS] = drafts
    return drafts
