"""Where does the state go? The text as a path in the plane of the examples' two first principal components."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.state_path import ExampleStates, NamedStates, TextPath, state_path
from lstm_viz.gates import CELLS
from lstm_viz.reader import trace
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors
from lstm_viz.ui.components.job_panel import JobSpec, job_panel, job_result
from lstm_viz.ui.components.live_view.coloring import SURPRISE_END
from lstm_viz.ui.pages.units.units_state import UnitsState
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.memo import remember
from lstm_viz.ui.state.models import session_models
from lstm_viz.ui.state.scales import curve_ends, means_ends
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View
from lstm_viz.units.state_space import Plane, SlowPoints, memory_states, plane_of, slow_points_of_texts

_SURPRISE, _STEP, _UNIT = "surprise", "position", "unit"
_JOB = "units_slow"
_COUNTING_EXAMPLE = View("a" * 12 + "b" * 12, "counting")


def token_colors(state: UnitsState) -> TokenColors:
    """Color each token by the chosen quantity, as the path is."""
    symbol = _color(state).value()
    if symbol == _SURPRISE:
        return TokenColors(state.trace.surprise, 0.0, SURPRISE_END, False, "surprise (−ln p, nats)")
    if symbol == _STEP:
        return TokenColors(np.arange(float(state.layer.steps)), 0.0, float(max(state.layer.steps - 1, 1)), False, "step")
    if symbol == _UNIT:
        values = np.asarray(state.layer[state.memory.symbol][:, 0, state.unit])
        low, high = curve_ends(state.memory, values)
        return TokenColors(values, low, high, state.memory.signed, f"{state.memory.symbol} of unit {state.unit}")
    coloured = next(each for each in CELLS[state.layer.kind] if each.symbol == symbol)
    means = state.layer[symbol][:, 0].mean(axis=1)
    low, high = means_ends(coloured, means)
    return TokenColors(means, low, high, coloured.signed, f"mean {coloured.label}")


def render(state: UnitsState) -> None:
    """Draw the path and its controls."""
    figure, text = components.figure_and_text()
    examples = remember("units_example_states", (state.view.model, state.view.layer), lambda: _example_states(state))
    plane = remember("units_plane", (state.view.model, state.view.layer), lambda: plane_of(examples))
    with text:
        st.markdown(
            f"**The {state.memory.name} of layer {state.layer.layer + 1} is {state.layer.units} numbers. Here it is seen in the "
            f"two directions in which it varies most: each {state.one} moves it on.**"
        )
        setting = _color(state)
        names = _color_names(state)
        st.selectbox("Coloured by", list(names), format_func=names.__getitem__, width=280, **setting.widget_args())
        seen = float(plane.variance.sum())
        st.markdown(
            f"The plane is that of the two first principal components of {plane.states:,} states on this network's examples; it "
            f"shows **{format_percent(seen)}** of their variance. The other {format_percent(1 - seen)} is not seen."
        )
        if state.view.model == _COUNTING_EXAMPLE.model:
            st.markdown(
                "While it counts, every *a* moves the state in one direction, and every *b* back in another: a straight path."
            )
        else:
            link = components.page_link(_COUNTING_EXAMPLE, "units", "path")
            st.link_button("The straight path of a network that counts", link, icon=":material/open_in_new:")
        slow = _slow_points(state)
    with figure:
        _draw(state, plane, plane.project(examples), slow)


def _draw(state: UnitsState, plane: Plane, around: np.ndarray, slow: SlowPoints | None) -> None:
    colors = token_colors(state)
    points = None
    if slow is not None:
        names = [_name(state, each, speed) for each, speed in zip(slow.outputs, slow.speed, strict=True)]
        points = NamedStates(plane.project(slow.states), names)
    states = plane.project(memory_states(state.trace, state.view.layer))
    path = TextPath(states, state.trace.tokens, colors, state.step)
    figure = state_path(path, ExampleStates(around, plane.variance), palette(), points)

    def clicked(click: components.Click) -> None:
        if isinstance(click.customdata, int):
            session.save(replace(session.current(), step=click.customdata))

    components.draw_figure(
        figure, "units_path", f"The text as a path of {state.layer.steps} states, coloured: {colors.label}.",
        f"Each point is the state after one {state.one}; a line joins them in order. Grey: the network's examples. Click a point "
        "to select its step.", clicked,
    )  # fmt: skip


def _slow_points(state: UnitsState) -> SlowPoints | None:
    """Draw the job that finds slow points; return them once they are there for this network and layer."""
    model = state.display.model if state.view.model in session_models() else state.view.model
    texts = tuple(preset.text for preset in state.display.presets)
    spec = JobSpec(slow_points_of_texts, (model, texts, state.view.layer), 1, "Find the slow points", shared=True)
    job_panel(_JOB, spec, lambda items, spec: None)
    job = job_result(_JOB)
    st.caption(
        "Slow points are states that one step with the average input hardly changes: where the network can stay. In a network "
        "that tells positive from negative they lie along a line, on which it keeps the score (Maheswaranathan et al. 2019)."
    )
    if job is None or job.spec != spec or not job.items:
        return None
    slow: SlowPoints = job.items[-1]
    if not len(slow.speed):
        st.info("No state of this network is slow: with the average input every state changes.", icon=":material/info:")
    return slow


def _name(state: UnitsState, outputs: np.ndarray, speed: float) -> str:
    best = int(outputs.argmax())
    output = f"{label(state.display.model.outputs[best])} ({format_percent(float(np.exp(outputs[best])))})"
    return f"likeliest output there: {output}<br>speed: {speed:.3f} of usual"


def _example_states(state: UnitsState) -> np.ndarray:
    """Return the memory states of the network's examples, each read from the beginning, as the slow points' starts are."""
    traces = [trace(state.display.model, preset.text) for preset in state.display.presets]
    return np.concatenate([memory_states(each, state.view.layer) for each in traces])


def _color(state: UnitsState) -> settings.Setting[str]:
    names = list(_color_names(state))
    return settings.choice("units_color", "by", names, names[0])


def _color_names(state: UnitsState) -> dict[str, str]:
    surprise = {_SURPRISE: "surprise"} if state.display.model.predicts_next_token else {}
    gates = {each.symbol: f"mean {each.label}" for each in CELLS[state.layer.kind]}
    return {**surprise, _STEP: "the step", _UNIT: f"{state.memory.label} of one unit", **gates}
