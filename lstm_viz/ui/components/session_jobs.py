"""Jobs of one session: they run while its visitor is connected, on any page, and end soon after the visitor has left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lstm_viz import jobs


def start_session_job(function: Callable[..., Iterator[Any]], *args: Any, shared: bool = False) -> jobs.Job:
    """Start a job that belongs to this session; every page starts its jobs here, so that all of them end by one rule.

    While the browser is connected, the job runs, on other pages of the app too. Once the connection has been closed for
    `jobs.ABSENT_SECONDS`, the job ends; a shorter break of the network does no harm. What the job wrote into its folder stays
    for as long as Streamlit keeps the session, two minutes, so that a visitor who comes back late can resume it.

    Args:
        function: a module's generator function.
        args: its arguments; they can be pickled.
        shared: whether sessions that start the same job share one run; its result must depend on `args` alone.

    Returns:
        The job.

    Raises:
        ValueError: for a function or arguments that cannot be sent to another process.
    """
    return jobs.start(function, *args, shared=shared, present=connection_check())


def connection_check() -> Callable[[], bool] | None:
    """Return a function that reports whether this session's browser is connected; None outside a server."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return None
    name = context.session_id
    return lambda: runtime.exists() and runtime.get_instance().is_active_session(name)
