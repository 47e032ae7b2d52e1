"""The page's own controls around the live component: network, layer, examples, and what the gradients are of.

Each control shows the session's view and changes it in a callback, before the page is drawn again. They stand outside the
fragment that answers keystrokes: a browser takes longer to draw a row of controls again than the strips.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.text.labels import label
from lstm_viz.ui.explore.upload import bring
from lstm_viz.ui.view import session
from lstm_viz.ui.view.aims import AIMS, wanted
from lstm_viz.ui.view.presets import Preset, presets
from lstm_viz.ui.view.view import View
from lstm_viz.ui.view.zoo import TITLES, exhibit, offered


def choose_network(view: View) -> None:
    """Draw what stands above the text: network, layer, one's own text, and examples."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        names = offered()
        _shown("explore_model", view.model)
        st.selectbox("Network", names, key="explore_model", format_func=_titled, on_change=_take_model, width=260)
        count = len(exhibit(view.model).layers)
        if count > 1:
            _shown("explore_layer", min(view.layer, count - 1))
            st.segmented_control(
                "Layer", range(count), key="explore_layer", format_func=_counted, required=True, on_change=_take_layer
            )
        bring()
    with st.container(horizontal=True, gap="small"):
        for preset in presets(view.model):
            st.button(preset.name, key=f"explore_example_{preset.name}", on_click=_take_example, args=(preset,))


def choose_aim(view: View) -> None:
    """Draw what stands below the gradients: what they are of."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _shown("explore_aim", view.aim)
        st.selectbox(
            "The gradients are of", list(AIMS), key="explore_aim", format_func=AIMS.__getitem__, on_change=_take_aim, width=360
        )
        if view.aim == "symbol":
            symbols = exhibit(view.model).model.vocabulary.symbols[1:]
            _shown("explore_symbol", wanted(view, symbols))
            st.selectbox("Symbol", symbols, key="explore_symbol", format_func=label, on_change=_take_aim, width=100)


def _shown(key: str, value: object) -> None:
    """Make a control show what the view says; the view wins, because a link or an example may have changed it."""
    st.session_state[key] = value


def _titled(name: str) -> str:
    return TITLES.get(name, name)


def _counted(number: int) -> str:
    return str(number + 1)


def _take_model() -> None:
    session.choose_model(st.session_state["explore_model"])


def _take_layer() -> None:
    session.keep(replace(session.current(), layer=st.session_state["explore_layer"]))


def _take_aim() -> None:
    symbol = st.session_state.get("explore_symbol", "")
    session.keep(replace(session.current(), aim=st.session_state["explore_aim"], symbol=symbol))


def _take_example(preset: Preset) -> None:
    session.push(preset.applied(session.current()))
