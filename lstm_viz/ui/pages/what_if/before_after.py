"""What happens? Surprise, gates and predictions, as trained and changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.intervention_effect import BeforeAfter, answers, intervention_effect, spread_of_change
from lstm_viz.gates import Quantity, quantity, symbols
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_fixed, format_percent, format_signed
from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.pages.what_if.what_if_state import EVERY, MEAN, SCOPE, UNIT, WhatIfState, quantity_of
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette

#: Figures show this many of the last letters.
WINDOW = 150


def render(state: WhatIfState, draw_interventions: Callable[[], None]) -> None:
    """Draw the figures and their explanation; `draw_interventions` draws the rows of interventions."""
    figure, text = components.figure_and_text()
    with text:
        draw_interventions()
        st.markdown(f"**The network reads the text twice: as trained, and with your change.** {describe(state)}")
        described, scope = _choose(state)
    with figure:
        _curves(state, described, scope)
    with text:
        _answers(state)


def _choose(state: WhatIfState) -> tuple[Quantity, str]:
    """Draw the choice of the quantity and return it."""
    kind = state.model.config.kind
    chosen = quantity_of(kind)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Look at", symbols(kind), width=190, format_func=lambda each: quantity(kind, each).label, **chosen.widget_args()
        )  # fmt: skip
        st.segmented_control("Show", [MEAN, UNIT, EVERY], required=True, width="content", **SCOPE.widget_args())
        if SCOPE.value() == UNIT:
            controls.unit(state.view)
    return quantity(kind, chosen.value()), SCOPE.value()


def describe(state: WhatIfState) -> str:
    """Describe the effect on the surprise in one or two sentences."""
    result = state.result
    if result.first is None:
        return "Nothing is changed at the moment, so both are the same."
    if result.rise is None or result.before.loss is None or result.after.loss is None:
        return f"The first difference is at {state.format_step(result.first)}."
    if result.first == len(state.tokens) - 1:
        return "The change is at the last letter: see the predictions, and what it would write."
    before, after = result.before.loss, result.after.loss
    if format_fixed(before) == format_fixed(after):
        return f"On average it is as surprised as before: {after:.2f} nats a letter."
    step = int(np.nanargmax(result.surprise * np.sign(result.rise)))
    much = f"{'more' if result.rise > 0 else 'less'} surprised: {after:.2f} nats a letter instead of {before:.2f}"
    return f"It is **{much}**, most of all at {state.format_step(step)}: {format_signed(float(result.surprise[step]))}."


def _curves(state: WhatIfState, described: Quantity, scope: str) -> None:
    view, colours, count = state.view, palette(), len(state.tokens)
    first = max(count - WINDOW, 0)
    tokens = state.tokens[first:]
    runs = [run.layers[view.layer][described.symbol][first:, 0] for run in (state.result.before, state.result.after)]
    note = f" The last {WINDOW} letters." if first else ""
    of = f"{described.label}, layer {view.layer + 1}"

    def on_click(click: components.Click) -> None:
        _on_step_click(click, first)

    capitalized = described.name[0].upper() + described.name[1:]
    if scope == EVERY:
        components.draw_figure(
            spread_of_change(runs[1] - runs[0], tokens, described.symbol, colours), "what_if_spread",
            f"Change of the {of}: every unit at every letter.",
            f"{capitalized} of every unit in layer {view.layer + 1}: changed run minus plain run. "
            f"Click a cell to choose unit and step.{note}", on_click=on_click,
        )  # fmt: skip
        return
    surprise = (state.result.before.surprise[first:], state.result.after.surprise[first:])
    pairs = [BeforeAfter("surprise, nats", *surprise)] if state.model.predicts_next_token else []
    if scope == UNIT:
        ends = (described.low - 0.05, described.high + 0.05) if described.bounded else (None, None)
        before, after = (run[:, view.unit] for run in runs)
        pairs.append(BeforeAfter(f"{described.symbol}, unit {view.unit}", before, after, *ends))
    else:
        ends = (described.low - 0.05, described.high + 0.05) if described.bounded and not described.signed else (None, None)
        before, after = (run.mean(axis=1) for run in runs)
        pairs.append(BeforeAfter(f"{described.symbol}, mean", before, after, *ends))
    active_steps = [step - first for step in state.active_steps if step >= first]
    components.draw_figure(
        intervention_effect(pairs, tokens, active_steps if len(active_steps) < len(tokens) else [], state.step - first, colours),
        "what_if_curves",
        f"Surprise and {of}, as trained and changed, by letter. {describe(state)}",
        f"Surprise: −ln p, in nats. Below: {of} ({described.plain}). Click a letter to choose the step.{note}", on_click=on_click,
    )  # fmt: skip


def _answers(state: WhatIfState) -> None:
    before, after = (run.probs[state.step] for run in (state.result.before, state.result.after))
    outputs = state.model.outputs
    ahead = "the next letter" if state.model.predicts_next_token else "the answer"
    words = f"Expected after {state.format_step(state.step)}"
    likely = [f"‘{label(outputs[int(run.argmax())])}’ ({format_percent(float(run.max()))})" for run in (before, after)]
    components.draw_figure(
        answers(outputs, before, after, palette()), "what_if_answers",
        f"{words}: {likely[0]} as trained, {likely[1]} changed.", f"{words}: each run's probability of {ahead}.",
    )  # fmt: skip


def _on_step_click(click: components.Click, first: int) -> None:
    if isinstance(click.x, str | int | float) and str(click.x).isdigit():
        view = replace(session.current(), step=first + int(click.x))
        on_map = isinstance(click.y, int | float) and click.customdata is None
        session.save(replace(view, unit=int(click.y)) if on_map and isinstance(click.y, int | float) else view)
