"""The interventions as rows that can be edited and removed, and a form to add one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from lstm_viz.gates import CELLS, PACKED, quantity
from lstm_viz.models.language import Config
from lstm_viz.ui.pages.what_if import what_if_state
from lstm_viz.ui.pages.what_if.interventions import Act, At, InterventionSpec, parse_numbers
from lstm_viz.ui.pages.what_if.what_if_state import WhatIfState
from lstm_viz.ui.state import settings

_ACTS: dict[Act, str] = {"clamp": "Clamp a gate", "ablate": "Set units to 0", "overwrite": "Overwrite a state"}
_ALL, _SEEN, _THESE = "all", "the selected one", "these"
_ALWAYS, _HERE, _STEPS, _SYMBOLS = "always", "at the selected step", "at these steps", "whenever it reads"
_ERROR = "what_if_error"


def intervention_rows(state: WhatIfState) -> None:
    """Draw a row for each intervention, and the form."""
    config = state.model.config
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for number, spec in state.specs.items():
            _row(number, spec, config)
        # With a constant name: another one would be another popover, closed again with an empty form.
        add = st.popover("Change something", icon=":material/add:", key="what_if_add", on_change="rerun")
        # A form that is not visible would slow every keystroke.
        if add.open:
            with add:
                _form(state)
    for number, spec in state.specs.items():
        description = spec.describe(config)
        if number in state.problems:
            st.caption(f":material/info: {description}: no effect now. {state.problems[number]}.")
        elif isinstance(spec.at, str) and not set(spec.at) & set(state.tokens):
            st.caption(f":material/info: {description}: no effect now: none of these characters is in the text.")


def _row(number: int, spec: InterventionSpec, config: Config) -> None:
    ends, description = spec.value_range(config), spec.describe(config)
    if ends is None:
        st.markdown(f"**{description[0].upper()}{description[1:]}**", width="content")
    else:
        key = f"what_if_value_{number}"
        settings.show(key, float(min(max(spec.value, ends[0]), ends[1])))
        verb = "set to" if spec.act == "overwrite" else "clamped at"
        st.slider(
            f"{description[0].upper()}{description[1:]}, {verb}",
            *ends,
            step=0.05,
            width=330,
            **settings.control_args(key, partial(_on_value_change, number, config)),
        )
    st.button(
        "Undo", key=f"what_if_drop_{number}", icon=":material/close:", on_click=what_if_state.remove, args=(number, config),
        help=f"Undo: {description}",
    )  # fmt: skip


def _on_value_change(number: int, config: Config, value: float) -> None:
    specs = what_if_state.current_specs(config)
    if number in specs:
        what_if_state.update(number, replace(specs[number], value=value), config)


def _form(state: WhatIfState) -> None:
    """Draw the form for one more intervention."""
    config, session_state = state.model.config, st.session_state
    acts = [act for act in _ACTS if act != "clamp" or config.kind != "rnn"]
    act = st.segmented_control("What", acts, key="what_if_act", default=acts[0], required=True, format_func=_ACTS.__getitem__)
    symbol = "h"
    if act != "ablate":
        available = (
            PACKED[config.kind] if act == "clamp" else tuple(each.symbol for each in CELLS[config.kind] if each.symbol in "ch")
        )
        if session_state.get("what_if_symbol") not in available:
            session_state["what_if_symbol"] = available[0]
        symbol = st.selectbox(
            "Which", available, key="what_if_symbol", format_func=lambda each: quantity(config.kind, each).label
        )  # fmt: skip
    if config.layers > 1:
        st.segmented_control(
            "In layer", [None, *range(config.layers)], key="what_if_layer", default=state.view.layer, required=True,
            format_func=lambda layer: "all" if layer is None else str(layer + 1),
        )  # fmt: skip
    units = [_ALL, _SEEN, _THESE] if act != "ablate" else [_SEEN, _THESE]
    chosen = st.segmented_control("In units", units, key=f"what_if_units_{act}", default=units[0], required=True)
    if chosen == _THESE:
        st.text_input("Units, by number", key="what_if_these", placeholder="3, 7-9")
    if act == "overwrite":
        st.caption(f"At the selected step, {state.format_step(state.step) if state.tokens else 'once there is a text'}.")
    else:
        when = st.segmented_control(
            "When", [_ALWAYS, _HERE, _STEPS, _SYMBOLS], key="what_if_when", default=_ALWAYS, required=True
        )
        if when == _STEPS:
            st.text_input("Steps, by number", key="what_if_steps", placeholder="3, 7-9")
        elif when == _SYMBOLS:
            st.text_input("One of these characters", key="what_if_symbols", placeholder=".!?")
    st.button("Apply", key="what_if_do", type="primary", on_click=_on_form_submit, args=(state, act, symbol))
    if error := session_state.pop(_ERROR, None):
        st.error(error, icon=":material/error:")


def _on_form_submit(state: WhatIfState, act: Act, symbol: str) -> None:
    try:
        what_if_state.add(spec_from_form(state, act, symbol), state.model.config)
    except ValueError as error:
        st.session_state[_ERROR] = str(error)
        return
    what_if_state.quantity_of(state.model.config.kind).save(symbol)


def spec_from_form(state: WhatIfState, act: Act, symbol: str) -> InterventionSpec:
    """Return the intervention that the form describes. Raises ValueError if something is missing or invalid."""
    config, session_state = state.model.config, st.session_state
    layer, chosen = session_state.get("what_if_layer", 0), session_state.get(f"what_if_units_{act}")
    units: tuple[int, ...] | None = None
    if chosen == _SEEN:
        units = (state.view.unit,)
    elif chosen == _THESE:
        units = parse_numbers(session_state.get("what_if_these", ""), config.hidden, "unit")
    at: At = None
    if act == "overwrite" or session_state.get("what_if_when") == _HERE:
        if not state.tokens:
            raise ValueError("There is no step yet: type something first.")
        at = (state.step,)
    elif session_state.get("what_if_when") == _STEPS:
        at = parse_numbers(session_state.get("what_if_steps", ""), len(state.tokens), "step")
    elif session_state.get("what_if_when") == _SYMBOLS:
        at = session_state.get("what_if_symbols", "")
        if not at:
            raise ValueError("Enter at which characters it applies, for example a full stop.")
    changed = quantity(config.kind, symbol)
    value = changed.high if changed.role == "keep" else 0.0
    return InterventionSpec(act, symbol, value, None if layer is None else (layer,), units, at)
