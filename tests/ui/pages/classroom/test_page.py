"""The page of a class as Streamlit runs it: one part, with every network and quantity on offer."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import lstm_viz
from lstm_viz.classroom.room import Room
from lstm_viz.gates import CELLS
from lstm_viz.ui.components.classroom.line_reading import replace_invalid_choices
from tests.ui.page_testing import PAGES


def header(link: dict[str, str]) -> dict[str, Any]:
    """What the page gives to the browser."""
    at = AppTest.from_file(str(PAGES / "classroom.py"), default_timeout=120)
    at.query_params.update(link)
    at.run()
    assert not at.exception
    (part,) = (each for each in at.get("bidi_component") if each.proto.component_name.endswith("classroom"))
    sent: dict[str, Any] = json.loads(part.proto.bytes)
    return sent


def test_every_network_and_quantity_is_one_that_a_room_takes() -> None:
    networks = header({})["networks"]
    assert {network["id"] for network in networks} <= set(lstm_viz.models())
    for network in networks:
        config = lstm_viz.load(network["id"]).config
        assert (network["layers"], network["units"], network["words"]) == (config.layers, config.hidden, config.words)
        # What the vote asks about is a gate of this network.
        gates = {each.name for each in CELLS[config.kind]}
        assert network["gate"] == {"lstm": "forget gate", "gru": "update gate", "rnn": None}[config.kind]
        assert network["gate"] is None or network["gate"] in gates
        for colour, _ in network["colours"]:
            room = Room("", network["id"], colour, config.layers - 1, config.hidden - 1)
            assert replace_invalid_choices(room) == room


@pytest.mark.parametrize("room", ["BCDF", "<script>", "\u202e", "x" * 2000])
def test_a_pupils_page_opens_with_any_code(room: str) -> None:
    assert header({"room": room})["networks"] == []
