"""The networks of one session: taught on this page or loaded from a file, each under the series that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lstm_viz.models.forecaster_serialization import pack, unpack
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.model import Series
from lstm_viz.ui.pages.series.evaluation import Subject, Told, digest, shipped, subject
from lstm_viz.ui.pages.series.state import OWN, Chosen, Network

_HELD, _MADE = "series_networks", "series_subject"
#: So many networks are kept for one session; the oldest make room.
MOST = 8


@dataclass(frozen=True)
class Held:
    """A network as the bytes of its file, and a name for it."""

    weights: bytes
    name: str


def hold(key: str, source: Network, held: Held) -> None:
    """Keep a network for the series with this key."""
    kept = _all()
    kept.pop((key, source), None)
    kept[key, source] = held
    for old in list(kept)[:-MOST]:
        del kept[old]


def held(key: str, source: Network) -> Held | None:
    """The network of this series from this source; None where there is none."""
    return _all().get((key, source))


def any_taught() -> bool:
    """True where a network was trained in this session, which is gone with it unless it was saved."""
    return any(source == "taught" for _, source in _all())


def offered(key: str, name: str) -> list[Network]:
    """Where this series can have a network from."""
    shipped_too: list[Network] = [] if name == OWN else ["shipped"]
    others: list[Network] = ["taught", "file"]
    return [*shipped_too, *(source for source in others if held(key, source) is not None)]


def bare(choice: Chosen, own: Series | None) -> Subject:
    """The chosen series as it is without any network of one's own."""
    if own is None:
        return shipped(choice.series)
    return subject(_told(own), own, None)


def made(choice: Chosen, own: Series | None) -> Subject:
    """The chosen series with its chosen network; the last one is kept. Raises ValueError where the two do not fit."""
    if choice.series in SHIPPED:
        plain = shipped(choice.series)
        series, told, key = plain.series, plain.told, plain.key
    else:
        assert own is not None
        series, told, key = own, _told(own), digest(own.values)
        plain = None
    sources = offered(key, choice.series)
    network = held(key, choice.network if choice.network in sources else (*sources, choice.network)[0])
    if network is None and plain is not None:
        return plain
    wanted = (key, told.title, series.labels, network)
    kept: tuple[object, Subject] | None = st.session_state.get(_MADE)
    if kept is None or kept[0] != wanted:
        kept = (wanted, subject(told, series, None if network is None else unpack(network.weights, network.name)))
        st.session_state[_MADE] = kept
    return kept[1]


def file_of(of: Subject) -> bytes:
    """The network of a subject as a file to keep; raises ValueError where it has none."""
    if of.judged is None:
        raise ValueError("no network has learned this series yet")
    row = of.judged.report.forecaster
    scores = f"test part: MAE {row.mae:.4g}, MASE {row.mase:.3f}, MAE over the next {of.judged.report.horizon} {row.far:.4g}"
    return pack(of.judged.model, {**of.judged.model.facts, "data": of.told.title, "scores": scores})


def _told(own: Series) -> Told:
    return Told(own.name, "Your own numbers.", own.name)


def _all() -> dict[tuple[str, Network], Held]:
    found: dict[tuple[str, Network], Held] = st.session_state.setdefault(_HELD, {})
    return found
