"""Which units carry it? What each unit of the last layer did to the verdict at the chosen word, and at all words."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from lstm_viz.figures.sentiment import unit_bars, unit_map
from lstm_viz.sentiment import carriers
from lstm_viz.ui import components
from lstm_viz.ui.pages.sentiment.scene import Scene, signed
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette

#: How many units are drawn.
COUNT = 10
_UNIT = "sentiment_unit"


def show(scene: Scene) -> None:
    """Draw the lens."""
    parts = scene.found.by_unit
    here, everywhere = strongest(parts[scene.step]), strongest(np.abs(parts).sum(axis=0))
    unit = chosen(scene)
    st.markdown(
        f"**The verdict is read off the {parts.shape[1]} units of the upper layer. At each word every unit moves a little, and "
        f"pushes the verdict up or down.** {told(scene)}"
    )
    view = scene.in_explore(unit)
    rest = float(parts[scene.step].sum() - parts[scene.step, here].sum())
    st.link_button(f"Unit {unit} at this word in Explore", components.jump(view), icon=":material/open_in_new:")
    colours = palette()
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown(f"At {scene.named(scene.step)}: what each unit added")
        components.picture(
            unit_bars(parts[scene.step], here, unit, colours), "sentiment_units", told(scene),
            f"The other {parts.shape[1] - len(here)} units together: {signed(rest, 3)}. Click a bar to choose its unit.",
            on_click=take,
        )  # fmt: skip
    with right:
        st.markdown("At every word: the units that move the verdict most")
        components.picture(
            unit_map(parts[scene.shown], everywhere, scene.tokens[scene.shown], scene.first, scene.step, unit, colours),
            "sentiment_unit_map", f"For each of {len(everywhere)} units and each word, what the unit added to the verdict.",
            f"Blue pushes towards positive, red towards negative. Click a cell for its word and unit.{scene.window_note}",
            on_click=partial(take_cell, scene.first),
        )  # fmt: skip
    st.caption(
        "A unit's part is the change of its state times the slope of the verdict by it, averaged along the step, so that all "
        "parts together are exactly the step of the verdict (Aumann & Shapley 1974)."
    )


def strongest(parts: np.ndarray) -> np.ndarray:
    """The numbers of the units that do most, up or down, the strongest first."""
    return np.argsort(-np.abs(parts), kind="stable")[:COUNT]


def chosen(scene: Scene) -> int:
    """The unit that was clicked; before that the strongest at the chosen word."""
    kept = st.session_state.get(_UNIT)
    return int(strongest(scene.found.by_unit[scene.step])[0]) if kept is None else int(kept)


def told(scene: Scene) -> str:
    """The step of the verdict at the chosen word, and how many units it takes."""
    found, step = scene.found, scene.step
    parts = found.by_unit[step]
    before = float(found.score[step - 1]) if step else found.before
    best = int(strongest(parts)[0])
    return (
        f"At {scene.named(step)} the verdict goes from {signed(before, 2)} to {signed(float(found.score[step]), 2)}; "
        f"{carriers(parts)} of {len(parts)} units do half of the pushing, most of all unit {best} "
        f"({signed(float(parts[best]), 3)})."
    )


def take(click: components.Click) -> None:
    """Choose the unit of the clicked bar."""
    if isinstance(click.customdata, int) and click.customdata >= 0:
        st.session_state[_UNIT] = click.customdata


def take_cell(first: int, click: components.Click) -> None:
    """Choose the word and the unit of the clicked cell; words count from the first that was drawn."""
    place, unit = str(click.x), str(click.y).removeprefix("unit ")
    if place.isdecimal() and unit.isdecimal() and len(place + unit) < 9:
        st.session_state[_UNIT] = int(unit)
        session.keep(replace(session.current(), step=first + int(place)))
