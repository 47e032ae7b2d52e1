"""The link by which pupils join, and its QR code."""

from __future__ import annotations

from typing import Any

import segno
from starlette.websockets import WebSocket

from lstm_viz.ui.components.share import reach_of

#: Path of the page, beside the WebSocket.
PAGE = "classroom"


def join_link(socket: WebSocket, code: str) -> dict[str, Any]:
    """Return the link to join a room, by an address that other computers reach, and its QR code.

    The code comes as rows of 0 and 1, so that the browser draws it and no HTML is sent.
    """
    base = socket.url.path.rsplit("/", 1)[0]
    link = reach_of(f"{socket.headers.get('origin', '')}{base}/{PAGE}?room={code}").links[0]
    return {"link": link, "qr": ["".join("1" if dark else "0" for dark in row) for row in segno.make(link, micro=False).matrix]}
