"""Long work on the screen: a button that starts it, how far it is, one that stops it, and what it yields as it comes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lstm_viz import jobs

#: Seconds between two looks at running work.
POLL_SECONDS = 0.4


@dataclass(frozen=True)
class JobSpec:
    """What is to be done: `function(*args)` yields `items` items; `label` stand on the button, asked for at each look.

    People who order the same at the same time share one run where `shared` says that its answer is always the same. An item
    stands for `each` of what is counted, which `unit` names.
    """

    function: Callable[..., Iterator[Any]]
    args: tuple[Any, ...]
    items: int
    label: str | Callable[[], str] = field(compare=False)
    shared: bool = False
    unit: str = ""
    each: int = 1


@dataclass
class _SessionJob:
    """What one session holds: the work, and all that it has yielded."""

    spec: JobSpec
    job: jobs.Job
    items: list[Any] = field(default_factory=list)

    def poll(self) -> None:
        self.items += self.job.poll()


@dataclass(frozen=True, eq=False)
class JobResult:
    """What has come of an order by the last look, and whether nothing more will; `items` stays one list, which grows."""

    spec: JobSpec
    items: list[Any]
    is_finished: bool


#: Draws what has come so far, and is told for which order.
Draw = Callable[[list[Any], JobSpec], None]


def job_panel(key: str, spec: JobSpec, draw: Draw) -> None:
    """Offer work and show it; stand it in a fragment. `draw` is called once something has come, then at every look.

    The work belongs to this session under `key`. Work that is running goes on being shown when the order changes; the next
    start is of the new one.
    """
    session_job: _SessionJob | None = st.session_state.get(key)
    busy = session_job is not None and not session_job.job.done
    if busy:
        st.button("Stop", icon=":material/stop:", key=f"{key}_stop", on_click=_stop, args=(key,))
        st.fragment(_poll_job, run_every=POLL_SECONDS)(key, draw)
        return
    # Loads what the next start needs while the person is still reading.
    jobs.warm()
    label = spec.label() if callable(spec.label) else spec.label
    st.button(label, icon=":material/play_arrow:", type="primary", key=f"{key}_start", on_click=_start, args=(key, spec))
    if session_job is not None:
        if session_job.spec != spec:
            st.caption("The settings have changed since this run: start again to see what they do.")
        _render(session_job, draw)


def job_result(key: str) -> JobResult | None:
    """What this session's work under a key has yielded, for a page that goes on from it; None where nothing was started."""
    session_job: _SessionJob | None = st.session_state.get(key)
    return None if session_job is None else JobResult(session_job.spec, session_job.items, session_job.job.done)


def queue_message(job: jobs.Job) -> str:
    """What one who waits is told: for what, and for how long; "" where the work does not wait."""
    if not job.waiting:
        return ""
    soon = job.soon
    if soon is None:
        return f"Waiting: number {job.waiting} in the queue. All places are taken; it starts by itself when others have ended."
    seconds = math.ceil(soon)
    when = "in a moment" if seconds < 2 else f"in about {seconds} seconds"
    if job.begun:
        return f"Pausing: others compute here too, and all take turns. It goes on by itself {when}."
    return f"Waiting for its turn: number {job.waiting} in the queue. Others compute here too; it starts by itself {when}."


def connection_check() -> Callable[[], bool] | None:
    """Something that tells whether this session's browser is still connected, on whatever page; None outside a server."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return None
    name = context.session_id
    return lambda: runtime.exists() and runtime.get_instance().is_active_session(name)


def _start(key: str, spec: JobSpec) -> None:
    session_job: _SessionJob | None = st.session_state.get(key)
    if session_job is not None:
        session_job.job.stop()
    st.session_state[key] = _SessionJob(
        spec, jobs.start(spec.function, *spec.args, shared=spec.shared, present=connection_check())
    )


def _stop(key: str) -> None:
    session_job: _SessionJob | None = st.session_state.get(key)
    if session_job is not None:
        # What came since the last look is still worth seeing.
        session_job.poll()
        session_job.job.stop()


def _poll_job(key: str, draw: Draw) -> None:
    """One look at running work; at its end the whole page is drawn once more, which ends the looking."""
    session_job: _SessionJob | None = st.session_state.get(key)
    if session_job is None:
        return
    session_job.poll()
    if session_job.job.done:
        st.rerun()
    _render(session_job, draw)


def _render(session_job: _SessionJob, draw: Draw) -> None:
    waits, state = queue_message(session_job.job), session_job.job.state
    done, whole = (number * session_job.spec.each for number in (len(session_job.items), session_job.spec.items))
    count = f"{done:,} of {whole:,} {session_job.spec.unit}".rstrip()
    if waits:
        st.caption(waits)
    elif state == "running":
        st.progress(min(1.0, len(session_job.items) / session_job.spec.items), count)
    elif state == "failed":
        st.error(session_job.job.error or "It ended without a word.")
    elif state == "stopped":
        st.caption(f"Stopped after {count}.")
    if session_job.items:
        draw(session_job.items, session_job.spec)
