"""How long does it last? The half-life of every unit on this text, and how the chosen one forgets."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.half_life import fades, half_lives
from lstm_viz.gates import MEMORY_STATE
from lstm_viz.half_life import HalfLife, half_life
from lstm_viz.ui import components
from lstm_viz.ui.components import Letters, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.memory.scene import Scene
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette

#: How many units are named at either end.
_NAMED = 5
_LONG, _SHORT = "memory_long", "memory_short"


def letters(scene: Scene) -> Letters | None:
    """Each letter coloured by how much of its memory the chosen unit keeps there."""
    gate = scene.keeps
    if gate == "h":
        half_life(scene.layer)  # says why there is none
    return Letters(scene.layer[gate][:, 0, scene.unit], 0.0, 1.0, False, f"by {gate} of unit {scene.unit}: how much is kept")


def show(scene: Scene) -> None:
    """Draw the lens."""
    found = half_life(scene.layer)
    gate = "forget" if scene.layer.kind == "lstm" else "update"
    colours = palette()
    figure, words = components.beside()
    with words:
        st.markdown(
            f"**Half of what a unit writes is gone after its half-life: a few letters for most units, a whole sentence for some. "
            f"It is counted from the {gate} gates while this text is read.**",
            help=explain("half-life"),
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            controls.unit(scene.view)
            seen = replace(scene.view, zoom="unit", colour=f"unit.{MEMORY_STATE[scene.layer.kind]}")
            st.link_button(f"Unit {scene.unit} in Explore", components.jump(seen), icon=":material/open_in_new:")
        st.markdown(_told(found, scene))
        long, short = _ends(found)
        _pills("Longest memory", long, _LONG, scene.unit)
        _pills("Shortest memory", short, _SHORT, scene.unit)
    with figure:
        components.picture(
            half_lives(found, scene.unit, colours), "memory_half_lives", _told(found, scene),
            "Every place on the curve is a unit; the mark is the chosen one. Click to choose another.", on_click=_take_unit,
        )  # fmt: skip
        components.picture(
            fades(found, scene.unit, colours), "memory_fades",
            f"The share of what unit {scene.unit} writes that is left, by the number of letters since.",
            "Averaged over everything the unit wrote on this text, weighted by how much it wrote.",
        )  # fmt: skip


def _told(found: HalfLife, scene: Scene) -> str:
    steps = found.steps[scene.unit]
    count = int(np.isinf(found.steps).sum())
    endless = f" {count} of {scene.layer.units} units hold on for longer than this text." if count else ""
    if math.isnan(steps):
        why = "the text is too short to tell" if found.longest < 1 else "it wrote nothing"
        return f"Unit {scene.unit}: {why}.{endless}"
    if math.isinf(steps):
        left = found.left[-1, scene.unit]
        return f"Unit {scene.unit} still has **{left:.0%}** of what it wrote after {found.longest} letters.{endless}"
    return f"Half of what unit {scene.unit} writes is gone after **{steps:.1f} letters**.{endless}"


def _ends(found: HalfLife) -> tuple[list[int], list[int]]:
    """The units of the longest and of the shortest memory, no unit in both."""
    ranked = [int(each) for each in found.ranked() if not math.isnan(found.steps[each])]
    count = min(_NAMED, len(ranked) // 2)
    return ranked[:count], ranked[::-1][:count]


def _pills(label: str, units: list[int], key: str, chosen: int) -> None:
    """Units by number, of which one can be chosen."""
    if not units:
        return
    st.session_state[key] = chosen if chosen in units else None
    st.pills(label, units, key=key, on_change=_take_pill, args=(key,), width="content")


def _take_pill(key: str) -> None:
    unit = st.session_state[key]
    if unit is not None:
        session.keep(replace(session.current(), unit=unit))


def _take_unit(click: components.Click) -> None:
    if isinstance(click.customdata, int):
        session.keep(replace(session.current(), unit=click.customdata))
