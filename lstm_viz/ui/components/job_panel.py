"""Render a background job: start, progress, stop, and its results as they arrive."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz import jobs
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.components.polling import poll_fragment
from lstm_viz.ui.components.session_jobs import start_session_job

#: Seconds between two polls of a running job.
POLL_SECONDS = 0.4
#: After a job's key: True from a click on start or stop until the whole page has rerun.
_CLICKED = "_clicked"


@dataclass(frozen=True)
class JobSpec:
    """A job: `function(*args)` yields `items` results; `label` is the text of the start button, evaluated on every poll.

    Sessions that start the same job share one run if `shared` says that its result is deterministic. Progress is counted in
    results, or in equal shares of `total`; `unit` names what is counted.
    """

    function: Callable[..., Iterator[Any]]
    args: tuple[Any, ...]
    items: int
    label: str | Callable[[], str] = field(compare=False)
    shared: bool = False
    unit: str = ""
    total: int | None = None


@dataclass
class _SessionJob:
    """A session's job and all results received so far."""

    spec: JobSpec
    job: jobs.Job
    items: list[Any] = field(default_factory=list)
    started: float = field(default_factory=monotonic)

    def poll(self) -> None:
        self.items += self.job.poll()


@dataclass(frozen=True, eq=False)
class JobResult:
    """The results of a job at the last poll, and whether it is done; `items` stays one list, which grows."""

    spec: JobSpec
    items: list[Any]
    is_finished: bool


#: Draws the results so far; the second argument is the job's specification.
Draw = Callable[[list[Any], JobSpec], None]


def job_panel(key: str, spec: JobSpec, draw: Draw, button_place: DeltaGenerator | None = None) -> None:
    """Render start, stop and progress of a job; call it inside a fragment. `draw` is called on every poll once there are results.

    The job belongs to this session under `key`. A running job is shown even if `spec` changes; the next start uses the new one.
    The button to start or stop is drawn into `button_place`, or here.
    """
    tab_work.keep(key)
    button = st.button if button_place is None else button_place.button
    clicked: bool = st.session_state.pop(f"{key}{_CLICKED}", False)
    session_job: _SessionJob | None = st.session_state.get(key)
    busy = session_job is not None and not session_job.job.done
    if busy:
        button("Stop", icon=":material/stop:", key=f"{key}_stop", on_click=_stop, args=(key,))
        poll_fragment(_poll_job, key, draw, every=POLL_SECONDS, awaited=True)
        _rerun_page_if(clicked)
        return
    # Prepare the worker while the user is still reading.
    jobs.warm()
    label = spec.label() if callable(spec.label) else spec.label
    button(label, icon=":material/play_arrow:", type="primary", key=f"{key}_start", on_click=_start, args=(key, spec))
    # Results are drawn by the caller's fragment, so that controls among them rerun it.
    poll_fragment(_poll_job, None, draw, every=POLL_SECONDS, awaited=False)
    _rerun_page_if(clicked)
    if session_job is not None:
        if session_job.spec != spec:
            st.caption("The settings have changed since this run: start again to apply them.")
        _render(session_job, draw)


def job_result(key: str) -> JobResult | None:
    """Return the results of this session's job; None if none was started."""
    session_job: _SessionJob | None = st.session_state.get(key)
    return None if session_job is None else JobResult(session_job.spec, session_job.items, session_job.job.done)


def queue_message(job: jobs.Job) -> str:
    """Describe what a queued job waits for, and how long; "" if it does not wait."""
    if not job.waiting:
        return ""
    soon = job.seconds_until_run
    if soon is None:
        return f"Waiting: number {job.waiting} in the queue. All workers are busy; it starts automatically."
    seconds = math.ceil(soon)
    when = "in a moment" if seconds < 2 else f"in about {seconds} seconds"
    if job.begun:
        return f"Paused: jobs on this server take turns. It continues automatically {when}."
    return f"Waiting: number {job.waiting} in the queue. It starts automatically {when}."


def _start(key: str, spec: JobSpec) -> None:
    session_job: _SessionJob | None = st.session_state.get(key)
    if session_job is not None:
        session_job.job.stop()
    st.session_state[key] = _SessionJob(spec, start_session_job(spec.function, *spec.args, shared=spec.shared))
    st.session_state[f"{key}{_CLICKED}"] = True


def _stop(key: str) -> None:
    session_job: _SessionJob | None = st.session_state.get(key)
    if session_job is not None:
        # Results since the last poll are still shown.
        session_job.poll()
        session_job.job.stop()
    st.session_state[f"{key}{_CLICKED}"] = True


def _rerun_page_if(clicked: bool) -> None:
    """Rerun the whole page after a click on start or stop, which removes the old button.

    Streamlit keeps elements that a fragment no longer draws if the next poll begins before the end of the fragment's run was
    sent. Call it after the poll's fragment has been drawn.
    """
    if clicked:
        st.rerun()


def _poll_job(key: str | None, draw: Draw) -> None:
    """Poll a running job, if any; when it ends, rerun the whole page, which stops the polling."""
    tab_work.release_taken()
    session_job: _SessionJob | None = None if key is None else st.session_state.get(key)
    if session_job is None:
        return
    session_job.poll()
    if session_job.job.done:
        st.rerun()
    _render(session_job, draw)


def _format_count(spec: JobSpec, items: int) -> str:
    """Format how far a job has come.

    Examples:
        >>> _format_count(JobSpec(print, (), 4, "Read", unit="letters", total=2000), 3)
        '1,500 of 2,000 letters'
        >>> _format_count(JobSpec(print, (), 100, "Read", unit="%"), 7)
        '7%'
    """
    total = spec.items if spec.total is None else spec.total
    count = f"{items * total // spec.items:,}"
    return f"{count}%" if spec.unit == "%" else f"{count} of {total:,} {spec.unit}".rstrip()


def _elapsed(seconds: float) -> str:
    """Format how long a job has run, once it is a few seconds: on a busy server its first result may take a while.

    Examples:
        >>> _elapsed(1.2), _elapsed(12.9), _elapsed(135.0)
        ('', ' · running for 12 s', ' · running for 2:15 min')
    """
    if seconds < 3:
        return ""
    whole = int(seconds)
    return f" · running for {whole} s" if whole < 120 else f" · running for {whole // 60}:{whole % 60:02d} min"


def _render(session_job: _SessionJob, draw: Draw) -> None:
    waits, state = queue_message(session_job.job), session_job.job.state
    spec, item_count = session_job.spec, len(session_job.items)
    count = _format_count(spec, item_count)
    if waits:
        st.caption(waits)
    elif state == "running":
        # A worker takes seconds to load before its first result.
        progress_text = count if item_count else "Starting"
        st.progress(min(1.0, item_count / spec.items), f"{progress_text}{_elapsed(monotonic() - session_job.started)}")
    elif state == "failed":
        st.error(session_job.job.error or "The job ended without an error message.")
    elif state == "stopped":
        # A job that continues from saved progress may be stopped before its first result.
        st.caption(f"Stopped after {count}." if item_count else "Stopped.")
    if session_job.items:
        draw(session_job.items, spec)
