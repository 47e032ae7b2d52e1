"""Time series as a person meets them: choose one, go further, ask about a point, look at the gates, teach one's own."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstm_viz.models.forecaster_serialization import load_forecaster
from tests.app_server import TIMEOUT

WAIT = TIMEOUT * 1000
#: Work runs at a low priority: on a machine that is busy otherwise it waits long.
WORKED = 4 * WAIT
WAVE = 30 + 9 * np.sin(2 * np.pi * np.arange(60) / 10) + np.random.default_rng(2).normal(0, 0.5, 60)
CURVE = "document.querySelector('.js-plotly-plot')"
AHEAD = f"{CURVE}?._fullData?.find((trace) => trace.name === 'many steps ahead')?.x?.length"


@pytest.fixture
def series(page: Page) -> Page:
    page.set_default_timeout(WAIT)
    page.goto("/series")
    page.wait_for_function(f"{AHEAD} === 22")
    return page


def test_another_series_is_forecast_further_and_a_point_asked_about(series: Page) -> None:
    expect(series.get_by_text("Over the next 12 steps it is better too")).to_be_visible(timeout=WAIT)
    series.get_by_role("radio", name="CO₂ in the air").click()
    series.wait_for_function(f"{AHEAD} === 24")
    series.get_by_role("slider", name="Steps ahead").press("ArrowRight")
    series.wait_for_function(f"{AHEAD} === 25")
    series.get_by_role("button", name="One step more").click()
    series.wait_for_function(f"{AHEAD} === 26")
    series.get_by_role("radio", name="What does a forecast depend on?").click()
    expect(series.get_by_text("The forecast for 2002-01 is")).to_be_visible(timeout=WAIT)
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
    expect(series.get_by_text(f"The forecast for {year}-{month + 1:02} is")).to_be_visible(timeout=WAIT)


def test_the_gates_stand_under_the_curve_and_the_address_brings_the_same_view_back(series: Page) -> None:
    series.get_by_role("radio", name="What do its gates do?").click()
    live = series.locator(".live[data-live-seq]")
    expect(live).to_be_visible(timeout=WAIT)
    expect(live.get_by_role("img", name="150 values of Sunspots a year")).to_be_visible(timeout=WAIT)
    expect(live.get_by_role("heading", name="After 2030 it expects")).to_be_visible(timeout=WAIT)
    series.get_by_role("radio", name="CO₂ in the air").click()
    series.wait_for_function(f"{AHEAD} === 24")
    series.get_by_role("slider", name="Steps ahead").press("ArrowRight")
    expect(live.get_by_role("heading", name="After 2004-01 it expects")).to_be_visible(timeout=WAIT)
    live.locator(".live-chart").press("ArrowLeft")
    expect(live.get_by_role("heading", name="After 2003-12 it expects")).to_be_visible(timeout=WAIT)
    series.wait_for_url(re.compile(r"series=co2.*step=148"))
    series.goto(series.url)
    expect(live.get_by_role("heading", name="After 2003-12 it expects")).to_be_visible(timeout=WAIT)
    series.wait_for_function(f"{AHEAD} === 25")
    series.get_by_role("radio", name="Sunspots a year").click()
    series.wait_for_url(re.compile(r"series=yearly-sunspots(?!.*steps=)"))


def test_ones_own_table_is_learned_and_kept(series: Page, tmp_path: Path) -> None:
    series.get_by_role("radio", name="Your own numbers").click()
    table = "when;hoch\n" + "\n".join(f"{2000 + step};{value:.2f}".replace(".", ",") for step, value in enumerate(WAVE))
    series.locator("input[type=file]").first.set_input_files(
        {"name": "own.csv", "mimeType": "text/csv", "buffer": table.encode("cp1252")}
    )
    expect(series.get_by_text("60 rows, dated by “when”")).to_be_visible(timeout=WAIT)
    expect(series.get_by_text("No network is trained on this series yet")).to_be_visible(timeout=WAIT)
    for _ in range(3):
        series.get_by_role("slider", name="Steps of training each").press("ArrowLeft")
    expect(series.get_by_text("50 steps each")).to_be_visible(timeout=WAIT)
    series.get_by_role("button", name="Train it").click()
    expect(series.get_by_text("are best on the validation part")).to_be_visible(timeout=WORKED)
    expect(series.get_by_text("One step ahead the network")).to_be_visible(timeout=WAIT)
    with series.expect_download() as download:
        series.get_by_role("button", name="Save this network").click()
    path = tmp_path / "kept.safetensors"
    download.value.save_as(path)
    assert load_forecaster(path).config.hidden == 24


def test_a_run_is_stopped_and_keeps_the_best_so_far(series: Page) -> None:
    series.get_by_role("radio", name="Your own numbers").click()
    series.get_by_role("slider", name="Steps of training each").press("End")
    expect(series.get_by_text("800 steps each")).to_be_visible(timeout=WAIT)
    series.get_by_role("button", name="Train it").click()
    expect(series.get_by_text("the smallest error so far is")).to_be_visible(timeout=WORKED)
    series.get_by_role("button", name="Stop").click()
    expect(series.get_by_text("Stopped after")).to_be_visible(timeout=WAIT)
    expect(series.get_by_text("One step ahead the network")).to_be_visible(timeout=WAIT)


def test_what_is_too_large_is_refused_before_it_is_sent(series: Page, tmp_path: Path) -> None:
    series.get_by_role("radio", name="Your own numbers").click()
    expect(series.get_by_text("Read from the example")).to_be_visible(timeout=WAIT)
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    series.locator("input[type=file]").first.set_input_files(path)
    expect(series.get_by_text("5.0MB or smaller")).to_be_visible(timeout=WAIT)
    expect(series.get_by_text("A table as CSV, one row a step, up to 5 MB")).to_be_visible()
    expect(series.get_by_text("Read from the example")).to_be_visible()
