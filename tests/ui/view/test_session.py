"""From page to page: what one typed stays, an example made for another page's network does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.view.presets import SENTIMENT, presets
from tests.ui.on_page import view

APP = str(Path(__file__).parents[3] / "app.py")
NETWORK = "shakespeare-gru"


def at(page: str, app: AppTest) -> AppTest:
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def begun(**link: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params.update({"model": NETWORK, **link})
    return app.run()


@pytest.mark.parametrize("page", ["explore", "gradients", "memory", "what_if"])
def test_an_example_for_the_judge_stays_on_the_judge_s_page(page: str) -> None:
    app = at("sentiment", begun())
    assert view(app).text == SENTIMENT[0].text
    app.button(key=f"choose_example_{SENTIMENT[2].name}").click().run()
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
