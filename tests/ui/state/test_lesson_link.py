"""Links for a lesson: what they hide, and that nothing else changes."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.state.lesson_link import ANSWERS, PARTS, hidden_parts, hiding_style, with_hidden
from lstm_viz.ui.state.settings import RESERVED
from tests.ui.page_testing import PAGES, view

LINK = "http://a.example:8501/units?text=a%26b+%C3%BC&unit=3&step="


def test_what_a_link_hides_is_named_briefly_and_no_setting_has_such_a_name() -> None:
    assert all(re.fullmatch("[a-z]+", name) for name in PARTS)
    assert len({part.label for part in PARTS.values()}) == len(PARTS)
    assert {"hide", "present"} <= RESERVED


@given(st.text(max_size=60))
def test_what_there_is_not_is_ignored(value: str) -> None:
    names = hidden_parts(value)
    assert names == [name for name in PARTS if name in value.split(",")]
    # Nothing of the link's own text gets into the page.
    assert hiding_style(names) == hiding_style(hidden_parts(",".join(names)))


@given(st.lists(st.sampled_from(list(PARTS))))
def test_a_link_hides_what_was_chosen_and_keeps_its_values(names: list[str]) -> None:
    link = with_hidden(LINK, names)
    pairs = dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
    assert set(hidden_parts(pairs.pop("hide", ""))) == set(names)
    assert pairs == {"text": "a&b ü", "unit": "3", "step": ""}
    assert with_hidden(link, []) == with_hidden(LINK + "&hide=zoom", [])


def test_a_link_that_hides_nothing_stays_as_it_is() -> None:
    assert with_hidden(LINK, []) == LINK


def opened(**link: str) -> AppTest:
    page = AppTest.from_file(str(PAGES / "explore.py"), default_timeout=120)
    page.query_params.update(link)
    page.run()
    assert not page.exception
    return page


def test_a_hidden_control_keeps_the_value_of_the_link() -> None:
    page = opened(model="shakespeare-gru", text="O night", layer="1", unit="7", hide="network,layer,bogus,<script>")
    assert page.selectbox(key="choose_model").value == "shakespeare-gru"
    assert (view(page).layer, view(page).unit) == (1, 7)
    style = "".join(each.proto.body for each in page.get("html"))
    assert ".st-key-choose_model, .st-key-choose_layer { display: none !important; }" in style
    assert "script>" not in style
    assert "answers-shown" not in style


def test_answers_are_hidden_until_they_are_revealed() -> None:
    rules = [line for line in hiding_style([ANSWERS]).splitlines() if "{" in line and not line.startswith(" ")]
    assert all(line.startswith("html:not(.answers-shown)") for line in rules)
    assert ANSWERS not in hiding_style([name for name in PARTS if name != ANSWERS])
