"""The live WebSocket: a keystroke goes out, a frame comes back, without a script run.

A script run costs the server about as much as reading the text. During typing the browser therefore uses this WebSocket; its last
message is saved for the session, so that the next script run starts from it. If the connection is closed, the browser falls back
to script runs. PROTOCOL.md describes messages and frames.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from lstm_viz.models.language import LanguageModel
from lstm_viz.ui.components.live_view.from_text import scene_from_text
from lstm_viz.ui.components.live_view.memo import Memo
from lstm_viz.ui.components.live_view.payload import build_payload
from lstm_viz.ui.components.websockets import FAILED, GONE, INVALID, TOO_LONG, is_same_origin
from lstm_viz.ui.frontend.delta import Sender
from lstm_viz.ui.state.live_session import LiveSession, find_live_session
from lstm_viz.ui.state.models import get_model, is_known
from lstm_viz.ui.state.view import View

#: Longest accepted message, in characters; far longer than a message with the longest text.
MAX_MESSAGE = 2**18

_LOG = logging.getLogger(__name__)

#: A single thread: texts are read in order of arrival. Two threads would lose more by switching than they gain
#: (`python -m benchmarks.classroom`).
_READER_EXECUTOR = ThreadPoolExecutor(1, "live-socket")


class InvalidLiveMessage(ValueError):
    """The message was not sent by a live view."""


class SessionGone(LookupError):
    """Unknown or expired session or model."""


@dataclass(frozen=True)
class Message:
    """A request for the frame of a view; the response carries the same `seq`.

    `text_revision` is how often the page had set the text when the message was sent; `view_message` is the live view's part,
    `session_token` identifies the session.
    """

    view: View
    view_message: Mapping[str, Any]
    session_token: str
    seq: int
    text_revision: int

    @classmethod
    def read(cls, text: str) -> Message:
        """Parse {socketToken, link, view, seq, textRevision}: a link, updated by the live view. Raises InvalidLiveMessage."""
        try:
            fields = json.loads(text)
            link = {name: str(value) for name, value in fields["link"].items()}
            seq, text_revision = int(fields["seq"]), int(fields["textRevision"])
            view_message = {**fields["view"], "seq": seq, "textRevision": text_revision}
            view = View("", "").with_query(link).with_live(view_message)
            return cls(view, view_message, str(fields["socketToken"]), seq, text_revision)
        except (LookupError, TypeError, AttributeError, RecursionError, ValueError, OverflowError) as error:
            raise InvalidLiveMessage(text[:80]) from error


class LiveConnection:
    """One WebSocket connection: its delta encoder and memo."""

    def __init__(self) -> None:
        self._model: LanguageModel | None = None
        self._memo = Memo()
        self._sender = Sender()

    def answer(self, message: Message, live_session: LiveSession) -> bytes:
        """Return the frame for a message. Raises SessionGone if its model does not exist any more."""
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
    """Serve one browser until it disconnects; only pages of the same origin are accepted."""
    if not is_same_origin(socket.headers.get("origin"), socket.headers.get("host")):
        await socket.close(INVALID)
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
            # Saved before the text is read: a page opened meanwhile finds every character.
            live_session.last_message = message.view_message
            await socket.send_bytes(await run(_READER_EXECUTOR, connection.answer, message, live_session))
    except WebSocketDisconnect:
        return
    except InvalidLiveMessage:
        await socket.close(INVALID)
    except SessionGone:
        await socket.close(GONE)
    except Exception:
        # The page falls back to a script run, which shows the error.
        _LOG.exception("the live WebSocket failed")
        await socket.close(FAILED)
