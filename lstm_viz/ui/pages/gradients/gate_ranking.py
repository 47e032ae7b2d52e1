"""Which gate matters most? A ranking of gates, units and steps by the slope of the output."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.gate_saliency import gate_map, gate_sizes
from lstm_viz.gates import MEMORY_STATE, Kind, quantity
from lstm_viz.gradients.ranking import Dependence, ranking
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_fixed, format_number
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.gradients.gradients_state import GradientsState
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View

#: How many single gates are listed, and how many letters are drawn.
COUNT, WINDOW = 10, 120


def token_colors(state: GradientsState) -> TokenColors | None:
    """Color each letter by how much the output depends on all gates there, in all layers."""
    if state.objective is None:
        return None
    sizes = [gate_sizes(layer).sum(axis=0) for layer in state.trace.layers]
    return TokenColors.fitted(np.sum(sizes, axis=0), f"by how much its {_noun(state.layer.kind)}s matter")


def render(state: GradientsState) -> None:
    """Draw the figure and its explanation."""
    tokens = state.trace.tokens
    first, last = window(state.step, len(tokens))
    noun, single = _noun(state.layer.kind), _single(state.layer.kind)
    figure, text = components.figure_and_text()
    with figure:
        components.draw_figure(
            gate_map(state.trace.layers, tokens, first, last, palette()), "matters_map",
            f"For each {noun} of each layer and each letter, how much the answer depends on it.",
            f"The stronger the colour, the more the answer depends on that {noun}. Click a cell to go to its letter."
            + (f" Letters {first} to {last - 1} are drawn." if last - first < len(tokens) else ""),
            on_click=_on_cell_click,
        )  # fmt: skip
    with text:
        st.markdown(
            f"**If one {single} changed a little, at one letter, where would the answer change most?** "
            + state.answer
        )
        controls.objective(state.view)
        st.caption(
            f"Slope: ∂L/∂a in nats, where a is the {noun}'s pre-activation. A saturated {noun} has a small slope, even if the "
            f"answer would gain much from {'opening' if noun == 'gate' else 'another'} {'it' if noun == 'gate' else 'value'}.",
            help=explain("pre-activation"),
        )
    rows = [_row(each, state) for each in ranking(state.trace.layers, COUNT)]
    head = (f"| {single} | layer | unit | step | value | slope |", "|---|---:|---:|---|---:|---:|")
    plural = single.replace(" or ", "s and ") + "s"
    st.markdown(f"**The single {plural} that matter most**\n\n" + "\n".join((*head, *rows)))
    st.caption("Each name opens Explore at its unit and letter.")


def _noun(kind: Kind) -> str:
    """Return what the rows are: a plain RNN has no gates."""
    return "state" if kind == "rnn" else "gate"


def _single(kind: Kind) -> str:
    """Return what one entry of the ranking is."""
    return {"rnn": "state", "gru": "gate or new state", "lstm": "gate or candidate"}[kind]


def window(step: int, steps: int) -> tuple[int, int]:
    """Return the range of steps drawn, as first and end; it contains the selected one."""
    last = min(max(step + 1 + WINDOW // 3, WINDOW), steps)
    return max(last - WINDOW, 0), last


def _row(each: Dependence, state: GradientsState) -> str:
    kind = state.layer.kind
    view = replace(state.view, layer=each.layer, unit=each.unit, step=each.step, zoom="unit", colour=_colour(kind))
    token = label(state.trace.tokens[each.step]).replace("`", "'").replace("|", "¦")
    return (
        f"| [{quantity(kind, each.gate).label}]({components.page_link(view)}) | {each.layer + 1} | {each.unit} "
        f"| `{token}` {each.step} | {format_fixed(each.value)} | {format_number(each.slope, sign=True)} |"
    )


def _colour(kind: Kind) -> str:
    return f"unit.{MEMORY_STATE[kind]}"


def _on_cell_click(click: components.Click) -> None:
    view = session.current()
    session.save(view_after_click(view, len(session.reader(view.model).read(view.input_text).tokens), click))


def view_after_click(view: View, steps: int, click: components.Click) -> View:
    """Return the view at the letter of the clicked cell; unchanged if the click is invalid."""
    if not isinstance(click.x, str) or not click.x.isdecimal() or len(click.x) > 6:
        return view
    return replace(view, step=min(window(view.step_in(steps), steps)[0] + int(click.x), steps - 1))
