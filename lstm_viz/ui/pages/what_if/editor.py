"""The plans as rows that one can move and remove, and a form for one more."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.gates import CELLS, PACKED, quantity
from lstm_viz.models.language import Config
from lstm_viz.ui.pages.what_if import scene as kept
from lstm_viz.ui.pages.what_if.interventions import Act, At, Plan, numbers
from lstm_viz.ui.pages.what_if.scene import Scene
from lstm_viz.ui.state import settings

_ACTS: dict[Act, str] = {"hold": "Hold a gate", "cut": "Cut units out", "set": "Overwrite a state"}
_ALL, _SEEN, _THESE = "all", "the selected one", "these"
_ALWAYS, _HERE, _STEPS, _SYMBOLS = "always", "at the selected step", "at these steps", "whenever it reads"
_ERROR = "what_if_error"


def rows(scene: Scene) -> None:
    """Draw a row for each plan, and the form."""
    config = scene.model.config
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for number, plan in scene.plans.items():
            _row(number, plan, config)
        # Of one name always: another one would be another popover, closed again, its form forgotten.
        add = st.popover("Change something", icon=":material/add:", key="what_if_add", on_change="rerun")
        # A form that nobody sees would cost every keystroke its time.
        if add.open:
            with add:
                _form(scene)
    for number, plan in scene.plans.items():
        words = plan.words(config)
        if number in scene.problems:
            st.caption(f":material/info: {words}: this does nothing now. {scene.problems[number]}.")
        elif isinstance(plan.at, str) and not set(plan.at) & set(scene.tokens):
            st.caption(f":material/info: {words}: this does nothing now, as there is none in the text.")


def _row(number: int, plan: Plan, config: Config) -> None:
    ends, words = plan.ends(config), plan.words(config)
    if ends is None:
        st.markdown(f"**{words[0].upper()}{words[1:]}**", width="content")
    else:
        key = f"what_if_value_{number}"
        settings.show(key, float(min(max(plan.value, ends[0]), ends[1])))
        verb = "set to" if plan.act == "set" else "held at"
        st.slider(
            f"{words[0].upper()}{words[1:]}, {verb}",
            *ends,
            step=0.05,
            key=key,
            on_change=_take_value,
            args=(number, key, config),
            width=330,
        )
    st.button(
        "Undo", key=f"what_if_drop_{number}", icon=":material/close:", on_click=kept.drop, args=(number, config),
        help=f"Undo: {words}",
    )  # fmt: skip


def _take_value(number: int, key: str, config: Config) -> None:
    kept.change(number, replace(kept.plans(config)[number], value=st.session_state[key]), config)


def _form(scene: Scene) -> None:
    """Ask for one more plan."""
    config, state = scene.model.config, st.session_state
    acts = [act for act in _ACTS if act != "hold" or config.kind != "rnn"]
    act = st.segmented_control("What", acts, key="what_if_act", default=acts[0], required=True, format_func=_ACTS.__getitem__)
    symbol = "h"
    if act != "cut":
        offered = (
            PACKED[config.kind] if act == "hold" else tuple(each.symbol for each in CELLS[config.kind] if each.symbol in "ch")
        )
        if state.get("what_if_symbol") not in offered:
            state["what_if_symbol"] = offered[0]
        symbol = st.selectbox(
            "Which", offered, key="what_if_symbol", format_func=lambda each: quantity(config.kind, each).label
        )  # fmt: skip
    if config.layers > 1:
        st.segmented_control(
            "In layer", [None, *range(config.layers)], key="what_if_layer", default=scene.view.layer, required=True,
            format_func=lambda layer: "all" if layer is None else str(layer + 1),
        )  # fmt: skip
    units = [_ALL, _SEEN, _THESE] if act != "cut" else [_SEEN, _THESE]
    chosen = st.segmented_control("In units", units, key=f"what_if_units_{act}", default=units[0], required=True)
    if chosen == _THESE:
        st.text_input("Units, by number", key="what_if_these", placeholder="3, 7-9")
    if act == "set":
        st.caption(f"At the selected step, {scene.named(scene.step) if scene.tokens else 'once there is a text'}.")
    else:
        when = st.segmented_control(
            "When", [_ALWAYS, _HERE, _STEPS, _SYMBOLS], key="what_if_when", default=_ALWAYS, required=True
        )
        if when == _STEPS:
            st.text_input("Steps, by number", key="what_if_steps", placeholder="3, 7-9")
        elif when == _SYMBOLS:
            st.text_input("One of these characters", key="what_if_symbols", placeholder=".!?")
    st.button("Apply", key="what_if_do", type="primary", on_click=_take_form, args=(scene, act, symbol))
    if error := state.pop(_ERROR, None):
        st.error(error, icon=":material/error:")


def _take_form(scene: Scene, act: Act, symbol: str) -> None:
    try:
        kept.add(asked(scene, act, symbol), scene.model.config)
    except ValueError as error:
        st.session_state[_ERROR] = str(error)
        return
    kept.quantity_of(scene.model.config.kind).keep(symbol)


def asked(scene: Scene, act: Act, symbol: str) -> Plan:
    """The plan that the form describes; ValueError where something is missing or cannot be read."""
    config, state = scene.model.config, st.session_state
    layer, chosen = state.get("what_if_layer", 0), state.get(f"what_if_units_{act}")
    units: tuple[int, ...] | None = None
    if chosen == _SEEN:
        units = (scene.view.unit,)
    elif chosen == _THESE:
        units = numbers(state.get("what_if_these", ""), config.hidden, "unit")
    at: At = None
    if act == "set" or state.get("what_if_when") == _HERE:
        if not scene.tokens:
            raise ValueError("There is no step yet: type something first.")
        at = (scene.step,)
    elif state.get("what_if_when") == _STEPS:
        at = numbers(state.get("what_if_steps", ""), len(scene.tokens), "step")
    elif state.get("what_if_when") == _SYMBOLS:
        at = state.get("what_if_symbols", "")
        if not at:
            raise ValueError("Say at which character it is to happen, for instance a full stop.")
    drawn = quantity(config.kind, symbol)
    value = drawn.high if drawn.role == "keep" else 0.0
    return Plan(act, symbol, value, None if layer is None else (layer,), units, at)
