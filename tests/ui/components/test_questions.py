"""Which question a page answers: by a link, after a visit elsewhere, and where a link makes no sense."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.components import page_link
from lstm_viz.ui.components.questions import OLD_QUESTION_IDS, question_setting
from lstm_viz.ui.pages.delays.page import QUESTION_TITLES as DELAYS
from lstm_viz.ui.pages.gradients.page import QUESTION_TITLES as GRADIENTS
from lstm_viz.ui.pages.long_text.page import QUESTION_TITLES as YOUR_TEXT
from lstm_viz.ui.pages.memory.page import QUESTION_TITLES as MEMORY
from lstm_viz.ui.pages.sentiment.page import QUESTION_TITLES as SENTIMENT
from lstm_viz.ui.pages.what_if.page import QUESTION_TITLES as WHAT_IF
from lstm_viz.ui.state.view import View
from tests.ui.page_testing import PAGES, PageDriver, box

VIEW = View("Two words", "shakespeare-gru", unit=3)


def opened(page: str, **link: str) -> AppTest:
    found = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=120)
    found.query_params.update(link)
    found.run()
    assert not found.exception
    return found


def linked(page: AppTest) -> dict[str, str | None]:
    """What the page writes into the address: with its box, or without one by itself."""
    written = [each.proto.bytes for each in page.get("bidi_component")]
    links: list[dict[str, str | None] | None] = [
        json.loads(each.split(b"\n")[0]).get("link") for each in written if each.startswith(b"{")
    ]
    found: dict[str, str | None] = next((each for each in links if each and "ask" in each), None) or box(page)["link"]
    return found


@pytest.mark.parametrize(("page", "questions"), [("gradients", GRADIENTS), ("memory", MEMORY), ("what_if", WHAT_IF)])
def test_a_link_opens_its_question_and_the_address_bar_says_so(page: str, questions: dict[str, object]) -> None:
    first, *_, last = questions
    link = urlsplit(page_link(VIEW, page, last))
    assert link.path == f"./{page}"
    found = opened(page, **dict(parse_qsl(link.query)))
    assert found.segmented_control(key=f"{page}_ask").value == last
    assert found.session_state["view"].text == "Two words"
    assert linked(found)["ask"] == last
    # What is chosen by hand counts for more than the link that one came by.
    found.segmented_control(key=f"{page}_ask").set_value(first).run()
    assert linked(found)["ask"] == first


@pytest.mark.parametrize(
    ("page", "questions", "old", "id"),
    [
        ("gradients", GRADIENTS, "who-gets-the-blame", "gradient-flow"),
        ("gradients", GRADIENTS, "what-does-a-cap-do", "clipping"),
        ("memory", MEMORY, "how-long-does-it-last", "half-life"),
        ("what_if", WHAT_IF, "which-unit-matters", "ablation"),
        ("sentiment", SENTIMENT, "how-good-is-it", "accuracy"),
        ("delays", DELAYS, "what-does-each-one-answer", "answers"),
    ],
)
def test_a_link_from_before_a_rename_opens_its_question(page: str, questions: dict[str, object], old: str, id: str) -> None:
    assert id in questions
    found = opened(page, ask=old)
    assert found.segmented_control(key=f"{page}_ask").value == id
    assert linked(found)["ask"] == id


def test_every_old_name_of_a_question_means_one_that_is_asked() -> None:
    pages = (GRADIENTS, MEMORY, WHAT_IF, SENTIMENT, DELAYS, YOUR_TEXT)
    for old, id in OLD_QUESTION_IDS.items():
        asking = [each for each in pages if id in each]
        assert asking, old
        assert all(question_setting(each, "some_key").read(old) == id for each in asking)


@pytest.mark.parametrize("asked", ["", "x" * 9999, "two-roads<script>", "😀"])
def test_a_question_that_nobody_asks_is_passed_over(asked: str) -> None:
    assert opened("memory", ask=asked).segmented_control(key="memory_ask").value == next(iter(MEMORY))


@pytest.mark.parametrize("questions", [DELAYS, GRADIENTS, MEMORY, SENTIMENT, WHAT_IF, YOUR_TEXT])
def test_questions_have_short_ids(questions: dict[str, object]) -> None:
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", each) and len(each) <= 16 for each in questions)


def test_the_question_is_still_asked_on_the_way_back() -> None:
    def pages() -> None:
        import streamlit as st

        from lstm_viz.ui.components.questions import question_control, selected_question

        if st.toggle("elsewhere", key="elsewhere"):
            st.text("another page")
        else:
            question_control({"one": "One?", "two": "Two?"}, "some_ask")
            st.text(selected_question({"one": "One?", "two": "Two?"}, "some_ask"))

    page = AppTest.from_function(pages, default_timeout=120).run()
    assert page.text[0].value == "one"
    page.segmented_control(key="some_ask").set_value("two").run()
    page.toggle(key="elsewhere").set_value(True).run()
    assert page.text[0].value == "another page"
    page.toggle(key="elsewhere").set_value(False).run()
    assert page.text[0].value == page.segmented_control(key="some_ask").value == "two"
    assert not page.exception


def test_a_choice_that_is_reported_as_empty_stays() -> None:
    """As of a control of the page before, when pages are changed quickly."""
    page = PageDriver("memory", model="shakespeare-lstm").choose("choose_layer", 1)
    assert page.choose("choose_layer", None).view.layer == 1
    series = PageDriver("series").choose("series_begin", "held").choose("series_begin", None)
    assert series.control("series_begin").value == "held"
