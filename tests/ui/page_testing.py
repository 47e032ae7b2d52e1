"""What a page of the app shows in a test without a browser: its view, the letters' numbers, its figures."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
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
    saved = f"{key}_saved"
    return page.session_state[saved] if saved in page.session_state else default  # noqa: SIM401


def box(page: AppTest) -> dict[str, Any]:
    """What the page's box was given, with the numbers that colour its letters or words, where there are any."""
    return frames(page)[0]


def letters(page: AppTest) -> np.ndarray | None:
    """The numbers that colour the text; None where it is not coloured."""
    return box(page).get("values")


def frames(page: AppTest) -> list[dict[str, Any]]:
    """What boxes, generated texts and live views were given, from top to bottom: headers and numbers in one."""
    # A header's JSON begins behind its size, which may itself look like a letter.
    packed = [each.proto.bytes for each in page.get("bidi_component") if each.proto.bytes[4:5] == b"{"]
    return [header | arrays for header, arrays in map(unpack, packed)]


def figures(page: AppTest) -> list[dict[str, Any]]:
    """The figures that the page draws, from top to bottom; each is told in words too, under "told"."""
    found = []
    for each in page.get("bidi_component"):
        # A text box is packed, and what keeps the address has no second line.
        told, _, figure = each.proto.bytes.partition(b"\n")
        if each.proto.bytes[4:5] != b"{" and figure:
            assert json.loads(told)["alt"]
            found.append(json.loads(figure) | {"told": json.loads(told)})
    return found


def numbers(values: Any) -> np.ndarray:
    """A figure's numbers as they travel: a list, or packed; None in a list is a gap."""
    if not isinstance(values, dict):
        return np.array([np.nan if value is None else value for value in values], float)
    flat = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).astype(float)
    return flat.reshape([int(size) for size in values["shape"].split(",")]) if "shape" in values else flat


def curves(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A figure's traces by their names."""
    return {trace.get("name", ""): trace for trace in figure["data"]}


class PageDriver:
    """A page of the app as Streamlit runs it, without a browser; whatever a run raises fails the test at once.

    `app` is Streamlit's own test object, for what stands on one page only.
    """

    def __init__(self, script: str, question: str | None = None, state: dict[str, Any] | None = None, /, **link: str) -> None:
        """Open `pages/<script>.py` with a link's values, at a question and with what the session already holds."""
        self._open(script, AppTest.from_file(str(PAGES / f"{script}.py"), default_timeout=120), question, state, link)

    @classmethod
    def of_function(cls, script: str, function: Callable[..., None], *args: object, **link: str) -> PageDriver:
        """Open a page that this function draws as `pages/<script>.py` would, after it has prepared something."""
        driver = cls.__new__(cls)
        driver._open(script, AppTest.from_function(function, args=args, default_timeout=120), None, None, link)
        return driver

    def _open(
        self, script: str, app: AppTest, question: str | None, state: dict[str, Any] | None, link: dict[str, str]
    ) -> None:
        self.script, self.app = script, app
        for name, value in link.items():
            app.query_params[name] = value
        if question is not None:
            self.state[f"{script}_ask"] = question
        for name, value in (state or {}).items():
            self.state[name] = value
        self.run()

    def run(self) -> PageDriver:
        """Run the script once more."""
        self.app.run()
        assert not self.app.exception, [each.value for each in self.app.exception]
        return self

    def control(self, key: str) -> Any:
        """The control of this key, whatever its kind."""
        controls = self._controls()
        assert key in controls, f"no control {key!r}, only {sorted(controls)}"
        return controls[key]

    @property
    def keys(self) -> set[str]:
        """The keys of all controls on the page."""
        return set(self._controls())

    def _controls(self) -> dict[str, Any]:
        return {str(key): each for each in self.app.main if (key := getattr(each, "key", None))}

    def press(self, key: str) -> PageDriver:
        """Press a button."""
        self.control(key).click()
        return self.run()

    def choose(self, key: str, value: Any) -> PageDriver:
        """Set a control to a value: an option, a number, on or off."""
        self.control(key).set_value(value)
        return self.run()

    def ask(self, question: str) -> PageDriver:
        """Turn to another of the page's questions."""
        return self.choose(f"{self.script}_ask", question)

    def type(self, text: str, box: str = "box") -> PageDriver:
        """Put a text into the box, as its component sends it."""
        self.state[box] = {"view": {"text": text, "textRevision": self.box["textRevision"], "seq": 3}}
        return self.run()

    def click(self, figure: str, x: object, y: object = "0") -> PageDriver:
        """Click on a place of a figure, as its component sends it."""
        self.state[figure] = {"view": {"x": x, "y": y, "curve": 0, "n": 1}}
        return self.run()

    @property
    def state(self) -> Any:
        """The session's state."""
        return self.app.session_state

    @property
    def view(self) -> View:
        """The session's view."""
        return view(self.app)

    @property
    def box(self) -> dict[str, Any]:
        """What the page's box was given."""
        return box(self.app)

    @property
    def letters(self) -> np.ndarray | None:
        """The numbers that colour the text; None where it is not coloured."""
        return letters(self.app)

    @property
    def figures(self) -> list[dict[str, Any]]:
        """The figures that the page draws, from top to bottom, as data."""
        return figures(self.app)

    @property
    def colours(self) -> np.ndarray:
        """The numbers that colour the text; fails where it is not coloured."""
        found = self.letters
        assert found is not None
        return found

    @property
    def frames(self) -> list[dict[str, Any]]:
        """What boxes, generated texts and live views were given, headers and numbers in one."""
        return frames(self.app)

    @property
    def html(self) -> str:
        """The HTML that the page writes itself."""
        return "\n".join(each.proto.body for each in self.app.get("html"))

    def messages(self, kind: str) -> list[str]:
        """The messages of one kind: "info", "warning", "error" or "caption"."""
        return [str(getattr(each, "value", "")) for each in self.app.get(kind)]

    @property
    def words(self) -> str:
        """The page's sentences, from headings to error messages."""
        kinds = ("subheader", "markdown", "caption", "info", "warning", "error")
        return "\n".join(said for kind in kinds for said in self.messages(kind))
