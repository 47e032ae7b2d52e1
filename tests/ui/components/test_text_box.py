"""The box and its letters as Streamlit runs them, with what the browser would send put in by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.state.examples import presets
from lstm_viz.ui.state.view import LIMIT
from tests.ui.page_testing import unpack, view


def page_of_a_box() -> None:
    from dataclasses import replace

    import numpy as np
    import streamlit as st

    from lstm_viz.ui import components
    from lstm_viz.ui.components import controls
    from lstm_viz.ui.state import session

    view = session.current()
    controls.network(view)
    controls.layer(view)
    controls.unit(view)
    steps = len(view.input_text)
    components.shared_text_box(token_colors=components.TokenColors.fitted(np.arange(float(steps)), "place"))
    st.text(components.second_text_box("second", "Another", "first words"))

    def go(step: int) -> None:
        session.save(replace(session.current(), step=step))

    st.button("go to 1", on_click=go, args=(1,))


def opened(**link: str) -> AppTest:
    page = AppTest.from_function(page_of_a_box, default_timeout=120)
    for name, value in {"model": "counting", **link}.items():
        page.query_params[name] = value
    return page.run()


def headers(page: AppTest) -> list[dict[str, Any]]:
    """What each box was given, with its letters' numbers."""
    found = []
    for each in page.get("bidi_component"):
        header, arrays = unpack(each.proto.bytes)
        found.append({**header, "values": arrays.get("values")})
    return found


def sent(page: AppTest, key: str = "box", **message: object) -> AppTest:
    """The page after the browser sent a message."""
    (box, *_) = headers(page)
    page.session_state[key] = {"view": {"textRevision": box["textRevision"], "seq": 1, **message}}
    return page.run()


def test_the_box_opens_with_the_shared_text_and_a_number_for_each_letter() -> None:
    box, second = headers(opened(text="aabb", step="2"))
    assert (box["text"], box["tokens"], box["unknown"], box["step"]) == ("aabb", list("aabb"), [], 2)
    np.testing.assert_array_equal(box["values"][:4], [0, 1, 2, 3])
    assert box["scale"] == {"low": 0.0, "high": 3.0, "signed": False, "label": "place"}
    assert box["link"]["text"] == "aabb"
    assert (second["text"], second["step"], second["link"], second["scale"]) == ("first words", None, None, None)


def test_what_is_typed_is_the_view_of_every_page() -> None:
    page = sent(opened(), text="aab\n", step=3)
    assert (view(page).text, view(page).step) == ("aab\n", 3)
    assert headers(page)[0]["tokens"] == ["a", "a", "b", "⏎"]
    assert headers(page)[0]["seq"] == 1


def test_a_message_is_heard_once_and_what_came_after_it_stays() -> None:
    page = sent(opened(), text="aabb", step=3)
    page.button[0].click().run()
    assert (view(page).text, view(page).step) == ("aabb", 1)
    assert headers(page)[0]["step"] == 1
    assert view(page.run()).step == 1
    assert view(sent(page, text="aabb", step=3, seq=2)).step == 3


def test_the_controls_change_the_view_and_the_text_stays() -> None:
    page = sent(opened(model="shakespeare-lstm"), text="My own words", step=4)
    page.number_input(key="choose_unit").set_value(77).run()
    page.button_group(key="choose_layer").set_value(1).run()
    assert (view(page).text, view(page).step, view(page).unit, view(page).layer) == ("My own words", 4, 77, 1)
    # Unit 3 counts: the first example of that network is about it.
    page.selectbox(key="choose_model").select("counting").run()
    assert (view(page).model, view(page).text, view(page).unit, view(page).layer) == ("counting", "My own words", 3, 0)
    # One layer leaves nothing to choose.
    assert not page.get("button_group")


@pytest.mark.parametrize("text", ["", "a", "😀e\u0301 שלום\u202e", "\ud83d", "x" * (LIMIT + 9)])
def test_any_text_is_shown(text: str) -> None:
    page = sent(opened(), text=text, step=2)
    box = headers(page)[0]
    assert len(view(page).text) == len(text)
    assert len(box["tokens"]) == min(len(text), LIMIT)
    assert len(box["unknown"]) == sum(symbol not in "ab\n" for symbol in text[:LIMIT])
    assert (box["warning"] is None) == (len(text) <= LIMIT)
    assert -1 <= box["step"] < max(len(box["tokens"]), 1)


@pytest.mark.parametrize("message", [{}, {"text": 7}, {"step": "x"}, {"text": None, "step": None}, {"step": 10**12}])
def test_a_message_that_makes_no_sense_harms_nothing(message: dict[str, Any]) -> None:
    page = sent(opened(), **message)
    assert view(page).model == "counting"
    assert headers(page)[0]["tokens"]


def test_the_second_text_is_its_own_and_stays() -> None:
    page = sent(opened(), key="second", text="bba\ud83d", seq=4)
    assert view(page).text == presets("counting")[0].text
    second = headers(page)[1]
    assert (second["text"], second["seq"], second["unknown"]) == ("bba\N{REPLACEMENT CHARACTER}", 4, [3])
    assert page.text[0].value == "bba\N{REPLACEMENT CHARACTER}"
    # A visit to another page takes the component's state away, not the text.
    del page.session_state["second"]
    assert page.run().text[0].value == "bba\N{REPLACEMENT CHARACTER}"


def test_letters_must_be_one_for_each_symbol() -> None:
    def wrong() -> None:
        import numpy as np

        from lstm_viz.ui import components

        components.shared_text_box(token_colors=components.TokenColors(np.zeros(3), 0, 1, False, "three"))

    page = AppTest.from_function(wrong, default_timeout=120)
    page.query_params["text"] = "four"
    assert "3 colors for 4 tokens" in page.run().exception[0].value


def test_another_network_may_read_the_text() -> None:
    def read_by_a_judge() -> None:
        import numpy as np
        import streamlit as st

        from lstm_viz.ui import components

        colours = components.TokenColors.fitted(np.arange(3.0), "place")
        st.text(components.shared_text_box(token_colors=colours, model="sst-lstm").model)
        components.second_text_box("second", "Another", "a zzqx film", model="sst-lstm")

    page = AppTest.from_function(read_by_a_judge, default_timeout=120)
    page.query_params.update({"text": "Quite good!", "model": "counting"})
    page.run()
    box, second = headers(page)
    assert (box["tokens"], box["step"], box["unknown"], box["stepUnit"]) == (["Quite", "good", "!"], 2, [], "words")
    assert (second["tokens"], second["unknown"]) == (["a", "zzqx", "film"], [1])
    # Other pages go on with their own network.
    assert page.text[0].value == view(page).model == box["link"]["model"] == "counting"
