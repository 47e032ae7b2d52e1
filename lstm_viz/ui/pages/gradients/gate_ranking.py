"""Which gate matters most? The gates, units and steps that the answer depends on, ranked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.gate_saliency import gate_map, gate_sizes
from lstm_viz.gates import MEMORY_STATE, Kind, quantity
from lstm_viz.gradients.ranking import Dependence, ranking
from lstm_viz.text.labels import label
from lstm_viz.ui import components
from lstm_viz.ui.components import Letters, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.gradients.scene import Scene
from lstm_viz.ui.state import session
from lstm_viz.ui.state.markdown import minus
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View

#: How many single gates are listed, and how many letters are drawn.
COUNT, WINDOW = 10, 120


def letters(scene: Scene) -> Letters | None:
    """Each letter coloured by how much the answer depends on all gates there, in all layers."""
    if scene.objective is None:
        return None
    sizes = [gate_sizes(layer).sum(axis=0) for layer in scene.trace.layers]
    return Letters.fitted(np.sum(sizes, axis=0), "by how much its gates matter")


def show(scene: Scene) -> None:
    """Draw the lens."""
    tokens = scene.trace.tokens
    first, last = window(scene.step, len(tokens))
    figure, words = components.beside()
    with figure:
        components.picture(
            gate_map(scene.trace.layers, tokens, first, last, palette()), "matters_map",
            "For each gate of each layer and each letter, how much the answer depends on it.",
            "The stronger the colour, the more the answer depends on that gate. Click a cell to go to its letter."
            + (f" Letters {first} to {last - 1} are drawn." if last - first < len(tokens) else ""),
            on_click=_take,
        )  # fmt: skip
    with words:
        st.markdown(
            "**If one gate or candidate could be pushed a little, at one letter, where would the answer change most?** "
            + scene.answer
        )
        controls.aim(scene.view)
        st.caption(
            "“A push adds”: the slope ∂L/∂a in nats, where a is what enters the gate's σ or tanh. So a gate that is shut for "
            "good, and hardly moves, counts for little, however much the answer would gain from opening it.",
            help=explain("pre-activation"),
        )
    rows = [_row(each, scene) for each in ranking(scene.trace.layers, COUNT)]
    head = ("| gate or candidate | layer | unit | step | value | a push adds |", "|---|---:|---:|---|---:|---:|")
    st.markdown("**The single gates and candidates that matter most**\n\n" + "\n".join((*head, *rows)))
    st.caption("Each name leads to Explore, at its unit and letter.")


def window(step: int, steps: int) -> tuple[int, int]:
    """The first step drawn and the one behind the last, the chosen one among them."""
    last = min(max(step + 1 + WINDOW // 3, WINDOW), steps)
    return max(last - WINDOW, 0), last


def _row(each: Dependence, scene: Scene) -> str:
    kind = scene.layer.kind
    view = replace(scene.view, layer=each.layer, unit=each.unit, step=each.step, zoom="unit", colour=_colour(kind))
    token = label(scene.trace.tokens[each.step]).replace("`", "'").replace("|", "¦")
    return (
        f"| [{quantity(kind, each.gate).label}]({components.jump(view)}) | {each.layer + 1} | {each.unit} "
        f"| `{token}` {each.step} | {minus(f'{each.value:.2f}')} | {minus(f'{each.slope:+.3g}')} |"
    )


def _colour(kind: Kind) -> str:
    return f"unit.{MEMORY_STATE[kind]}"


def _take(click: components.Click) -> None:
    view = session.current()
    session.keep(goal(view, len(session.reader(view.model).read(view.read).tokens), click))


def goal(view: View, steps: int, click: components.Click) -> View:
    """The view at the letter of the clicked cell; as it was where the click makes no sense."""
    if not isinstance(click.x, str) or not click.x.isdecimal() or len(click.x) > 6:
        return view
    return replace(view, step=min(window(view.step_in(steps), steps)[0] + int(click.x), steps - 1))
