"""A series and its forecasts as data: every line is where its numbers say, dates are marked where they stand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lstm_viz.figures.palette import DARK, LIGHT, Palette
from lstm_viz.figures.series import (
    AGAIN,
    AHEAD,
    CAME,
    NEXT,
    ForecastView,
    errors,
    forecast_view,
    marks_along,
    sensitivity_bars,
    validation_forecast,
)
from lstm_viz.series.backtesting import Split

VALUES = np.arange(20.0) ** 1.5
EXPECTED = np.concatenate(([np.nan], VALUES[:-1] + 1))
LABELS = tuple(str(year) for year in range(1990, 2015))
FUTURE = np.array([90.0, 91, 92, 93, 94])
SEEN = ForecastView(
    "heights", "m", LABELS, VALUES, Split(12, 16, 20), EXPECTED, 20, FUTURE, FUTURE - 2, FUTURE + 3, FUTURE[::-1].copy()
)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_each_line_stands_at_its_places(palette: Palette) -> None:
    figure = forecast_view(SEEN, 0, 25, None, palette)
    lines = {trace.name: trace for trace in figure.data}
    np.testing.assert_array_equal(lines[CAME].x, np.arange(20))
    np.testing.assert_array_equal(lines[CAME].y, VALUES)
    np.testing.assert_array_equal(lines[NEXT].y, EXPECTED)
    np.testing.assert_array_equal(lines[AHEAD].x, np.arange(20, 25))
    np.testing.assert_array_equal(lines[AHEAD].y, FUTURE)
    np.testing.assert_array_equal(lines[AGAIN].y, FUTURE[::-1])
    assert lines[AHEAD].text[0] == "2010"
    assert lines[CAME].customdata[3] == 3
    band = figure.data[0]
    assert dict(zip(band.x[:5], band.y[:5], strict=True)) == dict(zip(range(20, 25), FUTURE + 3, strict=True))
    assert dict(zip(band.x[5:], band.y[5:], strict=True)) == dict(zip(range(20, 25), FUTURE - 2, strict=True))
    assert lines[AHEAD].line.color == palette.gradient


def test_the_parts_are_shaded_where_they_are_cut_and_the_forecast_begins_at_a_line() -> None:
    figure = forecast_view(SEEN, 0, 25, 7, LIGHT)
    chosen_by, held_out, begins, asked = figure.layout.shapes
    assert (chosen_by.x0, chosen_by.x1) == (11.5, 15.5)
    assert (held_out.x0, held_out.x1) == (15.5, 19.5)
    assert begins.x0 == begins.x1 == 19.5
    assert asked.x0 == 7
    assert {words.text for words in figure.layout.annotations} == {"training", "validation", "test"}


def test_a_window_shows_its_own_places_alone() -> None:
    figure = forecast_view(SEEN, 14, 22, 7, LIGHT)
    lines = {trace.name: trace for trace in figure.data}
    np.testing.assert_array_equal(lines[CAME].x, np.arange(14, 20))
    np.testing.assert_array_equal(lines[CAME].y, VALUES[14:])
    np.testing.assert_array_equal(lines[AHEAD].y, FUTURE[:2])
    assert figure.layout.xaxis.range == (13.5, 21.5)
    # What is asked about lies outside, and so does the part to learn from.
    assert [shape.x0 for shape in figure.layout.shapes] == [13.5, 15.5, 19.5]
    early = forecast_view(SEEN, 0, 10, None, LIGHT)
    assert {trace.name for trace in early.data} == {CAME, NEXT}
    assert early.layout.shapes == ()


def test_a_forecast_from_inside_lies_beside_what_came() -> None:
    inside = ForecastView("heights", "m", LABELS, VALUES, Split(12, 16, 20), EXPECTED, 16, FUTURE)
    lines = {trace.name: trace for trace in forecast_view(inside, 0, 21, None, LIGHT).data}
    np.testing.assert_array_equal(lines[AHEAD].x, np.arange(16, 21))
    assert len(lines[CAME].x) == 20
    assert AGAIN not in lines


def test_without_a_network_there_is_the_series_alone() -> None:
    figure = forecast_view(ForecastView("h", "m", LABELS, VALUES, Split(12, 16, 20), None, 20), 0, 25, None, LIGHT)
    assert [trace.name for trace in figure.data] == [CAME]


def test_slopes_stand_under_the_values_they_belong_to() -> None:
    slopes = np.array([-0.1, 0.0, 0.7])
    figure = sensitivity_bars(LABELS[5:8], VALUES[5:8], slopes, 5, "m", (30.0, "1998"), LIGHT)
    came, forecast, bars = figure.data
    np.testing.assert_array_equal(came.x, bars.x)
    np.testing.assert_array_equal(bars.x, [5, 6, 7])
    np.testing.assert_array_equal(bars.y, slopes)
    assert (forecast.x[0], forecast.y[0], forecast.text[0]) == (8, 30.0, "1998")
    assert bars.marker.color[0] != bars.marker.color[2]
    assert bars.yaxis == "y2"


def test_errors_stay_inside_the_picture_unless_they_are_wild() -> None:
    courses = {"way 1": ([20, 40], [5.0, 2.0]), "way 2": ([20], [400.0]), "way 3": ([20], [math.inf])}
    figure = errors(courses, 4.0, "m", 100, LIGHT)
    assert figure.layout.xaxis.tickformat == ",d"
    low, high = figure.layout.yaxis.range
    assert low <= 2.0
    assert 5.0 < high < 20
    assert [trace.name for trace in figure.data] == list(courses)
    assert list(figure.data[0].y) == [5.0, 2.0]
    (level,) = figure.layout.shapes
    assert level.y0 == level.y1 == 4.0
    assert "last value: 4" in figure.layout.annotations[0].text


def test_an_attempt_lies_on_what_came() -> None:
    came, said = validation_forecast(LABELS[4:9], VALUES[4:9], EXPECTED[4:9], 4, "m", LIGHT).data
    np.testing.assert_array_equal(came.x, said.x)
    np.testing.assert_array_equal(said.y, EXPECTED[4:9])


@pytest.mark.parametrize(
    ("labels", "start", "places", "words"),
    [
        ([str(year) for year in range(1700, 2031)], 0, [0, 50, 100, 150, 200, 250, 300], "1700 1750 1800 1850 1900 1950 2000"),
        (["1999-11", "1999-12", "2000-01", "2000-02", *(f"2000-{month:02}" for month in range(3, 13)), "2001-01"], 7, [9, 21],
         "2000 2001"),
        (["2024-03-30", "2024-03-31", "2024-04-01"], 0, [0, 1, 2], "2024-03-30 2024-03-31 2024-04-01"),
        ([str(number) for number in range(1, 31)], 0, [4, 9, 14, 19, 24, 29], "5 10 15 20 25 30"),
        (["+1", "+2", "+3"], 4, [4, 5, 6], "+1 +2 +3"),
        ([], 0, [], ""),
    ],
)  # fmt: skip
def test_dates_are_marked_where_they_stand(labels: list[str], start: int, places: list[int], words: str) -> None:
    found = marks_along(labels, start)
    assert found["tickvals"] == places
    assert " ".join(found["ticktext"]) == words
    assert all(labels[place - start].startswith(word) for place, word in zip(found["tickvals"], found["ticktext"], strict=True))
