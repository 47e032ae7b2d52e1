"""How fast does it vanish? Gradients against distance for a plain RNN, a GRU and an LSTM of the same size."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import streamlit as st

from lstm_viz.figures.gradient_decay import LITTLE
from lstm_viz.figures.gradient_decay import gradient_decay as drawn
from lstm_viz.gradients.gradient_decay import GradientDecay, gradient_decay
from lstm_viz.models.catalog import load
from lstm_viz.models.perturbed import radii
from lstm_viz.text.numbers import format_count, format_number, format_percent
from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.pages.gradients.gradients_state import GradientsState, perturbed_reader
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.objective_choice import objective
from lstm_viz.ui.state.theme import palette

#: Three networks trained on the same verses, with the same number of parameters within 1.5%.
TRIO = ("shakespeare-rnn", "shakespeare-gru", "shakespeare-lstm")
#: How many letters are read, up to the one whose prediction is differentiated.
WINDOW = 120
_SCALE = settings.number("fade_scale", "weights-times", 0.2, 3.0, 1.0)
_KEEP = settings.number("fade_keep", "bias-plus", -4.0, 6.0, 0.0)


def token_colors(state: GradientsState) -> TokenColors | None:
    """Color each letter by how much the LSTM's output depends on the layer's state there."""
    if state.layer.grads is None:
        return None
    symbol = "h" if state.layer.c0 is None else "c"
    return TokenColors.fitted(state.layer.grads.magnitude(symbol)[:, 0], f"by how much the answer depends on {symbol} there")


def render(state: GradientsState) -> None:
    """Draw the figure and its explanation."""
    figure, text = components.figure_and_text()
    with text:
        st.markdown(
            "**A gradient says how much an answer would change if a state were a little different. Going back through the text "
            "it is multiplied at every letter: it vanishes or explodes.** Three networks trained on Shakespeare read this text: "
            "whose gradient reaches the beginning?"
        )
        controls.objective(state.view)
        st.slider(
            "Recurrent weights, times", 0.2, 3.0, step=0.05, **_SCALE.widget_args(),
            help="Multiplies all recurrent weights of the three networks. Small ones make gradients vanish, large ones explode.",
        )  # fmt: skip
        st.slider(
            "Forget/update gate bias, plus", -4.0, 6.0, step=0.25, **_KEEP.widget_args(),
            help="The LSTM's forget gate and the GRU's update gate: a larger bias holds them open. A plain RNN has no such gate.",
        )  # fmt: skip
    scale, keep = _SCALE.value(), _KEEP.value()
    decays = {name: curves(state, name, scale, keep) for name in TRIO}
    every = [curve for each in decays.values() for curve in each]
    if not every:
        st.info("The answer depends on no state yet; type one letter more.", icon=":material/info:")
        return
    with figure:
        components.draw_figure(
            drawn(every, palette()), "fade_curves", " ".join(f"{curve.label}: {describe_end(curve)}." for curve in every),
            f"A straight line falls by the same factor at every letter; a line that climbs explodes.{_hint(state)}",
        )  # fmt: skip
    rows = [_row(curve, name, scale, state.view.layer) for name in TRIO for curve in decays[name]]
    steps = max(len(curve.share) for curve in every) - 1
    names = f"| network and state | after {format_count(steps, 'letter')} | 1% is left | each letter back | spectral radius |"
    head = (names, "|---|---|---|---|---|")
    st.markdown("\n".join((*head, *rows)))
    st.caption(_small_print(state))


def curves(state: GradientsState, name: str, scale: float, keep: float) -> tuple[GradientDecay, ...]:
    """Return the gradient decay of one of the three networks, perturbed as the sliders say."""
    if not state.trace.tokens:
        return ()
    reader = perturbed_reader(name, scale, 0.0 if name.endswith("rnn") else keep)
    start = max(state.end + 1 - WINDOW, 0)
    view = replace(state.view, text=state.view.input_text[start : state.end + 1], step=-1)
    trace = reader.read(view.input_text, objective(view, reader))
    return gradient_decay(trace.layers[min(state.view.layer, len(trace.layers) - 1)])


def describe_decay(curve: GradientDecay) -> str:
    """Describe where one per cent is left for the first time."""
    steps_until, steps = curve.steps_until(0.01), len(curve.share) - 1
    if steps_until is None:
        within = f"not within {'this' if steps == 1 else 'these'} {format_count(steps, 'letter')}"
        return within if steps else "there is no letter before it"
    return f"after {format_count(steps_until, 'letter')}"


def describe_end(curve: GradientDecay) -> str:
    """Describe the gradient at the earliest letter: it vanishes, remains, or grows."""
    remaining = float(curve.share[-1])
    if not math.isfinite(remaining):
        return "too large for single precision"
    if remaining >= 1.05:
        return f"grows {format_number(remaining, 2)}-fold"
    if remaining >= 1.005:
        return f"grows to {format_percent(remaining)}"
    if remaining < LITTLE:
        return f"vanishes, less than {format_percent(LITTLE)} is left"
    return f"{format_percent(remaining)} remains"


def _row(curve: GradientDecay, name: str, scale: float, layer: int) -> str:
    factor = "–" if curve.decay is None else format_percent(curve.decay.factor, 1)
    colour = {"g": "red", "t": "red", "v": "gray"}.get(describe_end(curve)[0], "green")
    radius_now = f"{scale * radius(name, layer):.2f}"
    return f"| {curve.label} | :{colour}[**{describe_end(curve)}**] | {describe_decay(curve)} | {factor} | {radius_now} |"


@cache
def radius(name: str, layer: int) -> float:
    """Return the largest spectral radius of one layer's recurrent weights, over its gates."""
    layer_radii = radii(load(name))
    return max(layer_radii[min(layer, len(layer_radii) - 1)].values())


def _hint(state: GradientsState) -> str:
    layers = len(state.trace.layers)
    if state.view.layer == layers - 1:
        return ""
    return f" The output is computed from layer {layers}: choose it above, where the three differ most."


def _small_print(state: GradientsState) -> str:
    aim = " With the whole text as the answer, each letter's own surprise adds to the curve." if state.view.aim == "text" else ""
    note = f" The last {WINDOW} letters are read." if state.end + 1 > WINDOW else ""
    return (
        f"Layer {state.view.layer + 1} of three networks of one size, trained on the same verses. “Each letter back”: a "
        "straight line fitted to the curve's logarithm, from one letter back to the first; above 100% it grows. Spectral "
        "radius: the largest |eigenvalue| of the recurrent weights, of all gates the largest."
        f"{aim}{note} Sources: Pascanu et al. 2013; Gers et al. 2000 and Jozefowicz et al. 2015 on the forget gate's bias."
    )
