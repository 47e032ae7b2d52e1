"""Names of units on screen: in the tooltip of the unit's control, in the live view's frame, and in the table of all."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

import lstm_viz
from lstm_viz.gates import symbols
from lstm_viz.reader import Reader
from lstm_viz.ui.components.live_view.from_text import scene_from_text
from lstm_viz.ui.components.live_view.payload import build_payload
from lstm_viz.ui.components.unit_names import unit_help
from lstm_viz.ui.state import models, unit_names
from lstm_viz.ui.state.examples import Preset
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View
from lstm_viz.unit_names import shipped_names
from tests.tiny import TEXT, tiny
from tests.ui.page_testing import PAGES, view


def opened(model: str) -> AppTest:
    page = AppTest.from_file(str(PAGES / "explore.py"), default_timeout=60)
    page.query_params["model"] = model
    return page.run()


@pytest.mark.parametrize("model", ["brackets", "python-lstm", "shakespeare-lstm"])
def test_the_tooltip_and_the_frame_say_what_ships(model: str) -> None:
    names = shipped_names(model)
    assert names is not None
    kind = get_model(model).model.config.kind
    shown = View("a(b)", model, unit=5, zoom="unit")
    header, _ = build_payload(scene_from_text(shown, Reader(get_model(model).model)))
    assert header["unitNames"] == {symbol: names.best(0, symbol, 5).describe(brief=True) for symbol in symbols(kind)}
    text = unit_help(shown)
    assert text is not None
    assert text.count("\n- ") == len(symbols(kind))
    assert names.source in text.replace("\\", "")


def test_a_network_of_one_s_own_has_names_once_they_were_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    own = models.prepare_model("own-test", "mine", tiny(), [Preset("mine", "mine", TEXT, "")])
    monkeypatch.setitem(models._REGISTERED, "own-test", own)
    shown = View(TEXT, "own-test", unit=2)
    assert unit_help(shown) is None
    assert unit_names.unit_names("own-test", 0, 2) == {}
    names = lstm_viz.name_units(own.model, TEXT * 60, source="my [text]")
    unit_names.keep_names("own-test", names)
    assert unit_names.names_of("own-test") == names
    assert r"my \[text\]" in (unit_help(shown) or "")
    unit_names.keep_names("brackets", names)
    assert unit_names.names_of("brackets") == shipped_names("brackets")


def test_the_table_shows_the_best_unit_of_each_feature_and_filters() -> None:
    page = opened("brackets")
    names = shipped_names("brackets")
    assert names is not None
    table = page.dataframe[0].value
    assert table["score"].tolist() == pytest.approx([each.score for each in names.by_feature()])
    page.selectbox(key="unit_names_table_symbol").set_value("c").run()
    table = page.dataframe[0].value
    rows = names.table(["c"])
    assert table["unit"].tolist() == [each.unit for each in rows]
    assert table["by chance"].tolist() == pytest.approx([each.control for each in rows])
    page.selectbox(key="unit_names_table_feature").set_value("in-brackets").run()
    assert set(page.dataframe[0].value["tracks"]) == {"inside brackets ( [ {"}
    assert view(page).model == "brackets"
