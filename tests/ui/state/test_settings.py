"""Controls tied to the address: what a link asks for comes back, whatever it is, and nothing that it asks for is a traceback."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.state import settings
from lstm_viz.ui.state.settings import InvalidSetting, Setting

SETTINGS: dict[str, Setting[Any]] = {
    "weights": settings.number("a", "weights", 0.2, 3.0, 1.0),
    "seed": settings.number("b", "seed", 0, 9999, 0),
    "whose": settings.choice("c", "whose", ["one unit", "all units of the layer"], "one unit"),
    "top": settings.choice("d", "top", [1, 0.95, "all"], "all"),
    "on": settings.switch("e", "on"),
    "find": settings.text("f", "find"),
}


def page() -> None:
    import streamlit as st

    from lstm_viz.ui import components
    from lstm_viz.ui.components.layout import page_setup
    from lstm_viz.ui.state import settings

    page_setup()
    weights = settings.number("weights_slider", "weights", 0.2, 3.0, 1.0)
    whose = settings.choice("whose_control", "whose", ["unit", "layer"], "unit")
    find = settings.text("find_box", "find")
    st.text(f"before: {weights.value():g} {whose.value()} {find.value()}")
    st.slider("Weights", 0.2, 3.0, step=0.05, **weights.widget_args())
    if st.toggle("ask", value=True):
        st.segmented_control("Whose?", ["unit", "layer"], required=True, **whose.widget_args())
    st.text_input("Find", **find.widget_args())
    components.sync_address_bar(unsaved=bool(find.value()))


def opened(**link: Any) -> AppTest:
    found = AppTest.from_function(page, default_timeout=120)
    found.query_params.update(link)
    found.run()
    assert not found.exception
    return found


def followed(found: AppTest) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(found.get("bidi_component")[-1].proto.bytes)
    assert told.pop("session"), "the browser asks the server for this session after a restart"
    assert told.pop("work") == {"claim": "", "taken": []}, "settings alone are in the link: there is no work to find again"
    return told


@given(st.text() | st.floats().map(str) | st.integers().map(str))
@example("nan")
@example("1e999")
@example("-1")
@example("0x10")
@example("1_0")
@example("٣")
@example("\ud800")
@example("9" * 5000)
def test_whatever_a_link_says_is_a_value_or_refused(asked: str) -> None:
    for setting in SETTINGS.values():
        try:
            value = setting.read(asked)
        except InvalidSetting:
            continue
        assert setting.fit(value) == value
        assert setting.read(setting.write(value)) == value


@given(st.floats(0.2, 3.0), st.integers(0, 9999))
def test_numbers_come_back_from_the_address(weights: float, seed: int) -> None:
    for name, value in (("weights", weights), ("seed", seed)):
        found = SETTINGS[name].read(SETTINGS[name].write(value))
        assert found == pytest.approx(value, rel=1e-9)
        assert isinstance(found, type(value))


def test_the_view_s_own_parameters_are_taken() -> None:
    with pytest.raises(ValueError, match="the view's own"):
        settings.number("x", "layer", 0, 1, 0)


def test_a_link_sets_the_controls_and_what_is_chosen_goes_into_the_address() -> None:
    found = opened(weights="1.5", whose="layer")
    assert found.slider[0].value == 1.5
    assert found.segmented_control[0].value == "layer"
    assert found.text[0].value == "before: 1.5 layer"
    assert followed(found) == {"link": {"weights": "1.5", "whose": "layer", "find": None}, "unsaved": False}
    found.slider[0].set_value(2.0).run()
    found.text_input[0].set_value("king").run()
    assert found.text[0].value == "before: 2 layer king"
    assert followed(found) == {"link": {"weights": "2", "whose": "layer", "find": "king"}, "unsaved": True}
    found.slider[0].set_value(1.0).run()
    assert followed(found)["link"]["weights"] is None


def test_what_somebody_chose_is_not_set_again_as_a_quick_second_choice_would_be_lost() -> None:
    found = opened(weights="1.5")
    assert found.slider[0].proto.set_value
    found.slider[0].set_value(2.0).run()
    assert not [each.label for each in (found.slider[0], found.segmented_control[0], found.text_input[0]) if each.proto.set_value]


def test_a_control_that_is_not_drawn_for_a_while_keeps_its_value_and_its_place_in_the_address() -> None:
    found = opened(whose="layer")
    found.toggle[0].set_value(False).run()
    assert followed(found)["link"]["whose"] == "layer"
    found.toggle[0].set_value(True).run()
    assert found.segmented_control[0].value == "layer"


HOSTILE = ["nan", "inf", "1e999", "-1", "9" * 5000, "", "<b>x</b>", "[x](javascript:alert(1))", "$x$ :smile:", "٣", "None", "0x1"]


@pytest.mark.parametrize("asked", HOSTILE)
def test_what_makes_no_sense_gives_the_default_and_a_note(asked: str) -> None:
    found = opened(weights=asked, whose=asked)
    assert found.slider[0].value == 1.0
    assert found.segmented_control[0].value == "unit"
    (note,) = found.warning
    assert "weights" in note.value
    assert "0.2 to 3" in note.value
    assert "unit or layer" in note.value
    assert "<b>" not in note.value.replace("\\<", "")
    assert len(note.value) < 500
    # It stays until something else is chosen.
    found.text_input[0].set_value("x").run()
    assert len(found.warning) == 1
    found.slider[0].set_value(2.0).run()
    found.segmented_control[0].set_value("layer").run()
    found.run()
    assert not found.warning


def test_of_a_repeated_parameter_the_last_counts() -> None:
    assert opened(weights=["1.5", "2.5"]).slider[0].value == 2.5


def test_unknown_parameters_are_nobody_s_business() -> None:
    assert not opened(utm_source="x", weights="2").warning


def test_a_control_of_a_page_that_was_left_saves_nothing() -> None:
    def leave() -> None:
        import streamlit as st

        from lstm_viz.ui.state import settings

        # As Streamlit calls back when the pages were changed quickly: without the control's value.
        args = settings.number("weights_slider", "weights", 0.2, 3.0, 1.0).widget_args()
        st.session_state["weights_slider"] = 2.0
        args["on_change"]()
        st.text(settings.number("weights_slider", "weights", 0.2, 3.0, 1.0).value())
        del st.session_state["weights_slider"]
        args["on_change"]()
        st.text(settings.number("weights_slider", "weights", 0.2, 3.0, 1.0).value())

    found = AppTest.from_function(leave, default_timeout=120).run()
    assert not found.exception
    assert [text.value for text in found.text] == ["2.0", "2.0"]


def test_a_control_that_the_browser_reports_as_empty_keeps_its_value() -> None:
    def report() -> None:
        import streamlit as st

        from lstm_viz.ui.state import settings

        # As the browser does where the run that first sent the value was interrupted.
        setting = settings.choice("source_control", "source", ["tale", "own"], "tale")
        setting.save("own")
        args = setting.widget_args()
        st.session_state["source_control"] = None
        args["on_change"]()
        st.text(setting.value())
        setting.widget_args()
        st.text(st.session_state["source_control"])

    found = AppTest.from_function(report, default_timeout=120).run()
    assert not found.exception
    assert [text.value for text in found.text] == ["own", "own"]
