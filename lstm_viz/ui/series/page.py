"""The time series page, put together: which series, its curve and future, the verdict, and the chosen question."""

from __future__ import annotations

import math

import streamlit as st

from lstm_viz.series.series import Series
from lstm_viz.series.shipped import SHIPPED
from lstm_viz.series.verdict import verdict
from lstm_viz.ui import board
from lstm_viz.ui.layout import head, tighten
from lstm_viz.ui.series import chosen, depends, errors, gates, networks, outlook, own, teach
from lstm_viz.ui.series.chosen import Chosen, Lens, Network
from lstm_viz.ui.series.subject import Subject

_QUESTIONS: dict[Lens, str] = {
    "good": "How good is it?",
    "gates": "What do its gates do?",
    "hangs": "What does a forecast depend on?",
    "teach": "Train a forecaster",
}
_LENS = "series_lens"
_TITLES = {**{name: one.title for name, one in SHIPPED.items()}, chosen.OWN: "Your own numbers"}
_SOURCES: dict[Network, str] = {"shipped": "shipped", "taught": "trained here", "file": "from a file"}


def show() -> None:
    """Draw the page; a control reruns the fragment below the heading, and in it the live view and running work their own."""
    tighten()
    head("Forecast a time series", terms=("forecast", "season", "band", "baseline", "mean absolute error", "scaled error"))
    _answer()


@st.fragment
def _answer() -> None:
    teach.collect()
    choice = chosen.current()
    chosen.bound("series_name", choice.series)
    st.segmented_control(
        "Series", list(_TITLES), key="series_name", format_func=_TITLES.__getitem__, required=True, on_change=_take_series,
        width="content", label_visibility="collapsed",
    )  # fmt: skip
    series: Series | None = None
    if choice.series == chosen.OWN:
        series = own.bring()
        if series is None:
            _follow(choice)
            return
    try:
        of = networks.made(choice, series)
    except ValueError as error:
        own.refuse("This network cannot forecast this series", error)
        of = networks.bare(choice, series)
    choice = chosen.current()
    _shown(of, choice)
    _follow(choice)


def _follow(choice: Chosen) -> None:
    """Keep the settings in the address; the browser asks before numbers or networks of one's own are lost."""
    own_numbers = own.current().name != own.EXAMPLE
    board.follow("series_address", unsaved=own_numbers or networks.any_taught(), more=choice.query())


def _shown(of: Subject, choice: Chosen) -> None:
    if choice.series != chosen.OWN:
        st.caption(of.told.words)
    _network(of, choice)
    ahead = outlook.future(of, choice)
    outlook.show(of, choice, ahead)
    st.markdown(said(of))
    lens = _question(["good", "gates", "hangs", "teach"] if of.judged is not None else ["teach", "good"], choice)
    if lens == "good":
        errors.show(of)
    elif lens == "gates":
        gates.show(of, choice, ahead)
    elif lens == "hangs":
        depends.show(of, choice, ahead)
    else:
        teach.show(of)


def said(of: Subject) -> str:
    """The verdict in bold; for a series that no network has learned, what to do."""
    if of.judged is not None:
        return f"**{verdict(of.judged.report)}**"
    best = min(of.rules.rows, key=lambda row: row.mae if math.isfinite(row.mae) else math.inf)
    return (
        f"**No network has learned this series yet: train one below. It will have to beat the rule “{best.words}” ({best.name}), "
        f"which is off by {best.mae:.3g} on average.**"
    )


def _network(of: Subject, choice: Chosen) -> None:
    sources = networks.offered(of.key, choice.series)
    if len(sources) > 1:
        chosen.bound("series_network", choice.network if choice.network in sources else sources[0])
        st.segmented_control(
            "Network", sources, key="series_network", format_func=_SOURCES.__getitem__, required=True,
            on_change=chosen.taking("network", "series_network"), width="content",
        )  # fmt: skip


def _question(questions: list[Lens], choice: Chosen) -> Lens:
    """Draw the choice of what the page answers; only the chosen question is computed."""
    asked = choice.lens if choice.lens in questions else questions[0]
    chosen.bound(_LENS, asked)
    st.segmented_control(
        "What do you want to know?", questions, key=_LENS, format_func=_QUESTIONS.__getitem__, required=True,
        on_change=chosen.taking("lens", _LENS), width="content",
    )  # fmt: skip
    return asked


def _take_series() -> None:
    chosen.keep_series(st.session_state["series_name"])
