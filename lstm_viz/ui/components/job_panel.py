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
EVERY = 0.4


@dataclass(frozen=True)
class Order:
    """What is to be done: `function(*args)` yields `items` items; `words` stand on the button, asked for at each look.

    People who order the same at the same time share one run where `shared` says that its answer is always the same. An item
    stands for `each` of what is counted, which `unit` names.
    """

    function: Callable[..., Iterator[Any]]
    args: tuple[Any, ...]
    items: int
    words: str | Callable[[], str] = field(compare=False)
    shared: bool = False
    unit: str = ""
    each: int = 1


@dataclass
class _Held:
    """What one session holds: the work, and all that it has yielded."""

    order: Order
    job: jobs.Job
    items: list[Any] = field(default_factory=list)

    def look(self) -> None:
        self.items += self.job.poll()


@dataclass(frozen=True, eq=False)
class Yielded:
    """What has come of an order by the last look, and whether nothing more will; `items` stays one list, which grows."""

    order: Order
    items: list[Any]
    over: bool


#: Draws what has come so far, and is told for which order.
Draw = Callable[[list[Any], Order], None]


def bench(key: str, order: Order, draw: Draw) -> None:
    """Offer work and show it; stand it in a fragment. `draw` is called once something has come, then at every look.

    The work belongs to this session under `key`. Work that is running goes on being shown when the order changes; the next
    start is of the new one.
    """
    held: _Held | None = st.session_state.get(key)
    busy = held is not None and not held.job.done
    if busy:
        st.button("Stop", icon=":material/stop:", key=f"{key}_stop", on_click=_stop, args=(key,))
        st.fragment(_watch, run_every=EVERY)(key, draw)
        return
    # Loads what the next start needs while the person is still reading.
    jobs.warm()
    words = order.words() if callable(order.words) else order.words
    st.button(words, icon=":material/play_arrow:", type="primary", key=f"{key}_start", on_click=_start, args=(key, order))
    if held is not None:
        if held.order != order:
            st.caption("The settings have changed since this run: start again to see what they do.")
        _show(held, draw)


def yielded(key: str) -> Yielded | None:
    """What this session's work under a key has yielded, for a page that goes on from it; None where nothing was started."""
    held: _Held | None = st.session_state.get(key)
    return None if held is None else Yielded(held.order, held.items, held.job.done)


def queued(job: jobs.Job) -> str:
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


def visitor() -> Callable[[], bool] | None:
    """Something that tells whether this session's browser is still connected, on whatever page; None outside a server."""
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return None
    name = context.session_id
    return lambda: runtime.exists() and runtime.get_instance().is_active_session(name)


def _start(key: str, order: Order) -> None:
    held: _Held | None = st.session_state.get(key)
    if held is not None:
        held.job.stop()
    st.session_state[key] = _Held(order, jobs.start(order.function, *order.args, shared=order.shared, present=visitor()))


def _stop(key: str) -> None:
    held: _Held | None = st.session_state.get(key)
    if held is not None:
        # What came since the last look is still worth seeing.
        held.look()
        held.job.stop()


def _watch(key: str, draw: Draw) -> None:
    """One look at running work; at its end the whole page is drawn once more, which ends the looking."""
    held: _Held | None = st.session_state.get(key)
    if held is None:
        return
    held.look()
    if held.job.done:
        st.rerun()
    _show(held, draw)


def _show(held: _Held, draw: Draw) -> None:
    waits, state = queued(held.job), held.job.state
    done, whole = (number * held.order.each for number in (len(held.items), held.order.items))
    count = f"{done:,} of {whole:,} {held.order.unit}".rstrip()
    if waits:
        st.caption(waits)
    elif state == "running":
        st.progress(min(1.0, len(held.items) / held.order.items), count)
    elif state == "failed":
        st.error(held.job.error or "It ended without a word.")
    elif state == "stopped":
        st.caption(f"Stopped after {count}.")
    if held.items:
        draw(held.items, held.order)
