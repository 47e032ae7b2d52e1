"""The page's other parts: the six questions, the cheat sheet, an own lesson, and what a link points at."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.components import lesson_pointer
from lstm_viz.ui.components.glossary_terms import terms
from lstm_viz.ui.pages.learn.course.lesson import ELEMENTS_ELSEWHERE, MAX_FILE
from lstm_viz.ui.pages.learn.course.progress import stored_key
from lstm_viz.ui.pages.learn.course.questions import questions
from lstm_viz.ui.pages.learn.course.shipped import FOLDER, shipped_lessons
from tests.ui.page_testing import PAGES

#: The question about the gradient, whose answer is two drawn values.
GRADIENT_GUESS = next(
    stored_key(lesson, index)
    for lesson in shipped_lessons()
    for index, step in enumerate(lesson.steps)
    if step.measure == "gradient_left"
)


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
     {"answers": {GRADIENT_GUESS: [0.1, 0.2, 0.3], "loop.2": 7}}, {"answers": {GRADIENT_GUESS: "a"}}],
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


def test_every_press_counts_once_and_none_skips_a_question() -> None:
    def script() -> None:
        import streamlit as st

        from lstm_viz.ui.pages.learn.course import state

        state.turn(*st.session_state["presses"])
        _, lesson, step = state.current()
        st.text(f"{lesson.id} {step + 1} {state.STEP.value()}")

    page = AppTest.from_function(script, default_timeout=120)
    page.query_params.update({"lesson": "3"})

    def turn(presses: object, last: object) -> str:
        page.session_state["presses"] = presses, last
        page.run()
        assert not page.exception
        return str(page.text[0].value)

    assert turn("nn", 2) == "cell 3 3"
    # The same again, and what no page sends, changes nothing; the question at step 3 waits for its answer.
    for presses, last in (("nn", 2), ("n", 1), ("x", 9), ("n" * 51, 60), (7, 9), ("n", "9"), ("n", None), ("nnnn", 6)):
        assert turn(presses, last) == "cell 3 3"
    assert turn("nnnnb", 7) == "cell 2 2"
    assert turn("nn", 9) == "cell 3 3"
    # Nothing has been saved up for the time after the answer.
    page.session_state["learn_answers"] = {"cell.3": 0}
    assert turn("nn", 9) == "cell 3 3"
    assert turn("n", 10) == "cell 4 4"
    assert turn("bbbb", 14).startswith("depth ")


@pytest.mark.parametrize(("point", "outlined"), [("text", True), ("figure", True), ("body{}", False), ("", False)])
def test_a_link_points_at_elements_of_the_table_alone(point: str, outlined: bool) -> None:
    page = opened(part="sheet", point=point)
    assert ("outline-offset: 4px" in html(page)) == outlined
    assert "body{}" not in html(page)


def test_lessons_and_pages_name_the_same_elements() -> None:
    assert set(ELEMENTS_ELSEWHERE) == set(lesson_pointer.ELEMENTS)
