"""Which gates are always open? Each unit by how often its gates are shut or wide open, here and on a long text."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.figures.saturation import saturation_map
from lstm_viz.gates import quantity
from lstm_viz.models.reference_stats import reference
from lstm_viz.ui import components
from lstm_viz.ui.components import Letters, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.memory.scene import Scene
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette
from lstm_viz.unit_stats import Saturation, reference_saturation, saturating, saturation

#: A gate counts as always open or shut from this share of steps on.
_ALWAYS = 0.9


def letters(scene: Scene) -> Letters:
    """Each letter coloured by the chosen unit's forget gate, or what stands in its place."""
    drawn = quantity(scene.layer.kind, scene.keeps)
    values = scene.layer[scene.keeps][:, 0, scene.unit]
    return Letters(values, drawn.low, drawn.high, drawn.signed, f"by {drawn.label} of unit {scene.unit}")


def show(scene: Scene) -> None:
    """Draw the lens."""
    kind = scene.layer.kind
    if kind == "rnn":
        st.markdown(
            "**A plain RNN has no gates to open: all it has is its state, and a point is a unit, further right or up the more "
            "often that state is stuck at an end, where no gradient gets through.**"
        )
    else:
        st.markdown(
            "**A point is a unit: further right, its gate is shut more often; further up, open more often; "
            "at the lower left it is never quite either.**"
        )
    typed = saturation(scene.layer)
    kept = reference(scene.view.model)
    counted = None if kept is None else reference_saturation(kept, scene.layer.layer, kind)
    told = _told(scene, counted or typed, kept is not None)
    words = "A ring marks the chosen unit; click a point to choose another."
    if kept is not None:
        words = f"In colour: on your text. Grey: the same units over {kept.steps:,} symbols of {kept.corpus}. {words}"
    gates = saturating(kind)
    for gate, column in zip(gates, st.columns(len(gates), gap="small"), strict=True):
        with column:
            grey = None if counted is None else counted[gate.symbol]
            figure = saturation_map(gate, typed[gate.symbol], grey, scene.unit, palette())
            components.picture(
                figure, f"memory_saturation_{gate.symbol}", f"{gate.label}. {told}", f"{gate.label}: {gate.plain}",
                on_click=_take_unit,
            )  # fmt: skip
    st.caption(words)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.unit(scene.view)
        seen = replace(scene.view, zoom="unit", colour=f"unit.{scene.keeps}")
        st.link_button(f"Unit {scene.unit} in Explore", components.jump(seen), icon=":material/open_in_new:")
    st.markdown(told, help=explain("saturation"))
    st.caption("After Karpathy, Johnson & Fei-Fei 2015, Visualizing and Understanding Recurrent Networks.")


def _told(scene: Scene, counted: dict[str, Saturation], long: bool) -> str:
    """How many units are always at an end, in words."""
    where = "on a long text" if long else "on this text"
    if scene.layer.kind == "rnn":
        ends = counted["h"]
        stuck = int((ends.low_share + ends.high_share > _ALWAYS).sum())
        units = scene.layer.units
        return f"The state of {stuck} of {units} units is at an end at more than {_ALWAYS:.0%} of all letters, {where}."
    keeps = counted[scene.keeps]
    always, never = int((keeps.high_share > _ALWAYS).sum()), int((keeps.low_share > _ALWAYS).sum())
    name = quantity(scene.layer.kind, scene.keeps).name
    return (
        f"Of {scene.layer.units} units {where}, {always} keep nearly everything (their {name} is above 0.9 at more than "
        f"{_ALWAYS:.0%} of all letters) and {never} keep nearly nothing (below 0.1 as often)."
    )


def _take_unit(click: components.Click) -> None:
    if isinstance(click.customdata, int):
        session.keep(replace(session.current(), unit=click.customdata))
