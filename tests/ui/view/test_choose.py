"""Which question a page answers: by a link, after a visit elsewhere, and where a link makes no sense."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.board import jump
from lstm_viz.ui.delays.page import LENSES as DELAYS
from lstm_viz.ui.gradients.page import LENSES as GRADIENTS
from lstm_viz.ui.memory.page import LENSES as MEMORY
from lstm_viz.ui.sentiment.page import LENSES as SENTIMENT
from lstm_viz.ui.view.choose import RENAMED, in_link
from lstm_viz.ui.view.view import View
from lstm_viz.ui.what_if.page import LENSES as WHAT_IF
from tests.ui.on_page import box

PAGES = Path(__file__).parents[3] / "pages"
VIEW = View("Two words", "shakespeare-gru", unit=3)


def opened(page: str, **link: str) -> AppTest:
    found = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=120)
    found.query_params.update(link)
    found.run()
    assert not found.exception
    return found


def linked(page: AppTest) -> dict[str, str | None]:
    """What the page writes into the address: with its box, or without one by itself."""
    first = page.get("bidi_component")[0].proto.bytes
    found: dict[str, str | None] = json.loads(first)["link"] if first.startswith(b"{") else box(page)["link"]
    return found


@pytest.mark.parametrize(("page", "lenses"), [("gradients", GRADIENTS), ("memory", MEMORY), ("what_if", WHAT_IF)])
def test_a_link_opens_its_question_and_the_address_bar_says_so(page: str, lenses: dict[str, object]) -> None:
    first, *_, last = lenses
    link = urlsplit(jump(VIEW, page, last))
    assert link.path == f"./{page}"
    found = opened(page, **dict(parse_qsl(link.query)))
    assert found.segmented_control(key=f"{page}_lens").value == last
    assert found.session_state["view"].text == "Two words"
    assert linked(found)["ask"] == in_link(last)
    # What is chosen by hand counts for more than the link that one came by.
    found.segmented_control(key=f"{page}_lens").set_value(first).run()
    assert linked(found)["ask"] == in_link(first)


@pytest.mark.parametrize(
    ("page", "lenses", "old", "id"),
    [
        ("gradients", GRADIENTS, "who-gets-the-blame", "gradient-flow"),
        ("gradients", GRADIENTS, "what-does-a-cap-do", "clipping"),
        ("memory", MEMORY, "how-long-does-it-last", "half-life"),
    ],
)
def test_a_link_from_before_a_rename_opens_its_question(page: str, lenses: dict[str, object], old: str, id: str) -> None:
    assert id in lenses
    found = opened(page, ask=old)
    assert found.segmented_control(key=f"{page}_lens").value == id
    assert linked(found)["ask"] == id


def test_every_renamed_question_is_one_that_is_asked() -> None:
    assert set(RENAMED.values()) <= {*GRADIENTS, *MEMORY, *WHAT_IF, *SENTIMENT, *DELAYS}


@pytest.mark.parametrize("asked", ["", "x" * 9999, "two-roads<script>", "😀"])
def test_a_question_that_nobody_asks_is_passed_over(asked: str) -> None:
    assert opened("memory", ask=asked).segmented_control(key="memory_lens").value == next(iter(MEMORY))


@pytest.mark.parametrize("questions", [DELAYS, GRADIENTS, MEMORY, SENTIMENT, WHAT_IF])
def test_questions_differ_in_links_too(questions: dict[str, object]) -> None:
    written = {in_link(each) for each in questions}
    assert len(written) == len(questions)
    assert all(each and each.isascii() and " " not in each for each in written)


def test_the_question_is_still_asked_on_the_way_back() -> None:
    def pages() -> None:
        import streamlit as st

        from lstm_viz.ui.view import choose

        if st.toggle("elsewhere", key="elsewhere"):
            st.text("another page")
        else:
            choose.question(["One?", "Two?"], "some_lens")
            st.text(choose.asked(["One?", "Two?"], "some_lens"))

    page = AppTest.from_function(pages).run()
    assert page.text[0].value == "One?"
    page.segmented_control(key="some_lens").set_value("Two?").run()
    page.toggle(key="elsewhere").set_value(True).run()
    assert page.text[0].value == "another page"
    page.toggle(key="elsewhere").set_value(False).run()
    assert page.text[0].value == page.segmented_control(key="some_lens").value == "Two?"
    assert not page.exception
