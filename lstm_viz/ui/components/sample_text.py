"""A tale to begin with, written for this page: so full of repetition that a small network has words after seconds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

NAME = "the-ferry.txt"


@cache
def sample_text() -> str:
    """The tale."""
    return Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
