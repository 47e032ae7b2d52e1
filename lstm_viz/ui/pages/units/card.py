"""What does one unit do? Its values and peaks, how often its gates are open, which outputs it raises, and its ablation cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import streamlit as st

from lstm_viz.cell_decomposition import NotDecomposable
from lstm_viz.figures.half_life import format_letters
from lstm_viz.figures.unit_card import pushed_outputs, unit_along_text, value_histogram
from lstm_viz.half_life import half_life
from lstm_viz.models.reference_stats import reference
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_count, format_fixed, format_number, format_percent, format_signed
from lstm_viz.ui import components
from lstm_viz.ui.components import Passage, TokenColors, controls
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.units.units_state import UnitsState
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.markdown import escape_inline
from lstm_viz.ui.state.memo import remember
from lstm_viz.ui.state.scales import curve_ends
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.unit_names import names_of
from lstm_viz.unit_names import UnitNames
from lstm_viz.units.effects import find_peaks, logit_contributions, logit_derivatives
from lstm_viz.units.stats import Saturation, most_correlated, reference_saturation, saturating, saturation
from lstm_viz.what_if.ablation_scan import ablation_costs

_HIGHEST, _LOWEST = "highest", "lowest"
_END = settings.choice("units_end", "end", (_HIGHEST, _LOWEST), _HIGHEST)
_BY_NUMBER, _BY_SCORE = "number", "score"
_ORDER = settings.choice("units_order", "order", (_BY_NUMBER, _BY_SCORE), _BY_NUMBER)
_ORDERS = {_BY_NUMBER: "by number", _BY_SCORE: "by score"}
#: How many of the most correlated units are shown.
NEIGHBOURS = 5
#: How many peaks of a text are shown, the least number of tokens between two, and the tokens shown around each.
PEAKS, APART, AROUND = 3, 12, 24


def token_colors(state: UnitsState) -> TokenColors:
    """Color each token by the unit's memory state."""
    values = _values(state)
    low, high = curve_ends(state.memory, values)
    return TokenColors(values, low, high, state.memory.signed, f"by {state.memory.label} of unit {state.unit}")


def render(state: UnitsState) -> None:
    """Draw the card."""
    figure, text = components.figure_and_text()
    costs = _costs(state)
    with figure:
        _draw_along_text(state, costs)
    with text:
        _draw_unit_choice(state)
        st.markdown(_name(state))
        _draw_similar_units(state)
        st.markdown(_summary(state, costs))
        st.markdown(_saturation_table(state), help=explain("saturation"))
    left, right = st.columns(2, gap="medium")
    with left:
        _draw_output_changes(state)
    with right:
        values, examples, count = _values(state), _example_values(state), len(state.display.presets)
        components.draw_figure(
            value_histogram(values, examples, state.memory, curve_ends(state.memory, values), palette()), "units_histogram",
            f"How often {state.memory.label} of unit {state.unit} takes each value.",
            "How often the unit takes each value: on your text, and on this network's "
            + (f"{count} examples, read one after another." if count > 1 else "example."),
        )  # fmt: skip
    _draw_peaks(state)


def _draw_unit_choice(state: UnitsState) -> None:
    """Draw the choice of the unit; the arrow keys go through all units of the layer."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Previous", icon=":material/chevron_left:", key="units_previous", shortcut="Left", on_click=_on_arrow_click,
            args=(state, -1),
        )  # fmt: skip
        controls.unit(state.view)
        st.button(
            "Next", icon=":material/chevron_right:", key="units_next", shortcut="Right", on_click=_on_arrow_click, args=(state, 1)
        )
    explorer_view = replace(state.view, zoom="unit", colour=f"unit.{state.memory.symbol}")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if names_of(state.view.model) is not None:
            st.selectbox(
                "Order", (_BY_NUMBER, _BY_SCORE), format_func=_ORDERS.__getitem__, width=170, **_ORDER.widget_args(),
                help="The arrow keys go through the units by their number, or from the best score of a name to the lowest.",
            )  # fmt: skip
        st.link_button(f"Unit {state.unit} in Explore", components.page_link(explorer_view), icon=":material/open_in_new:")


def _on_arrow_click(state: UnitsState, by: int) -> None:
    view, order = session.current(), _order(state)
    session.save(replace(view, unit=order[(order.index(min(view.unit, len(order) - 1)) + by) % len(order)]))


def _order(state: UnitsState) -> list[int]:
    """Return the units in the order in which the arrow keys go through them."""
    names = names_of(state.view.model)
    if names is None or _ORDER.value() == _BY_NUMBER:
        return list(range(state.layer.units))
    return list(_by_score(names, state.view.layer, state.memory.symbol))


@lru_cache(maxsize=32)
def _by_score(names: UnitNames, layer: int, symbol: str) -> tuple[int, ...]:
    """Return a layer's units, first those that track a feature, by their score; then the others."""
    rows = names.table([symbol], layer)
    return tuple(row.unit for row in sorted(rows, key=lambda row: (not row.tracks, -row.score)))


def _draw_similar_units(state: UnitsState) -> None:
    """Draw the units that go most with this one, or most against it, on the network's examples."""
    values = np.asarray(state.display.examples.layers[state.view.layer][state.memory.symbol][:, 0])
    neighbours = most_correlated(values, state.unit, NEIGHBOURS)
    if not neighbours:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="scroll_row_neighbours"):
        st.caption("Most alike:", width="content", help=(
            f"The units whose {state.memory.name} is most correlated with this one's on the network's examples (Pearson's r). "
            "With a minus they go against each other."
        ))  # fmt: skip
        for unit, r in neighbours:
            st.button(
                f"{unit} ({format_signed(r)})", key=f"units_neighbour_{unit}", type="tertiary", on_click=_on_unit_click,
                args=(unit,), help=_name_of(state, unit) or None,
            )  # fmt: skip


def _on_unit_click(unit: int) -> None:
    session.save(replace(session.current(), unit=unit))


def _draw_along_text(state: UnitsState, costs: np.ndarray | None) -> None:
    first, last = state.window
    values = _values(state)
    figure = unit_along_text(
        values[first:last], None if costs is None else costs[first:last], state.trace.tokens[first:last], state.memory,
        curve_ends(state.memory, values), state.step - first, palette(),
    )  # fmt: skip

    def clicked(click: components.Click) -> None:
        if isinstance(click.customdata, int):
            session.save(replace(session.current(), step=first + click.customdata))

    below = "" if costs is None else f" Below: how much more each {state.one} surprises the network when the unit is set to 0."
    part = "" if last - first == state.layer.steps else f" {state.one.title()}s {first:,} to {last - 1:,} are drawn."
    components.draw_figure(
        figure, "units_along", f"{state.memory.label} of unit {state.unit} along the text.",
        f"The {state.memory.name} of unit {state.unit} after each {state.one}.{below}{part}", clicked,
    )  # fmt: skip


def _name(state: UnitsState) -> str:
    """Return the text feature that the unit tracks best, as measured before; "" for a network without names."""
    name = _name_of(state, state.unit)
    return f"**{name}**" if name else ""


def _name_of(state: UnitsState, unit: int) -> str:
    names = names_of(state.view.model)
    return "" if names is None else escape_inline(names.best(state.view.layer, state.memory.symbol, unit).describe())


def _summary(state: UnitsState, costs: np.ndarray | None) -> str:
    """Describe the unit's value, half-life and cost."""
    unit, one = state.unit, state.one
    sentences = [
        f"**Unit {unit} of layer {state.layer.layer + 1}**: after {state.format_step(state.step)} its {state.memory.name} is "
        f"**{format_signed(float(_values(state)[state.step]))}**."
    ]
    try:
        steps = float(half_life(state.layer).steps[unit])
    except NotDecomposable:
        steps = math.nan
    if math.isinf(steps):
        sentences.append(
            f"More than half of what it writes is still there at the end of this text of {format_count(state.layer.steps, one)}."
        )
    elif not math.isnan(steps):
        sentences.append(f"Half of what it writes is gone after **{format_letters(steps, one)}**.")
    if costs is None:
        sentences.append("The cost of setting it to 0 is measured for networks that predict the next token, from two tokens on.")
    else:
        rise = float(np.nanmean(costs))
        most = int(np.nanargmax(costs * np.sign(rise or 1.0)))
        moves = f"{'rises' if rise > 0 else 'falls'} by **{format_number(abs(rise))} nats** a {one}"
        largest = float(costs[most]) * np.sign(rise)
        sentences.append(
            f"With the unit set to 0 the text's surprise {moves if rise else 'stays as it is'}"
            + (f", most at {state.format_step(most)} ({format_signed(float(costs[most]))})." if largest >= 0.005 else ".")
        )
    return " ".join(sentences)


def _saturation_table(state: UnitsState) -> str:
    """Return a table of how often each gate of the unit is near either end of its range."""
    gates = saturating(state.layer.kind)
    typed, stats = saturation(state.layer), reference(state.view.model)
    counted = None if stats is None else reference_saturation(stats, state.layer.layer, state.layer.kind)
    low, high = ("< −0.9", "> 0.9") if gates[0].signed else ("closed (< 0.1)", "open (> 0.9)")
    lines = [f"| share of steps | {low} | {high} |", "|---|---:|---:|"]
    for gate in gates:
        here = _shares(typed[gate.symbol], state.unit)
        long = _shares(counted[gate.symbol], state.unit) if counted else ["", ""]
        cells = [f"{one}{f' ({other})' if other else ''}" for one, other in zip(here, long, strict=True)]
        lines.append(f"| {gate.label} | " + " | ".join(cells) + " |")
    below = "" if stats is None else f"\n\nIn brackets: over {stats.steps:,} tokens of {stats.corpus}."
    return "\n".join(lines) + below


def _shares(counted: Saturation, unit: int) -> list[str]:
    return [format_percent(float(share[unit])) for share in (counted.low_share, counted.high_share)]


def _draw_output_changes(state: UnitsState) -> None:
    """Draw what the unit raises and lowers: exactly at this step in the top layer, on average per unit of c below it."""
    model, outputs = state.display.model, state.display.model.outputs
    if state.layer.layer == len(state.trace.layers) - 1:
        changes = logit_contributions(model, state.trace, state.unit)[state.step]
        title = f"part of the logit after {label(state.trace.tokens[state.step])}"
        caption = (
            f"Which outputs the unit pushes up and down after {state.format_step(state.step)}: the decoder's weight times its "
            "hidden state h, exact for the topmost layer."
        )
    else:
        derivatives = remember(
            "units_derivatives", (state.view.model, state.view.input_text, state.view.layer, state.unit),
            lambda: logit_derivatives(model, state.trace, state.view.layer, state.unit),
        )  # fmt: skip
        changes = derivatives.mean(axis=0)
        title = f"mean change of the logit per {state.memory.symbol} + 1"
        caption = (
            f"Which outputs the unit pushes up and down: the derivative of the logits by its {state.memory.name}, through the "
            f"layers above at the same step, averaged over this text. What it does later through the state is not in it."
        )
    up, down = outputs[int(changes.argmax())], outputs[int(changes.argmin())]
    components.draw_figure(
        pushed_outputs(outputs, changes, title, palette()), "units_pushes",
        f"Unit {state.unit} pushes {label(up)} up most and {label(down)} down most.", caption,
    )  # fmt: skip


def _draw_peaks(state: UnitsState) -> None:
    """Draw the places where the unit's memory is highest or lowest, on this text and on the network's examples."""
    end = st.segmented_control(
        f"Where its {state.memory.name} is", (_HIGHEST, _LOWEST), required=True, width="content", **_END.widget_args()
    )
    values, examples = _values(state), _example_values(state)
    low, high = curve_ends(state.memory, np.concatenate((values, examples)))
    scale = TokenColors(np.zeros(0), low, high, state.memory.signed, f"{state.memory.label} of unit {state.unit}")
    own_passages = _passages("your text", state.trace.tokens, values, end == _LOWEST, state)
    example_passages = _passages("the examples", state.display.examples.tokens, examples, end == _LOWEST, state)

    def clicked(step: int) -> None:
        session.save(replace(session.current(), step=step))

    left, right = st.columns(2, gap="medium")
    with left:
        components.passages(own_passages, scale, "units_own_peaks", clicked)
    with right:
        components.passages(example_passages, scale, "units_example_peaks", lambda step: _open_example(state, step))


def _open_example(state: UnitsState, step: int) -> None:
    """Put the example that contains a step of all examples into the box, at this step."""
    offset = int(state.display.examples.spans[step][0])
    for preset in state.display.presets:
        if offset <= len(preset.text):
            before = state.display.model.vocabulary.split(preset.text[:offset]).surface
            session.replace_text(replace(session.current(), text=preset.text, step=len(before)))
            return
        offset -= len(preset.text) + 1


def _passages(name: str, tokens: Sequence[str], values: np.ndarray, lowest: bool, state: UnitsState) -> list[Passage]:
    passages = []
    for step in find_peaks(values, PEAKS, APART, lowest):
        first, last = max(0, step - AROUND), min(len(tokens), step + AROUND)
        title = f"{name}, {state.one} {step:,} · {state.memory.symbol} = {format_fixed(float(values[step]))}"
        passages.append(Passage(title, first, tokens[first:last], values[first:last], step - first))
    return passages


def _costs(state: UnitsState) -> np.ndarray | None:
    model = state.display.model
    if not model.predicts_next_token or state.trace.loss is None:
        return None
    return remember(
        "units_costs", (state.view.model, state.view.input_text, state.view.layer, state.unit),
        lambda: ablation_costs(model, state.trace, state.view.layer, state.unit),
    )  # fmt: skip


def _values(state: UnitsState) -> np.ndarray:
    return np.asarray(state.layer[state.memory.symbol][:, 0, state.unit])


def _example_values(state: UnitsState) -> np.ndarray:
    return np.asarray(state.display.examples.layers[state.view.layer][state.memory.symbol][:, 0, state.unit])
