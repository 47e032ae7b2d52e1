"""The user's own series: a file or pasted numbers, reading options, and notes on what was changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lstm_viz.series.csv_reader import Table, read_table
from lstm_viz.series.errors import UnreadableSeries
from lstm_viz.series.missing_values import FillMethod
from lstm_viz.series.model import LONGEST, Series, select_series
from lstm_viz.series.number_parsing import Mark
from lstm_viz.series.resampling import FREQUENCIES, Frequency
from lstm_viz.series.workbooks import is_workbook
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.pages.series import state
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import escape_block, escape_file_name
from lstm_viz.ui.state.memo import remember

#: The name of the initial example table.
EXAMPLE = "the example"
_SOURCE, _READ, _PASTE, _FILE, _BEGAN = "series_source", "series_read", "series_paste", "series_file", "series_paste_began"

#: None is not available as an option of a select box; the empty string means "as it is".
_SEPARATORS: dict[str, str] = {"": "as the file shows", ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MARKS: dict[str, str] = {"": "as the file shows", ".": "1234.5", ",": "1234,5"}
_EVERY: dict[str, str] = {"": "no, as they are", **{every: f"each {every}" for every in FREQUENCIES}}
_HOW: dict[FillMethod, str] = {"line": "a straight line", "carry": "the value before", "drop": "left out"}


@dataclass(frozen=True)
class CsvSource:
    """An uploaded or pasted table and its reading options; None: detected, or the first one."""

    name: str
    data: bytes
    separator: str | None = None
    decimal: Mark | None = None
    column: str | None = None
    dates: bool = True
    every: Frequency | None = None
    how: FillMethod = "line"
    sheet: str | None = None


def example() -> bytes:
    """Return an example table with decimal commas, semicolons, dates, and a gap."""
    months = np.arange(96)
    draw = np.random.default_rng(7)
    values = 40 + 0.12 * months + 22 * np.sin(2 * np.pi * (months - 3) / 12) + draw.normal(0, 3, len(months))
    lines = [
        f"{2016 + month // 12}-{month % 12 + 1:02};{'' if month == 40 else f'{value:.1f}'.replace('.', ',')}"
        for month, value in zip(months.tolist(), values, strict=True)
    ]
    return "\n".join(["month;visitors in thousands", *lines]).encode()


def current() -> CsvSource:
    """Return the current source; the example at first."""
    if _SOURCE not in st.session_state:
        st.session_state[_SOURCE] = CsvSource(EXAMPLE, example())
    source: CsvSource = st.session_state[_SOURCE]
    return source


def series_input() -> Series | None:
    """Draw the input and the reading options; return None, after an error message, if there is no usable series."""
    tab_work.keep(_SOURCE, own=current().name != EXAMPLE)
    with st.container(border=True):
        left, right = st.columns(2, gap="medium")
        with left:
            _draw_inputs()
        with right:
            try:
                with st.spinner("Reading the table", show_time=True):
                    table = _table(current())
            except UnreadableSeries as error:
                show_error(current().name, error)
                _draw_sheets(error.sheets, current().sheet)
                if error.sheets or not is_workbook(current().data):
                    _draw_format_options(separators=not error.sheets)
                return None
            return _choose_series(table)


def show_error(name: str, error: Exception) -> None:
    """Show an error: what was found, what was expected and what to do."""
    st.error(f"{escape_file_name(name)}: {escape_block(str(error))}.", icon=":material/error:")


def read(source: CsvSource, table: Table) -> Series:
    """Return the selected column of a table. Raises UnreadableSeries if there is nothing to forecast."""
    column = source.column if source.column in table.names else table.likely
    every = source.every if source.dates and table.timestamps is not None else None
    return select_series(table, column, source.how, dates=source.dates, every=every)


def _draw_inputs() -> None:
    st.file_uploader(
        "A table as CSV, JSON or spreadsheet (.xlsx, .ods, .xls), one row per step, up to 5 MB", key=_FILE,
        on_change=settings.saver(_FILE, _on_file_change), max_upload_size=5,
    )  # fmt: skip
    st.caption(f"Larger? Upload averages by day or month, or only the last rows: the last {LONGEST:,} values are used.")
    text = current().data.decode("utf-8", "replace") if _name_of_file() is None else ""
    if _PASTE not in st.session_state:
        # Passed as the initial value, because the browser may miss a value that is set while it draws.
        st.session_state[_BEGAN] = text
    elif text and st.session_state[_PASTE] not in ("", text):
        # What was pasted before the page was reloaded.
        st.session_state[_PASTE], st.session_state[_BEGAN] = text, ""
    st.text_area(
        "or paste numbers here, one per line, or a whole table", st.session_state[_BEGAN], height=150, max_chars=500_000,
        **settings.control_args(_PASTE, _on_paste_change),
    )  # fmt: skip
    if current().name == EXAMPLE:
        st.caption("An example, made up: visitors of a lake, by month. Paste your own numbers over it.")


def _name_of_file() -> str | None:
    name = current().name
    return None if name in (EXAMPLE, "the pasted numbers") else name


def _table(source: CsvSource) -> Table:
    """Return the table of a source, parsed once."""
    key_parts = (source.data, source.separator, source.decimal, source.sheet)
    return remember(
        _READ, key_parts,
        lambda: read_table(source.data, separator=source.separator, decimal=source.decimal, sheet=source.sheet),
    )  # fmt: skip


def _choose_series(table: Table) -> Series | None:
    source = current()
    _describe_table(table)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _draw_sheets(table.sheets, table.sheet)
        column = source.column if source.column in table.names else table.likely
        _select("Column", list(table.names), "column", column, str, 240)
        if table.timestamps is not None:
            _select("Dates", [True, False], "dates", source.dates, {True: "used", False: "not used"}.__getitem__, 120)
            if source.dates:
                _select("Averages", list(_EVERY), "every", source.every or "", _EVERY.__getitem__, 170)
        gaps = bool(np.isnan(table.column(column).values).any()) or table.timestamps is not None
        if gaps:
            _select("In place of gaps", list(_HOW), "how", source.how, _HOW.__getitem__, 170)
    with st.popover("Read wrongly?"):
        _draw_format_options(separators=not table.sheets)
    try:
        series = read(source, table)
    except UnreadableSeries as error:
        show_error(source.name, error)
        return None
    for note in (*table.notes, *series.notes):
        st.caption(escape_block(f"{note[0].upper()}{note[1:]}."))
    return series


def _draw_sheets(sheets: tuple[str, ...], chosen: str | None) -> None:
    """Draw the choice of a spreadsheet's sheet, if there are several."""
    if len(sheets) > 1:
        _select("Sheet", list(sheets), "sheet", chosen if chosen in sheets else sheets[0], str, 180)


def _draw_format_options(separators: bool = True) -> None:
    """Draw the format options, for a file that was misread."""
    source = current()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if separators:
            _select("Separator", list(_SEPARATORS), "separator", source.separator or "", _SEPARATORS.__getitem__, 180)
        _select("Decimals", list(_MARKS), "decimal", source.decimal or "", _MARKS.__getitem__, 180)


def _describe_table(table: Table) -> None:
    dated = f", dated by “{escape_block(table.dated)}”" if table.dated else ", without dates"
    words, count = len(table.texts), len(table.columns)
    others = f"; {words} column{'s hold' if words > 1 else ' holds'} text" if words else ""
    st.caption(
        f"Read from {escape_block(current().name)}: {table.rows:,} rows{dated}, {count} column{'s' * (count > 1)} of "
        f"numbers{others}. "
        + (f"Sheet “{escape_block(table.sheet)}”." if table.sheets else f"Encoding {table.encoding}.")
    )


def _select(label: str, offers: list[Any], field: str, value: Any, words: Callable[[Any], str], width: int) -> None:
    key = f"series_own_{field}"
    state.set_widget(key, value)
    bound = settings.control_args(key, partial(_on_choice_change, field))
    st.selectbox(label, offers, format_func=words, width=width, **bound)


def _on_choice_change(field: str, value: Any) -> None:
    change: dict[str, Any] = {field: None if value == "" else value}
    _save(replace(current(), **change))


def _on_file_change(upload: UploadedFile | None) -> None:
    if upload is not None:
        _save(CsvSource(upload.name, upload.getvalue()))


def _on_paste_change(pasted: str) -> None:
    # An emptied box keeps the previous series.
    if pasted.strip():
        _save(CsvSource("the pasted numbers", pasted.encode("utf-8", "replace")))


def _save(source: CsvSource) -> None:
    st.session_state[_SOURCE] = source
    state.save_series(state.OWN)
