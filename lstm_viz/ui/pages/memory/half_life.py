"""How long does it last? The half-life of every unit on this text, and the decay of the selected one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.half_life import fades, format_letters, half_lives
from lstm_viz.gates import MEMORY_STATE
from lstm_viz.half_life import HalfLife, half_life
from lstm_viz.text.numbers import format_count, format_percent
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.memory.memory_state import MemoryState
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.theme import palette

#: How many units are listed at either end.
_NAMED = 5
_LONG, _SHORT = "memory_long", "memory_short"


def token_colors(state: MemoryState) -> TokenColors | None:
    """Color each letter by how much of its memory the selected unit keeps there."""
    gate = state.keeps
    if gate == "h":
        half_life(state.layer)  # raises NotDecomposable with the reason
    return TokenColors(state.layer[gate][:, 0, state.unit], 0.0, 1.0, False, f"by {gate} of unit {state.unit}: how much is kept")


def render(state: MemoryState) -> None:
    """Draw the figures and their explanation."""
    result = half_life(state.layer)
    gate = "forget" if state.layer.kind == "lstm" else "update"
    colours = palette()
    figure, text = components.figure_and_text()
    with text:
        st.markdown(
            f"**Half of what a unit writes is gone after its half-life.** It is computed from the {gate} gates on this text."
            + _describe_median(result),
            help=explain("half-life"),
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            controls.unit(state.view)
            explorer_view = replace(state.view, zoom="unit", colour=f"unit.{MEMORY_STATE[state.layer.kind]}")
            st.link_button(f"Unit {state.unit} in Explore", components.page_link(explorer_view), icon=":material/open_in_new:")
        st.markdown(_describe(result, state))
        long, short = _ends(result)
        _pills("Longest memory", long, _LONG, state.unit)
        _pills("Shortest memory", short, _SHORT, state.unit)
    with figure:
        components.draw_figure(
            half_lives(result, state.unit, colours), "memory_half_lives", _describe(result, state),
            "Each point of the curve is a unit; the mark is the chosen one. Click to choose another.", on_click=_on_unit_click,
        )  # fmt: skip
        components.draw_figure(
            fades(result, state.unit, colours), "memory_fades",
            f"The share of what unit {state.unit} writes that is left, by the number of letters since.",
            "Averaged over everything the unit wrote on this text, weighted by how much it wrote.",
        )  # fmt: skip


def _describe_median(result: HalfLife) -> str:
    """Describe the layer's median half-life; empty if no unit has one."""
    known = result.steps[~np.isnan(result.steps)]
    if not len(known):
        return ""
    median = float(np.median(known))
    return f" The median of this layer's units: {'longer than this text' if math.isinf(median) else format_letters(median)}."


def _describe(result: HalfLife, state: MemoryState) -> str:
    steps = result.steps[state.unit]
    count = int(np.isinf(result.steps).sum())
    keep = "keeps" if count == 1 else "keep"
    endless = f" {count} of {state.layer.units} units {keep} more than half for longer than this text." if count else ""
    if math.isnan(steps):
        why = "the text is too short to tell" if result.longest < 1 else "it wrote nothing"
        return f"Unit {state.unit}: {why}.{endless}"
    if math.isinf(steps):
        share, letters = format_percent(float(result.left[-1, state.unit])), format_count(result.longest, "letter")
        return f"Unit {state.unit} still has **{share}** of what it wrote after {letters}.{endless}"
    return f"Half of what unit {state.unit} writes is gone after **{format_letters(steps)}**.{endless}"


def _ends(result: HalfLife) -> tuple[list[int], list[int]]:
    """Return the units of the longest and of the shortest memory, no unit in both."""
    ranked = [int(each) for each in result.ranked() if not math.isnan(result.steps[each])]
    count = min(_NAMED, len(ranked) // 2)
    return ranked[:count], ranked[::-1][:count]


def _pills(label: str, units: list[int], key: str, selected: int) -> None:
    """Draw units by index; one can be selected."""
    if not units:
        return
    st.session_state[key] = selected if selected in units else None
    st.pills(label, units, width="content", **settings.control_args(key, _on_pill_change, optional=True))


def _on_pill_change(unit: int | None) -> None:
    if unit is not None:
        session.save(replace(session.current(), unit=unit))


def _on_unit_click(click: components.Click) -> None:
    if isinstance(click.customdata, int):
        session.save(replace(session.current(), unit=click.customdata))
