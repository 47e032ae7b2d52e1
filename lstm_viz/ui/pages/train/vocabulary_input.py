"""The vocabulary of a network whose file does not contain it: listed in order, or derived from its training text."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from lstm_viz.ui.components.text_upload import text_upload
from lstm_viz.ui.state.markdown import escape_block

#: The largest file, in bytes; and the longest text that is taken for a list, in characters.
_LARGEST = 5 * 2**20
_LONGEST = 200_000


def ask(reason: str, count: int) -> str | None:
    """Draw the inputs for `count` characters; return the raw input, None if there is none."""
    st.info(
        f"{escape_block(reason)}: give them below in the order of their numbers, or the text that it learned from.",
        icon=":material/abc:",
    )
    typed = st.text_area(
        f"Its {count:,} characters in order, or its text", key="train_symbols", height=120,
        placeholder='abc…, or a list ["a", "b", …], or a dictionary {"a": 0, …}, as Python or JSON',
    )  # fmt: skip
    st.caption("A text stands for its different characters, sorted, as in sorted(set(text)): so most projects number them.")
    uploads = text_upload("or as a file: the list, the dictionary or the text", "train_symbols", _LARGEST)
    return typed or (uploads.file.text if uploads is not None and uploads.file is not None else None)


def parse_vocabulary(text: str, count: int) -> tuple[Any, str]:
    """Parse a vocabulary as `load_checkpoint` takes it; return it with a description of how it was read.

    Raises ValueError if it is neither `count` characters nor a text with that many different ones.
    """
    entries = _structure(text)
    if entries is not None:
        return entries, f"Read as a {'dictionary' if isinstance(entries, dict) else 'list'} of {len(entries):,} entries."
    # A pasted line often includes its line end.
    ways = (text, text.removesuffix("\n"))
    for one in ways:
        if len(one) == count == len(set(one)):
            return one, "Read as the characters in the order of their numbers."
    for one in ways:
        if len(set(one)) == count:
            return sorted(set(one)), f"Read as a text; its {count:,} different characters were sorted."
    raise ValueError(
        f"{len(text):,} characters found, {len(set(text)):,} different ones; the network's vocabulary has {count:,}. "
        "Give its training text or its list of characters"
    )


def _structure(text: str) -> Sequence[Any] | dict[Any, Any] | None:
    """Parse a JSON or Python list or dictionary; return None if the text is neither."""
    if text.lstrip()[:1] not in ("[", "{", "(") or len(text) > _LONGEST:
        return None
    for reading in (json.loads, ast.literal_eval):
        try:
            entries = reading(text.strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(entries, (list, tuple, dict)):
            return entries
    return None
