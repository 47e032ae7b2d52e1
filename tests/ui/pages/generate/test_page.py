"""The page on which networks write, as Streamlit runs it, with what the browser would send put in by hand."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from lstm_viz.models.catalog import load
from lstm_viz.models.sampling import sample
from lstm_viz.reader import trace
from lstm_viz.ui.components import Click
from lstm_viz.ui.pages.generate import alternatives, gates
from lstm_viz.ui.pages.generate import drafts as draft_steps
from lstm_viz.ui.pages.generate.drafts import Drafts
from lstm_viz.ui.pages.generate.output import KEY
from lstm_viz.ui.pages.generate.prompts import PROMPTS, SIBLINGS, family, is_unedited, prompts
from lstm_viz.ui.pages.generate.settings import Settings
from lstm_viz.ui.state.examples import PYTHON as PRESETS
from lstm_viz.ui.state.view import LIMIT, View
from tests.tiny import TEXT
from tests.ui.page_testing import PageDriver, numbers, setting


def opened(**link: str) -> PageDriver:
    return PageDriver("generate", **link)


def drafts(page: PageDriver) -> Drafts:
    found: Drafts = page.state["generate_drafts"]
    return found


def settings(page: PageDriver) -> Settings:
    return Settings(**{name: setting(page.app, f"generate_{name}", plain) for name, plain in asdict(Settings()).items()})


def texts(page: PageDriver) -> dict[str, Any]:
    """What the generated texts were given, with the numbers that colour the letters."""
    (found,) = (each for each in page.frames if "epoch" in each)
    return found


def shown(page: PageDriver, *counts: int, chosen: list[int] | None = None) -> PageDriver:
    """The page after the browser said how much it has shown."""
    sent = {"text": "", "epoch": drafts(page).epoch, "shown": list(counts), "chosen": chosen, "seq": texts(page)["seq"] + 1}
    page.state[KEY] = {"view": sent}
    return page.run()


def finished(page: PageDriver, chosen: list[int] | None = None) -> PageDriver:
    while drafts(page).is_running:
        shown(page, *(len(draft.tokens) for draft in drafts(page).generations), chosen=chosen)
    return page


def quick(**link: str) -> PageDriver:
    """A page of one small network that has written 60 letters."""
    page = opened(**{"model": "counting", "text": "aaab", "length": "60", **link})
    return finished(page.press("generate_write"))


def outdated(page: PageDriver) -> bool:
    """Whether the page says that the prompt has changed since it was continued."""
    return any("prompt has changed" in each for each in page.messages("caption"))


def test_three_networks_begin_to_write_before_anyone_does_anything() -> None:
    page = opened()
    found = drafts(page)
    assert found.names == SIBLINGS
    assert found.is_running
    assert found.prompt == PROMPTS["shakespeare"][0].text
    assert all(draft.tokens for draft in found.generations)
    frame = texts(page)
    assert [each["title"] for each in frame["texts"]] == ["LSTM", "GRU", "plain RNN"]
    assert "generate_stop" in page.keys


def test_written_is_a_sample_and_its_colours_are_its_surprise() -> None:
    page = quick()
    found = drafts(page)
    assert found.generation.text == "aaab" + sample(load("counting"), "aaab", 60, 0.7, 1)
    assert not found.is_running
    frame = texts(page)
    np.testing.assert_allclose(frame["values0"], trace(load("counting"), found.generation.text).surprise[4:], atol=1e-4)
    assert len(frame["texts"][0]["tokens"]) == 60
    assert frame["texts"][0]["prompt"] == list("aaab")
    page.choose("generate_colour", "entropy")
    np.testing.assert_allclose(texts(page)["values0"], found.generation.entropy, atol=1e-5)


def test_the_same_seed_writes_the_same_and_another_seed_does_not() -> None:
    page = quick(model="brackets", text="([")
    first = drafts(page).generation.generated
    page = finished(page.press("generate_reseed"))
    assert settings(page).seed == 2
    assert drafts(page).generation.generated != first
    page = finished(page.choose("generate_seed", 1))
    assert drafts(page).generation.generated == first


def test_stop_keeps_and_go_on_goes_on() -> None:
    page = shown(opened(model="counting", text="aaab"), 20)
    page.press("generate_stop")
    stopped = drafts(page)
    assert not stopped.is_running
    assert 20 < len(stopped.generation.tokens) < 240
    assert drafts(page.run()).generation.generated == stopped.generation.generated
    page = finished(page.press("generate_on"))
    assert drafts(page).generation.generated[: len(stopped.generation.tokens)] == stopped.generation.generated
    assert drafts(page).generation.text == "aaab" + sample(load("counting"), "aaab", 240, 0.7, 1)
    assert page.control("generate_on").disabled


def test_clearing_leaves_the_prompt_alone() -> None:
    page = quick()
    page.press("generate_clear")
    assert drafts(page).generation.tokens == ()
    assert not drafts(page).is_running
    # What it expects after the prompt is shown, and there is nothing to write again.
    choices, _ = page.figures
    np.testing.assert_allclose(choices["data"][0]["x"][0], trace(load("counting"), "aaab").probs[-1].max(), atol=1e-5)
    assert page.control("generate_again").disabled
    assert finished(page.press("generate_write")).state["generate_drafts"].finished


def test_clearing_without_a_prompt_clears_everything_and_nothing_begins_by_itself() -> None:
    page = quick()
    page.state["view"] = View("", "counting")
    page.run()
    assert drafts(page).generation.tokens
    page.press("generate_clear")
    assert "generate_drafts" not in page.state
    assert page.control("generate_clear").disabled
    page.state["view"] = View("aa", "counting")
    page.run()
    assert (drafts(page).prompt, drafts(page).is_running, len(drafts(page).generation.tokens)) == ("aa", False, 0)
    page.press("generate_write")
    assert drafts(page).is_running


def test_who_comes_back_from_its_gates_finds_the_prompt_and_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[View] = []
    monkeypatch.setattr(alternatives, "open_in_explorer", went.append)
    page = quick()
    written = drafts(page).generation.text
    page.press("generate_explore")
    (there,) = went
    assert there.text == written
    page.state["view"] = there
    page.run()
    assert page.view.text == "aaab"
    assert drafts(page).generation.text == written
    assert not outdated(page)
    # A text of one's own that was typed over there stays.
    page.press("generate_explore")
    page.state["view"] = View("abab", "counting")
    page.run()
    assert page.view.text == "abab"


def test_a_chosen_letter_is_written_again_with_what_stands_before_it_kept() -> None:
    page = shown(quick(model="brackets", text="(["), 60, chosen=[0, 9])
    before = drafts(page).generation.generated
    assert (drafts(page).index, texts(page)["chosen"]) == (9, [0, 9])
    page = finished(page.press("generate_again"))
    found = drafts(page).generation
    assert found.generated[:9] == before[:9]
    assert found.generated != before
    assert [pick.seed for pick in found.tokens] == [1] * 9 + [2] * 51
    assert settings(page).seed == 2


def test_settings_change_the_choice_at_once_and_what_is_written_next() -> None:
    page = quick(model="brackets", text="([")
    choices, _ = page.choose("generate_top_k", 1).figures
    assert sorted(choices["data"][1]["x"])[-2:] == [0.0, 1.0]
    page = finished(page.press("generate_write"))
    probs = trace(load("brackets"), drafts(page).generation.text).probs[1:-1]
    np.testing.assert_array_equal([pick.token_id for pick in drafts(page).generation.tokens], probs.argmax(1))


def test_a_changed_prompt_waits_for_the_button() -> None:
    page = quick()
    assert not outdated(page)
    page.type("ab")
    assert page.view.text == "ab"
    assert outdated(page)
    assert drafts(page).prompt == "aaab"
    page.press("generate_write")
    assert drafts(page).prompt == "ab"


def test_an_empty_prompt_is_asked_for() -> None:
    page = opened(model="counting", text="")
    assert len(page.messages("info")) == 1
    assert page.control("generate_write").disabled
    kept = quick()
    assert not kept.messages("info")
    kept.type("")
    assert len(kept.messages("info")) == 1
    assert len(drafts(kept).generation.tokens) == 60


def test_characters_never_seen_are_marked_and_long_prompts_read_to_their_limit() -> None:
    page = opened(model="counting", text="aΩb😀")
    assert texts(page)["texts"][0]["unknown"] == [1, 3]
    long = opened(model="counting", text="ab" * 700)
    assert drafts(long).prompt == "ab" * (LIMIT // 2)
    (text,) = texts(long)["texts"]
    assert text["prompt"][0] == "…"
    assert len(text["prompt"]) < 200


def test_an_example_brings_its_prompt_and_begins() -> None:
    page = quick()
    page.press("generate_prompt_twenty-a")
    assert page.view.text == "a" * 20 == drafts(page).prompt
    assert drafts(page).is_running


def test_another_network_writes_on_a_desk_of_its_own_and_siblings_share_one() -> None:
    page = opened()
    first = drafts(page)
    page.choose("choose_model", "shakespeare-gru")
    assert drafts(page).epoch == first.epoch
    assert drafts(page).name == "shakespeare-gru"
    page.choose("choose_model", "python-lstm")
    assert drafts(page).names == ("python-lstm",)
    assert drafts(page).prompt == PROMPTS["python"][0].text
    assert drafts(page).epoch > first.epoch


def test_ones_own_words_are_the_prompt_of_any_network() -> None:
    page = opened(model="counting", text="ba")
    page.choose("choose_model", "brackets")
    assert drafts(page).prompt == "ba"


def test_a_text_in_a_link_is_the_prompt_even_where_it_is_an_example() -> None:
    text = "aaaaabbbbb\n"
    assert drafts(opened(model="counting", text=text)).prompt == text
    assert drafts(opened(model="counting")).prompt == PROMPTS["counting"][0].text


@pytest.mark.parametrize(
    ("view", "names"),
    [
        (View("for x in", "python-lstm"), ("python-lstm",)),
        (View(PRESETS[1].text, "python-lstm"), ("python-lstm",)),
        (View(PRESETS[0].text, "python-lstm", unit=243, step=3), SIBLINGS),
    ],
)
def test_who_comes_from_the_explorer_keeps_what_was_chosen_there(view: View, names: tuple[str, ...]) -> None:
    assert drafts(PageDriver("generate", None, {"view": view})).names == names


@pytest.mark.parametrize(
    "link", [{"pace": "at-once"}, {"temperature": "1.2", "seed": "7"}, {"utm_source": "a-mail"}, {"pace": "?"}]
)
def test_a_link_with_settings_alone_opens_the_networks_of_the_page(link: dict[str, str]) -> None:
    found = drafts(opened(**link))
    assert (found.names, found.prompt) == (SIBLINGS, PROMPTS["shakespeare"][0].text)
    assert found.seeds == (int(link.get("seed", 1)),) * 3


def test_a_click_is_kept_when_its_run_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    page = shown(opened(model="counting", text="aaab"), 20)
    with monkeypatch.context() as patch:
        # Streamlit ends a run that another one overtakes, also while letters are generated.
        patch.setattr(draft_steps, "advance", interrupted)
        page.state[KEY] = {"view": {"epoch": 1, "shown": [30], "chosen": [0, 12], "seq": texts(page)["seq"] + 1}}
        page.app.run()
        assert page.app.exception
    assert drafts(page.run()).index == 12
    assert texts(page)["chosen"] == [0, 12]
    # A later choice counts: the click is not taken up again.
    page.state["generate_drafts"] = replace(drafts(page), index=3)
    assert drafts(page.run()).index == 3


def interrupted(*_: object) -> None:
    raise InterruptedError


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
    page = PageDriver.of_function("generate", page_of_ones_own)
    page.choose("choose_model", page.state["mine"])
    assert drafts(page).names == (page.state["mine"],)
    assert drafts(page).prompt == TEXT
    assert texts(page)["texts"][0]["title"] == "My own"
    assert "generate_prompt_own" in page.keys


def test_a_judge_gives_way_to_a_network_that_writes() -> None:
    page = opened(model="sst-lstm", text="A fine film")
    assert drafts(page).names == ("python-lstm",)
    assert drafts(page).prompt == "A fine film"


@pytest.mark.parametrize(("name", "symbols"), [("shakespeare-rnn", "h"), ("python-lstm", "ifo"), ("shakespeare-gru", "rz")])
def test_gates_and_choice_are_drawn_for_every_kind_of_network(name: str, symbols: str) -> None:
    page = finished(opened(model=name, length="60"))
    choices, curves = page.figures
    read = trace(load(name), drafts(page).generation.text)
    before = len(drafts(page).prompt)
    likeliest = np.sort(read.probs[before - 1])[::-1]
    np.testing.assert_allclose(choices["data"][0]["x"][:5], likeliest[:5], atol=1e-5)
    # A plain RNN has no gates: its units' distance from 0 is drawn.
    layer = read.layers[page.view.layer]
    means = [np.abs(layer[symbol][:, 0]).mean(axis=1) for symbol in symbols]
    np.testing.assert_allclose([numbers(each["y"]) for each in curves["data"]], means, atol=1e-5)


def test_clicks_put_a_letter_and_choose_one(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    monkeypatch.setattr("lstm_viz.ui.pages.generate.writing_session.replace_token", taken.append)
    for customdata in (3, None, "x"):
        alternatives._on_bar_click(Click(0, 0, 0, customdata))
    assert taken == [3]
    found = drafts(quick())
    monkeypatch.setattr("lstm_viz.ui.pages.generate.writing_session.saved_drafts", lambda: found)
    placed: list[int] = []
    monkeypatch.setattr("lstm_viz.ui.pages.generate.writing_session.choose", placed.append)
    gates._on_letter_click(Click(0, 0, 0, 9))
    assert placed == [5]


def test_the_explorer_is_shown_the_end_of_a_long_text() -> None:
    found = drafts(shown(quick(), 60, chosen=[0, 30]))
    view = alternatives.view_for_explorer(View("aaab", "counting"), found)
    assert (view.text, view.step, view.colour) == (found.generation.text, 34, "surprise")
    long = drafts(shown(quick(text="ab" * 490), 60, chosen=[0, 50]))
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
