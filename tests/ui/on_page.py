"""What a page of the app shows in a test without a browser: its view, the letters' numbers, its figures."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.view.view import View


def view(page: AppTest) -> View:
    """The session's view; fails where the page raised anything."""
    assert not page.exception, [each.value for each in page.exception]
    found: View = page.session_state["view"]
    return found


def box(page: AppTest) -> dict[str, Any]:
    """What the page's box was given, with the numbers that colour its letters or words, where there are any."""
    packed: bytes = page.get("bidi_component")[0].proto.bytes
    size = int.from_bytes(packed[:4], "little")
    header: dict[str, Any] = json.loads(packed[4 : 4 + size])
    header["values"] = np.frombuffer(packed[-(-(4 + size) // 8) * 8 :], "<f4")[: len(header["tokens"])]
    return header


def letters(page: AppTest) -> np.ndarray | None:
    """The numbers that colour the text; None where it is not coloured."""
    found = box(page)
    return found["values"] if found["arrays"] else None


def figures(page: AppTest) -> list[dict[str, Any]]:
    """The figures that the page draws, from top to bottom; each is told in words too."""
    found = []
    for each in page.get("bidi_component")[1:]:
        said, figure = each.proto.bytes.split(b"\n", 1)
        assert json.loads(said)["alt"]
        found.append(json.loads(figure))
    return found
