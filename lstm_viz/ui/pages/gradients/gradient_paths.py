"""Two roads of the cell's gradient: straight along the memory, and by way of the gates."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.gradient_paths import layer_roads, unit_roads
from lstm_viz.gradients.gradient_paths import Roads, roads
from lstm_viz.ui import components
from lstm_viz.ui.components import Letters, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.gradients.scene import Scene, once
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import minus
from lstm_viz.ui.state.theme import palette

#: Letters before the chosen one that are gone back for one unit.
WINDOW = 80
#: For a layer each of its units goes back: at most so many steps times units times units.
_WORK = 1_600_000
_WHOSE = settings.choice("roads_whose", "memory-of", ["unit", "layer"], "unit")


def letters(scene: Scene) -> Letters | None:
    """Each letter coloured by how much of its memory is still felt at the chosen one."""
    found = _roads(scene)
    felt = np.full(len(scene.trace.tokens), np.nan)
    felt[found.first : scene.step + 1] = found.diagonal[:, 0] if _alone() else found.layer / np.sqrt(scene.layer.units)
    return Letters.fitted(felt, "by how much of its memory is felt at the chosen letter", signed=_alone())


def show(scene: Scene) -> None:
    """Draw the lens."""
    figure, words = components.beside()
    found = _roads(scene)
    tokens = scene.trace.tokens[found.first : scene.step + 1]
    told = _told(found, scene)
    with words:
        st.markdown(
            "**A change in the memory can reach a later memory on two paths: directly, let through by one open gate after the "
            "other, or by way of the gates, by changing what later gates do.** Click a letter above: the paths end there."
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.segmented_control(
                "Whose memory?", ["unit", "layer"], required=True, width="content", **_WHOSE.bound(),
                format_func={"unit": "one unit", "layer": "all units of the layer"}.__getitem__,
            )  # fmt: skip
            if _alone():
                controls.unit(scene.view)
        st.markdown(told)
        state, gate = ("c", "f") if scene.layer.kind == "lstm" else ("h", "z")
        st.caption(
            f"Exactly: ∂{state}_T/∂{state}_t = ∏ {gate}_s over all steps s after t, plus what goes through h and the gates. For "
            "a layer the sizes are Frobenius norms over all its units. Sources: Hochreiter & Schmidhuber 1997; Gers et al. 2000."
            if scene.layer.kind != "rnn" else
            "A plain RNN has no gate that keeps, and so no direct path: everything goes through weights and tanh.",
            help=explain("direct path, gate path"),
        )  # fmt: skip
    with figure:
        components.picture(
            unit_roads(found, 0, tokens, palette()) if _alone() else layer_roads(found, tokens, palette()), "roads_curves", told,
            f"At each letter: what a small change in the memory there does to the memory after {scene.named(scene.step)}."
            + (f" The {len(tokens) - 1} letters before it are drawn." if found.first else ""),
        )  # fmt: skip


def _alone() -> bool:
    return _WHOSE.value() != "layer"


def _roads(scene: Scene) -> Roads:
    view, units = scene.view, scene.layer.units
    window = WINDOW if _alone() else min(WINDOW, max(_WORK // units**2, 8))
    first = max(scene.step - window, 0)
    chosen = (view.unit,) if _alone() else None
    wanted = ("roads", view.model, view.read, view.layer, scene.step, chosen)
    return once(wanted, lambda: roads(scene.model, scene.trace, view.layer, scene.step, first, chosen))


def _told(found: Roads, scene: Scene) -> str:
    """What is left from the earliest letter drawn, in words."""
    steps = len(found.layer) - 1
    if not steps:
        return "Type or choose a later letter: a path needs a letter to come from."
    begin = f"From {scene.named(found.first)}, {steps} letter{'s' * (steps != 1)} back"
    if _alone():
        straight, total = float(found.direct[0, 0]), float(found.diagonal[0, 0])
        return (
            f"{begin}, a change of 1 in unit {scene.view.unit} arrives as **{minus(f'{total:.3g}')}**: {straight:.3g} directly "
            f"and {minus(f'{total - straight:+.3g}')} by way of the gates."
        )
    whole = np.sqrt(scene.layer.units)
    both, straight, gates = (float(each[0] / whole) for each in (found.layer, found.layer_direct, found.layer_gates))
    return (
        f"{begin}, of a change of size 1 on average **{both:.3g}** arrives: {straight:.3g} directly, "
        f"{gates:.3g} by way of the gates."
    )
