"""Which gates are always open? How often each unit's gates are closed or open, here and on a long text."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.figures.saturation import saturation_map
from lstm_viz.gates import quantity
from lstm_viz.models.reference_stats import reference
from lstm_viz.text.numbers import format_percent
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.memory.memory_state import MemoryState
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette
from lstm_viz.units.stats import Saturation, reference_saturation, saturating, saturation

#: A gate counts as always open or closed from this share of steps on.
_ALWAYS = 0.9


def token_colors(state: MemoryState) -> TokenColors:
    """Color each letter by the selected unit's forget gate, or its replacement."""
    gate = quantity(state.layer.kind, state.keeps)
    values = state.layer[state.keeps][:, 0, state.unit]
    return TokenColors(values, gate.low, gate.high, gate.signed, f"by {gate.label} of unit {state.unit}")


def render(state: MemoryState) -> None:
    """Draw the figures and their explanation."""
    kind = state.layer.kind
    if kind == "rnn":
        st.markdown(
            "**A plain RNN has no gates, only its state. Each point is a unit: the further right or up, the more often its state "
            "is saturated, where no gradient passes.**"
        )
    else:
        st.markdown(
            "**Each point is a unit: further right, its gate is closed more often; further up, open more often; "
            "at the lower left it is rarely either.**"
        )
    typed = saturation(state.layer)
    reference_stats = reference(state.view.model)
    counted = None if reference_stats is None else reference_saturation(reference_stats, state.layer.layer, kind)
    summary = _describe(state, counted or typed, reference_stats is not None)
    words = "A ring marks the chosen unit; click a point to choose another."
    if reference_stats is not None:
        corpus = f"{reference_stats.steps:,} tokens of {reference_stats.corpus}"
        words = f"In colour: on your text. Grey: the same units over {corpus}. {words}"
    gates = saturating(kind)
    for gate, column in zip(gates, st.columns(len(gates), gap="small"), strict=True):
        with column:
            grey = None if counted is None else counted[gate.symbol]
            figure = saturation_map(gate, typed[gate.symbol], grey, state.unit, palette())
            components.draw_figure(
                figure, f"memory_saturation_{gate.symbol}", f"{gate.label}. {summary}", f"{gate.label}: {gate.plain}",
                on_click=_on_unit_click,
            )  # fmt: skip
    st.caption(words)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.unit(state.view)
        explorer_view = replace(state.view, zoom="unit", colour=f"unit.{state.keeps}")
        st.link_button(f"Unit {state.unit} in Explore", components.page_link(explorer_view), icon=":material/open_in_new:")
    st.markdown(summary, help=explain("saturation"))
    st.caption("After Karpathy, Johnson & Fei-Fei 2015, Visualizing and Understanding Recurrent Networks.")


def _describe(state: MemoryState, counted: dict[str, Saturation], long: bool) -> str:
    """Describe how many units are always saturated."""
    where = "on a long text" if long else "on this text"
    most = f"more than {format_percent(_ALWAYS)} of all letters"
    if state.layer.kind == "rnn":
        ends = counted["h"]
        stuck = int((ends.low_share + ends.high_share > _ALWAYS).sum())
        units = state.layer.units
        return f"The state of {stuck} of {units} units is at an end at {most}, {where}."
    keeps = counted[state.keeps]
    always, never = int((keeps.high_share > _ALWAYS).sum()), int((keeps.low_share > _ALWAYS).sum())
    name = quantity(state.layer.kind, state.keeps).name
    return (
        f"Of {state.layer.units} units {where}, {always} {'keeps' if always == 1 else 'keep'} nearly everything ({name} above "
        f"0.9 at {most}) and {never} {'keeps' if never == 1 else 'keep'} nearly nothing (below "
        "0.1 as often)."
    )


def _on_unit_click(click: components.Click) -> None:
    if isinstance(click.customdata, int):
        session.save(replace(session.current(), unit=click.customdata))
