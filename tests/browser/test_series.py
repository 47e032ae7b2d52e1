"""Time series as a person meets them: choose one, go further, ask about a point, look at the gates, teach one's own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.ui.pages.series import csv_input, state
from tests.app_server import TIMEOUT
from tests.browser.handles import choose, control, move_slider, naming, press, slider
from tests.facts import facts

WAIT = TIMEOUT * 1000
#: Work runs at a low priority: on a machine that is busy otherwise it waits long.
WORKED = 4 * WAIT
WAVE = 30 + 9 * np.sin(2 * np.pi * np.arange(60) / 10) + np.random.default_rng(2).normal(0, 0.5, 60)
CURVE = "document.querySelector('.js-plotly-plot')"
SERIES = (*SHIPPED, state.OWN)
#: In the order in which a series with a trained network offers them.
QUESTIONS = ("good", "gates", "match", "hangs", "teach")
EXPECTED = "[data-part=expect-title]"
AHEAD = f"{CURVE}?._fullData?.find((trace) => trace.name === 'many steps ahead')?.x?.length"


@pytest.fixture
def series(page: Page) -> Page:
    page.set_default_timeout(WAIT)
    page.goto("/series")
    page.wait_for_function(f"{AHEAD} === 22")
    return page


def test_another_series_is_forecast_further_and_a_point_asked_about(series: Page) -> None:
    expect(naming(series, 12, "steps", "baseline", "better")).to_be_visible(timeout=WAIT)
    choose(series, "series_name", "co2", SERIES)
    series.wait_for_function(f"{AHEAD} === 24")
    move_slider(series, "series_steps", 24, "ArrowRight")
    series.wait_for_function(f"{AHEAD} === 25")
    press(series, "series_one_more")
    series.wait_for_function(f"{AHEAD} === 26")
    choose(series, "series_ask", "hangs", QUESTIONS)
    expect(naming(series, "forecast", "2002-01").first).to_be_visible(timeout=WAIT)
    plot = series.locator(".js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    box = plot.locator(".nsewdrag").bounding_box()
    assert box is not None
    # On the curve at three quarters of the width, wherever it runs there.
    place, height = series.evaluate(
        f"""() => {{ const {{ _fullData: data, _fullLayout: {{ xaxis, yaxis }} }} = {CURVE};
            const place = Math.round(xaxis.p2d(xaxis._length * 0.75));
            return [place, yaxis.d2p(data.find((trace) => trace.name === 'observed').y[place])]; }}"""
    )
    left = series.evaluate(f"{CURVE}._fullLayout.xaxis.d2p({place})")
    series.mouse.move(box["x"] + left, box["y"] + height)
    series.mouse.click(box["x"] + left, box["y"] + height)
    year, month = divmod(1958 * 12 + 2 + place, 12)
    expect(naming(series, "forecast", f"{year}-{month + 1:02}").first).to_be_visible(timeout=WAIT)


def test_the_gates_stand_under_the_curve_and_the_address_brings_the_same_view_back(series: Page) -> None:
    choose(series, "series_ask", "gates", QUESTIONS)
    live = series.locator(".live[data-live-seq]")
    expect(live).to_be_visible(timeout=WAIT)
    expect(live.get_by_role("img", name=re.compile(facts(150, SHIPPED["yearly-sunspots"].title)))).to_be_visible(timeout=WAIT)
    expect(live.locator(EXPECTED)).to_have_text(re.compile(facts("2030")), timeout=WAIT)
    choose(series, "series_name", "co2", SERIES)
    series.wait_for_function(f"{AHEAD} === 24")
    move_slider(series, "series_steps", 24, "ArrowRight")
    expect(live.locator(EXPECTED)).to_have_text(re.compile(facts("2004-01")), timeout=WAIT)
    live.locator(".live-chart").press("ArrowLeft")
    expect(live.locator(EXPECTED)).to_have_text(re.compile(facts("2003-12")), timeout=WAIT)
    series.wait_for_url(re.compile(r"series=co2.*step=148"))
    series.goto(series.url)
    expect(live.locator(EXPECTED)).to_have_text(re.compile(facts("2003-12")), timeout=WAIT)
    series.wait_for_function(f"{AHEAD} === 25")
    choose(series, "series_name", "yearly-sunspots", SERIES)
    series.wait_for_url(re.compile(r"series=yearly-sunspots(?!.*steps=)"))


def test_ones_own_table_is_learned_and_kept(series: Page, tmp_path: Path) -> None:
    choose(series, "series_name", state.OWN, SERIES)
    table = "when;hoch\n" + "\n".join(f"{2000 + step};{value:.2f}".replace(".", ",") for step, value in enumerate(WAVE))
    series.locator("input[type=file]").first.set_input_files(
        {"name": "own.csv", "mimeType": "text/csv", "buffer": table.encode("cp1252")}
    )
    expect(naming(series, 60, "rows", "when")).to_be_visible(timeout=WAIT)
    expect(control(series, "series_run_start")).to_be_visible(timeout=WAIT)
    expect(control(series, "series_save")).to_have_count(0)
    for _ in range(3):
        slider(series, "series_lesson").press("ArrowLeft")
    expect(naming(series, "50 steps")).to_be_visible(timeout=WAIT)
    press(series, "series_run_start")
    expect(control(series, "series_save")).to_be_visible(timeout=WORKED)
    with series.expect_download() as download:
        press(series, "series_save")
    path = tmp_path / "kept.safetensors"
    download.value.save_as(path)
    assert load_forecaster(path).config.hidden == 24


def test_a_run_is_stopped_and_keeps_the_best_so_far(series: Page) -> None:
    choose(series, "series_name", state.OWN, SERIES)
    slider(series, "series_lesson").press("End")
    expect(naming(series, "800 steps")).to_be_visible(timeout=WAIT)
    press(series, "series_run_start")
    expect(control(series, "series_errors")).to_be_visible(timeout=WORKED)
    press(series, "series_run_stop")
    expect(control(series, "series_run_start")).to_be_visible(timeout=WAIT)
    expect(control(series, "series_save")).to_be_visible(timeout=WAIT)


def test_what_is_too_large_is_refused_before_it_is_sent(series: Page, tmp_path: Path) -> None:
    choose(series, "series_name", state.OWN, SERIES)
    expect(naming(series, csv_input.EXAMPLE).first).to_be_visible(timeout=WAIT)
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    series.locator("input[type=file]").first.set_input_files(path)
    expect(naming(series, "5.0MB")).to_be_visible(timeout=WAIT)
    expect(control(series, "series_file")).to_be_visible()
    expect(naming(series, csv_input.EXAMPLE).first).to_be_visible()
