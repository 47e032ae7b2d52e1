"""A visitor's work after a reload of the page: the tab that made it finds it again by a secret, and nobody else does.

A reload begins a new session. Streamlit holds the one before for two minutes, and this module hands over what its pages have
marked with `keep`: uploads, typed texts, jobs with their results, networks of one's own. A page that is reloaded before the work
of the sessions before has come leaves several of them behind: the tab keeps the secrets of all, and their work is put together.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st

from lstm_viz import jobs
from lstm_viz.ui.components.session_jobs import connection_check
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.models import SESSION_MODELS

_WORK = "tab_work"
#: Keys of the session's state that belong together: they are handed over all or none.
Group = tuple[str, ...]
#: The shared view, of which only a text of the user's own is handed over.
_VIEW: Group = ("view",)
#: The session's own networks are on offer on every page.
_NETWORKS: Group = (SESSION_MODELS,)
#: The most secrets that are listened to at once: those of the last sessions.
_MOST = 32


@dataclass(eq=False)
class TabWork:
    """A session's work, with the secret that its tab keeps; `present` tells whether the session's browser is connected.

    `values` holds what was there at the end of the last run. `taken` is True once another session has it. `secrets` are all that
    lead to this work: its own, and those of the work that it has taken over; `answered` are those of them that its tab has sent.
    """

    present: Callable[[], bool] | None
    claim: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    groups: set[Group] = field(default_factory=lambda: {_NETWORKS})
    values: dict[Group, dict[str, Any]] = field(default_factory=dict)
    choices: dict[str, Any] = field(default_factory=dict)
    taken: bool = False
    secrets: set[str] = field(default_factory=set)
    answered: list[str] = field(default_factory=list)


#: The work of all sessions by its secrets; each lives as long as its session.
_CLAIMED: WeakValueDictionary[str, TabWork] = WeakValueDictionary()


def keep(*keys: str, own: bool = True) -> None:
    """Mark what the session's state holds under these keys as work that survives a reload; call it wherever it is drawn.

    Args:
        keys: Keys of the session's state that belong together. None of them may be the key of a button or an upload.
        own: False while they hold an example, which any work may replace.
    """
    work = _current()
    if own:
        work.groups.add(keys)
        _store(work, keys)
    else:
        work.groups.discard(keys)
        work.values.pop(keys, None)


def header() -> dict[str, Any]:
    """Return what the tab is told: the secret to keep, "" while there is no work; and the secrets whose work is here now."""
    work = _current()
    _store_all(work)
    return {"claim": work.claim if work.values else "", "taken": work.answered}


def take(told: Sequence[str]) -> None:
    """Take over the work that this tab did before it was reloaded; nothing if there is none or its session is still connected.

    A secret is 32 random characters, stored in that tab alone. What this session has already done stays, and so does newer work
    where two sessions have the same: while a newer session is still connected, an older one's work is not taken either.

    Args:
        told: The secrets of the sessions before, oldest first.
    """
    work = _current()
    for secret in reversed(told[-_MOST:]):
        earlier = _CLAIMED.get(secret)
        if earlier is None:
            continue
        if earlier is not work:
            if earlier.present is not None and earlier.present():
                return
            _take_over(work, earlier)
        work.answered.append(secret)


def _take_over(work: TabWork, earlier: TabWork) -> None:
    earlier.taken = True
    # A tab that is reloaded before it has heard of this session knows these secrets only.
    work.secrets |= earlier.secrets
    for secret in earlier.secrets:
        _CLAIMED[secret] = work
    for keys, values in earlier.values.items():
        if keys == _NETWORKS:
            st.session_state[SESSION_MODELS] = values[SESSION_MODELS] | st.session_state.get(SESSION_MODELS, {})
        elif keys != _VIEW and not _values(keys):
            _hand_over(work, values)
        work.groups.update({keys} - {_VIEW})
    here = settings.saved_keys_of_page()
    for key, value in earlier.choices.items():
        if key not in here:
            st.session_state.setdefault(key, value)
    if _VIEW in earlier.values:
        session.bring_back(earlier.values[_VIEW][_VIEW[0]])
    # The page may be reloaded before this run has drawn it.
    _store_all(work)


def release_taken() -> None:
    """Let go of work that another session has taken over, as after a reload that the server took for a short break."""
    work: TabWork | None = st.session_state.get(_WORK)
    if work is None or not work.taken:
        return
    for keys in work.groups - {_NETWORKS}:
        for key in keys:
            st.session_state.pop(key, None)
    del st.session_state[_WORK]


def _current() -> TabWork:
    """Return this session's work."""
    release_taken()
    work: TabWork | None = st.session_state.get(_WORK)
    if work is None:
        work = st.session_state[_WORK] = TabWork(connection_check())
        work.secrets.add(work.claim)
        _CLAIMED[work.claim] = work
    return work


def _values(keys: Group) -> dict[str, Any]:
    """Return what this session has under these keys; nothing if they hold an example."""
    work = _current()
    if keys not in work.groups:
        return {}
    return {key: st.session_state[key] for key in keys if key in st.session_state and _is_work(st.session_state[key])}


def _is_work(value: object) -> bool:
    return value is not None and not (isinstance(value, str | tuple | list | dict | bool) and not value)


def _store_all(work: TabWork) -> None:
    for keys in work.groups:
        _store(work, keys)
    work.choices = {str(key): value for key, value in st.session_state.items() if str(key).endswith(settings.SAVED)}
    text = session.own_text()
    work.values.pop(_VIEW, None)
    if text is not None:
        work.values[_VIEW] = {_VIEW[0]: text}


def _store(work: TabWork, keys: Group) -> None:
    values = {key: st.session_state[key] for key in keys if key in st.session_state}
    if any(map(_is_work, values.values())):
        work.values[keys] = values
    else:
        work.values.pop(keys, None)


def _hand_over(work: TabWork, values: dict[str, Any]) -> None:
    for key, value in values.items():
        st.session_state[key] = value
        for job in _jobs_in(value):
            job.belong_to(work.present)


def _jobs_in(value: object) -> Iterator[jobs.Job]:
    """Yield the jobs of a value: a job, a tuple with one, or what has one as `job`."""
    if isinstance(value, jobs.Job):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _jobs_in(each)
    elif isinstance(job := getattr(value, "job", None), jobs.Job):
        yield job
