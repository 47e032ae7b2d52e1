"""Whatever is set on a page is in its link: every control that was moved stands there again for who opens the link."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput, Slider, TextInput

from lstm_viz.ui.pages.delays.page import QUESTION_TITLES as DELAYS
from lstm_viz.ui.pages.gradients.page import QUESTION_TITLES as GRADIENTS
from lstm_viz.ui.pages.long_text.page import QUESTION_TITLES as YOUR_TEXT
from lstm_viz.ui.pages.memory.page import QUESTION_TITLES as MEMORY
from lstm_viz.ui.pages.sentiment.page import QUESTION_TITLES as SENTIMENT
from lstm_viz.ui.pages.units.page import QUESTION_TITLES as UNITS
from lstm_viz.ui.pages.what_if.page import QUESTION_TITLES as WHAT_IF
from lstm_viz.ui.pages.what_if.what_if_state import UNIT
from lstm_viz.ui.server.control_reports import correct_control_reports
from tests.ui.page_testing import PAGES, unpack

#: What opens something, or is typed into a form that is sent by a button: no part of what is seen.
FORMS = ("what_if_add", "what_if_act", "explore_", "memory_long", "memory_short", "unit_names_job")
#: Another question or text has controls of its own, and so has another example of a task.
REPLACED = ("_ask", "_source")
QUESTIONS = {
    "gradients": GRADIENTS, "memory": MEMORY, "what_if": WHAT_IF, "sentiment": SENTIMENT, "delays": DELAYS,
    "your_text": YOUR_TEXT, "units": UNITS,
}  # fmt: skip
#: What else is offered where a test cannot see it.
CHOICES = {
    "choose_layer": 1, "choose_aim": "step", "memory_whose": "layer", "gradient_flow_view": "state", "gradient_flow_symbol": "h",
    "gradient_paths_whose": "layer", "attribution_baseline": "zero", "cap_bend": "relu", "cap_by": "value", "cap_size_norm": 2,
    "cap_size_value": 0.1, "what_if_quantity": "n", "what_if_scope": UNIT, "what_if_difference": "unit",
    "generate_top_k": 5, "generate_top_p": 0.9, "generate_count": 60, "generate_pace": 0, "generate_colour": "entropy",
    "your_text_symbol": "r", "your_text_end": "lowest", "delays_task": "add", "delays_longest": 50, "delays_units": 32,
    "train_kind": "gru", "train_layers": 2, "train_units": 64, "train_steps": 500, "train_rate": 1e-2, "train_cap": 0.5,
    "train_dropout": 0.1, "train_at": 100, "series_name": "co2", "series_begin": "held", "series_kind": "gru",
    "series_units": 48, "series_lesson": 100,
    "series_start": 0, "units_end": "lowest", "units_quantity": "z", "units_automatic": False, "units_share": 0.5,
    "units_threshold": 0.5, "your_text_units_quantity": "z", "your_text_units_automatic": False, "your_text_units_share": 0.5,
    "your_text_units_threshold": 0.5, "units_color": "position", "units_track": "own", "your_text_units_track": "own",
    "units_order": "score", "series_units_quantity": "f", "series_units_automatic": False, "series_units_share": 0.5,
    "series_units_threshold": 0.5,
    "unit_names_table_feature": "blank line", "unit_names_table_symbol": "z",
}  # fmt: skip
CASES = [(page, question) for page, found in QUESTIONS.items() for question in found] + [
    ("generate", ""),
    ("explore", ""),
    ("train", ""),
    ("series", ""),
    ("series", "match"),
    ("series", "teach"),
]


@pytest.fixture(autouse=True)
def values_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the server does at its start."""
    for name in ("_compact_state", "set_widgets_from_proto", "register_widget"):
        monkeypatch.setattr(SessionState, name, getattr(SessionState, name))
    correct_control_reports()


def opened(page: str, link: dict[str, str]) -> AppTest:
    found = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=120)
    found.query_params.update(link)
    found.run()
    assert not found.exception, [each.value for each in found.exception]
    return found


def controls(page: AppTest) -> dict[str, Any]:
    """The controls that show a value, by key."""
    kinds = (
        page.slider,
        page.select_slider,
        page.number_input,
        page.selectbox,
        page.segmented_control,
        page.toggle,
        page.checkbox,
        page.text_input,
    )
    found = {each.key: each for kind in kinds for each in kind}
    return {key: each for key, each in found.items() if key and not key.startswith(FORMS)}


def drawn(control: Any) -> object:
    """What a browser shows that draws the control for the first time from its last message."""
    told = control.proto
    match type(told).__name__:
        case "ButtonGroup":
            offered = [each.content for each in told.options]
            return list(told.raw_values) if told.set_value else [offered[each] for each in told.default]
        case "Selectbox":
            return told.raw_value if told.set_value else told.options[told.default]
        case "Slider" if told.options:
            return list(told.raw_value) if told.set_value else [told.options[int(each)] for each in told.default]
        case "Slider":
            return list(told.value if told.set_value else told.default)
        case _:
            return told.value if told.set_value else told.default


def link(page: AppTest) -> dict[str, str]:
    """The address as all parts of the page write it together."""
    said: dict[str, str | None] = {}
    for each in page.get("bidi_component"):
        packed = each.proto.bytes
        header = json.loads(packed.partition(b"\n")[0]) if packed[:1] == b"{" else unpack(packed)[0]
        said |= header.get("link") or {}
    return {name: value for name, value in said.items() if value is not None}


def moved(control: Any) -> None:
    """Put the control on another value."""
    if control.key.startswith(("units_stretch", "series_units_stretch")):
        control.set_value((1, 3))
    elif control.key in CHOICES:
        control.set_value(CHOICES[control.key])
    elif isinstance(control, NumberInput):
        control.set_value(control.value - 1 if control.value > control.min else control.value + 1)
    elif isinstance(control, TextInput):
        control.set_value("the")
    elif isinstance(control, Slider):
        value: Any = control.value
        control.set_value(value + control.step)
    else:
        raise AssertionError(f"say in CHOICES what else {control.key} offers")


@pytest.mark.parametrize(("page", "question"), CASES)
def test_the_link_brings_every_control_back(page: str, question: str) -> None:
    found = opened(page, {"model": "shakespeare-gru", "text": "O gentle night", **({"ask": question} if question else {})})
    done: set[str] = set()
    # All that are offered at once, and then those that have come up since.
    while keys := [key for key in controls(found) if key not in done and key != "choose_model" and not key.endswith(REPLACED)]:
        for key in keys:
            moved(controls(found)[key])
        found.run()
        assert not found.exception, keys
        done.update(keys)
    before = {key: each.value for key, each in controls(found).items()}
    again = opened(page, link(found))
    assert {key: each.value for key, each in controls(again).items()} == before
    assert not [each.value for each in again.warning if each.icon == ":material/link_off:"]
    # The page runs again before the browser has drawn any of it, and so reports no control.
    first = {key: drawn(each) for key, each in controls(again).items()}
    again._run(WidgetStates())
    assert {key: drawn(each) for key, each in controls(again).items()} == first
