"""Two texts on the what-if page as Streamlit runs it."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.comparison import NEAR, compare
from lstm_viz.models.catalog import load
from lstm_viz.reader import trace
from lstm_viz.ui.pages.what_if.text_comparison import WINDOW, default_second_text
from lstm_viz.ui.pages.what_if.what_if_state import QUESTION_KEY, TEXTS
from lstm_viz.ui.state.view import View
from tests.facts import states
from tests.ui.page_testing import PAGES, figures, frames

PAGE = PAGES / "what_if.py"


def opened(second: str | None = None, **link: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    for name, value in link.items():
        page.query_params[name] = value
    page.session_state[QUESTION_KEY] = TEXTS
    if second is not None:
        page.session_state[f"what_if_other_{link['model']}_0"] = {"view": {"text": second, "textRevision": 1, "seq": 1}}
    page.run()
    assert not page.exception, [each.value for each in page.exception]
    return page


def boxes(page: AppTest) -> list[dict[str, Any]]:
    return frames(page)[:2]


def words(page: AppTest) -> str:
    return "\n".join(each.value for each in [*page.markdown, *page.info, *page.caption])


@pytest.mark.parametrize("name", ["python-lstm", "shakespeare-gru", "shakespeare-rnn", "counting"])
def test_it_opens_with_a_text_that_differs_a_little(name: str) -> None:
    page = opened(model=name)
    one, other = boxes(page)
    assert one["text"] != other["text"]
    assert (one["scale"]["label"], other["scale"]["label"]) == ("by the distance of the states",) * 2
    assert "diverge at" in words(page)
    assert len(frames(page)) == 2
    assert len(figures(page)) == 2


def test_where_they_part_and_meet_is_told() -> None:
    one, other = "My lord, I pray you pardon me. I know not.", "My lady, I pray you pardon me. I know not."
    page = opened(other, model="shakespeare-gru", text=one)
    model = load("shakespeare-gru")
    found = compare(trace(model, one), trace(model, other)).layers[0]
    assert found.diverges_at == 4
    assert found.reconverges_at is not None
    assert "diverge at ‘o’ against ‘a’" in words(page)
    # The last difference is in column 7, where only the second text has a letter: one column more than letters before it.
    assert f"converge at ‘{one[found.reconverges_at - 1]}’, **{found.reconverges_at - 7} letters** after" in words(page)


def test_letters_since_the_last_difference_are_counted_from_it() -> None:
    one, other = "Why, café! O gentle night: 3 men", "why, café! O gentle night: 3 men"
    page = opened(other, model="shakespeare-gru", text=one)
    # Of the hidden states of layer 1, ‖b − a‖ / (½ (‖a‖ + ‖b‖)) is 0.145 at step 6 and 0.097 at step 7, by torch.nn.GRU in double
    # precision; only step 0 differs.
    assert states(words(page), "‘W’ against ‘w’", "‘f’", "7 letters")


def test_two_letters_that_the_network_does_not_know_are_one_to_it() -> None:
    page = opened("a[b", model="shakespeare-lstm", text="a(b")
    assert states(words(page), "texts differ", "layer", 1, NEAR)
    assert "diverge at ‘" not in words(page)


@pytest.mark.parametrize(("one", "second"), [("", "ab"), ("ab", ""), ("", "")])
def test_an_empty_box_says_what_to_do(one: str, second: str) -> None:
    assert "Type something" in words(opened(second, model="counting", text=one))


def test_equal_texts_are_told_to_be_equal() -> None:
    assert "the same" in words(opened("aabb", model="counting", text="aabb"))


def test_of_long_texts_the_beginning_is_compared() -> None:
    page = opened("b" + "ab" * 400, model="counting", text="ab" * 400)
    assert f"The first {WINDOW} letters" in words(page)
    assert len(boxes(page)[1]["tokens"]) == 801


def test_one_unit_can_be_looked_at() -> None:
    page = opened("aab", model="counting", text="abb")
    page.session_state["what_if_difference"] = "unit"
    page.run()
    assert not page.exception
    unit = page.number_input(key="choose_unit").value
    assert f"Unit {unit}: orange-red where" in str(page.get("bidi_component")[-1].proto.bytes)


def test_a_new_beginning_copies_the_first_text_changed() -> None:
    page = opened("words of one's own", model="shakespeare-lstm", text="The light is not here")
    next(each for each in page.button if each.label.startswith("Copy")).click().run()
    assert boxes(page)[1]["text"] == default_second_text(View("The light is not here", "shakespeare-lstm"))


@pytest.mark.parametrize("text", ["", "x", "Xyz", "not", "😀", "the old cat"])
def test_a_beginning_differs_where_it_can(text: str) -> None:
    changed = default_second_text(View(text, "counting"))
    assert changed != text or text in ("", "😀")
