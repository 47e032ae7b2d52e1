"""How the gates developed: one sentence, read by the network of each snapshot."""

from __future__ import annotations

import re

import streamlit as st

from lstm_viz.figures.training import SURPRISE, SnapshotTrace, snapshot_heatmap, unit_heatmaps
from lstm_viz.gates import CELLS, MEMORY_STATE, Kind, quantity
from lstm_viz.models.serialization import read
from lstm_viz.reader import trace
from lstm_viz.trace import Trace
from lstm_viz.training.tasks.train_text import Snapshot
from lstm_viz.ui import components
from lstm_viz.ui.components import Click
from lstm_viz.ui.pages.train.cost_estimate import format_steps
from lstm_viz.ui.pages.train.run import SessionTraining, displayed_training
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.theme import palette
from lstm_viz.units.stats import cluster_order

#: The longest sentence that is read, in characters.
LONGEST = 60
_AT, _READ = "train_at", "train_read"
_NEWEST = _ALL = -1
_MOMENT = settings.number("train_moment", "moment", _NEWEST, 99_999_999, _NEWEST)
_UNIT = settings.number("train_unit", "unit-below", _ALL, 4095, _ALL)
_LAYER = settings.choice("train_layer", "layer-below", (0, 1), 0)
_WORDS = settings.text("train_sentence", "sentence", longest=LONGEST)


def first_sentence(text: str) -> str:
    """Return the beginning of the text's first line that is not a heading, up to the end of a sentence or word."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    long = [line for line in lines if len(line) >= 20]
    line = next((line for line in long if line != line.upper()), (long or lines or [""])[0])
    cut = line[:LONGEST]
    ends = [match.end() for match in _END.finditer(cut) if match.end() >= 20]
    if ends or len(line) <= LONGEST:
        return cut[: ends[-1]] if ends else cut
    return cut[: cut.rindex(" ")] if " " in cut[20:] else cut


_END = re.compile(r"[.!?](?=\s|$)")


def sentence(training: SessionTraining) -> str:
    """Return the sentence that is read."""
    return _WORDS.value()[:LONGEST] or first_sentence(training.spec.text)


def render() -> None:
    """Draw the snapshot slider, the gates and the sampled text."""
    training = displayed_training()
    if len(training.all_snapshots) < 2:
        return
    st.markdown("### How did the gates develop?")
    st.markdown(
        "**The same sentence, read by the network at earlier steps of its training.** At first its gates are the same "
        "at every letter; step by step they learn to open and close."
    )
    _step_controls(training)
    moment = chosen_snapshot(training).step
    step_traces = traces(training)
    layer, symbol, unit = _quantity_controls(training)
    frames = [SnapshotTrace(step, each_trace.layers[layer], each_trace.surprise) for step, each_trace in step_traces.items()]
    tokens = step_traces[moment].tokens
    left, right = st.columns(2)
    with left:
        figure = snapshot_heatmap(frames, tokens, symbol, unit, moment, palette())
        components.draw_figure(
            figure, "train_film", "A row for each moment of training.", describe_colors(training, symbol, unit), _on_row_click
        )
        if moment in training.written:
            st.markdown(f"**What it wrote after {format_steps(moment)}**")
            st.code(training.written[moment], language=None, wrap_lines=True)
    with right:
        last = frames[-1].layer
        rows = cluster_order(last.values[MEMORY_STATE[last.kind]][:, 0])
        figure = unit_heatmaps(next(frame for frame in frames if frame.step == moment), tokens, rows, palette())
        words = (
            f"All {last.units} units after {format_steps(moment)}, a row each; the order of rows is fixed. "
            "Click one to see on the left how it developed."
        )
        components.draw_figure(figure, "train_panels", "All units at the chosen moment.", words, _on_unit_click)


def chosen_snapshot(training: SessionTraining) -> Snapshot:
    """Return the selected snapshot; by default the last one."""
    moments, at = training.all_snapshots, int(_MOMENT.value())
    return moments[at] if at in moments else moments[max(moments)]


def follow_latest() -> None:
    """Select the latest snapshot, and all units."""
    _MOMENT.save(_NEWEST)
    _UNIT.save(_ALL)


def _step_controls(training: SessionTraining) -> None:
    """Draw the slider; during a training a button selects the latest, because a growing slider is hard to hold."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if not training.is_busy:
            settings.show(_AT, chosen_snapshot(training).step)
            st.select_slider(
                "After this many training steps", list(training.all_snapshots), format_func=lambda step: f"{step:,}",
                width=520, **settings.control_args(_AT, _MOMENT.save),
            )  # fmt: skip
        elif _MOMENT.value() != _NEWEST:
            st.button("Latest snapshot", icon=":material/last_page:", key="train_newest", on_click=follow_latest)
        st.text_input(
            "The sentence", max_chars=LONGEST, placeholder=first_sentence(training.spec.text), width=440, **_WORDS.widget_args()
        )  # fmt: skip
    if training.best is not None and not training.is_busy:
        st.caption(f"The held-out loss is lowest after {format_steps(training.best.step)}.")


def _quantity_controls(training: SessionTraining) -> tuple[int, str, int | None]:
    """Draw the choice of layer, quantity and unit (None: the mean of all)."""
    config = training.spec.config
    keeps: dict[Kind, str] = {"lstm": "f", "gru": "z", "rnn": "h"}
    offered = [*(each.symbol for each in CELLS[config.kind]), SURPRISE]
    layer, found = 0, int(_UNIT.value())
    unit = found if 0 <= found < config.units else None
    symbol: str = st.pills(
        "The rows below show", offered, required=True,
        format_func=lambda symbol: symbol if symbol == SURPRISE else quantity(config.kind, symbol).label,
        **settings.choice(f"train_symbol_{config.kind}", "rows", offered, keeps[config.kind]).widget_args(),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if config.layers > 1:
            layer = st.segmented_control(
                "Layer", range(config.layers), required=True, width="content", format_func=lambda number: str(number + 1),
                **_LAYER.widget_args(),
            )  # fmt: skip
        if unit is not None and symbol != SURPRISE:
            st.button(f"Unit {unit}: back to all units", icon=":material/close:", key="train_all_units", on_click=_on_all_units)
    return layer, symbol, unit


def describe_colors(training: SessionTraining, symbol: str, unit: int | None) -> str:
    """Describe the colours of a row."""
    rows = "A row is a moment of training, the first at the top; a column is a letter. "
    if symbol == SURPRISE:
        return rows + "Dark: a surprising letter. Click a row to select it."
    each = quantity(training.spec.config.kind, symbol)
    size = "mean size of the" if each.signed else "mean"
    whose = f"the {size} {each.label} over all units" if unit is None else f"the {each.label} of unit {unit}"
    return f"{rows}Colour: {whose} ({each.plain}). Click a row to select it."


def traces(training: SessionTraining) -> dict[int, Trace]:
    """Return the sentence as read by each snapshot, cached."""
    known: dict[tuple[str, int, str], Trace] = st.session_state.get(_READ, {})
    keys = {(str(training.path(moment)), step, sentence(training)): moment for step, moment in training.all_snapshots.items()}
    read_traces = {
        key: known[key] if key in known else trace(read(training.path(moment)), key[2]) for key, moment in keys.items()
    }  # fmt: skip
    st.session_state[_READ] = read_traces
    return {step: read_so for (_, step, _), read_so in read_traces.items()}


def _on_row_click(click: Click) -> None:
    if isinstance(click.customdata, int):
        _MOMENT.save(click.customdata)


def _on_unit_click(click: Click) -> None:
    if isinstance(click.customdata, int):
        _UNIT.save(click.customdata)


def _on_all_units() -> None:
    _UNIT.save(_ALL)
