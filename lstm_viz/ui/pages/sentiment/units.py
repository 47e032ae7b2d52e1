"""Which units carry it? The contribution of each unit of the last layer to the verdict, at one word and at all."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from lstm_viz.figures.sentiment import unit_bars, unit_map
from lstm_viz.sentiment import units_for_share
from lstm_viz.text.numbers import format_signed
from lstm_viz.ui import components
from lstm_viz.ui.pages.sentiment.sentiment_state import SentimentState
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette

#: How many units are drawn.
COUNT = 10
_UNIT = "sentiment_unit"


def render(state: SentimentState) -> None:
    """Draw the figures and their explanation."""
    parts = state.result.unit_contributions
    here, everywhere = strongest(parts[state.step]), strongest(np.abs(parts).sum(axis=0))
    unit = chosen_unit(state)
    st.markdown(
        f"**The verdict is computed from the {parts.shape[1]} units of the upper layer. At each word every unit changes and "
        f"moves the verdict up or down.** {describe(state)}"
    )
    view = state.in_explore(unit)
    others = float(parts[state.step].sum() - parts[state.step, here].sum())
    st.link_button(f"Unit {unit} at this word in Explore", components.page_link(view), icon=":material/open_in_new:")
    colours = palette()
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown(f"At {state.format_step(state.step)}: what each unit added")
        components.draw_figure(
            unit_bars(parts[state.step], here, unit, colours), "sentiment_units", describe(state),
            f"The other {parts.shape[1] - len(here)} units together: {format_signed(others, 3)}. Click a bar to choose its unit.",
            on_click=on_bar_click,
        )  # fmt: skip
    with right:
        st.markdown("At every word: the units that move the verdict most")
        components.draw_figure(
            unit_map(parts[state.visible], everywhere, state.tokens[state.visible], state.first, state.step, unit, colours),
            "sentiment_unit_map", f"For each of {len(everywhere)} units and each word, what the unit added to the verdict.",
            f"Blue pushes towards positive, orange-red towards negative. Click a cell for its word and unit.{state.window_note}",
            on_click=partial(on_cell_click, state.first),
        )  # fmt: skip
    st.caption(
        "A unit's part is the change of its state times the slope of the verdict by it, averaged along the step, so that all "
        "parts together are exactly the change of the verdict (Aumann & Shapley 1974)."
    )


def strongest(parts: np.ndarray) -> np.ndarray:
    """Return the units with the largest contributions, up or down, the largest first."""
    return np.argsort(-np.abs(parts), kind="stable")[:COUNT]


def chosen_unit(state: SentimentState) -> int:
    """Return the clicked unit; by default the strongest at the selected word."""
    clicked = st.session_state.get(_UNIT)
    return int(strongest(state.result.unit_contributions[state.step])[0]) if clicked is None else int(clicked)


def describe(state: SentimentState) -> str:
    """Describe the change of the verdict at the selected word, and how many units cause it."""
    result, step = state.result, state.step
    parts = result.unit_contributions[step]
    before = float(result.score[step - 1]) if step else result.initial
    best = int(strongest(parts)[0])
    after = float(result.score[step])
    return (
        f"At {state.format_step(step)} the verdict goes from {format_signed(before)} to {format_signed(after)}; "
        f"{units_for_share(parts)} of {len(parts)} units do half of all pushing up and down, most of all unit {best} "
        f"({format_signed(float(parts[best]), 3)})."
    )


def on_bar_click(click: components.Click) -> None:
    """Select the unit of the clicked bar."""
    if isinstance(click.customdata, int) and click.customdata >= 0:
        st.session_state[_UNIT] = click.customdata


def on_cell_click(first: int, click: components.Click) -> None:
    """Select the word and the unit of the clicked cell; words count from the first drawn."""
    index, unit = str(click.x), str(click.y).removeprefix("unit ")
    if index.isdecimal() and unit.isdecimal() and len(index + unit) < 9:
        st.session_state[_UNIT] = int(unit)
        session.save(replace(session.current(), step=first + int(index)))
