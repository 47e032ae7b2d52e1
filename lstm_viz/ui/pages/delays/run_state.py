"""Which race is on show: the person's own where one has begun, else the shipped one."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from lstm_viz.delay_results import Outcome, shipped
from lstm_viz.training.tasks.delay_training import Race, Snapshot, run

Turn = tuple[Snapshot, ...]


def turns(race: Race) -> Iterator[Turn]:
    """Train; yields after every `race.every` steps the snapshots of all networks that still learn."""
    turn: list[Snapshot] = []
    for snapshot in run(race):
        if turn and race.kinds.index(snapshot.kind) <= race.kinds.index(turn[-1].kind):
            yield tuple(turn)
            turn = []
        turn.append(snapshot)
    if turn:
        yield tuple(turn)


def key(task: str) -> str:
    """Where the session keeps its own race of a task."""
    return f"delays_run_{task}"


def begun(task: str) -> bool:
    """True where the session has a race of its own, even if nothing has come of it yet."""
    return key(task) in st.session_state


def outcome(items: list[Turn], race: Race) -> Outcome:
    """What has come so far of a race, as one."""
    return Outcome(race, tuple(snapshot for turn in items for snapshot in turn))


def own(task: str) -> Outcome | None:
    """The session's own race of a task, where anything has come of it."""
    held = st.session_state.get(key(task))
    if held is None:
        return None
    (race,) = held.order.args
    return outcome(held.items, race) if held.items else None


def finished(task: str) -> tuple[Outcome, bool]:
    """The race whose networks can be asked, and whether it is the session's own: as soon as one of its networks is done."""
    mine, kept = own(task), f"{key(task)}_finished"
    if mine is None:
        return shipped(task), False
    # Networks are revived once and not at every keystroke.
    before: Outcome | None = st.session_state.get(kept)
    if before is None or before.snapshots[-1] is not mine.snapshots[-1]:
        st.session_state[kept] = mine
    found: Outcome = st.session_state[kept]
    return (found, True) if found.networks else (shipped(task), False)


def forget(task: str) -> None:
    """Go back to the shipped race."""
    held = st.session_state.pop(key(task), None)
    if held is not None:
        held.job.stop()
