"""Gradient flow: every later surprise against every earlier state (RNNbow, Cashman et al. 2018)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.flow import gradient_flow_matrix, gradient_flow_stack
from lstm_viz.gradients.flow import Flow, flow
from lstm_viz.text.numbers import format_count, format_number, format_percent
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.gradients.gradients_state import GradientsState, compute_once
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.theme import palette

#: How many letters are drawn, up to the end of the text; the cost is quadratic.
WINDOW = 48
_MATRIX = "gradient_flow_matrix"
_VIEW = settings.choice("gradient_flow_view", "seen-from", ["loss", "state"], "loss")


def token_colors(state: GradientsState) -> TokenColors | None:
    """Color each letter by the total of the gradients that reach it; blank outside the window, and at the last letter."""
    steps = len(state.trace.tokens)
    if steps < 2:
        return None
    gradient_flow = _flow(state)
    received = np.full(steps, np.nan)
    received[gradient_flow.first : steps - 1] = gradient_flow.of(_symbol(gradient_flow)).sum(axis=0)
    return TokenColors.fitted(received, "by the gradients that reach it")


def render(state: GradientsState) -> None:
    """Draw the figure and its explanation."""
    if len(state.trace.tokens) < 2:
        st.info("Type at least two letters: the loss is the surprise at the second one.", icon=":material/info:")
        return
    gradient_flow = _flow(state)
    figure, text = components.figure_and_text()
    with text:
        st.markdown(
            "**The surprise (−ln p, nats) at each letter sends a gradient back through the text. The stronger a cell's colour, "
            "the more the surprise in that row depends on the state in that column.**"
        )
        st.segmented_control(
            "View", ["loss", "state"], required=True, width="content", **_VIEW.widget_args(),
            format_func={"loss": "loss × step", "state": "total per step"}.__getitem__,
        )  # fmt: skip
        if len(gradient_flow.symbols) > 1:
            st.segmented_control(
                "With respect to", list(gradient_flow.symbols), required=True, width="content",
                **_state_setting(gradient_flow).widget_args(),
                format_func={"c": "cell state c", "h": "hidden state h"}.__getitem__,
            )  # fmt: skip
        symbol, cell = _symbol(gradient_flow), _clicked_cell(gradient_flow)
        if _VIEW.value() == "loss":
            st.markdown(_describe_cell(gradient_flow, symbol, cell, state))
        st.caption(
            f"Sizes are lengths of gradients, ‖∂L/∂{symbol}‖, in layer {gradient_flow.layer + 1}. Source: Cashman et al. 2018 "
            f"(RNNbow).",
            help=explain("gradient norm"),
        )
    with figure:
        _draw_figure(state, gradient_flow, symbol, cell)


def _draw_figure(state: GradientsState, gradient_flow: Flow, symbol: str, cell: tuple[int, int] | None) -> None:
    """Draw the chosen figure; one at a time, as two would be too slow for typing."""
    norms, tokens = gradient_flow.of(symbol), state.trace.tokens[gradient_flow.first :]
    last = f" The last {WINDOW + 1} letters are drawn." if gradient_flow.first else ""
    if _VIEW.value() == "state":
        components.draw_figure(
            gradient_flow_stack(norms, tokens, palette()), "gradient_flow_stack",
            "For each letter, the gradients that reach it, stacked by the distance of the surprise.",
            "The gradients that reach each letter, split by how far away the surprise is." + last,
        )  # fmt: skip
    else:
        components.draw_figure(
            gradient_flow_matrix(norms, tokens, cell, palette()), _MATRIX,
            f"For each of {len(norms)} surprises, the norm of its gradient by {symbol} at each earlier letter.",
            "Click a cell to read it." + last, on_click=_on_cell_click,
        )  # fmt: skip


def _flow(state: GradientsState) -> Flow:
    """Return the selected layer's flow over the window, cached for clicks and other letters."""
    first = max(len(state.trace.tokens) - 1 - WINDOW, 0)
    layer = state.view.layer
    return compute_once(
        ("flow", state.view.model, state.view.input_text, layer), lambda: flow(state.model, state.trace, first, lowest=layer)[0]
    )


def _symbol(gradient_flow: Flow) -> str:
    return _state_setting(gradient_flow).value()


def _state_setting(gradient_flow: Flow) -> settings.Setting[str]:
    """Return the setting that selects c or h, of the states that the network has."""
    return settings.choice("gradient_flow_symbol", "gradients-of", gradient_flow.symbols, gradient_flow.symbols[0])


def _on_cell_click(click: components.Click) -> None:
    index = _index(click.x)
    if index is not None:
        first = max(len(session.current().input_text) - 1 - WINDOW, 0)
        session.save(replace(session.current(), step=first + index))


def _clicked_cell(gradient_flow: Flow) -> tuple[int, int] | None:
    """Return the clicked (row, column) while it is still in the figure."""
    click = components.last_click(_MATRIX)
    row, column = (None, None) if click is None else (_index(click.y), _index(click.x))
    if row is None or column is None or not column <= row < len(gradient_flow.h):
        return None
    return row, column


def _index(value: float | str | None) -> int | None:
    """Return an index on an axis of letters; None for anything else that a browser may send."""
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 6 else None


def _describe_cell(gradient_flow: Flow, symbol: str, cell: tuple[int, int] | None, state: GradientsState) -> str:
    """Describe one cell: the clicked one, else the last surprise and the earlier state that it depends on most."""
    norms = gradient_flow.of(symbol)
    row, column = cell or (len(norms) - 1, int(norms[-1].argmax()))
    size, arriving = float(norms[row, column]), float(norms[:, column].sum())
    back = row - column + 1
    state_name = {"c": "cell state", "h": "hidden state"}[symbol]
    share = f", **{format_percent(size / arriving)}** of the total there" if arriving else ""
    return (
        f"The surprise at {state.format_step(gradient_flow.first + row + 1)} depends on the {state_name} after "
        f"{state.format_step(gradient_flow.first + column)}, "
        f"{format_count(back, 'letter')} earlier, with a gradient of **{format_number(size, 2)}**{share}."
    )
