"""The page on which networks write, as Streamlit runs it, with what the browser would send put in by hand."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.models.catalog import load
from lstm_viz.models.sampling import sample
from lstm_viz.reader import trace
from lstm_viz.ui.components import Click
from lstm_viz.ui.pages.generate import alternatives, gates
from lstm_viz.ui.pages.generate.drafts import Drafts
from lstm_viz.ui.pages.generate.output import KEY
from lstm_viz.ui.pages.generate.prompts import PROMPTS, SIBLINGS, family, is_unedited, prompts
from lstm_viz.ui.pages.generate.settings import Settings
from lstm_viz.ui.state.examples import PYTHON as PRESETS
from lstm_viz.ui.state.view import LIMIT, View
from tests.tiny import TEXT
from tests.ui.page_testing import PAGES, setting, unpack

PAGE = PAGES / "generate.py"


def opened(**link: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    for name, value in link.items():
        page.query_params[name] = value
    return page.run()


def desk(page: AppTest) -> Drafts:
    assert not page.exception, [each.value for each in page.exception]
    found: Drafts = page.session_state["generate_desk"]
    return found


def settings(page: AppTest) -> Settings:
    return Settings(**{name: setting(page, f"generate_{name}", plain) for name, plain in asdict(Settings()).items()})


def frames(page: AppTest) -> list[dict[str, Any]]:
    """What the sheets were given, with the numbers that colour the letters."""
    found = []
    for each in page.get("bidi_component"):
        if each.proto.bytes[4:5] != b"{":
            continue
        header, arrays = unpack(each.proto.bytes)
        if "epoch" in header:
            found.append(header | arrays)
    return found


def shown(page: AppTest, *counts: int, chosen: list[int] | None = None) -> AppTest:
    """The page after the browser said how much it has shown."""
    seq = frames(page)[0]["seq"] + 1
    sent = {"text": "", "epoch": desk(page).epoch, "shown": list(counts), "chosen": chosen, "seq": seq}
    page.session_state[KEY] = {"view": sent}
    return page.run()


def finished(page: AppTest, chosen: list[int] | None = None) -> AppTest:
    while desk(page).is_running:
        page = shown(page, *(len(draft.tokens) for draft in desk(page).generations), chosen=chosen)
    return page


def quick(**link: str) -> AppTest:
    """A page of one small network that has written 60 letters."""
    page = opened(**{"model": "counting", "text": "aaab", **link})
    page.select_slider(key="generate_count").set_value(60).run()
    return finished(page.button(key="generate_write").click().run())


def words(page: AppTest) -> str:
    return "\n".join(each.value for each in [*page.markdown, *page.info, *page.caption])


def test_three_networks_begin_to_write_before_anyone_does_anything() -> None:
    page = opened()
    found = desk(page)
    assert found.names == SIBLINGS
    assert found.is_running
    assert found.prompt == PROMPTS["shakespeare"][0].text
    assert all(draft.tokens for draft in found.generations)
    (frame,) = frames(page)
    assert [each["title"] for each in frame["sheets"]] == ["LSTM", "GRU", "plain RNN"]
    assert page.button(key="generate_stop")


def test_written_is_a_sample_and_its_colours_are_its_surprise() -> None:
    page = quick()
    found = desk(page)
    assert found.generation.text == "aaab" + sample(load("counting"), "aaab", 60, 0.7, 1)
    assert not found.is_running
    (frame,) = frames(page)
    np.testing.assert_allclose(frame["values0"], trace(load("counting"), found.generation.text).surprise[4:], atol=1e-4)
    assert len(frame["sheets"][0]["tokens"]) == 60
    assert frame["sheets"][0]["prompt"] == list("aaab")
    page.button_group(key="generate_colour").set_value("entropy").run()
    np.testing.assert_allclose(frames(page)[0]["values0"], found.generation.entropy, atol=1e-5)


def test_the_same_seed_writes_the_same_and_another_seed_does_not() -> None:
    page = quick(model="brackets", text="([")
    first = desk(page).generation.generated
    page = finished(page.button(key="generate_reseed").click().run())
    assert settings(page).seed == 2
    assert desk(page).generation.generated != first
    page = finished(page.number_input(key="generate_seed").set_value(1).run())
    assert desk(page).generation.generated == first


def test_stop_keeps_and_go_on_goes_on() -> None:
    page = shown(opened(model="counting", text="aaab"), 20)
    page.button(key="generate_stop").click().run()
    stopped = desk(page)
    assert not stopped.is_running
    assert 20 < len(stopped.generation.tokens) < 240
    assert desk(page.run()).generation.generated == stopped.generation.generated
    page = finished(page.button(key="generate_on").click().run())
    assert desk(page).generation.generated[: len(stopped.generation.tokens)] == stopped.generation.generated
    assert desk(page).generation.text == "aaab" + sample(load("counting"), "aaab", 240, 0.7, 1)
    assert page.button(key="generate_on").disabled


def test_clearing_leaves_the_prompt_alone() -> None:
    page = quick()
    page.button(key="generate_clear").click().run()
    assert desk(page).generation.tokens == ()
    assert not desk(page).is_running
    assert "expects after your prompt" in words(page)
    assert page.button(key="generate_again").disabled
    assert finished(page.button(key="generate_write").click().run()).session_state["generate_desk"].finished


def test_clearing_without_a_prompt_clears_everything_and_nothing_begins_by_itself() -> None:
    page = quick()
    page.session_state["view"] = View("", "counting")
    page.run()
    assert desk(page).generation.tokens
    page.button(key="generate_clear").click().run()
    assert "generate_desk" not in page.session_state
    assert page.button(key="generate_clear").disabled
    page.session_state["view"] = View("aa", "counting")
    page.run()
    assert (desk(page).prompt, desk(page).is_running, len(desk(page).generation.tokens)) == ("aa", False, 0)
    page.button(key="generate_write").click().run()
    assert desk(page).is_running


def test_who_comes_back_from_its_gates_finds_the_prompt_and_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[View] = []
    monkeypatch.setattr(alternatives, "open_in_explorer", went.append)
    page = quick()
    written = desk(page).generation.text
    page.button(key="generate_explore").click().run()
    (there,) = went
    assert there.text == written
    page.session_state["view"] = there
    page.run()
    assert page.session_state["view"].text == "aaab"
    assert desk(page).generation.text == written
    assert "has changed since" not in words(page)
    # A text of one's own that was typed over there stays.
    page.button(key="generate_explore").click().run()
    page.session_state["view"] = View("abab", "counting")
    page.run()
    assert page.session_state["view"].text == "abab"


def test_a_chosen_letter_is_written_again_with_what_stands_before_it_kept() -> None:
    page = shown(quick(model="brackets", text="(["), 60, chosen=[0, 9])
    before = desk(page).generation.generated
    assert "**Letter 10 is ‘" in words(page)
    page = finished(page.button(key="generate_again").click().run())
    found = desk(page).generation
    assert found.generated[:9] == before[:9]
    assert found.generated != before
    assert [pick.seed for pick in found.tokens] == [1] * 9 + [2] * 51
    assert settings(page).seed == 2


def test_settings_change_the_choice_at_once_and_what_is_written_next() -> None:
    page = quick(model="brackets", text="([")
    page.select_slider(key="generate_top_k").set_value(1).run()
    drawn = json.loads(page.get("bidi_component")[-2].proto.bytes.split(b"\n", 1)[1])["data"][1]["x"]
    assert sorted(drawn)[-2:] == [0.0, 1.0]
    page = finished(page.button(key="generate_write").click().run())
    probs = trace(load("brackets"), desk(page).generation.text).probs[1:-1]
    np.testing.assert_array_equal([pick.token_id for pick in desk(page).generation.tokens], probs.argmax(1))


def test_a_changed_prompt_waits_for_the_button() -> None:
    page = quick()
    page.session_state["box"] = {"view": {"text": "ab", "step": 1, "textRevision": 1, "seq": 1}}
    page.run()
    assert page.session_state["view"].text == "ab"
    assert "prompt has changed" in words(page)
    assert desk(page).prompt == "aaab"
    page.button(key="generate_write").click().run()
    assert desk(page).prompt == "ab"


def test_an_empty_prompt_is_asked_for() -> None:
    page = opened(model="counting", text="")
    assert not page.exception
    assert "The prompt is empty" in words(page)
    assert page.button(key="generate_write").disabled
    kept = quick()
    kept.session_state["box"] = {"view": {"text": "", "step": 0, "textRevision": 1, "seq": 1}}
    kept.run()
    assert "The prompt is empty" in words(kept)
    assert len(desk(kept).generation.tokens) == 60


def test_characters_never_seen_are_marked_and_long_prompts_read_to_their_limit() -> None:
    page = opened(model="counting", text="aΩb😀")
    assert frames(page)[0]["sheets"][0]["unknown"] == [1, 3]
    long = opened(model="counting", text="ab" * 700)
    assert desk(long).prompt == "ab" * (LIMIT // 2)
    (sheet,) = frames(long)[0]["sheets"]
    assert sheet["prompt"][0] == "…"
    assert len(sheet["prompt"]) < 200


def test_an_example_brings_its_prompt_and_begins() -> None:
    page = quick()
    page.button(key="generate_prompt_twenty-a").click().run()
    assert page.session_state["view"].text == "a" * 20 == desk(page).prompt
    assert desk(page).is_running


def test_another_network_writes_on_a_desk_of_its_own_and_siblings_share_one() -> None:
    page = opened()
    first = desk(page)
    page.selectbox(key="choose_model").set_value("shakespeare-gru").run()
    assert desk(page).epoch == first.epoch
    assert desk(page).name == "shakespeare-gru"
    page.selectbox(key="choose_model").set_value("python-lstm").run()
    assert desk(page).names == ("python-lstm",)
    assert desk(page).prompt == PROMPTS["python"][0].text
    assert desk(page).epoch > first.epoch


def test_ones_own_words_are_the_prompt_of_any_network() -> None:
    page = opened(model="counting", text="ba")
    page.selectbox(key="choose_model").set_value("brackets").run()
    assert desk(page).prompt == "ba"


def test_a_text_in_a_link_is_the_prompt_even_where_it_is_an_example() -> None:
    text = "aaaaabbbbb\n"
    assert desk(opened(model="counting", text=text)).prompt == text
    assert desk(opened(model="counting")).prompt == PROMPTS["counting"][0].text


def test_who_comes_from_the_explorer_keeps_what_was_chosen_there() -> None:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    page.session_state["view"] = View("for x in", "python-lstm")
    assert desk(page.run()).names == ("python-lstm",)
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    page.session_state["view"] = View(PRESETS[1].text, "python-lstm")
    assert desk(page.run()).names == ("python-lstm",)
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    page.session_state["view"] = View(PRESETS[0].text, "python-lstm", unit=243, step=3)
    assert desk(page.run()).names == SIBLINGS


def page_of_ones_own() -> None:
    import streamlit as st

    from lstm_viz.ui.pages.generate.page import render
    from lstm_viz.ui.state.examples import Preset
    from lstm_viz.ui.state.session_models import register_model
    from tests.tiny import TEXT, tiny

    if "mine" not in st.session_state:
        st.session_state["mine"] = register_model(tiny(), "My own", [Preset("own", "The beginning", TEXT, "")], "mine")
    render()


def test_a_network_of_ones_own_writes_too() -> None:
    page = AppTest.from_function(page_of_ones_own, default_timeout=120).run()
    page.selectbox(key="choose_model").set_value(page.session_state["mine"]).run()
    assert desk(page).names == (page.session_state["mine"],)
    assert desk(page).prompt == TEXT
    assert frames(page)[0]["sheets"][0]["title"] == "My own"
    assert page.button(key="generate_prompt_own")


def test_a_judge_gives_way_to_a_network_that_writes() -> None:
    page = opened(model="sst-lstm", text="A fine film")
    assert desk(page).names == ("python-lstm",)
    assert desk(page).prompt == "A fine film"


@pytest.mark.parametrize("name", ["shakespeare-rnn", "python-lstm", "brackets"])
def test_gates_and_choice_are_drawn_for_every_kind_of_network(name: str) -> None:
    page = opened(model=name)
    desk(page)
    pictures = page.get("bidi_component")[-2:]
    assert all(json.loads(each.proto.bytes.split(b"\n", 1)[0])["alt"] for each in pictures)
    assert ("no gates" in words(page)) == (name == "shakespeare-rnn")


def test_clicks_put_a_letter_and_choose_one(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    monkeypatch.setattr("lstm_viz.ui.pages.generate.writing_session.replace_token", taken.append)
    for customdata in (3, None, "x"):
        alternatives._on_bar_click(Click(0, 0, 0, customdata))
    assert taken == [3]
    found = desk(quick())
    monkeypatch.setattr("lstm_viz.ui.pages.generate.writing_session.saved_drafts", lambda: found)
    placed: list[int] = []
    monkeypatch.setattr("lstm_viz.ui.pages.generate.writing_session.choose", placed.append)
    gates._on_letter_click(Click(0, 0, 0, 9))
    assert placed == [5]


def test_the_explorer_is_shown_the_end_of_a_long_text() -> None:
    found = desk(shown(quick(), 60, chosen=[0, 30]))
    view = alternatives.view_for_explorer(View("aaab", "counting"), found)
    assert (view.text, view.step, view.colour) == (found.generation.text, 34, "surprise")
    long = desk(shown(quick(text="ab" * 490), 60, chosen=[0, 50]))
    view = alternatives.view_for_explorer(View("", "counting"), long)
    assert len(view.text) == LIMIT
    assert view.text[view.step] == long.generation.generated[50]


def test_a_window_holds_the_chosen_letter_and_stands_still_at_the_beginning() -> None:
    for steps in (5, 110, 111, 700):
        for step in range(0, steps, 7):
            first, last = gates.window(steps, step)
            assert 0 <= first <= step < last <= steps
            assert last - first == min(steps, gates.WINDOW)
    assert gates.window(50, 3)[0] == gates.window(700, 3)[0] == 0


def test_every_prompt_is_known_to_its_networks_and_nobodys_own() -> None:
    for kind, found in PROMPTS.items():
        model = next(name for name in (*SIBLINGS, "python-lstm", "counting", "brackets") if name.startswith(kind))
        for prompt in found:
            assert all(symbol in load(model).vocabulary for symbol in prompt.text), prompt.name
            assert is_unedited(prompt.text)
        assert prompts(model, ()) == found
    assert not is_unedited("My own words")
    assert family("python-lstm") == ("python-lstm",)


def test_what_the_hints_say_is_so() -> None:
    counting = load("counting")
    twenty = sample(counting, "a" * 20, 21, 0.7, 1)
    assert twenty == "b" * 20 + "\n"
    # Once the first b stands, there is no choice left: not one of the letters up to the line's end is a surprise.
    read = trace(counting, "a" * 8 + "b" * 8 + "\n")
    assert np.exp(-read.surprise[9:]).min() > 0.9
    assert sample(load("brackets"), "([[(", 4, 0.7, 1) == ")]])"
