"""Figures as the browser is given them, and clicks as it sends them back."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.components.plotly_figure import HEIGHT, Click, last_selection, pack_figure


def unpacked(figure: go.Figure) -> tuple[dict[str, Any], dict[str, Any]]:
    said, drawn = pack_figure(figure, "alt", "words", clickable=True).split(b"\n")
    return json.loads(said), json.loads(drawn)


def numbers(spec: dict[str, Any]) -> np.ndarray:
    """A typed array of Plotly's JSON."""
    flat = np.frombuffer(base64.b64decode(spec["bdata"]), spec["dtype"])
    return flat.reshape([int(length) for length in spec.get("shape", str(flat.size)).split(",")])


def test_a_figures_numbers_arrive_whole_and_its_template_stays_behind() -> None:
    z = np.array([[0.5, np.nan], [-1.25, 3.0]], np.float32)
    said, drawn = unpacked(go.Figure(go.Heatmap(z=z, customdata=[[1, 2], [3, 4]])))
    np.testing.assert_array_equal(numbers(drawn["data"][0]["z"]), z)
    assert "template" not in drawn["layout"]
    assert drawn["layout"]["height"] == HEIGHT
    assert said == {"alt": "alt", "words": "words", "clickable": True, "run": 0, "network": "", "link": None}


def test_a_figures_own_height_holds() -> None:
    assert unpacked(go.Figure(layout={"height": 123}))[1]["layout"]["height"] == 123


@pytest.mark.parametrize("y", [[], [np.nan], [np.inf, 1.0, None], np.array([], np.float64)])
def test_degenerate_numbers_are_valid_json(y: Any) -> None:
    _, drawn = unpacked(go.Figure(go.Scatter(y=y, text=["line\nbreak \ud83d"] * len(y))))
    assert drawn["data"][0]["type"] == "scatter"


@pytest.mark.parametrize(("marked", "taken"), [
    ([3.5, 1], (1, 3.5)), (None, None), ("ab", None), ([1], None), (["a", 2], None), ([float("nan"), 1], None),
])  # fmt: skip
def test_what_a_drag_marked_is_taken_from_its_lower_to_its_upper_end(
    monkeypatch: pytest.MonkeyPatch, marked: object, taken: object
) -> None:
    monkeypatch.setattr("lstm_viz.ui.components.plotly_figure.component_message", lambda key: {"marked": marked, "n": 1})
    assert last_selection("curve") == taken


def page_of_a_picture() -> None:
    import plotly.graph_objects as go
    import streamlit as st

    from lstm_viz.ui import components

    before = components.last_click("bars")
    after = components.draw_figure(go.Figure(go.Bar(y=[1, 2])), "bars", "Two bars.")
    assert before == after
    st.session_state["seen"] = after


def clicked(message: object) -> Click | None:
    page = AppTest.from_function(page_of_a_picture, default_timeout=60).run()
    assert page.session_state["seen"] is None
    page.session_state["bars"] = {"view": message}
    page.run()
    assert not page.exception, [each.value for each in page.exception]
    found: Click | None = page.session_state["seen"]
    return found


def test_a_click_comes_back_as_what_was_clicked() -> None:
    message = {"x": 1, "y": 2.5, "curve": 0, "customdata": [3, "c"], "n": 7}
    assert clicked(message) == Click(x=1, y=2.5, curve=0, customdata=[3, "c"])
    assert clicked({"x": "forget gate", "y": None, "curve": 2, "customdata": None, "n": 8}) == Click("forget gate", None, 2)


@pytest.mark.parametrize("message", [{}, {"curve": "0"}, {"curve": None, "x": 1}, None])
def test_a_click_that_makes_no_sense_is_none(message: object) -> None:
    assert clicked(message) is None


def test_a_place_that_is_no_place_is_none() -> None:
    assert clicked({"x": [1], "y": {"a": 1}, "curve": 1}) == Click(None, None, 1)
