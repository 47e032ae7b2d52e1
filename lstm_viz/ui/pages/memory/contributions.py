"""Where does this value come from? What each letter wrote into the cell state and how much of it is left."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz.cell_decomposition import CellContributions, cell_contributions, history
from lstm_viz.figures.contributions import contribution_bars, history_map
from lstm_viz.text.numbers import format_percent, format_signed
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.memory.memory_state import MemoryState
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.theme import palette

_WHOSE = settings.choice("memory_whose", "memory-of", ["unit", "layer"], "unit")


def token_colors(state: MemoryState) -> TokenColors:
    """Color each letter by its contribution to the memory at the selected step."""
    contributions = cell_contributions(state.layer, state.step)
    if _is_whole_layer():
        return TokenColors.fitted(_shares(contributions), "by its share of the layer's memory")
    return TokenColors.fitted(
        _blank_unread(contributions.unit(state.unit), state), f"by what it wrote into unit {state.unit}", signed=True
    )


def render(state: MemoryState) -> None:
    """Draw the figures and their explanation."""
    figure, text = components.figure_and_text()
    gates = "forget" if state.layer.kind == "lstm" else "update"
    contributions = cell_contributions(state.layer, state.step)
    with text:
        st.markdown(
            f"**The {state.state_name} is a sum: every letter adds its part, and the {gates} gates scale down older parts. "
            "Click a letter to see where the value after it comes from.**"
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.segmented_control(
                "Whose memory?", ["unit", "layer"], required=True, **_WHOSE.widget_args(),
                format_func={"unit": "one unit", "layer": "all units of the layer"}.__getitem__, width="content",
            )  # fmt: skip
            if not _is_whole_layer():
                controls.unit(state.view)
        st.markdown(_describe(contributions, state))
        written, keep = ("i_s g_s", "f") if state.layer.kind == "lstm" else ("(1 − z_s) n_s", "z")
        st.caption(f"Σ over letters s of {written} · ∏ {keep}, for each unit.", help=explain("share of the memory"))
    _pictures(contributions, state, figure)


def _pictures(contributions: CellContributions, state: MemoryState, container: DeltaGenerator) -> None:
    first, last = state.window
    signed, tokens, colours = not _is_whole_layer(), state.trace.tokens[first:last], palette()
    parts = contributions.unit(state.unit) if signed else _shares(contributions)
    older = float(parts[:first].sum() + (contributions.initial[state.unit] if signed else 0.0))
    cut = replace(state.layer, values={symbol: values[:last] for symbol, values in state.layer.values.items()})
    whole = history(cut, state.unit if signed else None, first)
    whose = f"unit {state.unit}" if signed else f"layer {state.layer.layer + 1}"
    with container:
        components.draw_figure(
            contribution_bars(parts[first:last], older, tokens, first, signed, colours), "memory_bars",
            _describe(contributions, state),
            f"What {whose} holds after {state.format_step(state.step)}, by the letter that wrote it."
            + (" Up: the letter raised it. Down: it lowered it." if signed else ""), on_click=_on_bar_click,
        )  # fmt: skip
        components.draw_figure(
            history_map(whole, tokens, state.step, signed, colours), "memory_history",
            f"For every step, a row: how much of what {whose} holds then each earlier letter wrote.",
            "The same after every letter, from top to bottom: each column is one letter's part as it decays. Click a cell to "
            "select that step." + _window_note(state), on_click=partial(_on_cell_click, first),
        )  # fmt: skip


def _on_bar_click(click: components.Click) -> None:
    if isinstance(click.customdata, list) and click.customdata and float(click.customdata[0]) >= 0:
        _select_step(int(click.customdata[0]))


def _on_cell_click(first: int, click: components.Click) -> None:
    """Select the clicked step; rows count from the first letter drawn."""
    if click.y is not None:
        _select_step(first + int(float(click.y)))


def _select_step(step: int) -> None:
    session.save(replace(session.current(), step=step))


def _describe(contributions: CellContributions, state: MemoryState) -> str:
    """Describe the largest contributions."""
    if _is_whole_layer():
        parts = _shares(contributions)
        largest = ", ".join(f"{state.format_step(each)} wrote {format_percent(parts[each])}" for each in _largest(parts))
        return f"Of everything that layer {state.layer.layer + 1} holds after {state.format_step(state.step)}: {largest}."
    parts, unit = contributions.unit(state.unit), state.unit
    largest = ", ".join(f"{state.format_step(each)} wrote {format_signed(parts[each])}" for each in _largest(parts))
    value = format_signed(contributions.state[unit])
    sentence = f"After {state.format_step(state.step)} the {state.state_name} of unit {unit} is **{value}**. "
    if not largest:
        return f"{sentence}No single contribution reaches 0.005."
    return f"{sentence}{largest[0].upper()}{largest[1:]}. All parts together give exactly this number."


def _largest(parts: np.ndarray, count: int = 3) -> list[int]:
    """Return the steps of the largest parts, without those that round to 0.00."""
    return [int(each) for each in np.argsort(-np.abs(parts), kind="stable")[:count] if abs(parts[each]) >= 0.005]


def _blank_unread(parts: np.ndarray, state: MemoryState) -> np.ndarray:
    """Blank the parts of letters that were not read yet at the selected step."""
    return np.where(np.arange(len(parts)) <= state.step, parts, np.nan)


def _shares(contributions: CellContributions) -> np.ndarray:
    sizes = contributions.magnitude()
    whole = sizes.sum() + np.abs(contributions.initial).sum()
    return np.where(np.arange(len(sizes)) <= contributions.step, sizes / whole if whole else sizes, np.nan)


def _is_whole_layer() -> bool:
    return _WHOSE.value() == "layer"


def _window_note(state: MemoryState) -> str:
    first, last = state.window
    if last - first == state.layer.steps:
        return ""
    return f" Letters {first} to {last - 1} of {state.layer.steps} are drawn."
