"""What a page of the app shows in a test without a browser: its view, the letters' numbers, its figures."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.state.view import View

#: The app's entry point, and the folder of the pages' scripts.
APP = Path(__file__).parents[2] / "app.py"
PAGES = APP.parent / "pages"
Frame = tuple[dict[str, Any], dict[str, np.ndarray]]


def unpack(packed: bytes, before: Frame | None = None) -> Frame:
    """A frame's header and arrays, decoded from its own description as the browser does it, sharing no code with `pack`.

    `before` is the frame before on the same connection, where there was one.
    """
    (size,) = struct.unpack("<I", packed[:4])
    header: dict[str, Any] = json.loads(packed[4 : 4 + size].decode("utf-8"))
    start = -(-(4 + size) // 8) * 8
    for name in header.pop("same", []):
        assert before is not None
        header[name] = before[0][name]
    for name, count in header.pop("tails", {}).items():
        assert before is not None
        header[name] = before[0][name][:count] + header[name]
    arrays = {}
    for name, about in header["arrays"].items():
        assert about["offset"] % 8 == 0, "typed arrays in the browser start at multiples of their item's size"
        axis, first, shape = about.get("axis", 0), about.get("from", 0), list(about["shape"])
        shape[axis] -= first
        sent = np.frombuffer(packed, f"<{about['dtype']}", int(np.prod(shape)), start + about["offset"]).reshape(shape)
        if first:
            assert before is not None
            sent = np.concatenate((before[1][name].take(range(first), axis), sent), axis)
        assert list(sent.shape) == about["shape"]
        arrays[name] = sent
    return header, arrays


def view(page: AppTest) -> View:
    """The session's view; fails where the page raised anything."""
    assert not page.exception, [each.value for each in page.exception]
    found: View = page.session_state["view"]
    return found


def setting(page: AppTest, key: str, default: Any = None) -> Any:
    """What the session remembers of the control of this key."""
    kept = f"{key}_kept"
    return page.session_state[kept] if kept in page.session_state else default  # noqa: SIM401


def box(page: AppTest) -> dict[str, Any]:
    """What the page's box was given, with the numbers that colour its letters or words, where there are any."""
    header, arrays = unpack(page.get("bidi_component")[0].proto.bytes)
    return header | arrays


def letters(page: AppTest) -> np.ndarray | None:
    """The numbers that colour the text; None where it is not coloured."""
    return box(page).get("values")


def figures(page: AppTest) -> list[dict[str, Any]]:
    """The figures that the page draws, from top to bottom; each is told in words too."""
    found = []
    for each in page.get("bidi_component")[1:]:
        said, figure = each.proto.bytes.split(b"\n", 1)
        assert json.loads(said)["alt"]
        found.append(json.loads(figure))
    return found
