"""The learn page as Streamlit runs it: it stands alone, its sliders move what they say, its links open what they name."""

import math
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz import load, models
from lstm_viz.ui.explore.tints import choices
from lstm_viz.ui.learn.applications import applications
from lstm_viz.ui.view.view import View

PAGE = Path(__file__).parents[3] / "pages" / "learn.py"


@pytest.fixture
def page() -> AppTest:
    """The page, drawn once."""
    at = AppTest.from_file(str(PAGE), default_timeout=120).run()
    assert not at.exception
    return at


def said(page: AppTest) -> str:
    """All that the page says in words and formulas."""
    return "\n".join(str(element.value) for kind in ("markdown", "caption", "latex") for element in page.get(kind))


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
    assert "Length 4.0 becomes **2.0**" in words


def test_as_many_steps_are_drawn_as_asked_for(page: AppTest) -> None:
    for steps in (1, 7):
        page.slider(key="learn_steps").set_value(steps).run()
        (drawing,) = (element.value for element in page.markdown if "<svg" in element.value)
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


def links_to_the_explorer(page: AppTest) -> list[SplitResult]:
    """The links that open a view; those without one lead to a page."""
    found = [urlsplit(link.proto.url) for link in page.get("link_button")]
    return [link for link in found if link.query]


def test_every_use_leads_to_its_page_and_tells_what_was_measured(page: AppTest) -> None:
    found = [urlsplit(link.proto.url) for link in page.get("link_button")]
    assert [link.path for link in found if not link.query] == ["./sentiment", "./generate", "./series", "./delays"]
    words = said(page)
    for use in applications():
        assert (PAGE.parents[1] / use.page).is_file()
        assert use.words in words


def test_links_open_views_that_the_explorer_understands(page: AppTest) -> None:
    links = links_to_the_explorer(page)
    assert len(links) == 5
    for link in links:
        assert (link.scheme, link.netloc, link.path) == ("", "", "./")
        parameters = dict(parse_qsl(link.query))
        assert View("", "").with_query(parameters).query() == parameters
        assert parameters["text"]
    assert {dict(parse_qsl(link.query))["model"] for link in links} <= set(models())


def test_every_link_asks_for_a_colour_that_its_model_offers(page: AppTest) -> None:
    links = [dict(parse_qsl(link.query)) for link in links_to_the_explorer(page)]
    assert links
    for link in links:
        assert link["colour"] in choices(load(link["model"]).config.kind)
