"""The short road of a keystroke: a websocket of the explorer's own, on which a text goes out and a frame comes back.

A run of the page's script costs the server about as much as reading the text does, and a class that types at once pays for
both. While somebody types, the browser therefore asks here. What it says is noted for its session, so that the next script to run
finds it; where this road is closed the browser takes the page's.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from lstm_viz.models.language import LanguageModel
from lstm_viz.ui.components.live_view.from_text import scene_from_text
from lstm_viz.ui.components.live_view.memo import Memo
from lstm_viz.ui.components.live_view.payload import build_payload
from lstm_viz.ui.frontend.delta import Sender
from lstm_viz.ui.state.models import get_model, is_known
from lstm_viz.ui.state.session import LiveSession, find_live_session
from lstm_viz.ui.state.view import View

#: The road's address below the app's own.
PATH = "live"
#: The longest message that is read, in characters; a text has room in it many times over.
MAX_MESSAGE = 2**18
#: Why the road was closed: RFC 6455's codes for a message that makes no sense, one too long, a failure; and a model that is gone.
REFUSED, TOO_LONG, FAILED, GONE = 1008, 1009, 1011, 4404

_LOG = logging.getLogger(__name__)


#: One text is read after another, in the order in which they came: two threads would spend more on taking turns than they gain
#: (`python -m benchmarks.classroom`).
_READER_EXECUTOR = ThreadPoolExecutor(1, "live-socket")


class InvalidMessage(ValueError):
    """What came was sent by no live view."""


class SessionGone(LookupError):
    """Session and model are alive no longer, or never were."""


@dataclass(frozen=True)
class Message:
    """What a browser asks: the frame of a view, under the number `seq` that its answer shall bear.

    `text_revision` is how often the page had set the text when this was sent; `view_message` is the live view's own part,
    `session_token` the name of the session's note.
    """

    view: View
    view_message: Mapping[str, Any]
    session_token: str
    seq: int
    text_revision: int

    @classmethod
    def read(cls, text: str) -> Message:
        """Read {socketToken, link, view, seq, textRevision}: a link, changed by the live view; else InvalidMessage."""
        try:
            sent = json.loads(text)
            link = {name: str(value) for name, value in sent["link"].items()}
            seq, text_revision = int(sent["seq"]), int(sent["textRevision"])
            view_message = {**sent["view"], "seq": seq, "textRevision": text_revision}
            return cls(
                View("", "").with_query(link).with_live(view_message), view_message, str(sent["socketToken"]), seq, text_revision
            )
        except (LookupError, TypeError, AttributeError, RecursionError, ValueError, OverflowError) as error:
            raise InvalidMessage(text[:80]) from error


class LiveConnection:
    """One browser on the road: what its frames share with the frame before."""

    def __init__(self) -> None:
        self._model: LanguageModel | None = None
        self._memo = Memo()
        self._sender = Sender()

    def answer(self, message: Message, live_session: LiveSession) -> bytes:
        """The frame that a message asks for; Gone where nobody has its model any more."""
        if not is_known(message.view.model):
            raise SessionGone(message.view.model)
        model = get_model(message.view.model).model
        if self._model is not model:
            self._model, self._memo = model, Memo()
        scene = scene_from_text(message.view, live_session.reader(model))
        live_session.scene = scene
        header, arrays = build_payload(scene, self._memo)
        return self._sender.pack(
            header | {"seq": message.seq, "textRevision": message.text_revision, "link": scene.view.query()}, arrays
        )


async def serve_live_socket(socket: WebSocket) -> None:
    """Answer one browser, message by message, until it goes; only pages of this very host are let in."""
    if not is_same_origin(socket.headers.get("origin"), socket.headers.get("host")):
        await socket.close(REFUSED)
        return
    await socket.accept()
    connection, run = LiveConnection(), asyncio.get_running_loop().run_in_executor
    try:
        while True:
            text = await socket.receive_text()
            if len(text) > MAX_MESSAGE:
                await socket.close(TOO_LONG)
                return
            message = Message.read(text)
            live_session = find_live_session(message.session_token)
            if live_session is None:
                raise SessionGone(message.session_token)
            # Noted before it is read: a page that is turned to meanwhile finds every letter.
            live_session.last_message = message.view_message
            await socket.send_bytes(await run(_READER_EXECUTOR, connection.answer, message, live_session))
    except WebSocketDisconnect:
        return
    except InvalidMessage:
        await socket.close(REFUSED)
    except SessionGone:
        await socket.close(GONE)
    except Exception:
        # The page takes over, and says in its own words what goes wrong.
        _LOG.exception("a text could not be read on the short road")
        await socket.close(FAILED)


def is_same_origin(origin: str | None, host: str | None) -> bool:
    """True where a page of this host asks: browsers let every page open websockets anywhere, and say in `Origin` which it was."""
    return bool(host) and origin is not None and urlsplit(origin).netloc == host
