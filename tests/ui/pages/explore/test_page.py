"""The explore page as Streamlit runs it, with what the browser would send put in by hand."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.models.catalog import load, models
from lstm_viz.text.labels import label
from lstm_viz.ui.state.examples import presets
from lstm_viz.ui.state.models import available_models, get_model, model_title
from lstm_viz.ui.state.view import LIMIT, View
from tests.ui.page_testing import PAGES, unpack, view

PAGE = PAGES / "explore.py"


def opened(**link: str) -> AppTest:
    """The page as it opens from a link."""
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    for name, value in link.items():
        page.query_params[name] = value
    return page.run()


def header(page: AppTest) -> dict[str, Any]:
    """What the live component was given, its arrays under "blocks"."""
    live = next(each for each in page.get("bidi_component") if each.proto.bytes[4:5] == b"{")
    found, arrays = unpack(live.proto.bytes)
    return {**found, "blocks": arrays}


def typed(page: AppTest, text: str, **more: object) -> AppTest:
    """The page after the browser sent a text."""
    page.session_state["live"] = {"view": {"text": text, "textRevision": header(page)["textRevision"], "seq": 5, **more}}
    return page.run()


@pytest.mark.parametrize("name", available_models(classifiers=True))
def test_every_model_opens_with_an_example_of_its_own(name: str) -> None:
    page = opened(model=name)
    example = presets(name)[0]
    assert (view(page).model, view(page).text) == (name, example.text)
    found = header(page)
    steps, units = len(load(name).vocabulary.split(example.text).surface), load(name).config.hidden
    assert found["model"]["units"] == units
    assert len(found["tokens"]) == steps
    assert found["blocks"]["mean"].shape == (len(found["quantities"]), steps)
    assert found["blocks"]["norms"].any()
    assert found["hint"]


def test_without_a_link_the_first_model_opens() -> None:
    assert view(opened()).model == available_models()[0]


def test_what_is_typed_is_read() -> None:
    page = typed(opened(model="counting"), "aab", unit=1, zoom="units")
    assert (view(page).text, view(page).unit, view(page).zoom) == ("aab", 1, "units")
    assert header(page)["tokens"] == ["a", "a", "b"]
    assert header(page)["blocks"]["units"].shape == (3, 6, 4)


def test_what_was_sent_before_the_page_set_another_text_is_passed_over() -> None:
    page = opened(model="counting")
    before = view(page)
    assert view(typed(page, "too late", textRevision=header(page)["textRevision"] - 1)) == before


@pytest.mark.parametrize("text", ["", "a", "😀e\u0301 שלום\u202e", "\ud83d", "x" * (LIMIT + 9)])
@pytest.mark.parametrize("zoom", ["units", "unit"])
def test_any_text_is_shown(text: str, zoom: str) -> None:
    page = typed(opened(model="counting"), text, zoom=zoom)
    assert len(view(page).text) == len(text)
    found = header(page)
    assert len(found["tokens"]) == min(len(text), LIMIT)
    assert len(found["unknown"]) == sum(symbol not in "ab\n" for symbol in text[:LIMIT])
    assert (found["warning"] is None) == (len(text) <= LIMIT)


@pytest.mark.parametrize("text", ["", " \n", "great", "😀e\u0301 שלום\u202e 👧🏽!", "\ud83d", "so-o-o " * 200, "x" * (LIMIT + 9)])
def test_a_judge_is_shown_any_text(text: str) -> None:
    page = typed(opened(model="sst-lstm"), text, step=5, zoom="units")
    found = header(page)
    read = view(page).input_text
    assert [label(read[start:end]) for start, end in found["spans"]] == found["tokens"]
    assert found["view"]["step"] == min(5, len(found["tokens"]) - 1)
    assert len(found["blocks"]["score"]) == len(found["tokens"])


@pytest.mark.parametrize("name", available_models(classifiers=True))
def test_an_example_takes_the_place_of_the_text(name: str) -> None:
    page = opened(model=name)
    example = get_model(name).presets[1]
    page.button(key=f"choose_example_{example.id}").click().run()
    assert (view(page).text, view(page).model) == (example.text, name)
    # The browser must take this text over in place of its own.
    assert header(page)["textRevision"] == 2
    assert header(page)["text"] == example.text


def test_another_model_keeps_ones_own_text_and_replaces_an_example() -> None:
    first, second = available_models()[:2]
    page = opened(model=first)
    page.selectbox(key="choose_model").select(second).run()
    assert (view(page).model, view(page).text) == (second, presets(second)[0].text)
    typed(page, "My own words")
    page.selectbox(key="choose_model").select(first).run()
    assert (view(page).model, view(page).text) == (first, "My own words")
    assert header(page)["model"]["name"] == first


@pytest.mark.parametrize("name", available_models())
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
    {"text": "x" * 5000, "textRevision": "7", "seq": "x", "unknown": "1"},
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
    assert ("mean surprise" if aim == "text" else "log-probability") in words
    assert header(page)["blocks"]["norms"].any()


def test_a_judge_reads_words_and_gives_its_verdict_after_each() -> None:
    page = opened(model="sst-lstm")
    assert page.selectbox(key="choose_model").options[-1] == model_title("sst-lstm")
    found = header(typed(page, "Isn't this zzorbly great?!"))
    assert found["tokens"] == ["Is", "n't", "this", "zzorbly", "great", "?!"]
    assert (found["unknown"], found["stepUnit"], found["predictsNextToken"]) == ([3], "words", False)
    assert found["spans"][4] == [19, 24]
    assert found["symbols"] == list(load("sst-lstm").config.classes)
    assert found["blocks"]["expect_p"].sum(axis=1) == pytest.approx(1.0)
    assert found["colours"][0]["id"] == "verdict"
    assert "surprise" not in {each["id"] for each in found["colours"]}


@pytest.mark.parametrize(
    ("aim", "said"), [("next", "after word 4"), ("step", "after word 2"), ("symbol", "‘very positive’ after 'good'")]
)
def test_a_judge_is_asked_for_its_verdict(aim: str, said: str) -> None:
    page = opened(model="sst-lstm", text="A good film.", step="1")
    page.selectbox(key="choose_aim").select(aim).run()
    if aim == "symbol":
        page.selectbox(key="choose_symbol").select("very positive").run()
    assert said in header(page)["objective"]
    assert header(page)["blocks"]["norms"].any()


def test_an_aim_that_a_judge_does_not_know_gives_way() -> None:
    page = opened(model="sst-lstm", text="A good film.", aim="text", colour="surprise")
    assert page.selectbox(key="choose_aim").value == "next"
    assert "log odds" in header(page)["objective"]
    assert view(page).colour == "verdict"


def test_from_a_judge_and_back_ones_own_words_stay() -> None:
    page = typed(opened(model="counting"), "My own words")
    page.selectbox(key="choose_model").select("sst-lstm").run()
    assert header(page)["tokens"] == ["My", "own", "words"]
    assert view(page).colour == "verdict"
    page.selectbox(key="choose_model").select("counting").run()
    assert (len(header(page)["tokens"]), header(page)["spans"], view(page).colour) == (12, None, "unit.c")


@pytest.mark.parametrize("room", ["gradients", "memory", "what_if"])
def test_other_pages_go_on_with_a_language_model(room: str) -> None:
    page = AppTest.from_file(str(PAGE.with_name(f"{room}.py")), default_timeout=120)
    page.query_params.update({"model": "sst-lstm", "text": "Oh, my own words"})
    # The first question of Gradients has three networks of its own, whichever is chosen.
    page.session_state["gradients_ask"] = "gradient-flow"
    page.run()
    assert (view(page).model, view(page).text) == (available_models()[0], "Oh, my own words")
    assert model_title("sst-lstm") not in page.selectbox(key="choose_model").options


def test_the_network_that_was_shown_before_the_judge_is_the_one_that_goes_on() -> None:
    page = opened(model="brackets")
    page.selectbox(key="choose_model").select("sst-lstm").run()
    assert view(page).model == "sst-lstm"

    def elsewhere() -> None:
        import streamlit as st

        from lstm_viz.ui.state import session

        st.text(session.view_for_language_model().model)

    other = AppTest.from_function(elsewhere, default_timeout=120)
    for key in ("view", "view_revision", "view_language_model"):
        other.session_state[key] = page.session_state[key]
    other.run()
    assert other.text[0].value == view(other).model == "brackets"
    assert other.session_state["view_revision"] == page.session_state["view_revision"] + 1
    assert view(other).text == view(page).text


def test_each_file_is_opened_at_its_own_beginning_and_keeps_its_window() -> None:
    page = opened()

    def start() -> Any:
        return next(each for each in page.number_input if str(each.key).startswith("explore_window_start"))

    texts = {"long.txt": b"one two " * 1000, "short.txt": b"a few words"}
    for name, first in (("long.txt", 1), ("short.txt", 1), ("long.txt", 6000)):
        page.file_uploader(key="explore_upload").set_value([(name, texts[name], "")]).run()
        assert not page.exception
        assert (start().value, start().max) == (first, len(texts[name]))
        if name == "long.txt":
            start().set_value(6000).run()
