"""Models of one's own: offered on every page, followed by links, gone with their session."""


import pytest
import torch
from streamlit.testing.v1 import AppTest

from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.ui.state import models
from lstm_viz.ui.state.examples import Preset
from lstm_viz.ui.state.session_models import MAX_MODELS, register_model
from tests.ui.page_testing import APP

EXAMPLE = Preset("own", "Begin here", "abcabc", "Nothing to see.", colour="surprise")


def small(units: int = 5) -> LanguageModel:
    torch.manual_seed(units)
    return LanguageModel(Config("lstm", 3, units), Vocabulary.of("abc")).eval().requires_grad_(False)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A session of its own, as no Streamlit script runs here."""
    kept: dict[str, object] = {}
    monkeypatch.setattr("streamlit.session_state", kept)
    return kept


def test_an_own_model_is_offered_after_the_shipped_ones(session: dict[str, object]) -> None:
    shipped = models.available_models()
    name = register_model(small(), "Mine", [EXAMPLE], "trained")
    assert models.available_models() == [*shipped, name]
    assert (models.model_title(name), models.get_model(name).presets) == ("Mine", (EXAMPLE,))
    assert models.available_models(classifiers=True)[-1] == "sst-lstm"


def test_the_same_key_takes_the_first_ones_place(session: dict[str, object]) -> None:
    first = register_model(small(5), "First", [EXAMPLE], "trained")
    other = register_model(small(5), "Other", [EXAMPLE], "loaded")
    second = register_model(small(6), "Second", [EXAMPLE], "trained")
    assert list(models.session_models()) == [other, second]
    assert not models.is_known(first)


def test_only_so_many_are_kept(session: dict[str, object]) -> None:
    names = [register_model(small(), "Mine", [EXAMPLE], f"k{number}") for number in range(MAX_MODELS + 2)]
    assert list(models.session_models()) == names[2:]


def test_it_is_gone_with_its_session(session: dict[str, object]) -> None:
    name = register_model(small(), "Mine", [EXAMPLE], "trained")
    assert models.is_known(name)
    # What was reckoned once for it is kept with it, not beyond it.
    assert models.get_model(name).order(0) is models.get_model(name).order(0)
    session.clear()
    assert not models.is_known(name)


def test_an_example_is_needed(session: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="example text"):
        register_model(small(), "Mine", [], "trained")


@pytest.mark.parametrize("page", ["pages/explore.py", "pages/gradients.py", "pages/memory.py", "pages/what_if.py"])
def test_every_page_shows_an_own_model_that_a_link_names(page: str) -> None:
    found = models.prepare_model("own-link-0", "Another's", small(), [EXAMPLE])
    models._REGISTERED[found.name] = found
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.query_params["model"] = found.name
    # The first question of Gradients has three networks of its own, whichever is chosen.
    app.query_params["ask"] = "gradient-flow"
    app.run()
    app.switch_page(page).run()
    assert not app.exception
    assert app.selectbox(key="choose_model").value == found.name
    assert app.session_state["view"].text == EXAMPLE.text
    # The session that followed the link holds the model now.
    assert found.name in app.session_state["own_models"]
