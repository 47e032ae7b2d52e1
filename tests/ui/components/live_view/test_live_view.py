"""A stage with a view of its own as Streamlit runs it, with what the browser would send put in by hand."""

from __future__ import annotations

from csv import DictReader
from io import BytesIO, StringIO
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.state.view import View
from tests.facts import states
from tests.series.small_series import VALUES
from tests.ui.pages.explore.test_page import header

STEPS = 60


def page_of_a_series() -> None:
    from dataclasses import replace

    import streamlit as st

    from lstm_viz.series.reading import read_series
    from lstm_viz.ui.components.live_view import live_view
    from lstm_viz.ui.components.live_view.downloads import as_csv, as_npz
    from lstm_viz.ui.components.live_view.exploration import exploration_page
    from lstm_viz.ui.components.live_view.from_series import SeriesLabels, scene_from_series
    from lstm_viz.ui.components.live_view.scene import Captions, LiveScene
    from lstm_viz.ui.state.live_session import live_session
    from lstm_viz.ui.state.view import View  # noqa: F401  looked at when this runs
    from tests.series.small_series import VALUES, small

    def scene(view: View) -> LiveScene:
        reading = read_series(small(), VALUES, view.step_in(len(VALUES)))
        labels = [f"day {day}" for day in range(len(VALUES))]
        return scene_from_series(view, small(), reading, SeriesLabels("Rain", "mm", labels), Captions("Rain", "Look."))

    if st.button("to the fifth"):
        live_view.set_view("rain", replace(live_view.current_view("rain"), step=4))
    live_view.live_view(scene, "rain")
    seen = live_session("rain").scene
    assert seen is not None
    st.session_state["taken"] = as_npz(seen), as_csv(seen), exploration_page(seen)


def opened() -> AppTest:
    return AppTest.from_function(page_of_a_series, default_timeout=120).run()


def seen(page: AppTest) -> dict[str, Any]:
    assert not page.exception, [each.value for each in page.exception]
    return header(page)


def sent(page: AppTest, **view: object) -> dict[str, Any]:
    """What is drawn after the browser sent a view."""
    page.session_state["rain"] = {"view": {"text": "", "textRevision": seen(page)["textRevision"], "seq": 5, **view}}
    return seen(page.run())


def test_a_page_of_a_series_has_a_view_of_its_own() -> None:
    page = opened()
    found = seen(page)
    assert (found["view"]["step"], found["link"], found["text"]) == (STEPS - 1, None, "")
    found = sent(page, step=12, unit=3, zoom="unit", colour="error")
    assert found["view"] == {"step": 12, "unit": 3, "zoom": "unit", "colour": "error"}
    assert found["seq"] == 5
    assert states(found["objective"], "step 12")
    assert found["blocks"]["norms"][:, 12].all()
    assert not found["blocks"]["norms"][:, 13:].any()
    # The text that all pages share was never touched, nor even asked for.
    assert "view" not in page.session_state


def test_what_the_page_itself_sets_the_browser_takes_over() -> None:
    page = opened()
    sent(page, step=12)
    page.button[0].click().run()
    found = seen(page)
    assert (found["view"]["step"], found["textRevision"]) == (4, 2)
    # What was sent before that is about another step.
    assert sent(page, step=30, textRevision=1)["view"]["step"] == 4
    assert sent(page, step=30, seq=6)["view"]["step"] == 30


def test_nonsense_from_the_browser_changes_nothing() -> None:
    page = opened()
    found = sent(page, step="x", unit=10**6, zoom="<b>", colour="mean.q", text="\ud83d")
    assert (found["view"]["step"], found["view"]["zoom"], found["view"]["colour"]) == (STEPS - 1, "overview", "mean.f")
    kept: View = page.session_state["live_view_rain"]
    assert kept.unit == 4


def test_there_is_something_to_take_away() -> None:
    page = opened()
    sent(page, step=12)
    npz, csv, html = page.session_state["taken"]
    assert npz[:2] == b"PK"
    rows = list(DictReader(StringIO(csv.decode(), newline="")))
    assert len(rows) == STEPS * 5
    assert (rows[0]["label"], rows[0]["expected"], rows[0]["unit"]) == ("day 0", "", "0")
    assert [float(rows[5 * step]["value"]) for step in range(STEPS)] == VALUES.tolist()
    with np.load(BytesIO(npz), allow_pickle=False) as file:
        np.testing.assert_array_equal(file["value"], VALUES)
        assert file["label"].tolist() == [f"day {day}" for day in range(STEPS)]
        assert file["layer1.c"].shape == (STEPS, 1, 5)
    drawn = html.decode().rpartition('id="exploration">')[2]
    assert "surprise" not in drawn
