"""Select and match on a series: the units and places that a step-by-step search of the values themselves finds."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from lstm_viz.figures.palette import LIGHT
from lstm_viz.figures.series import CAME
from lstm_viz.figures.series_matches import AlignedPlace, aligned_places, places_along
from lstm_viz.series.reading import read_series
from lstm_viz.ui.pages.series.evaluation import shipped
from lstm_viz.ui.pages.series.match import dragged_steps, steepest_rise
from tests.ui.page_testing import PageDriver, numbers

Open = Callable[..., PageDriver]


def searched(values: np.ndarray, first: int, last: int, threshold: float) -> tuple[dict[int, int], list[tuple[int, int, float]]]:
    """Units on in a stretch and off beside it, each with its sign, and all runs in which they are on with their scores.

    A plain search, one step after another, that shares no code with the library; values [time, unit].
    """
    steps, units = values.shape
    signs = {
        unit: sign
        for unit in range(units)
        for sign in (1, -1)
        if all(values[step, unit] * sign >= threshold for step in range(first, last + 1))
        and not any(values[step, unit] * sign >= threshold for step in (first - 1, last + 1) if 0 <= step < steps)
    }
    counts = [sum(values[step, unit] * sign >= threshold for unit, sign in signs.items()) for step in range(steps)]
    places, start = [], None
    for step in range(steps + 1):
        on = step < steps and counts[step] == len(signs)
        if on and start is None:
            start = step
        elif not on and start is not None:
            beside = sum(counts[near] if 0 <= near < steps else 0 for near in (start - 1, step))
            lengths = sorted((step - start, last + 1 - first))
            places.append((start, step, (1 - beside / (2 * len(signs))) * lengths[0] / lengths[1]))
            start = None
    return signs, sorted(places, key=lambda place: (-place[2], place[0]))


def rows(page: PageDriver) -> list[list[str]]:
    """The table of places, without its head."""
    lines = [line for line in page.words.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


@pytest.mark.parametrize(("name", "symbol", "threshold", "stretch"), [
    ("yearly-sunspots", "c", 0.5, (255, 257)), ("co2", "h", 0.3, (475, 482)),
])  # fmt: skip
def test_units_and_places_are_those_of_a_plain_search(
    opened: Open, name: str, symbol: str, threshold: float, stretch: tuple[int, int]
) -> None:
    page = opened(
        series=name, ask="match", quantity=symbol, best="off", above=str(threshold), stretch="{}.{}".format(*stretch)
    )
    of = shipped(name)
    read = read_series(of.backtest.model, of.values).trace.layers[0]
    values = np.tanh(read.c[:, 0]) if symbol == "c" else read.h[:, 0]
    # Thresholds lie on the edges of levels, 1/128 apart.
    edge = round(threshold * 128) / 128
    signs, places = searched(values, *stretch, edge)
    assert signs
    (found,) = re.findall(r"right before and after it: ([^.]*?)(?: and \d+ more)?\.\*\*", page.words)
    told = {int(re.match(r"\d+", each)[0]): -1 if "−" in each else 1 for each in found.split(", ")}
    assert told == signs
    labels = of.series.labels
    table = rows(page)
    assert [(row[0].removesuffix(" (marked)"), row[1], int(row[2])) for row in table] == [
        (labels[start], labels[stop - 1], stop - start) for start, stop, _ in places[:12]
    ]
    np.testing.assert_allclose([float(row[6]) for row in table], [score for *_, score in places[:12]], atol=0.0051)
    assert [row[0].endswith("(marked)") for row in table] == [
        (start, stop) == (stretch[0], stretch[1] + 1) for start, stop, _ in places[:12]
    ]
    # The curve of the whole series: a frame around the stretch, and a shaded part for each place.
    along, aligned = page.figures[1:]
    np.testing.assert_allclose(numbers(along["data"][0]["y"]), of.values)
    *shaded, frame = along["layout"]["shapes"]
    assert (frame["x0"], frame["x1"]) == (stretch[0] - 0.5, stretch[1] + 0.5)
    assert {(shape["x0"], shape["x1"]) for shape in shaded} == {(start - 0.5, stop - 0.5) for start, stop, _ in places}
    # Aligned: the best place's values, and the units' in the middle of their levels.
    start, stop, _ = places[0]
    heat, first = aligned["data"][:2]
    window = slice(max(0, start - 12), min(len(of.values), stop + 12))
    np.testing.assert_allclose(numbers(first["customdata"]), of.values[window])
    unit = int(next(iter(aligned["layout"]["yaxis"]["ticktext"][1:])))
    cells = numbers(heat["z"])[4]
    np.testing.assert_allclose(cells[~np.isnan(cells)], values[window, unit], atol=1 / 128)


def test_a_stretch_is_marked_by_dragging_along_the_curve(opened: Open) -> None:
    page = opened(ask="match")
    (along,) = [each for each in page.figures if each["layout"].get("dragmode") == "select"]
    assert along["layout"]["selectdirection"] == "h"
    assert dragged_steps(100.4, 103.2, 309) == (101, 103)
    assert dragged_steps(300.5, 400.0, 309) == (301, 308)


def test_another_series_has_its_own_stretch(opened: Open) -> None:
    page = opened(ask="match", stretch="10.20")
    assert "1710 to 1720" in page.words
    page.choose("series_name", "co2")
    first, last = steepest_rise(shipped("co2").values)
    labels = shipped("co2").series.labels
    assert f"{labels[first]} to {labels[last]}" in page.words


def test_a_series_that_never_rises_is_marked_whole() -> None:
    assert steepest_rise(np.array([3.0, 2.0, 2.0, 1.0])) == (0, 3)


def test_figures_bear_flat_values_and_places_at_the_ends() -> None:
    place = AlignedPlace(("1", "2"), np.array([5.0, 5.0]), np.array([[0.9, 0.1]]), 0, 1, "1 · 1.00")
    drawn = aligned_places([place], ["4"], True, "units", LIGHT)
    assert np.isfinite(numbers(drawn["data"][1]["y"])).all()
    assert list(drawn["layout"]["yaxis"]["ticktext"]) == ["1 · 1.00", "4"]
    assert drawn["layout"]["shapes"][0]["x0"] == -0.5
    along = places_along(("1", "2"), np.array([5.0, 5.0]), (0, 1), [], "units", LIGHT)
    assert along["data"][0]["name"] == CAME
    assert numbers(along["data"][0]["y"]).tolist() == [5.0, 5.0]
