"""From page to page: what one typed stays, an example made for another page's network does not."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.state.examples import SENTIMENT, SHAKESPEARE, presets
from lstm_viz.ui.state.synced import Synced
from lstm_viz.ui.state.view import View
from tests.ui.page_testing import APP, PAGES, box, view

NETWORK = "shakespeare-gru"
#: Examples of a gate that a plain RNN does not have.
GATED = {each.name for each in SHAKESPEARE if each.gated}


def at(page: str, app: AppTest) -> AppTest:
    # The menu opens a page without parameters.
    app.query_params.clear()
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def begun(**link: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.query_params.update({"model": NETWORK, **link})
    return app.run()


@pytest.mark.parametrize("page", ["explore", "gradients", "memory", "what_if"])
def test_an_example_for_the_judge_stays_on_the_judge_s_page(page: str) -> None:
    app = at("sentiment", begun())
    assert view(app).text == SENTIMENT[0].text
    app.button(key=f"choose_example_{SENTIMENT[2].id}").click().run()
    assert view(app).text == SENTIMENT[2].text
    at(page, app)
    assert (view(app).model, view(app).text) == (NETWORK, presets(NETWORK)[0].text)


def test_one_s_own_words_go_along() -> None:
    app = at("sentiment", begun(text="My own words"))
    assert view(at("explore", app)).text == "My own words"


def test_who_brings_the_same_sentence_to_another_network_keeps_it() -> None:
    assert view(at("memory", begun(text=SENTIMENT[2].text))).text == SENTIMENT[2].text


def test_the_judge_itself_keeps_the_sentence_in_the_explorer() -> None:
    app = begun(model="sst-lstm")
    at("explore", at("sentiment", app))
    assert (view(app).model, view(app).text) == ("sst-lstm", SENTIMENT[0].text)


def test_what_generate_puts_up_by_itself_stays_there() -> None:
    app = AppTest.from_file(str(APP), default_timeout=120).run()
    before = view(app)
    at("generate", app)
    written = view(app)
    assert written.text == "ROMEO:\n"
    assert view(at("memory", app)) == before
    # Another prompt is this page's too, and found there again.
    at("generate", app)
    assert view(app) == written
    app.button(key="generate_prompt_question").click().run()
    question = view(app).text
    assert view(at("what_if", app)) == before
    assert view(at("generate", app)).text == question
    # A network that somebody chooses there is meant for all pages.
    app.selectbox(key="choose_model").set_value(NETWORK).run()
    at("explore", app)
    assert (view(app).model, view(app).text) == (NETWORK, presets(NETWORK)[0].text)


def test_an_address_that_says_something_counts_for_more_than_what_was_there_last() -> None:
    app = at("memory", begun(text="My own words"))
    app.query_params.update({"model": "counting", "text": "aab", "unit": "2", "memory-of": "layer"})
    app.switch_page("pages/gradients.py").run()
    assert (view(app).model, view(app).text, view(app).unit) == ("counting", "aab", 2)


@pytest.mark.parametrize("name", ["own-trained-lstm-1000-deadbeef", "shakespere-lstm", "../../etc", "<b>x</b>", "x" * 5000])
@pytest.mark.parametrize("page", ["explore", "memory", "what_if"])
def test_a_network_that_is_gone_is_said_to_be_and_the_address_stays_until_something_is_chosen(page: str, name: str) -> None:
    app = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=120)
    app.query_params.update({"model": name, "text": "The river is wide"})
    app.run()
    assert view(app).text == "The river is wide"
    (warning,) = app.warning
    assert "not on this server" in warning.value
    assert "Program code" in warning.value
    assert "<b>" not in warning.value.replace("\\<", "")
    assert box(app)["linkFrozen"]
    app.run()
    assert box(app)["linkFrozen"]
    app.selectbox(key="choose_model").set_value("shakespeare-gru").run()
    assert not app.warning
    assert not box(app)["linkFrozen"]
    assert box(app)["link"]["model"] == "shakespeare-gru"


HOSTILE = {
    "layer": ["nan", "-3", "99", "1e999", "９", "9" * 400], "unit": ["-1", "100000", "0x1", "None", ""],
    "step": ["-7", "1.5", "١"],
    "zoom": ["everything", "<script>"], "aim": ["👀", "a" * 3000], "colour": ["javascript:alert(1)", "unit.", "$x$", "mean.f.f"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "asked"), [(name, asked) for name, found in HOSTILE.items() for asked in found])
def test_what_a_link_says_of_the_view_and_makes_no_sense_is_said(name: str, asked: str) -> None:
    app = AppTest.from_file(str(PAGES / "explore.py"), default_timeout=120)
    app.query_params.update({"model": "counting", "text": "aab", name: asked})
    app.run()
    assert (view(app).model, view(app).text) == ("counting", "aab")
    assert f"This link says {name} = " in app.warning[0].value


def test_an_example_that_replaces_ones_own_words_can_be_undone() -> None:
    app = begun(text="My own words", unit="7")
    before = view(app)
    preset = presets(NETWORK)[1]
    app.button(key=f"choose_example_{preset.id}").click().run()
    assert view(app).text == preset.text
    app.button(key="choose_undo").click().run()
    assert view(app) == before
    assert not [each for each in app.button if each.key == "choose_undo"]
    # An example in the place of an example needs none.
    for each in presets(NETWORK)[1:]:
        app.button(key=f"choose_example_{each.id}").click().run()
    assert view(app).text == presets(NETWORK)[-1].text
    app.button(key="choose_undo").click().run()
    assert view(app).text == "My own words"


@pytest.mark.parametrize(("typed", "is_offered"), [("My own words", True), ("", False), (presets(NETWORK)[1].text, False)])
def test_what_was_typed_while_an_example_was_on_its_way_can_be_brought_back(typed: str, is_offered: bool) -> None:
    app = begun()
    before = view(app).text
    app.button(key=f"choose_example_{presets(NETWORK)[1].id}").click().run()
    app.session_state["live"] = {"view": {"text": typed, "step": 3, "textRevision": 1, "seq": 1}}
    assert view(app.run()).text == presets(NETWORK)[1].text != before
    assert bool([each for each in app.button if each.key == "choose_undo"]) == is_offered
    if is_offered:
        app.button(key="choose_undo").click().run()
        assert view(app).text == typed


def test_ones_own_words_are_shown_at_a_unit_worth_reading() -> None:
    app = begun(text="My own (words)")
    app.selectbox(key="choose_model").set_value("python-lstm").run()
    assert (view(app).text, view(app).layer, view(app).unit) == ("My own (words)", 0, presets("python-lstm")[0].unit)


def test_a_plain_rnn_is_offered_no_example_of_a_gate() -> None:
    app = begun()
    assert any(each.label in GATED for each in app.button)
    app.selectbox(key="choose_model").set_value("shakespeare-rnn").run()
    assert app.button
    assert not any(each.label in GATED for each in app.button)


@pytest.mark.parametrize("interrupted", ["accepts", "save"])
@pytest.mark.parametrize("component", ["box", "live"])
def test_what_was_typed_is_kept_when_its_run_is_interrupted(
    component: str, interrupted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script() -> None:
        from lstm_viz.ui.state import session

        session.current()

    def interrupt(*_: object) -> None:
        raise InterruptedError

    app = AppTest.from_function(script, default_timeout=120).run()
    app.session_state[component] = {"view": {"text": "My own words", "step": 3, "textRevision": 1, "seq": 1}}
    with monkeypatch.context() as patch:
        # Streamlit ends a run that another one overtakes wherever it uses the session's state.
        patch.setattr(Synced, interrupted, interrupt)
        assert app.run().exception
    assert view(app.run()).text == "My own words"
    # Once it is saved, the message does not undo what is chosen later.
    app.session_state["view"] = View("Another text", NETWORK)
    assert view(app.run()).text == "Another text"
