"""Streamlit controls bound to the shared view: network, layer, unit, examples, and the objective of the gradients.

Each control shows the session's view and changes it in a callback, before the page is drawn. They stand outside the fragment that
handles keystrokes where possible: the browser takes longer to redraw a row of controls than a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lstm_viz.text.labels import label
from lstm_viz.ui.components.unit_names import unit_help
from lstm_viz.ui.state import objective_choice, session, settings
from lstm_viz.ui.state.examples import Preset
from lstm_viz.ui.state.models import available_models, get_model, model_title
from lstm_viz.ui.state.objective_choice import chosen_output
from lstm_viz.ui.state.view import ObjectiveChoice, View


def network(view: View, classifiers: bool = False) -> None:
    """Draw the choice of the network; with `classifiers`, classifiers are offered too."""
    settings.show("choose_model", view.model)
    st.selectbox(
        "Network",
        available_models(classifiers),
        format_func=model_title,
        width=260,
        **settings.control_args("choose_model", session.choose_model),
    )


def layer(view: View) -> None:
    """Draw the choice of the layer, if there is more than one."""
    count = len(get_model(view.model).layers)
    if count > 1:
        settings.show("choose_layer", min(view.layer, count - 1))
        st.segmented_control(
            "Layer",
            range(count),
            format_func=_count_from_one,
            required=True,
            width="content",
            **settings.control_args("choose_layer", _on_layer_change),
        )


def unit(view: View) -> None:
    """Draw the choice of the unit, by its index."""
    last = get_model(view.model).model.config.hidden - 1
    settings.show("choose_unit", min(view.unit, last))
    clamped = replace(view, layer=min(view.layer, len(get_model(view.model).layers) - 1), unit=min(view.unit, last))
    bound = settings.control_args("choose_unit", _on_unit_change)
    st.number_input("Unit", 0, last, width=130, help=unit_help(clamped), **bound)


def objective(view: View) -> None:
    """Draw the choice of the gradients' objective."""
    model = get_model(view.model).model
    offer = objective_choice.available_choices(model.predicts_next_token)
    settings.show("choose_aim", view.aim if view.aim in offer else "next")
    st.selectbox(
        "Explain",
        list(offer),
        format_func=offer.__getitem__,
        width=360,
        **settings.control_args("choose_aim", _on_objective_change),
    )
    if view.aim == "symbol":
        answers = model.outputs[1:] if model.predicts_next_token else model.outputs
        settings.show("choose_symbol", chosen_output(view, answers))
        name, width = ("Token", 100) if model.predicts_next_token else ("Class", 160)
        bound = settings.control_args("choose_symbol", _on_symbol_change)
        st.selectbox(name, answers, format_func=label, width=width, **bound)


def examples(offer: Sequence[Preset]) -> None:
    """Draw a row of buttons; each sets an example text with its unit and layer."""
    with st.container(horizontal=True, gap="xsmall", key="scroll_row_examples"):
        for preset in offer:
            st.button(preset.name, key=f"choose_example_{preset.id}", on_click=_on_example_click, args=(preset,))
        undo()


def undo() -> None:
    """Draw the button that restores the user's text after an example has replaced it."""
    if session.is_text_replaced():
        st.caption("Your text was replaced.", width="content")
        st.button("Undo", icon=":material/undo:", key="choose_undo", on_click=session.restore_text)


def _count_from_one(number: int) -> str:
    return str(number + 1)


def _on_layer_change(layer: int) -> None:
    session.save(replace(session.current(), layer=layer))


def _on_unit_change(unit: int) -> None:
    session.save(replace(session.current(), unit=unit))


def _on_objective_change(aim: ObjectiveChoice) -> None:
    session.save(replace(session.current(), aim=aim, symbol=st.session_state.get("choose_symbol", "")))


def _on_symbol_change(symbol: str) -> None:
    session.save(replace(session.current(), symbol=symbol))


def _on_example_click(preset: Preset) -> None:
    session.replace_text(preset.apply_to(session.current()))
