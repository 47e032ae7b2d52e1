"""The series, what was forecast of it, and its future: the picture on top of the page, with its controls."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from lstm_viz.figures import series as drawn
from lstm_viz.ui import components
from lstm_viz.ui.pages.series import state
from lstm_viz.ui.pages.series.evaluation import Coming, Subject, coming
from lstm_viz.ui.pages.series.state import Begin, Chosen
from lstm_viz.ui.state.markdown import in_figure, minus
from lstm_viz.ui.state.theme import palette

#: So many places are drawn at once; a longer series is looked at through a window.
WINDOW = 600
#: The farthest that one forecasts on this page.
FARTHEST = 150
#: No more at first, so that one can still go on.
SOON = 120

_BEGINS: dict[Begin, str] = {"end": "after the last value", "held": "where the test part begins"}
_STEPS = "series_steps"


def steps_of(of: Subject, choice: Chosen) -> int:
    """How far to forecast: as chosen, at first two seasons or 24 steps."""
    if choice.steps:
        return min(choice.steps, FARTHEST)
    return min(2 * of.season or 24, SOON)


def future(of: Subject, choice: Chosen) -> Coming:
    """The forecast of many steps as it is chosen."""
    border, steps = len(of.values) if choice.begin == "end" else of.parts.choose, steps_of(of, choice)
    with st.spinner(f"Forecasting {steps} steps …"):
        return coming(of, border, steps)


def show(of: Subject, choice: Chosen, ahead: Coming) -> None:
    """Draw the picture and the controls; a click on a point asks what its forecast depends on."""
    steps = steps_of(of, choice)
    end = max(len(of.values), ahead.border + steps)
    seen = _seen(of, ahead, end)
    start = _window(of, choice, end)
    stop = min(start + WINDOW, end)
    place = None if choice.place is None else asked(of, choice, ahead)
    figure = drawn.outlook(seen, start, stop, place, palette())
    components.picture(figure, "series_outlook", _alt(of, ahead, steps), _words(of, ahead), _take_place, choice.query())
    _controls(of, choice, ahead)


def asked(of: Subject, choice: Chosen, ahead: Coming) -> int | None:
    """The place whose forecast is asked about; None where nothing forecasts."""
    if ahead.forecast is None:
        return None
    last = max(len(of.values), ahead.border + len(ahead.forecast.values)) - 1
    return ahead.border if choice.place is None else min(max(choice.place, 1), last)


def as_csv(of: Subject, ahead: Coming) -> str:
    """The forecast as a table: each step, the ends of the band, and the observed value where it is known."""
    assert ahead.forecast is not None
    found = ahead.forecast
    steps = len(found.values)
    labels = of.labels(ahead.border + steps)
    ends = [np.full(steps, np.nan) if end is None else end for end in (found.low, found.high)]
    observed = np.full(steps, np.nan)
    known = of.values[ahead.border : ahead.border + steps]
    observed[: len(known)] = known
    lines = ["step,forecast,low,high,observed"]
    for step in range(steps):
        numbers = (found.values[step], ends[0][step], ends[1][step], observed[step])
        cells = ("" if np.isnan(number) else repr(float(number)) for number in numbers)
        lines.append(",".join((labels[ahead.border + step], *cells)))
    return "\n".join(lines) + "\n"


def _controls(of: Subject, choice: Chosen, ahead: Coming) -> None:
    steps = steps_of(of, choice)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        state.bound("series_begin", choice.begin)
        st.segmented_control(
            "Forecast many steps ahead", list(_BEGINS), key="series_begin", format_func=_BEGINS.__getitem__, required=True,
            on_change=_take_begin, width="content",
            help="From the test part on, the observed values stand beside the forecast. Nothing after that place is read.",
        )  # fmt: skip
        state.bound(_STEPS, steps)
        st.slider("Steps ahead", 1, FARTHEST, key=_STEPS, on_change=state.taking("steps", _STEPS), width=260)
        st.button(
            "One step more", icon=":material/arrow_forward:", on_click=_go_on, args=(steps,), disabled=steps >= FARTHEST,
            help="Each forecast is read as if it had been observed, and the next one made from it.",
        )  # fmt: skip
        if ahead.forecast is not None:
            st.download_button(
                "Forecast (.csv)", lambda: as_csv(of, ahead).encode(), "forecast.csv", icon=":material/download:",
                on_click="ignore",
            )  # fmt: skip


def _window(of: Subject, choice: Chosen, end: int) -> int:
    """Where the window begins; a slider moves it where the series is longer than one."""
    last = end - WINDOW
    if last <= 0:
        return 0
    by = max(1, last // 200)
    labels = of.labels(0)
    start = last if choice.start is None else min(choice.start, last)
    offers = sorted({*range(0, last, by), start, last})
    state.bound("series_start", start)
    st.select_slider(
        f"{WINDOW} of {len(of.values):,} values are drawn, from", offers, key="series_start", format_func=labels.__getitem__,
        on_change=state.taking("start", "series_start"), width=420,
    )  # fmt: skip
    return start


def _seen(of: Subject, ahead: Coming, end: int) -> drawn.Outlook:
    told: dict[str, Any] = {}
    if ahead.forecast is not None:
        told = {"future": ahead.forecast.values, "low": ahead.forecast.low, "high": ahead.forecast.high}
    return drawn.Outlook(
        of.told.title, in_figure(of.told.unit), of.labels(end - len(of.values)), of.values, of.parts,
        None if of.judged is None else of.judged.expected, ahead.border, again=ahead.again, **told,
    )  # fmt: skip


def _words(of: Subject, ahead: Coming) -> str:
    cut = of.parts
    parts = (
        f"the first {cut.learn:,} of {len(of.values):,} values (training); the next {cut.choose - cut.learn:,} say which weights "
        f"and inputs are best (validation), and the last {cut.length - cut.choose:,} measure its errors (test)."
    )
    if ahead.forecast is None:
        return f"A network will learn from {parts}"
    return (
        "One step ahead, each forecast is made from all observed values before it; many steps ahead, forecasts are read as if "
        "they had been observed, and the band holds 80 of 100 simulated futures. Click a point to see what its forecast depends "
        f"on. The network learned from {parts}"
    )


def _alt(of: Subject, ahead: Coming, steps: int) -> str:
    if ahead.forecast is None:
        return f"{of.told.title}: the curve of {len(of.values)} values; no network has learned it yet."
    last = ahead.forecast.values[-1]
    labels = of.labels(ahead.border + steps)
    return (
        f"{of.told.title}: {len(of.values)} values with the forecast of each, and {steps} steps ahead from "
        f"{labels[ahead.border]} to {labels[ahead.border + steps - 1]}, where the forecast is {minus(f'{last:.4g}')}."
    )


def _take_begin() -> None:
    state.keep(begin=st.session_state["series_begin"], place=None)


def _go_on(steps: int) -> None:
    state.keep(steps=steps + 1)


def _take_place(click: components.Click) -> None:
    if isinstance(click.customdata, int) and not isinstance(click.customdata, bool) and click.customdata >= 0:
        # Only this question shows anything of one forecast.
        state.keep(place=click.customdata, lens="hangs")
