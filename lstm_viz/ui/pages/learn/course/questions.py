"""The six questions, asked before the course and after it; the browser alone sees the answers."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import streamlit as st

from lstm_viz.ui.components.layout import page_header
from lstm_viz.ui.frontend.component import mount


@dataclass(frozen=True)
class Question:
    """One question; `right` is the number of its right option, from 1."""

    id: str
    ask: str
    options: tuple[str, ...]
    right: int


@cache
def questions() -> tuple[Question, ...]:
    """Return the six questions."""
    content = tomllib.loads(Path(__file__).with_name("questions.toml").read_text(encoding="utf-8"))
    return tuple(Question(each["id"], each["ask"], tuple(each["options"]), each["right"]) for each in content["questions"])


def render() -> None:
    """Draw the questions, the result before and after, and the class's gain."""
    page_header("Six questions, before and after")
    st.markdown(
        "Answer them before the first lesson and once more after the last: the same six. Your answers stay in this browser; "
        "nothing is sent."
    )
    header = {"kind": "questions", "questions": [asdict(each) for each in questions()]}
    mount(json.dumps(header).encode(), "learn_questions", part="course")
