"""The page's own controls above the live component: model, layer, example, and what the gradients are of."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.text.labels import label
from lstm_viz.ui.explore import session
from lstm_viz.ui.explore.aims import AIMS
from lstm_viz.ui.explore.presets import preset_of, presets
from lstm_viz.ui.explore.upload import bring
from lstm_viz.ui.explore.view import View
from lstm_viz.ui.explore.zoo import TITLES, exhibit, offered


def choose(view: View) -> View:
    """Draw the controls and return the view as they now stand."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        view = _model(view)
        view = _layer(view)
        view = _aim(view)
        bring()
    _examples(view)
    return session_view(view)


def session_view(view: View) -> View:
    """Remember the view and hand it on."""
    session.keep(view)
    return view


def _model(view: View) -> View:
    names = offered()
    name = st.selectbox(
        "Network", names, index=names.index(view.model), format_func=lambda name: TITLES.get(name, name), width=260
    )
    if name == view.model:
        return view
    session.choose_model(name)
    return session.current()


def _layer(view: View) -> View:
    count = len(exhibit(view.model).layers)
    if count == 1:
        return replace(view, layer=0)
    layer = st.segmented_control(
        "Layer", range(count), default=min(view.layer, count - 1), format_func=lambda number: str(number + 1), required=True
    )
    return replace(view, layer=layer)


def _aim(view: View) -> View:
    aims = list(AIMS)
    aim = st.selectbox("Gradients of", aims, index=aims.index(view.aim), format_func=AIMS.__getitem__, width=330)
    if aim != "symbol":
        return replace(view, aim=aim)
    symbols = exhibit(view.model).model.vocabulary.symbols[1:]
    start = symbols.index(view.symbol) if view.symbol in symbols else 0
    return replace(view, aim=aim, symbol=st.selectbox("Symbol", symbols, index=start, format_func=label, width=90))


def _examples(view: View) -> None:
    names = [preset.name for preset in presets(view.model)]
    shown = preset_of(view)
    key = f"example_{view.model}"
    st.session_state[key] = None if shown is None else shown.name
    st.pills("Try", names, key=key, on_change=_take, args=(view.model, key), label_visibility="collapsed")


def _take(model: str, key: str) -> None:
    """Put an example in place of the text."""
    found = next((preset for preset in presets(model) if preset.name == st.session_state[key]), None)
    if found is not None:
        session.push(found.applied(session.current()))
