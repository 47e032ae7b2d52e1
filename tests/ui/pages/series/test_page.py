"""The page says of each series what the library measures, and its controls change what they say."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lstm_viz.figures.series import AGAIN, AHEAD, CAME, NEXT
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.forecasting import ahead
from lstm_viz.series.reading import read_series
from lstm_viz.series.report_text import report_text
from lstm_viz.ui.pages.series.error_table import table
from lstm_viz.ui.pages.series.evaluation import forecast_window, shipped
from lstm_viz.ui.pages.series.forecast_chart import as_csv
from lstm_viz.ui.pages.series.gates import LIVE_VIEW_KEY, WINDOW
from lstm_viz.ui.pages.series.page import QUESTION_TITLES
from lstm_viz.ui.pages.series.sensitivity import describe
from lstm_viz.ui.pages.series.state import NAMES, Begin, QuestionId, SeriesChoice
from tests.facts import states
from tests.ui.page_testing import PageDriver, curves, numbers, unpack

Open = Callable[..., PageDriver]


@pytest.mark.parametrize("name", SHIPPED)
def test_each_series_is_judged_at_once(opened: Open, name: str) -> None:
    page = opened(series=name)
    of = shipped(name)
    assert of.backtest is not None
    words = page.words
    assert SHIPPED[name].description in words
    assert f"**{report_text(of.backtest.report)}**" in words
    assert table(of.backtest.report, SHIPPED[name].unit) in words
    assert "does not beat" not in words
    # A year's and a month's sunspots and a share of the air are never below 0.
    assert of.backtest.model.config.floor


def test_the_curve_is_the_series_with_its_forecasts(opened: Open) -> None:
    of = shipped("yearly-sunspots")
    drawn = curves(opened().figures[0])
    np.testing.assert_allclose(numbers(drawn[CAME]["y"]), of.values)
    model = of.backtest.model
    np.testing.assert_allclose(numbers(drawn[NEXT]["y"])[1:], read_series(model, of.values).expected[:-1])
    coming = ahead(model, of.values, np.array([308]), 22)[:, 0]
    np.testing.assert_allclose(numbers(drawn[AHEAD]["y"]), coming)
    assert drawn[AHEAD]["text"][0] == "2009"
    np.testing.assert_allclose(numbers(drawn[AGAIN]["y"])[:11], of.values[-11:])


def test_one_goes_on_step_by_step(opened: Open) -> None:
    page = opened()
    page.choose("series_steps", 3)
    three = numbers(curves(page.figures[0])[AHEAD]["y"])
    (more,) = [button for button in page.app.button if button.label == "One step more"]
    more.click()
    page.run()
    four = numbers(curves(page.figures[0])[AHEAD]["y"])
    assert (len(three), len(four)) == (3, 4)
    np.testing.assert_allclose(four[:3], three)
    assert page.control("series_steps").value == 4


def test_the_forecast_from_the_held_out_part_lies_beside_what_came(opened: Open) -> None:
    page = opened()
    page.choose("series_begin", "held")
    of = shipped("yearly-sunspots")
    drawn = curves(page.figures[0])
    assert numbers(drawn[AHEAD]["x"])[0] == of.parts.validation_end == 263
    coming = ahead(of.backtest.model, of.values[:263], np.array([262]), 22)[:, 0]
    np.testing.assert_allclose(numbers(drawn[AHEAD]["y"]), coming)


def test_a_forecast_can_be_taken_away() -> None:
    of = shipped("co2")
    for border in (len(of.values) - 2, of.parts.validation_end):
        ahead_of = forecast_window(of, border, 4)
        rows = list(csv.DictReader(io.StringIO(as_csv(of, ahead_of))))
        np.testing.assert_array_equal([float(row["forecast"]) for row in rows], ahead_of.forecast.values)
        np.testing.assert_array_equal([float(row["high"]) for row in rows], ahead_of.forecast.high)
        came = [float(row["observed"]) for row in rows if row["observed"]]
        np.testing.assert_array_equal(came, of.values[border : border + 4])
        assert rows[0]["step"] == of.series.labels[border]


def test_a_long_series_is_seen_through_a_window(opened: Open) -> None:
    page = opened(series="monthly-sunspots")
    slider = page.control("series_start")
    assert "600 of 2,820 values" in slider.label
    last = numbers(curves(page.figures[0])[CAME]["x"])
    assert (last[0], last[-1]) == (2820 + 120 - 600, 2819)
    page.choose("series_start", 0)
    first = numbers(curves(page.figures[0])[CAME]["x"])
    assert (first[0], first[-1]) == (0, 599)


def test_one_may_ask_what_any_forecast_hangs_on(opened: Open) -> None:
    page = opened().ask("hangs")
    assert "The forecast for **2009**" in page.words
    page.choose("series_place", 250)
    of = shipped("yearly-sunspots")
    reading = read_series(of.backtest.model, of.values[:250], -1)
    assert describe(reading.gradient_by_value, of.series.labels, (float(reading.expected[-1]), "1950"), 190) in page.words
    _, bars = page.figures[0], page.figures[1]["data"][2]
    np.testing.assert_allclose(numbers(bars["y"]), reading.gradient_by_value[190:])
    # A slope is what the forecast does when that value is another.
    nudge = np.where(np.arange(250) == 249, 0.2, 0.0)
    above, below = (read_series(of.backtest.model, of.values[:250] + by * nudge).expected[-1] for by in (1, -1))
    assert reading.gradient_by_value[249] == pytest.approx((above - below) / 0.4, rel=1e-2)


def clicked(place: object) -> AppTest:
    def script(place: object) -> None:
        from lstm_viz.ui.components import Click
        from lstm_viz.ui.pages.series.forecast_chart import _on_point_click

        _on_point_click(Click(1.0, 2.0, 1, place))

    return AppTest.from_function(script, args=(place,), default_timeout=120).run()


def test_a_click_on_the_curve_chooses_its_place(opened: Open) -> None:
    chosen = clicked(100).session_state["series_chosen"]
    assert chosen.place == 100
    page = opened()
    page.state["series_chosen"] = dataclasses.replace(chosen, question="hangs")
    assert "The forecast for **1800**" in page.run().words
    (marked,) = [shape for shape in page.figures[0]["layout"]["shapes"] if shape["x0"] == shape.get("x1") == 100]
    assert marked["type"] == "line"


@pytest.mark.parametrize("place", [None, "x", -1, True, 1.5, [3]])
def test_a_click_that_makes_no_sense_is_passed_over(place: object) -> None:
    page = clicked(place)
    assert not page.exception
    assert "series_chosen" not in page.session_state


def test_a_place_beyond_the_end_is_the_last(opened: Open) -> None:
    page = opened()
    page.state["series_chosen"] = dataclasses.replace(clicked(10**9).session_state["series_chosen"], question="hangs")
    assert "The forecast for **2030**" in page.run().words


def test_beyond_the_border_its_own_forecasts_weigh(opened: Open) -> None:
    page = opened().ask("hangs").choose("series_place", 315)
    words = page.words
    assert "The forecast for **2015**" in words
    assert states(words, "forecast itself")


def live(page: PageDriver) -> dict[str, Any]:
    """What the live view was given."""
    (packed,) = [each.proto.bytes for each in page.app.get("bidi_component") if not each.proto.bytes.startswith(b"{")]
    header, arrays = unpack(packed)
    return {**header, "blocks": arrays}


def test_the_gates_go_on_into_the_forecast(opened: Open) -> None:
    page = opened().ask("gates")
    of = shipped("yearly-sunspots")
    coming = ahead(of.backtest.model, of.values, np.array([308]), 22)[:, 0]
    whole = np.concatenate((of.values, coming))
    shown = live(page)
    begin = 331 - WINDOW
    assert shown["curve"]["border"] == 309 - begin
    assert shown["curve"]["labels"][0] == str(1700 + begin)
    assert shown["curve"]["labels"][-1] == "2030"
    np.testing.assert_allclose(shown["blocks"]["curve"], whole[begin:], rtol=1e-6)
    gates = read_series(of.backtest.model, whole).trace.layers[0]
    np.testing.assert_allclose(shown["blocks"]["unit"][0], gates.f[begin:, 0, 0], rtol=1e-5)
    np.testing.assert_allclose(shown["blocks"]["mean"][0], gates.f[begin:, 0].mean(axis=1), rtol=1e-5)
    low, high = shown["blocks"]["curve_low"], shown["blocks"]["curve_high"]
    assert np.isnan(low[: 309 - begin]).all()
    assert (low[309 - begin :] < high[309 - begin :]).all()


def test_the_gradients_are_of_the_forecast_at_the_chosen_step(opened: Open) -> None:
    page = opened().ask("gates").choose("series_gates_start", 0)
    page.state[LIVE_VIEW_KEY] = {"view": {"step": 120, "unit": 3, "zoom": "unit", "seq": 2, "textRevision": 1, "text": ""}}
    page.run()
    of = shipped("yearly-sunspots")
    shown = live(page)
    assert (shown["view"]["step"], shown["view"]["unit"]) == (120, 3)
    layer = read_series(of.backtest.model, of.values, 120).trace.layers[0]
    symbols = [row["symbol"] for row in shown["gradients"]]
    norms = shown["blocks"]["norms"][symbols.index("h")]
    np.testing.assert_allclose(norms, layer.grads.magnitude("h")[:WINDOW, 0], rtol=1e-4, atol=1e-9)
    assert (norms[121:] == 0).all()


def test_what_was_chosen_is_forgotten_with_the_series_but_the_question_stays(opened: Open) -> None:
    page = opened().ask("hangs").choose("series_steps", 3)
    page.choose("series_name", "co2")
    assert page.control("series_steps").value == 24
    assert page.control("series_ask").value == "hangs"
    page.choose("series_name", "own")
    assert page.control("series_ask").value == "teach"
    assert page.control("series_ask").options == [QUESTION_TITLES["teach"], QUESTION_TITLES["good"]]


def test_an_unknown_name_in_a_link_is_passed_over(opened: Open) -> None:
    assert SHIPPED["yearly-sunspots"].description in opened(series="<b>").words


def test_a_link_brings_the_same_view_back(opened: Open) -> None:
    link = {"series": "co2", "begin": "held", "steps": "7", "place": "500", "ask": "gates", "gates": "100"}
    page = opened(**link, unit="3", step="5", zoom="unit", colour="unit.c", layer="0")
    drawn = page.figures[0]
    assert drawn["told"]["link"] == link
    assert numbers(curves(drawn)[AHEAD]["x"]).tolist() == list(range(447, 454))
    shown = live(page)
    assert shown["curve"]["labels"][0] == shipped("co2").series.labels[100]
    assert (shown["view"]["unit"], shown["view"]["step"], shown["view"]["zoom"]) == (3, 5, "unit")
    assert shown["link"] == {"layer": "0", "unit": "3", "step": "5", "zoom": "unit", "colour": "unit.c"}
    page.choose("series_name", "monthly-sunspots")
    assert page.figures[0]["told"]["link"] == {"series": "monthly-sunspots", "ask": "gates"}


@given(st.builds(
    SeriesChoice, series=st.sampled_from(NAMES), begin=st.sampled_from(get_args(Begin)),
    question=st.sampled_from(get_args(QuestionId)),
    steps=st.integers(0, 150), start=st.none() | st.integers(0, 10_000), place=st.none() | st.integers(0, 10_000),
    gates=st.none() | st.integers(0, 10_000),
))  # fmt: skip
def test_what_is_chosen_fits_into_a_link(choice: SeriesChoice) -> None:
    assert SeriesChoice.of_query(choice.query()) == choice


@pytest.mark.parametrize("nonsense", ["", "-1", "1e9", "9" * 12, "²", "<b>", "None"])
def test_nonsense_in_a_link_is_passed_over(opened: Open, nonsense: str) -> None:
    assert (
        SeriesChoice.of_query(dict.fromkeys(["series", "begin", "ask", "lens", "steps", "start", "place", "gates"], nonsense))
        == SeriesChoice()
    )


def test_a_link_of_old_names_brings_its_question() -> None:
    assert SeriesChoice.of_query({"lens": "gates"}) == SeriesChoice(question="gates")
    assert SeriesChoice.of_query({"lens": "gates", "ask": "match"}) == SeriesChoice(question="match")


def test_a_link_to_places_that_are_not_there_shows_the_last(opened: Open) -> None:
    page = opened(series="monthly-sunspots", ask="gates", **dict.fromkeys(["steps", "start", "place", "gates"], "999999999"))
    assert page.control("series_steps").value == 150
    assert page.control("series_start").value == 2820 + 150 - 600
    assert live(page)["curve"]["labels"][-1] == shipped("monthly-sunspots").labels(150)[-1]
