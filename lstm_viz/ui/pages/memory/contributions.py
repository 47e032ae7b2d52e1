"""Where does this value come from? What each letter wrote into the memory and how much of it is still there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz.cell_decomposition import Ledger, history, ledger
from lstm_viz.figures.contributions import bars, history_map
from lstm_viz.ui import components
from lstm_viz.ui.components import Letters, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.memory.scene import Scene
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.markdown import minus
from lstm_viz.ui.state.theme import palette

_WHOSE = settings.choice("memory_whose", "memory-of", ["unit", "layer"], "unit")


def letters(scene: Scene) -> Letters:
    """Each letter coloured by what it wrote into the memory at the chosen step."""
    found = ledger(scene.layer, scene.step)
    if _whole():
        return Letters.fitted(_shares(found), "by its share of the layer's memory")
    return Letters.fitted(_seen(found.of_unit(scene.unit), scene), f"by what it wrote into unit {scene.unit}", signed=True)


def show(scene: Scene) -> None:
    """Draw the lens."""
    figure, words = components.beside()
    gates = "forget" if scene.layer.kind == "lstm" else "update"
    found = ledger(scene.layer, scene.step)
    with words:
        st.markdown(
            f"**The {scene.state} is a sum: every letter adds its part, and the {gates} gates let the older parts fade. Click a "
            "letter to see where the value after it comes from.**"
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.segmented_control(
                "Whose memory?", ["unit", "layer"], required=True, **_WHOSE.bound(),
                format_func={"unit": "one unit", "layer": "all units of the layer"}.__getitem__, width="content",
            )  # fmt: skip
            if not _whole():
                controls.unit(scene.view)
        st.markdown(_told(found, scene))
        st.caption("Σ over letters s of i_s g_s · ∏ f, for each unit.", help=explain("share of the memory"))
    _pictures(found, scene, figure)


def _pictures(found: Ledger, scene: Scene, place: DeltaGenerator) -> None:
    first, last = scene.window
    signed, tokens, colours = not _whole(), scene.trace.tokens[first:last], palette()
    parts = found.of_unit(scene.unit) if signed else _shares(found)
    older = float(parts[:first].sum() + (found.initial[scene.unit] if signed else 0.0))
    cut = replace(scene.layer, values={symbol: values[:last] for symbol, values in scene.layer.values.items()})
    whole = history(cut, scene.unit if signed else None, first)
    whose = f"unit {scene.unit}" if signed else f"layer {scene.layer.layer + 1}"
    with place:
        components.picture(
            bars(parts[first:last], older, tokens, first, signed, colours), "memory_bars", _told(found, scene),
            f"What {whose} holds after {scene.named(scene.step)}, by the letter that wrote it."
            + (" Up: the letter raised it. Down: it lowered it." if signed else ""), on_click=_take_bar,
        )  # fmt: skip
        components.picture(
            history_map(whole, tokens, scene.step, signed, colours), "memory_history",
            f"For every step, a row: how much of what {whose} holds then each earlier letter wrote.",
            "The same after every letter, from top to bottom: each column is one letter's part, fading as one reads on. Click a "
            "cell to look at that moment." + _window_note(scene), on_click=partial(_take_cell, first),
        )  # fmt: skip


def _take_bar(click: components.Click) -> None:
    if isinstance(click.customdata, list) and click.customdata and float(click.customdata[0]) >= 0:
        _go(int(click.customdata[0]))


def _take_cell(first: int, click: components.Click) -> None:
    """Rows count from the first letter that was drawn."""
    if click.y is not None:
        _go(first + int(float(click.y)))


def _go(step: int) -> None:
    session.keep(replace(session.current(), step=step))


def _told(found: Ledger, scene: Scene) -> str:
    """The largest parts in words."""
    if _whole():
        parts = _shares(found)
        largest = ", ".join(f"{scene.named(each)} wrote {parts[each]:.0%}" for each in _largest(parts))
        return f"Of everything that layer {scene.layer.layer + 1} holds after {scene.named(scene.step)}: {largest}."
    parts, unit = found.of_unit(scene.unit), scene.unit
    largest = ", ".join(f"{scene.named(each)} wrote {_signed(parts[each])}" for each in _largest(parts))
    said = f"After {scene.named(scene.step)} the {scene.state} of unit {unit} is **{_signed(found.state[unit])}**. "
    if not largest:
        return f"{said}Nothing worth naming was written into it."
    return f"{said}{largest[0].upper()}{largest[1:]}. All parts together give exactly this number."


def _largest(parts: np.ndarray, count: int = 3) -> list[int]:
    """The steps of the largest parts, those left out that two digits would show as nothing."""
    return [int(each) for each in np.argsort(-np.abs(parts), kind="stable")[:count] if abs(parts[each]) >= 0.005]


def _signed(value: float) -> str:
    """A number as sentences have it, with a minus of a plus's width."""
    return minus(f"{value:+.2f}")


def _seen(parts: np.ndarray, scene: Scene) -> np.ndarray:
    """Parts, blank for letters that were not read yet at the chosen step."""
    return np.where(np.arange(len(parts)) <= scene.step, parts, np.nan)


def _shares(found: Ledger) -> np.ndarray:
    sizes = found.size()
    whole = sizes.sum() + np.abs(found.initial).sum()
    return np.where(np.arange(len(sizes)) <= found.step, sizes / whole if whole else sizes, np.nan)


def _whole() -> bool:
    return _WHOSE.value() == "layer"


def _window_note(scene: Scene) -> str:
    first, last = scene.window
    if last - first == scene.layer.steps:
        return ""
    return f" Letters {first} to {last - 1} of {scene.layer.steps} are drawn."
