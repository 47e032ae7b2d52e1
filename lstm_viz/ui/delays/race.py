"""Who remembers longest? Three networks trained side by side, and how far each gets."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lstm_viz.figures.delays import accuracy_by_delay, reach_by_step
from lstm_viz.training.bridging import Race
from lstm_viz.training.delays import TASKS
from lstm_viz.training.races import Outcome, shipped
from lstm_viz.ui import board
from lstm_viz.ui.delays import runs
from lstm_viz.ui.delays.tasks import explained, verdict
from lstm_viz.ui.jobs import Order, bench
from lstm_viz.ui.view import settings
from lstm_viz.ui.view.theme import palette

_UNITS, _LONGEST = [16, 32, 48, 96], [20, 50, 100, 200]
_AT_MOST = settings.choice("delays_longest", "longest", _LONGEST, Race.longest)
_SIZE = settings.choice("delays_units", "units", _UNITS, Race.units)
_SEED = settings.number("delays_seed", "seed", 0, 9999, Race.seed)


def show(task: str) -> None:
    """Draw the lens."""
    st.markdown(
        "**All three networks learn from the same examples, at first with a short delay; it grows whenever a network is right. "
        "Then: how long a delay can each of them bridge?**"
    )
    race = _choose(task)
    turns = race.steps // race.every
    order = Order(runs.turns, (race,), turns, "Train all three", shared=True, unit="steps of training", each=race.every)
    bench(runs.key(task), order, _draw)
    if not runs.begun(task):
        ready = shipped(task)
        st.caption(
            f"Below: the run that ships with this app, {ready.race.units} units each, seed {ready.race.seed}. Its training took "
            f"{ready.seconds:.0f} seconds on an idle core, measuring a few more; the largest settings take three times that."
        )
        _pictures(ready)
    else:
        st.button("Back to the run that ships", on_click=runs.forget, args=(task,), icon=":material/undo:", type="tertiary")


def _choose(task: str) -> Race:
    """The controls, and the race they stand for."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        longest = st.select_slider("Longest delay", _LONGEST, width=220, **_AT_MOST.bound())
        units = st.select_slider("Units in each network", _UNITS, width=200, **_SIZE.bound())
        seed = st.number_input(
            "Seed", 0, 9999, width=120, **_SEED.bound(),
            help="Another seed draws other weights and examples.",
        )  # fmt: skip
    return Race(task, seed=int(seed), units=int(units), longest=int(longest))


def _draw(items: list[Any], order: Order) -> None:
    (race,) = order.args
    _pictures(runs.outcome(items, race))


def _pictures(outcome: Outcome) -> None:
    told, why, colours = verdict(outcome), explained(outcome), palette()
    st.markdown(told)
    left, right = st.columns(2, gap="medium")
    with left:
        figure = accuracy_by_delay(outcome, TASKS[outcome.race.task].guessing, colours)
        board.picture(
            figure, "delays_accuracy", f"Right answers against the delay. {told}",
            "How many answers are right, on new examples. A network that remembers stays at the top.",
        )  # fmt: skip
    with right:
        board.picture(
            reach_by_step(outcome, colours), "delays_reach", f"The delay reached against the steps of training. {told}",
            "How long a delay each has worked its way up to. A star: the longest one mastered.",
        )  # fmt: skip
    if why is not None:
        st.info(why, icon=":material/info:")
