"""The page's other parts: the six questions, the cheat sheet, an own lesson, and what a link points at."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.components import lesson_pointer
from lstm_viz.ui.components.glossary_terms import terms
from lstm_viz.ui.pages.learn.course.lesson import ELEMENTS_ELSEWHERE, MAX_FILE
from lstm_viz.ui.pages.learn.course.questions import questions
from lstm_viz.ui.pages.learn.course.shipped import FOLDER
from tests.ui.page_testing import PAGES


def opened(**link: str) -> AppTest:
    page = AppTest.from_file(str(PAGES / "learn.py"), default_timeout=120)
    page.query_params.update(link)
    page.run()
    assert not page.exception
    return page


def html(page: AppTest) -> str:
    return "\n".join(str(each.proto.body) for each in page.get("html"))


def test_six_questions_of_understanding_with_one_right_option_each() -> None:
    found = questions()
    assert len({each.id for each in found}) == 6
    assert all(1 <= each.right <= len(each.options) and len(set(each.options)) == len(each.options) == 3 for each in found)
    assert {each.right for each in found} == {1, 2, 3}
    assert all(each.ask.endswith("?") for each in found)
    sent = [each.proto.bytes for each in opened(part="questions").get("bidi_component")]
    headers = [json.loads(each) for each in sent if each.startswith(b'{"kind": "questions"')]
    assert [each["id"] for header in headers for each in header["questions"]] == [each.id for each in found]


def test_the_cheat_sheet_has_every_term_and_is_searched() -> None:
    page = opened(part="sheet")
    assert all(f"<b>{term.name.replace('&', '&amp;')}</b>" in html(page) for term in terms())
    page.text_input(key="learn_sheet").set_value("forget gate").run()
    assert html(page).count("<b>") == sum(term.matches("forget gate") for term in terms())
    page.text_input(key="learn_sheet").set_value("<script>q").run()
    assert "<script>" not in html(page)
    assert "q" in page.info[0].value


def test_an_own_lesson_is_played_and_a_bad_file_is_refused() -> None:
    page = opened()
    page.session_state["learn_answers"] = {"loop.2": 0}
    # It still has the id of the lesson that it was made from, whose answers are left alone.
    file = (FOLDER / "01_loop.toml").read_bytes().replace(b"with a loop", b"of my own")
    page.file_uploader[0].upload("mine.toml", file, "text/plain").run()
    assert not page.exception
    assert page.title[0].value == "A network of my own"
    page.button(key="lesson_next").click().run()
    page.button(key="lesson_option_own-loop.2_1").click().run()
    assert not page.exception
    assert page.session_state["learn_answers"] == {"loop.2": 0, "own-loop.2": 1}
    for data, says in ((b"\x00\xff", "UTF"), (b"#" * (MAX_FILE + 9), "at most"), (b"<html>", "no TOML")):
        page.file_uploader[0].upload("bad.toml", data, "text/plain").run()
        assert not page.exception
        assert says in page.error[0].value
        assert page.title[0].value == "A network of my own", "the lesson that was open stays"


@pytest.mark.parametrize(
    "stored",
    [None, 3, {}, {"answers": None}, {"answers": [1]}, {"done": {"a": 1}, "answers": {"loop.2": {}}}, {"done": "9" * 999},
     {"answers": {"gradients.4": [0.1, 0.2, 0.3], "loop.2": 7}}],
)  # fmt: skip
def test_whatever_a_browser_has_stored_the_page_opens(stored: object) -> None:
    script = (
        "import streamlit as st\nfrom lstm_viz.ui.pages.learn.course import state\n"
        "state.merge_stored(st.session_state['stored'])\nst.text(state.answers())"
    )
    page = AppTest.from_string(script, default_timeout=120)
    page.session_state["stored"] = stored
    page.run()
    assert not page.exception
    assert page.text[0].value == "{}"


@pytest.mark.parametrize(("point", "outlined"), [("text", True), ("figure", True), ("body{}", False), ("", False)])
def test_a_link_points_at_elements_of_the_table_alone(point: str, outlined: bool) -> None:
    page = opened(part="sheet", point=point)
    assert ("outline-offset: 4px" in html(page)) == outlined
    assert "body{}" not in html(page)


def test_lessons_and_pages_name_the_same_elements() -> None:
    assert set(ELEMENTS_ELSEWHERE) == set(lesson_pointer.ELEMENTS)
