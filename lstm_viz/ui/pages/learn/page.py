"""The learn page: the course of ten lessons, and everything on one page."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components.layout import page_setup
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.pages.learn import all_sections
from lstm_viz.ui.pages.learn.all_sections import SECTIONS
from lstm_viz.ui.pages.learn.course import cheat_sheet, own_lesson, player, questions
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.messages import component_message

#: The page's parts by id, which links use; the titles may change.
PARTS = {"lessons": "Ten lessons", "questions": "Six questions", "sheet": "Cheat sheet", "all": "All on one page"}


def _lessons() -> None:
    player.render()
    own_lesson.render()


_RENDER: dict[str, Callable[[], None]] = {
    "lessons": _lessons, "questions": questions.render, "sheet": cheat_sheet.render, "all": all_sections.render,
}  # fmt: skip
_PART = settings.choice("learn_part", "part", list(PARTS), "lessons")


def render() -> None:
    """Draw the page."""
    page_setup()
    _follow_anchor()
    st.segmented_control(
        "Part", list(PARTS), format_func=PARTS.__getitem__, required=True, label_visibility="collapsed", **_PART.widget_args()
    )
    _RENDER[_PART.value()]()
    components.sync_address_bar("learn_part_address")


def _follow_anchor() -> None:
    """Open the part that has the section of a link such as learn#bptt; only the browser knows the part after the #."""

    def on_message() -> None:
        if (component_message("learn_anchor") or {}).get("anchor") in SECTIONS:
            _PART.save("all")

    mount(json.dumps({"kind": "anchor", "anchors": list(SECTIONS)}).encode(), "learn_anchor", on_message, part="course")
