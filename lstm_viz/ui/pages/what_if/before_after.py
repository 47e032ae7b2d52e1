"""What happens? Surprise, gates and expectations, as trained and changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.intervention_effect import Pair, answers, before_after, spread_of_change
from lstm_viz.gates import Quantity, quantity, symbols
from lstm_viz.text.labels import label
from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.pages.what_if.scene import EVERY, MEAN, SCOPE, UNIT, Scene, quantity_of
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette

#: Pictures show so many of the last letters.
WINDOW = 150


def show(scene: Scene, changes: Callable[[], None]) -> None:
    """Draw the lens; `changes` draws the changes that are made."""
    figure, words = components.beside()
    with words:
        changes()
        st.markdown(f"**The network reads the text twice: as trained, and with your change.** {told(scene)}")
        drawn, scope = _choose(scene)
    with figure:
        _curves(scene, drawn, scope)
    with words:
        _answers(scene)


def _choose(scene: Scene) -> tuple[Quantity, str]:
    """Draw the choice of what is looked at."""
    kind = scene.model.config.kind
    chosen = quantity_of(kind)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Look at", symbols(kind), width=190, format_func=lambda each: quantity(kind, each).label, **chosen.bound()
        )  # fmt: skip
        st.segmented_control("Show", [MEAN, UNIT, EVERY], required=True, width="content", **SCOPE.bound())
        if SCOPE.value() == UNIT:
            controls.unit(scene.view)
    return quantity(kind, chosen.value()), SCOPE.value()


def told(scene: Scene) -> str:
    """What the change did to the surprise, in one or two sentences."""
    result = scene.result
    if result.first is None:
        return "Nothing is changed at the moment, so both are the same."
    if result.rise is None or result.before.loss is None or result.after.loss is None:
        return f"The first difference is at {scene.named(result.first)}."
    if result.first == len(scene.tokens) - 1:
        return "The change comes with the last letter: see what it expects next, and what it would write."
    before, after = result.before.loss, result.after.loss
    if abs(result.rise) < 0.005:
        return f"On average it is as surprised as before: {after:.2f} nats a letter."
    step = int(np.nanargmax(result.surprise * np.sign(result.rise)))
    signed = f"{result.surprise[step]:+.1f}".replace("-", "−")
    much = f"{'more' if result.rise > 0 else 'less'} surprised: {after:.2f} nats a letter in place of {before:.2f}"
    return f"It is **{much}**, most of all at {scene.named(step)}: {signed}."


def _curves(scene: Scene, drawn: Quantity, scope: str) -> None:
    view, colours, count = scene.view, palette(), len(scene.tokens)
    first = max(count - WINDOW, 0)
    tokens = scene.tokens[first:]
    runs = [run.layers[view.layer][drawn.symbol][first:, 0] for run in (scene.result.before, scene.result.after)]
    note = f" The last {WINDOW} letters." if first else ""
    of = f"{drawn.label}, layer {view.layer + 1}"

    def take(click: components.Click) -> None:
        _take_step(click, first)

    if scope == EVERY:
        components.picture(
            spread_of_change(runs[1] - runs[0], tokens, drawn.symbol, colours), "what_if_spread",
            f"Change of the {of}: every unit at every letter.",
            f"{drawn.name[0].upper()}{drawn.name[1:]} of every unit in layer {view.layer + 1}: changed run minus plain run. "
            f"Click a cell to choose unit and step.{note}", on_click=take,
        )  # fmt: skip
        return
    surprise = (scene.result.before.surprise[first:], scene.result.after.surprise[first:])
    pairs = [Pair("surprise, nats", *surprise)] if scene.model.foretells else []
    if scope == UNIT:
        ends = (drawn.low - 0.05, drawn.high + 0.05) if drawn.bounded else (None, None)
        before, after = (run[:, view.unit] for run in runs)
        pairs.append(Pair(f"{drawn.symbol}, unit {view.unit}", before, after, *ends))
    else:
        ends = (drawn.low - 0.05, drawn.high + 0.05) if drawn.bounded and not drawn.signed else (None, None)
        before, after = (run.mean(axis=1) for run in runs)
        pairs.append(Pair(f"{drawn.symbol}, mean", before, after, *ends))
    held = [step - first for step in scene.held if step >= first]
    components.picture(
        before_after(pairs, tokens, held if len(held) < len(tokens) else [], scene.step - first, colours), "what_if_curves",
        f"Surprise and {of}, as trained and changed, by letter. {told(scene)}",
        f"Below: {of} ({drawn.plain}). Click a letter to choose the step.{note}", on_click=take,
    )  # fmt: skip


def _answers(scene: Scene) -> None:
    before, after = (run.probs[scene.step] for run in (scene.result.before, scene.result.after))
    outputs = scene.model.outputs
    ahead = "the next letter" if scene.model.foretells else "the answer"
    words = f"Expected after {scene.named(scene.step)}"
    likely = [f"‘{label(outputs[int(run.argmax())])}’ ({run.max():.0%})" for run in (before, after)]
    components.picture(
        answers(outputs, before, after, palette()), "what_if_answers",
        f"{words}: {likely[0]} as trained, {likely[1]} changed.", f"{words}: how likely each run thinks {ahead} is.",
    )  # fmt: skip


def _take_step(click: components.Click, first: int) -> None:
    if isinstance(click.x, str | int | float) and str(click.x).isdigit():
        view = replace(session.current(), step=first + int(click.x))
        on_map = isinstance(click.y, int | float) and click.customdata is None
        session.keep(replace(view, unit=int(click.y)) if on_map and isinstance(click.y, int | float) else view)
