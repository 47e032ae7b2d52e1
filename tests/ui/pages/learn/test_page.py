"""The learn page as Streamlit runs it: it stands alone, its sliders move what they say, its links open what they name."""

import math
from collections.abc import Collection
from urllib.parse import SplitResult, parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz import load, models
from lstm_viz.ui.components.live_view.coloring import coloring_choices
from lstm_viz.ui.pages.gradients.page import QUESTIONS as GRADIENTS
from lstm_viz.ui.pages.learn.all_sections import SECTIONS
from lstm_viz.ui.pages.learn.applications import applications
from lstm_viz.ui.pages.learn.measurements import shares_back
from lstm_viz.ui.pages.learn.vanishing import READ
from lstm_viz.ui.pages.memory.page import QUESTIONS as MEMORY
from lstm_viz.ui.pages.what_if.page import QUESTIONS as WHAT_IF
from lstm_viz.ui.state.view import View
from tests.ui.page_testing import PAGES

PAGE = PAGES / "learn.py"
QUESTIONS: dict[str, Collection[str]] = {"gradients": GRADIENTS, "memory": MEMORY, "what_if": WHAT_IF}


@pytest.fixture
def page() -> AppTest:
    """Everything on one page, drawn once."""
    at = AppTest.from_file(str(PAGE), default_timeout=120)
    at.query_params["part"] = "all"
    at.run()
    assert not at.exception
    return at


def said(page: AppTest) -> str:
    """All that the page says in words and formulas."""
    return "\n".join(str(getattr(each, "value", "")) for kind in ("markdown", "caption", "latex") for each in page.get(kind))


def test_every_slider_moves_its_section(page: AppTest) -> None:
    settings = {"f": 0.5, "before": -2.0, "i": 1.0, "g": 0.25, "o": 0.5, "x": 0.0, "factor": 1.1, "length": 4.0, "cap": 2.0}
    for name, value in settings.items():
        page.slider(key=f"learn_{name}").set_value(value)
    page.run()
    assert not page.exception
    words = said(page)
    assert r"c_t = 0.50 \cdot (-2.00) + 1.00 \cdot 0.25 = -0.75" in words
    assert rf"\tanh(-0.75) = {0.5 * math.tanh(-0.75):.2f}" in words
    assert "σ(0.0) = **0.500** with slope 0.250; tanh(0.0) = **0.000** with slope 1.000." in words
    assert r"$1.4 \cdot 10^{4}$" in words
    assert "A norm of 4.0 becomes **2.0**" in words


def test_as_many_steps_are_drawn_as_asked_for(page: AppTest) -> None:
    for steps in (1, 7):
        page.slider(key="learn_steps").set_value(steps).run()
        (drawing,) = (element.value for element in page.markdown if "One box with a loop" in element.value)
        assert drawing.count("<rect") == steps + 1


def test_again_writes_another_sample(page: AppTest) -> None:
    (first,) = (block.value for block in page.code)
    page.button[0].click().run()
    (second,) = (block.value for block in page.code)
    assert first != second
    assert first[:8] == second[:8] == "MARTHA:\n"
    assert len(first) == len(second)


def test_the_cheat_sheet_is_searched(page: AppTest) -> None:
    page.text_input(key="learn_words").set_value("forget gate").run()
    (table,) = (element.value for element in page.table)
    assert list(table["In plain words"]) == ["how much of the old cell state is kept"]
    page.text_input(key="learn_words").set_value("qqq").run()
    assert not page.table
    assert "qqq" in page.info[0].value


def links(page: AppTest) -> list[SplitResult]:
    """The links that open a view on a page; those without one lead to a page alone."""
    found = [urlsplit(link.proto.url) for link in page.get("link_button")]
    return [link for link in found if link.query]


def test_every_use_leads_to_its_page_and_tells_what_was_measured(page: AppTest) -> None:
    found = [urlsplit(link.proto.url) for link in page.get("link_button")]
    assert [link.path for link in found if not link.query] == ["./sentiment", "./generate", "./series", "./delays"]
    words = said(page)
    for use in applications():
        assert (PAGE.parents[1] / use.page).is_file()
        assert use.words in words


def test_links_open_views_and_questions_that_their_pages_understand(page: AppTest) -> None:
    found = links(page)
    for link in found:
        name = link.path.removeprefix("./")
        assert (link.scheme, link.netloc, link.path) == ("", "", f"./{name}")
        parameters = dict(parse_qsl(link.query))
        asked = parameters.pop("ask", None)
        assert (asked is None) == (not name)
        assert asked is None or asked in QUESTIONS[name]
        assert View("", "").with_query(parameters).query() == parameters
        assert parameters["text"]
        assert parameters["model"] in models()
    assert {link.path for link in found} == {"./", "./gradients", "./memory", "./what_if"}


def test_every_link_to_the_explorer_asks_for_a_colour_that_its_model_offers(page: AppTest) -> None:
    found = [dict(parse_qsl(link.query)) for link in links(page) if link.path == "./"]
    assert found
    for link in found:
        assert link["colour"] in coloring_choices(load(link["model"]).config.kind)


def test_the_way_to_every_section_is_on_top(page: AppTest) -> None:
    anchors = [each.proto.anchor for each in page.header]
    assert list(SECTIONS) == anchors
    assert all(f"(#{anchor})" in said(page) for anchor in anchors)


def test_shared_weights_are_counted_by_the_textbook_s_formula(page: AppTest) -> None:
    config = load("shakespeare-lstm").config
    one = sum(4 * config.hidden * (inputs + config.hidden + 2) for inputs in (config.embedding, config.hidden))
    page.slider(key="learn_steps").set_value(7).run()
    assert f"{one:,} weights" in said(page)
    assert f"{7 * one:,} for the 7 steps" in said(page)


def test_the_way_back_is_drawn_as_measured(page: AppTest) -> None:
    (drawing,) = (each.value for each in page.markdown if "What is left of the gradient" in each.value)
    for name, left in shares_back([load("shakespeare-rnn"), load("shakespeare-lstm")], READ, " ").items():
        assert f"{name}: {', '.join(f'{share:.0%}' for share in left)}" in drawing
