"""The page of a class: its component is mounted once, and everything goes over the class's WebSocket."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from lstm_viz.models.catalog import load
from lstm_viz.ui.components.classroom.line_reading import GATE_NAMES, coloring_ids, gate_of, offered_networks
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state.theme import PALETTES_BY_THEME


def render() -> None:
    """Draw the page."""
    page_setup()
    page_header(
        "Class", "A wall of everybody's lines, coloured by what the network does, and votes before the reveal.", as_tooltip=True
    )
    # Pupils who open a room's link choose no network.
    networks = [] if "room" in st.query_params else [_network(name, title) for name, title in offered_networks().items()]
    mount(json.dumps({"palette": PALETTES_BY_THEME, "networks": networks}).encode(), "classroom", part="classroom")


def _network(name: str, title: str) -> dict[str, Any]:
    config = load(name).config
    return {
        "id": name, "title": title, "layers": config.layers, "units": config.hidden, "words": config.words,
        "colours": list(coloring_ids(name).items()), "gate": GATE_NAMES.get(gate_of(name) or ""),
    }  # fmt: skip
