"""Which units know this stretch? Mark one; the units that are on in it and off around it are searched for in the whole text."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.text.labels import label
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors
from lstm_viz.ui.components.annotation_track import current_track, track_choice
from lstm_viz.ui.components.unit_matches import (
    MatchResult,
    current_settings,
    default_stretch,
    describe,
    draw_matches,
    find,
    match_controls,
)
from lstm_viz.ui.pages.units.units_state import UnitsState
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.markdown import escape_inline
from lstm_viz.ui.state.memo import remember
from lstm_viz.units.matching import trace_levels

_PREFIX = "units"


def token_colors(state: UnitsState) -> TokenColors:
    """Color each token by the share of the selected units that are on."""
    result = _find_result(state)
    values = result.share_on(0, len(state.trace.tokens))
    return TokenColors(values, 0.0, 1.0, False, "by the share of the selected units that are on")


def render(state: UnitsState) -> None:
    """Draw the controls, the units and the places."""
    figure, text = components.figure_and_text()
    tokens, setting = state.trace.tokens, _stretch(state)
    with text:
        st.markdown(
            f"**Mark a stretch. Here are the units that are on in every {state.one} of it and off right around it, and every "
            "other place where the same units are on.**"
        )
        if len(tokens) > 1:
            first, last = (f"‘{escape_inline(label(tokens[step]))}’" for step in setting.value())
            st.slider(f"The stretch: steps from {first} to {last}", 0, len(tokens) - 1, step=1, **setting.widget_args())
        with st.container(horizontal=True, gap="small"):
            for name, key, end in (("Begin at the selected", "units_from", 0), ("End at the selected", "units_to", 1)):
                st.button(f"{name} {state.one}", key=key, on_click=_mark, args=(state, end))
        match_controls(_PREFIX, state.layer.kind)
        result = _find_result(state)
        st.markdown(describe(result, tokens, state.words))
    with figure:
        if result.matches:
            track_choice(_PREFIX, state.words)
        draw_matches(
            result, tokens, "units_matches", _select_step, state.words, track=current_track(_PREFIX, tokens, state.words)
        )


def _find_result(state: UnitsState) -> MatchResult:
    first, last = _stretch(state).value()
    chosen = current_settings(_PREFIX, state.layer.kind)
    read = (state.view.model, state.view.input_text, state.view.layer, chosen.symbol)
    levels = remember("units_levels", read, lambda: trace_levels(state.layer, chosen.symbol))
    return find(levels, first, last, state.layer.kind, chosen)


def _stretch(state: UnitsState) -> settings.Setting[tuple[int, int]]:
    """Return the setting of the stretch: one for each text, by default its first bracket or its longest word."""
    tokens = state.trace.tokens
    first = default_stretch(tokens, state.words)
    return settings.span(f"units_stretch_{hash(state.view.input_text)}", "stretch", len(tokens) - 1, first)


def _mark(state: UnitsState, end: int) -> None:
    """Move one end of the stretch to the selected step, and the other with it where they would cross."""
    setting, step = _stretch(state), session.current().step_in(len(state.trace.tokens))
    first, last = setting.value()
    setting.save((step, max(step, last)) if end == 0 else (min(step, first), step))


def _select_step(step: int) -> None:
    session.save(replace(session.current(), step=step))
