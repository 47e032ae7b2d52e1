"""What the server sends to a visitor who opens a page, without a browser: a page's title costs no page that is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Navigation_pb2 import Navigation
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.app_server import TIMEOUT

_ENDED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@contextmanager
def visitor(url: str) -> Iterator[ClientConnection]:
    """A browser's WebSocket to the app, before it has asked for a page."""
    address = url.replace("http", "ws") + "/_stcore/stream"
    with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None, open_timeout=TIMEOUT) as socket:
        yield socket


def open_page(url: str, path: str) -> list[ForwardMsg]:
    """Open a page by its address as a new visitor; return what comes until its script has ended."""
    with visitor(url) as socket:
        request_run(socket, page_name=path)
        return until_finished(socket)


def request_run(socket: ClientConnection, page_name: str = "", page: str = "", fragment: str = "") -> None:
    """Ask for a page by its name or by its hash, or for a fragment of that page."""
    request = BackMsg()
    request.rerun_script.page_name, request.rerun_script.page_script_hash = page_name, page
    request.rerun_script.fragment_id = fragment
    socket.send(request.SerializeToString())


def until_finished(socket: ClientConnection) -> list[ForwardMsg]:
    """Return what comes until a run of the script or of a fragment has ended that was not interrupted."""
    came: list[ForwardMsg] = []
    while not came or came[-1].WhichOneof("type") != "script_finished" or came[-1].script_finished not in _ENDED:
        data = socket.recv(TIMEOUT)
        assert isinstance(data, bytes)
        came.append(ForwardMsg.FromString(data))
    return came


def menu(came: list[ForwardMsg]) -> Navigation:
    """The menu, with the page that is shown."""
    return next(each.navigation for each in reversed(came) if each.WhichOneof("type") == "navigation")


def title(came: list[ForwardMsg]) -> str:
    """The page's title; "" before any was sent."""
    titles = [each.page_config_changed.title for each in came if each.WhichOneof("type") == "page_config_changed"]
    return next(filter(None, reversed(titles)), "")


def elements(came: list[ForwardMsg], kind: str) -> list[ForwardMsg]:
    """The messages that bring an element of this kind, such as "heading" or "exception"."""
    drawn = [each for each in came if each.WhichOneof("type") == "delta" and each.delta.WhichOneof("type") == "new_element"]
    return [each for each in drawn if each.delta.new_element.WhichOneof("type") == kind]
