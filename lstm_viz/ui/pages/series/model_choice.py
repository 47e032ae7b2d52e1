"""The session's forecasters: trained on this page or loaded from a file, by series."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lstm_viz.models.forecaster_serialization import pack, unpack
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.model import Series
from lstm_viz.text.numbers import format_number
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.pages.series.evaluation import EvaluatedSeries, SeriesDescription, digest, evaluate, shipped
from lstm_viz.ui.pages.series.state import OWN, Network, SeriesChoice
from lstm_viz.ui.state.memo import remember

_MODELS = "series_networks"
#: Maximum number of forecasters of a session; the oldest is dropped first.
MAX_MODELS = 8


@dataclass(frozen=True)
class StoredModel:
    """A forecaster as the bytes of its file, with its name."""

    weights: bytes
    name: str


def store_model(key: str, source: Network, model: StoredModel) -> None:
    """Store a forecaster for the series with this key."""
    models = _session_models()
    models.pop((key, source), None)
    models[key, source] = model
    for old in list(models)[:-MAX_MODELS]:
        del models[old]


def stored_model(key: str, source: Network) -> StoredModel | None:
    """Return the forecaster of this series and source; None if there is none."""
    return _session_models().get((key, source))


def has_trained_models() -> bool:
    """Return True if a forecaster was trained in this session; it is lost unless saved."""
    return any(source == "taught" for _, source in _session_models())


def available_sources(key: str, name: str) -> list[Network]:
    """Return the sources of a forecaster for this series."""
    shipped_too: list[Network] = [] if name == OWN else ["shipped"]
    others: list[Network] = ["taught", "file"]
    return [*shipped_too, *(source for source in others if stored_model(key, source) is not None)]


def without_model(choice: SeriesChoice, own: Series | None) -> EvaluatedSeries:
    """Return the selected series without a forecaster of the session."""
    if own is None:
        return shipped(choice.series)
    return evaluate(_describe(own), own, None)


def with_model(choice: SeriesChoice, own: Series | None) -> EvaluatedSeries:
    """Return the selected series with its forecaster, cached. Raises ValueError if they do not fit."""
    if choice.series in SHIPPED:
        plain = shipped(choice.series)
        series, description, key = plain.series, plain.description, plain.key
    else:
        assert own is not None
        series, description, key = own, _describe(own), digest(own.values)
        plain = None
    sources = available_sources(key, choice.series)
    network = stored_model(key, choice.network if choice.network in sources else (*sources, choice.network)[0])
    if network is None and plain is not None:
        return plain
    key_parts = (key, description.title, series.labels, network)
    return remember(
        "series_subject",
        key_parts,
        lambda: evaluate(description, series, None if network is None else unpack(network.weights, network.name)),
    )


def model_file(evaluated: EvaluatedSeries) -> bytes:
    """Return the forecaster as a file. Raises ValueError if there is none."""
    if evaluated.backtest is None:
        raise ValueError("no network is trained on this series yet")
    row, horizon = evaluated.backtest.report.forecaster, evaluated.backtest.report.horizon
    one_step, many_steps = format_number(row.mae, 4), format_number(row.multi_step_mae, 4)
    scores = f"test part: MAE {one_step}, MASE {row.mase:.3f}, MAE over the next {horizon} {many_steps}"
    return pack(
        evaluated.backtest.model, {**evaluated.backtest.model.metadata, "data": evaluated.description.title, "scores": scores}
    )


def _describe(own: Series) -> SeriesDescription:
    return SeriesDescription(own.name, "Your own numbers.", own.name)


def _session_models() -> dict[tuple[str, Network], StoredModel]:
    tab_work.keep(_MODELS)
    models: dict[tuple[str, Network], StoredModel] = st.session_state.setdefault(_MODELS, {})
    return models
