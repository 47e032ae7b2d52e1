"""The link to share and its QR code, which is read back by a reader written from the standard."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.components.share import MAX_QR_BYTES, qr_svg

#: The mask patterns of ISO/IEC 18004, table 10, by row i and column j.
MASKS = [
    lambda i, j: (i + j) % 2,
    lambda i, j: i % 2,
    lambda i, j: j % 3,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: i * j % 2 + i * j % 3,
    lambda i, j: (i * j % 2 + i * j % 3) % 2,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
]


def modules(svg: str) -> np.ndarray:
    """The dark squares of a code's drawing, without its quiet zone of four."""
    (side,) = {int(each) for each in re.findall(r'viewBox="0 0 (\d+) \1"', svg)}
    (path,) = re.findall(r'stroke="#000" d="([^"]+)"', svg)
    dark, x, y = np.zeros((side, side), int), 0.0, 0.0
    for command, first, second in re.findall(r"([MmhH])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", path):
        if command == "M":
            x, y = float(first), float(second)
        elif command == "m":
            x, y = x + float(first), y + float(second or 0)
        else:
            dark[int(y), int(x) : int(x + float(first))] = 1
            x += float(first)
    assert not dark[:4].any()
    assert not dark[-4:].any()
    assert not dark[:, :4].any()
    assert not dark[:, -4:].any()
    return dark[4:-4, 4:-4]


def read(svg: str) -> str:
    """The text of a code of version 2 in byte mode: one block of codewords, in the order of ISO/IEC 18004, 7.7.3."""
    dark = modules(svg)
    size = len(dark)
    assert size == 25, "version 2"
    mask = MASKS[int("".join(map(str, dark[8, 2:5])), 2) ^ 0b101]
    used = np.zeros_like(dark)
    used[:9, :9] = used[:9, -8:] = used[-8:, :9] = used[16:21, 16:21] = 1
    used[6] = used[:, 6] = 1
    bits, upwards = [], True
    for right in [24, 22, 20, 18, 16, 14, 12, 10, 8, 5, 3, 1]:
        for i in range(size - 1, -1, -1) if upwards else range(size):
            bits += [int(dark[i, j]) ^ (mask(i, j) == 0) for j in (right, right - 1) if not used[i, j]]
        upwards = not upwards
    stream = "".join(map(str, bits))
    assert stream[:4] == "0100", "byte mode"
    length = int(stream[4:12], 2)
    return bytes(int(stream[12 + 8 * n : 20 + 8 * n], 2) for n in range(length)).decode()


@pytest.mark.parametrize("link", ["http://192.168.1.5:8501/", "http://10.0.0.7/?a=%C3%BC", "https://a.example/ABCD"])
def test_a_code_holds_its_link(link: str) -> None:
    assert read(qr_svg(link)) == link


def test_the_longest_link_still_has_a_code_and_what_is_longer_is_refused() -> None:
    side = len(modules(qr_svg("x" * MAX_QR_BYTES)))
    assert side == 17 + 4 * 25
    for link in ("", "x" * (MAX_QR_BYTES + 1), "é" * MAX_QR_BYTES):
        with pytest.raises(ValueError, match=r"holds 1 to 1,273"):
            qr_svg(link)


@pytest.mark.parametrize("link", ["</svg><script>alert(1)</script>", "\x00\x07", "\udcff", "😀" * 50])
def test_a_code_is_nothing_but_a_drawing(link: str) -> None:
    assert re.fullmatch(r"<svg [^<>]*>(<path [^<>]*/>)+</svg>\s*", qr_svg(link))
    assert "script" not in qr_svg(link)


def popover(href: object, monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> tuple[AppTest, dict[str, Any]]:
    def page() -> None:
        from lstm_viz.ui.components.share import share_popover

        share_popover()

    monkeypatch.setattr("lstm_viz.ui.components.share.lan_addresses", lambda: addresses)
    opened = AppTest.from_function(page, default_timeout=120)
    opened.session_state["share"] = True
    opened.session_state["share_link"] = {"view": {"href": href}}
    opened.run()
    assert not opened.exception, [each.value for each in opened.exception]
    return opened, json.loads(opened.get("bidi_component")[0].proto.bytes)


def test_the_popover_gives_the_address_on_the_network_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    page, frame = popover("http://localhost:8501/units?unit=3", monkeypatch, ["192.168.1.5"])
    assert frame["link"] == "http://192.168.1.5:8501/units?unit=3"
    assert frame["svg"] == qr_svg(frame["link"])
    assert any("localhost" in each.value for each in page.caption)
    page, frame = popover("https://lab.example.org/units", monkeypatch, ["192.168.1.5"])
    assert frame["link"] == "https://lab.example.org/units"
    assert not any("localhost" in each.value for each in page.caption)


def test_on_several_networks_one_chooses_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    page, frame = popover("http://localhost:8501/", monkeypatch, ["192.168.1.5", "10.0.0.7"])
    assert frame["link"] == "http://192.168.1.5:8501/"
    page.selectbox(key="share_address").set_value("10.0.0.7:8501").run()
    assert json.loads(page.get("bidi_component")[0].proto.bytes)["link"] == "http://10.0.0.7:8501/"


@pytest.mark.parametrize(
    "href", [None, 7, "", "javascript:alert(1)", "http://", "http://[::1", "http://a:99999/", "file:///etc/passwd", "x" * 20_000]
)
def test_what_is_no_address_is_not_shared(href: object, monkeypatch: pytest.MonkeyPatch) -> None:
    _, frame = popover(href, monkeypatch, ["192.168.1.5"])
    assert frame["link"] == frame["svg"] == ""


def test_a_long_link_can_be_copied_but_has_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    _, frame = popover("http://localhost:8501/?text=" + "%20" * 500, monkeypatch, ["192.168.1.5"])
    assert frame["tooLong"]
    assert frame["link"].startswith("http://192.168.1.5:8501/?text=%20")


def test_a_link_for_a_lesson_hides_what_is_ticked(monkeypatch: pytest.MonkeyPatch) -> None:
    page, frame = popover("http://localhost:8501/units?unit=3&hide=zoom", monkeypatch, ["192.168.1.5"])
    assert page.checkbox(key="share_hidden_zoom").value
    assert frame["link"] == "http://192.168.1.5:8501/units?unit=3&hide=zoom"
    page.checkbox(key="share_hidden_answers").check().run()
    page.checkbox(key="share_hidden_zoom").uncheck().run()
    page.checkbox(key="share_hidden_network").check().run()
    frame = json.loads(page.get("bidi_component")[0].proto.bytes)
    assert frame["link"] == "http://192.168.1.5:8501/units?unit=3&hide=answers%2Cnetwork"
    assert frame["svg"] == qr_svg(frame["link"])
