"""What a network of numbers does with a table: its outputs after each step, and the live view."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st
from jaxtyping import Float

from lstm_viz.figures.output_curves import MAX_CURVES, output_curves
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.importing.errors import format_count
from lstm_viz.network_reading import read_values
from lstm_viz.series.csv_reader import Table, read_table
from lstm_viz.series.errors import UnreadableSeries
from lstm_viz.text.numbers import format_number
from lstm_viz.trace import Trace
from lstm_viz.ui import components
from lstm_viz.ui.components.live_view import live_view as live
from lstm_viz.ui.components.live_view.downloads import download_buttons
from lstm_viz.ui.components.live_view.from_network import scene_from_network_numbers
from lstm_viz.ui.components.live_view.network_view import NetworkView
from lstm_viz.ui.components.live_view.scene import LiveScene, SeriesCurve
from lstm_viz.ui.pages.your_network.file_roles import FileWithRole
from lstm_viz.ui.pages.your_network.reading import choose_layer, explain_missing_gates
from lstm_viz.ui.state.live_session import live_session
from lstm_viz.ui.state.markdown import escape_block, escape_file_name
from lstm_viz.ui.state.memo import remember
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import LIMIT, View

KEY = "network_series"
#: The most steps that are read at a time, as the live view draws them, and up to how many of them a network in both directions
#: reads each beginning from the start.
MAX_STEPS, _BEGINNINGS = LIMIT, 60
AS_THEY_ARE, Z_SCORE, MIN_MAX = "as they are", "z-score of each column", "each column from 0 to 1"


@dataclass(frozen=True, eq=False)
class NumberRows:
    """The numbers that the network reads, [time, column], with a name for each column and notes on how they were read."""

    values: Float[np.ndarray, "time column"]
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def scaled(values: Float[np.ndarray, "time column"], how: str) -> Float[np.ndarray, "time column"]:
    """Return the values scaled column by column; a constant column becomes zero.

    Examples:
        >>> scaled(np.array([[1.0], [3.0]]), Z_SCORE).ravel().tolist(), scaled(np.array([[1.0], [3.0]]), MIN_MAX).ravel().tolist()
        ([-1.0, 1.0], [0.0, 1.0])
    """
    if how == AS_THEY_ARE or not len(values):
        return values
    low, spread = (values.mean(0), values.std(0)) if how == Z_SCORE else (values.min(0), np.ptp(values, 0))
    return (values - low) / np.where(spread > 0, spread, 1.0)


def numbers_of(table: Table, columns: Sequence[str]) -> NumberRows:
    """Return the chosen columns of a table, without rows that have gaps."""
    values = np.stack([table.column(name).values for name in columns], axis=1)
    whole = np.isfinite(values).all(1)
    notes = () if whole.all() else (f"rows with gaps, left out: {int((~whole).sum()):,}",)
    return NumberRows(values[whole], tuple(columns), (*table.notes, *notes))


def render(network: ImportedNetwork, title: str, files: Sequence[FileWithRole]) -> None:
    """Draw the input, the outputs, and the live view."""
    count = network.example().shape[-1]
    numbers = _input(count, files)
    if numbers is None:
        return
    how = st.selectbox("The network reads the numbers", [AS_THEY_ARE, Z_SCORE, MIN_MAX], key="network_scaling", width=300)
    if how == AS_THEY_ARE:
        st.caption("Nothing is scaled: most networks were trained on scaled numbers, so choose the scaling of its training.")
    for note in numbers.notes:
        st.caption(escape_block(f"{note[0].upper()}{note[1:]}."))
    values = scaled(numbers.values, how)
    first = _first_row(len(values))
    values = values[first : first + MAX_STEPS]
    trace = _read(network, values, _chosen_output(network))
    _outputs(network, trace.probs, first)
    if explain_missing_gates(network):
        return
    display = NetworkView(network, title, trace)
    choose_layer(KEY, display)
    rows = tuple(map(str, range(first + 1, first + len(values) + 1)))
    curve = SeriesCurve(
        numbers.names[0], "as read", rows, values[:, 0], np.full(len(values), np.nan),
        inputs=numbers.names,
    )  # fmt: skip

    def scene(view: View) -> LiveScene:
        return scene_from_network_numbers(replace(view, step=min(view.step, len(values) - 1)), display, trace, curve)

    live.live_view(scene, KEY)
    download_buttons(live_session(KEY), KEY)


def _chosen_output(network: ImportedNetwork) -> int:
    """Draw the choice of the output that the gradients explain, if there is more than one; return its index."""
    if len(network.outputs) <= 1:
        return 0
    output: int = st.selectbox(
        "Explain", range(len(network.outputs)), key="network_target", format_func=network.outputs.__getitem__, width=220
    )
    return output


def _read(network: ImportedNetwork, values: np.ndarray, output: int) -> Trace:
    """Read the numbers [step, column], with the gradients of one output; the last reading is cached."""
    beginnings = network.causal or network.pooling == "steps" or len(values) <= _BEGINNINGS
    with st.spinner("Reading the numbers"):
        return remember(
            "network_read", (id(network), values.tobytes(), output),
            partial(read_values, network, values, output, beginnings=beginnings),
        )  # fmt: skip


def _first_row(count: int) -> int:
    """Draw the choice of the rows that are read, if there are more than can be drawn; return the first one, from 0."""
    if count <= MAX_STEPS:
        return 0
    last = count - MAX_STEPS + 1
    chosen = st.slider(
        f"First of the {MAX_STEPS:,} rows that are read, of {count:,}", 1, last, last, key="network_first_row", width=480,
        help="The network starts from zeros there. The scaling is that of all rows.",
    )  # fmt: skip
    return int(chosen) - 1


def _outputs(network: ImportedNetwork, outputs: Float[np.ndarray, "time output"], first: int) -> None:
    names = network.outputs
    more = f" The first {MAX_CURVES} of {len(names)} outputs are drawn." if len(names) > MAX_CURVES else ""
    drawn = zip(names[:MAX_CURVES], outputs[-1], strict=False)
    last = ", ".join(f"{escape_block(name)} {format_number(float(value), 4)}" for name, value in drawn)
    st.markdown(f"**After the last step: {last}.**{more}")
    labels = [f"step {first + step + 1}" for step in range(len(outputs))]
    components.draw_figure(
        output_curves(outputs, names, labels, palette()), "network_outputs", "The network's outputs after each step."
    )


def _input(count: int, files: Sequence[FileWithRole]) -> NumberRows | None:
    """Draw the text area and the choice of the columns; return None, with a message, if there are no such numbers."""
    dropped = next((file for file in files if file.role == "numbers" and file.data), None)
    columns = f"{count} numbers" if count > 1 else "one number"
    typed = st.text_area(
        f"Numbers, {columns} per line" + ("; or the dropped table" if dropped is not None else "; or drop a table above"),
        key="network_numbers", height=110, placeholder="\n".join([" ".join(["0.5"] * min(count, 8)), "…"]),
    )  # fmt: skip
    name = "the numbers" if typed else dropped.name if dropped is not None else ""
    data = _as_table(typed, count).encode() if typed else dropped.data if dropped is not None else b""
    if not data:
        return None
    try:
        table = _table(data)
        if len(table.names) < count:
            raise UnreadableSeries(
                f"it has {format_count(len(table.names), 'column')} of numbers; the network reads {count} at each step"
            )
    except UnreadableSeries as error:
        st.error(f"{escape_file_name(name)}: {escape_block(str(error))}.", icon=":material/error:")
        return None
    chosen: Sequence[str] = table.names
    if len(table.names) > count:
        chosen = st.multiselect(
            f"Its {count} columns, in the order of the network's inputs",
            table.names,
            list(table.names[:count]),
            key="network_columns",
        )
    if len(chosen) != count:
        st.info(f"Choose {count} columns; {len(chosen)} are chosen.", icon=":material/info:")
        return None
    numbers = numbers_of(table, chosen)
    if not len(numbers.values):
        st.error("No row has a number in each of these columns.", icon=":material/error:")
        return None
    return numbers


def _table(data: bytes) -> Table:
    """Return the table in a file, of a spreadsheet with several the one on the sheet that is chosen in a control drawn here."""
    try:
        table = remember("network_table", data, partial(read_table, data))
        sheets, read = table.sheets, table.sheet
    except UnreadableSeries as error:
        if len(error.sheets) < 2:
            raise
        sheets, read = error.sheets, ""
    if len(sheets) > 1 and (sheet := st.selectbox("Sheet", sheets, key="network_sheet", width=240)) != read:
        return remember("network_sheet_table", (data, sheet), partial(read_table, data, sheet=sheet))
    return table


def _as_table(text: str, count: int) -> str:
    """Return typed numbers with one step a line; several in one line are the steps of a network that reads one."""
    if count == 1 and "\n" not in text.strip():
        return "\n".join(each for each in re.split(r"[\s;]+|,\s+|,(?=\S+,)", text.strip()) if each)
    return text
