"""The popover "Share": the page's link by an address that others reach, a button that copies it, and its QR code."""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import segno
import streamlit as st

from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state import lesson_link, settings
from lstm_viz.ui.state.messages import component_message
from lstm_viz.ui.state.network_address import Reach, lan_addresses, reach

#: The longest link whose QR code phones still read from a screen, in bytes: a code of 117 × 117 dots (ISO/IEC 18004, version 25).
MAX_QR_BYTES = 1273
#: The longest address that is taken from a browser, in characters.
_MAX_LINK = 16_000
_PART = "share_link"
_HIDDEN = "share_hidden"


def qr_svg(link: str) -> str:
    """Return a link's QR code as an SVG element: black on white with its quiet zone, as large as its container.

    Args:
        link: What the code holds, at most `MAX_QR_BYTES` as UTF-8.

    Returns:
        The `<svg>` element, to be put into HTML as it is.

    Raises:
        ValueError: The link is empty, or too long for a code that a phone reads from a screen.

    >>> qr_svg("http://192.168.1.5:8501/")[:26]
    '<svg viewBox="0 0 33 33" s'
    """
    size = len(link.encode("utf-8", "replace"))
    if not 0 < size <= MAX_QR_BYTES:
        raise ValueError(f"a link of {size:,} bytes; a QR code that phones can read holds 1 to {MAX_QR_BYTES:,}")
    code = segno.make(link.encode("utf-8", "replace"), error="l", micro=False)
    svg = code.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return svg.replace("<svg ", '<svg shape-rendering="crispEdges" ', 1)


def reach_of(link: str) -> Reach:
    """Return how others reach a page of this server; see `lstm_viz.ui.state.network_address.reach`."""
    public = str(st.get_option("browser.serverAddress") or "")
    named = st.get_option("browser.serverAddress") is not None and public not in ("", "localhost")
    return reach(link, str(st.get_option("server.address") or ""), [public] if named else lan_addresses())


@st.fragment
def share_popover() -> None:
    """Draw the button "Share" with its popover; opening it reruns nothing but the popover."""
    closed = st.popover("Share", icon=":material/qr_code_2:", key="share", on_change="rerun", type="tertiary")
    # The content is drawn only once the popover is opened.
    if closed.open:
        with closed:
            _content()


def _content() -> None:
    link = _reported_link()
    reachability = reach_of(link) if link else Reach(("",))
    links = {urlsplit(each).netloc: each for each in reachability.links}
    if len(links) > 1:
        address = st.selectbox(
            "Address", list(links), key="share_address",
            help="This computer is on several networks. Choose the one that the others use; the first one leads to the internet.",
        )  # fmt: skip
    else:
        address = next(iter(links))
    shared = lesson_link.with_hidden(links[address], _hidden(link))
    frame = {"link": shared, "svg": "", "tooLong": False, "byOthers": reachability.by_others}
    if frame["link"]:
        try:
            frame["svg"] = qr_svg(shared)
        except ValueError:
            frame["tooLong"] = True
    mount(json.dumps(frame).encode(), _PART, part="share")
    if reachability.note:
        st.caption(reachability.note)
    _lesson(link)


def _lesson(link: str) -> None:
    """Draw the parts of the page that a link for a lesson can hide."""
    with st.expander("Link for a lesson", icon=":material/school:"):
        st.caption("The link and its code hide what is ticked. Hidden controls keep the values that they have now.")
        hidden = _hidden(link)
        columns = st.columns(2, gap="small")
        for index, (name, part) in enumerate(lesson_link.PARTS.items()):
            key, others = f"{_HIDDEN}_{name}", [each for each in hidden if each != name]
            settings.show(key, name in hidden)
            columns[index % 2].checkbox(part.label, **settings.control_args(key, partial(_on_hide, name, others)))


def _hidden(link: str) -> list[str]:
    """Return the parts that the link for a lesson hides: those chosen, at first those that this page's own link hides."""
    value = dict(parse_qsl(urlsplit(link).query)).get(lesson_link.PARAMETER, "") if link else ""
    names: list[str] = st.session_state.get(_HIDDEN, lesson_link.hidden_parts(value))
    return names


def _on_hide(name: str, others: list[str], hides: bool) -> None:
    st.session_state[_HIDDEN] = [*others, *([name] if hides else [])]


def _reported_link() -> str:
    """Return the address as the browser last reported it; "" before, or if it is no page of the web."""
    href = (component_message(_PART) or {}).get("href")
    if not isinstance(href, str) or len(href) > _MAX_LINK:
        return ""
    try:
        parts = urlsplit(href)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    return href if valid else ""
