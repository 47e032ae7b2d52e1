"""The glossary beside a page's title: what it shows, what it finds, and what a tooltip takes from it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.gates import CELLS
from lstm_viz.ui.components.glossary import explain, find
from lstm_viz.ui.components.glossary_terms import KINDS, terms


def glossary(names: tuple[str, ...] = ()) -> AppTest:
    def page(names: tuple[str, ...]) -> None:
        from lstm_viz.ui.components import glossary

        glossary.popover(names)

    opened = AppTest.from_function(page, args=(names,), default_timeout=120)
    opened.session_state["glossary"] = True
    return opened.run()


def said(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(each.value for each in [*page.markdown, *page.caption])


def test_a_page_s_own_terms_are_shown_and_any_other_is_found() -> None:
    page = glossary(("gradient", "half-life"))
    assert find("half-life").plain in said(page)
    assert find("softmax").plain not in said(page)
    page.text_input(key="glossary_search").set_value("softmax").run()
    assert find("softmax").plain in said(page)
    assert find("half-life").plain not in said(page)


@pytest.mark.parametrize("wanted", ["qqq", "<b>$x$", "*" * 2000])
def test_what_is_not_there_is_said(wanted: str) -> None:
    page = glossary()
    page.text_input(key="glossary_search").set_value(wanted).run()
    assert "No entry matches" in said(page)


@pytest.mark.parametrize("kind", CELLS)
def test_every_quantity_of_a_cell_is_explained_from_the_vocabulary(kind: str) -> None:
    for each in CELLS[kind]:  # type: ignore[index]
        told = explain(f"{each.name} ({KINDS[kind]})")  # type: ignore[index]
        assert each.plain in told
        assert f"`{each.formula}`" in told


def test_names_are_unique_and_an_unknown_one_is_named() -> None:
    names = [each.name for each in terms()]
    assert len(names) == len(set(names))
    with pytest.raises(KeyError, match="flux capacitor"):
        find("flux capacitor")
