"""What units track: a line for a chosen unit, and a table of all names, which can be measured on the user's own text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import streamlit as st

from lstm_viz.corpus.saving import digest
from lstm_viz.gates import quantity
from lstm_viz.models.fingerprint import fingerprint
from lstm_viz.text.decoding import LIMIT as LARGEST
from lstm_viz.text.decoding import UnreadableText, read_text
from lstm_viz.ui.components.job_panel import JobSpec, job_panel
from lstm_viz.ui.components.progress_files import progress_file
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.markdown import escape_block, escape_inline
from lstm_viz.ui.state.models import get_model, model_title, session_models
from lstm_viz.ui.state.unit_names import keep_names, names_of, unit_names
from lstm_viz.ui.state.view import View
from lstm_viz.unit_names import UnitName, UnitNames, naming, regex_feature
from lstm_viz.unit_names.naming import POSITIONS

_JOB, _TABLE = "unit_names_job", "unit_names_table"
_ALL, _ANY = "every quantity", "any feature"


def unit_help(view: View) -> str | None:
    """Return a tooltip on what the view's unit tracks; None if it was not measured."""
    names = names_of(view.model)
    if names is None:
        return None
    named = unit_names(view.model, view.layer, view.unit)
    lines = [f"- **{symbol}** {escape_inline(name.describe())}" for symbol, name in named.items()]
    return f"What unit {view.unit} tracks, measured on {escape_inline(names.source)}:\n\n" + "\n".join(lines)


def unit_names_panel(view: View) -> None:
    """Draw the table of what all units track; a click on a row shows that unit."""
    with st.expander("What do the units track?", icon=":material/label:"):
        names = names_of(view.model)
        if names is not None:
            _table(names, view.model, _TABLE)
        else:
            st.caption("The units of this network have no names yet: give a text to measure them on.")
        with st.popover("Measure on a text of your own", icon=":material/upload_file:"):
            _measure(view.model)


def _table(names: UnitNames, model: str, key: str) -> None:
    tracked = int(names.tracks.sum())
    st.caption(
        f"{tracked:,} of {len(names):,} quantities of units track a feature of this list of {len(names.features)}, measured on "
        f"{escape_inline(names.source)}: chosen on its first half, scored on the second. The AUC is the chance that the unit "
        "tells a place with the feature from one without (0.5: by luck; 1: always); |ρ| is the rank correlation with a number. "
        "A unit that tracks several features is named after the one that it agrees with most, so that rare ones do not win. "
        "A click on a row shows the unit."
    )
    symbol, feature = _choose_rows(names, key)
    rows = _rows(names, symbol, feature)
    if symbol is None and feature is None:
        st.caption("The best unit of each feature. Choose a feature or a quantity to see all units.")
    if not rows:
        st.caption("No unit has this name.")
        return
    picked: Any = st.dataframe(
        _table_columns(names, symbol, feature), key=f"{key}_{model}_{feature or _ANY}_{symbol or _ALL}", hide_index=True,
        on_select="rerun", selection_mode="single-row", height=min(420, 38 + 35 * len(rows)), column_config=_column_config(),
    )  # fmt: skip
    selected = picked["selection"]["rows"]
    last = st.session_state.get(f"{key}_shown")
    if selected and (model, rows[selected[0]]) != last:
        st.session_state[f"{key}_shown"] = model, rows[selected[0]]
        _show(rows[selected[0]])
        st.rerun()
    st.download_button(
        "All names (.csv)", names.to_csv, f"{model}-units.csv", "text/csv", icon=":material/download:", key=f"{key}_csv",
        on_click="ignore",
    )  # fmt: skip


def _choose_rows(names: UnitNames, key: str) -> tuple[str | None, str | None]:
    """Draw the choice of the feature and the quantity; return the quantity's symbol and the feature's name, None for all."""
    symbols = list(dict.fromkeys(names.symbol))
    descriptions = {name: description for name, description, _ in names.features}
    with st.container(horizontal=True, gap="small"):
        features = [_ANY, *(each.feature for each in _rows(names, None, None))]
        feature = st.selectbox(
            "Feature", features, format_func=lambda name: descriptions.get(name, name), width=330,
            **settings.choice(f"{key}_feature", "tracks", features, _ANY).widget_args(),
        )  # fmt: skip
        symbol = st.selectbox(
            "Quantity", [_ALL, *symbols], width=200,
            format_func=lambda each: each if each == _ALL else quantity(names.kind, each).label,
            **settings.choice(f"{key}_symbol", "of", [_ALL, *symbols], _ALL).widget_args(),
        )  # fmt: skip
    return None if symbol == _ALL else symbol, None if feature == _ANY else feature


def _column_config() -> dict[str, Any]:
    """Return the format and the tooltip of the table's numbers."""
    tooltips = {
        "score": "AUC or |ρ| on the half that did not choose",
        "chosen at": "The same on the half that chose",
        "agreement": "φ, or |ρ| of a number: 1 if the unit is high at all places of the feature and nowhere else, 0 by luck",
        "by chance": "The highest of 20 scores with features shifted along the text",
    }
    return {name: st.column_config.NumberColumn(name, format="%.2f", help=text) for name, text in tooltips.items()}


@lru_cache(maxsize=64)
def _rows(names: UnitNames, symbol: str | None, feature: str | None) -> tuple[UnitName, ...]:
    """Return the rows of a table, the strongest first; without a quantity and a feature the best unit of each feature."""
    if symbol is None and feature is None:
        return tuple(names.by_feature())
    return tuple(names.table(None if symbol is None else [symbol], feature=feature, tracking=feature is not None))


@lru_cache(maxsize=64)
def _table_columns(names: UnitNames, symbol: str | None, feature: str | None) -> dict[str, list[Any]]:
    return _columns(_rows(names, symbol, feature))


def _columns(rows: Sequence[UnitName]) -> dict[str, list[Any]]:
    return {
        "tracks": [each.description if each.tracks else f"nothing (best: {each.description})" for each in rows],
        "score": [each.score for each in rows],
        "measure": ["AUC" if each.measure == "AUC" else "|ρ|" for each in rows],
        "layer": [each.layer + 1 for each in rows],
        "quantity": [each.symbol for each in rows],
        "unit": [each.unit for each in rows],
        "is": ["high there" if each.sign > 0 else "low there" for each in rows],
        "agreement": [each.agreement for each in rows],
        "chosen at": [each.chosen for each in rows],
        "by chance": [each.control for each in rows],
    }


def _show(name: UnitName) -> None:
    """Show a unit in the explorer, the text coloured by the quantity that was named."""
    view = session.current()
    session.set_text(replace(view, layer=name.layer, unit=name.unit, zoom="unit", colour=f"unit.{name.symbol}"))


def _measure(model: str) -> None:
    """Draw the form and the job that name the units on another text."""
    file = st.file_uploader(
        "A text of at least 500 tokens; 100,000 are better", key=f"{_JOB}_file", max_upload_size=LARGEST // 2**20
    )
    pattern = st.text_input("A regular expression as one more feature", key=f"{_JOB}_pattern", placeholder="[0-9]{4}")
    if file is None:
        return
    try:
        text = read_text(file.getvalue()).text
        features = (regex_feature(pattern),) if pattern else ()
    except (UnreadableText, ValueError) as error:
        st.error(escape_block(str(error)), icon=":material/error:")
        return
    network = get_model(model).model if model in session_models() else model
    note = progress_file(f"names {fingerprint(get_model(model).model)} {digest(text)} {pattern}")
    args = (network, text, features, None, None, file.name, POSITIONS, None, str(note))
    spec = JobSpec(naming, args, 100, lambda: "Continue naming the units" if note.exists() else "Name the units", unit="%")
    job_panel(_JOB, spec, lambda items, ran: _draw_measured(items, model))


def _draw_measured(items: Sequence[Any], model: str) -> None:
    names = items[-1]
    if not isinstance(names, UnitNames):
        return
    keep_names(model, names)
    best = [each for each in names.by_feature() if each.tracks]
    st.caption(f"{model_title(model)}: {int(names.tracks.sum()):,} of {len(names):,} track a feature. The best unit of each:")
    st.dataframe(_columns(best), hide_index=True, key=f"{_JOB}_result")
    st.download_button("All names (.csv)", names.to_csv(), f"{model}-units.csv", "text/csv", key=f"{_JOB}_csv", on_click="ignore")
