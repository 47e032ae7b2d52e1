"""A sample story, written for this page: repetitive, so that a small network learns words within seconds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

NAME = "the-ferry.txt"


@cache
def sample_text() -> str:
    """Return the story."""
    return Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
