"""The explore page as Streamlit runs it, with what the browser would send put in by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.models.catalog import load, models
from lstm_viz.ui.view.presets import presets
from lstm_viz.ui.view.view import LIMIT, View
from lstm_viz.ui.view.zoo import offered

PAGE = Path(__file__).parents[3] / "pages" / "explore.py"


def opened(**link: str) -> AppTest:
    """The page as it opens from a link."""
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    for name, value in link.items():
        page.query_params[name] = value
    return page.run()


def view(page: AppTest) -> View:
    assert not page.exception, [each.value for each in page.exception]
    found: View = page.session_state["view"]
    return found


def header(page: AppTest) -> dict[str, Any]:
    """What the live component was given, its arrays under "blocks"."""
    (live,) = page.get("bidi_component")
    packed: bytes = live.proto.bytes
    size = int.from_bytes(packed[:4], "little")
    found: dict[str, Any] = json.loads(packed[4 : 4 + size])
    body = packed[-(-(4 + size) // 8) * 8 :]
    found["blocks"] = {
        name: np.frombuffer(body, f"<{block['dtype']}", int(np.prod(block["shape"])), block["offset"]).reshape(block["shape"])
        for name, block in found["arrays"].items()
    }
    return found


def typed(page: AppTest, text: str, **more: object) -> AppTest:
    """The page after the browser sent a text."""
    page.session_state["live"] = {"view": {"text": text, "push": header(page)["push"], "seq": 5, **more}}
    return page.run()


@pytest.mark.parametrize("name", offered())
def test_every_model_opens_with_an_example_of_its_own(name: str) -> None:
    page = opened(model=name)
    example = presets(name)[0]
    assert (view(page).model, view(page).text) == (name, example.text)
    found = header(page)
    steps, units = len(example.text), load(name).config.hidden
    assert found["model"]["units"] == units
    assert len(found["tokens"]) == steps
    assert found["blocks"]["mean"].shape == (len(found["quantities"]), steps)
    assert found["blocks"]["norms"].any()
    assert found["hint"]


def test_without_a_link_the_first_model_opens() -> None:
    assert view(opened()).model == offered()[0]


def test_what_is_typed_is_read() -> None:
    page = typed(opened(model="counting"), "aab", unit=1, zoom="units")
    assert (view(page).text, view(page).unit, view(page).zoom) == ("aab", 1, "units")
    assert header(page)["tokens"] == ["a", "a", "b"]
    assert header(page)["blocks"]["units"].shape[1:] == (4, 3)


def test_what_was_sent_before_the_page_set_another_text_is_passed_over() -> None:
    page = opened(model="counting")
    before = view(page)
    assert view(typed(page, "too late", push=header(page)["push"] - 1)) == before


@pytest.mark.parametrize("text", ["", "a", "😀e\u0301 שלום\u202e", "\ud83d", "x" * (LIMIT + 9)])
@pytest.mark.parametrize("zoom", ["units", "unit"])
def test_any_text_is_shown(text: str, zoom: str) -> None:
    page = typed(opened(model="counting"), text, zoom=zoom)
    assert len(view(page).text) == len(text)
    found = header(page)
    assert len(found["tokens"]) == min(len(text), LIMIT)
    assert len(found["unknown"]) == sum(symbol not in "ab\n" for symbol in text[:LIMIT])
    assert (found["note"] is None) == (len(text) <= LIMIT)


@pytest.mark.parametrize("name", offered())
def test_an_example_takes_the_place_of_the_text(name: str) -> None:
    page = opened(model=name)
    example = presets(name)[1]
    page.button(key=f"choose_example_{example.name}").click().run()
    assert (view(page).text, view(page).model) == (example.text, name)
    # The browser must take this text over in place of its own.
    assert header(page)["push"] == 2
    assert header(page)["text"] == example.text


def test_another_model_keeps_ones_own_text_and_replaces_an_example() -> None:
    first, second = offered()[:2]
    page = opened(model=first)
    page.selectbox(key="choose_model").select(second).run()
    assert (view(page).model, view(page).text) == (second, presets(second)[0].text)
    typed(page, "My own words")
    page.selectbox(key="choose_model").select(first).run()
    assert (view(page).model, view(page).text) == (first, "My own words")
    assert header(page)["model"]["name"] == first


@pytest.mark.parametrize("name", offered())
def test_a_link_brings_the_view_back(name: str) -> None:
    wanted = View("ab\n(c) é", name, layer=0, unit=1, step=2, zoom="units", colour="surprise", aim="text")
    page = opened(**wanted.query())
    assert view(page) == wanted
    assert header(page)["link"] == wanted.query()


def test_a_link_without_a_text_still_chooses_the_unit() -> None:
    """As the link of a text that is too long for one."""
    found = view(opened(model="counting", unit="2", zoom="overview"))
    assert (found.text, found.unit, found.zoom) == (presets("counting")[0].text, 2, "overview")


HOSTILE = (
    {"model": "../../etc/passwd", "layer": "99", "unit": "-5", "step": "1e9", "zoom": "<script>", "colour": "mean.q"},
    {"model": "", "text": "", "aim": "symbol", "symbol": "not one symbol"},
    {"aim": "symbol", "symbol": "é", "step": "999999999", "unit": "999999999", "layer": "999999999"},
    {"text": "x" * 5000, "push": "7", "seq": "x", "unknown": "1"},
)


@pytest.mark.parametrize("link", HOSTILE)
def test_hostile_links_open_the_page_all_the_same(link: dict[str, str]) -> None:
    page = opened(**link)
    assert view(page).model in models()
    assert header(page)["quantities"]


@pytest.mark.parametrize("aim", ["next", "step", "symbol", "text"])
def test_the_gradients_aim_is_said_in_words(aim: str) -> None:
    page = opened(model="counting", text="aaab")
    page.selectbox(key="choose_aim").select(aim).run()
    assert view(page).aim == aim
    words = header(page)["objective"]
    assert ("surprised" if aim == "text" else "log-probability") in words
    assert header(page)["blocks"]["norms"].any()
