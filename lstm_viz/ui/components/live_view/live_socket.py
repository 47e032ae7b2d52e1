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
from lstm_viz.ui.components.live_view.from_text import compose
from lstm_viz.ui.components.live_view.memo import Memo
from lstm_viz.ui.components.live_view.payload import frame
from lstm_viz.ui.frontend.delta import Sender
from lstm_viz.ui.state.models import exhibit, known
from lstm_viz.ui.state.session import Note, note_named
from lstm_viz.ui.state.view import View

#: The road's address below the app's own.
ADDRESS = "live"
#: The longest message that is read, in characters; a text has room in it many times over.
LONGEST = 2**18
#: Why the road was closed: RFC 6455's codes for a message that makes no sense, one too long, a failure; and a model that is gone.
REFUSED, TOO_LONG, FAILED, GONE = 1008, 1009, 1011, 4404

_LOG = logging.getLogger(__name__)


#: One text is read after another, in the order in which they came: two threads would spend more on taking turns than they gain
#: (`python -m benchmarks.classroom`).
_TURNS = ThreadPoolExecutor(1, "road")


class Nonsense(ValueError):
    """What came was sent by no live view."""


class Gone(LookupError):
    """Session and model are alive no longer, or never were."""


@dataclass(frozen=True)
class Message:
    """What a browser asks: the frame of a view, under the number `seq` that its answer shall bear.

    `push` is how often the page had set the text when this was sent; `said` is the live view's own part, `note` the name of
    the session's note.
    """

    view: View
    said: Mapping[str, Any]
    note: str
    seq: int
    push: int

    @classmethod
    def read(cls, written: str) -> Message:
        """Read {note, link, view, seq, push}: a link, changed by what the live view says; Nonsense for anything else."""
        try:
            sent = json.loads(written)
            link = {name: str(value) for name, value in sent["link"].items()}
            seq, push = int(sent["seq"]), int(sent["push"])
            said = {**sent["view"], "seq": seq, "push": push}
            return cls(View("", "").with_query(link).with_live(said), said, str(sent["note"]), seq, push)
        except (LookupError, TypeError, AttributeError, RecursionError, ValueError, OverflowError) as error:
            raise Nonsense(written[:80]) from error


class Guest:
    """One browser on the road: what its frames share with the frame before."""

    def __init__(self) -> None:
        self._model: LanguageModel | None = None
        self._memo = Memo()
        self._sender = Sender()

    def answer(self, message: Message, note: Note) -> bytes:
        """The frame that a message asks for; Gone where nobody has its model any more."""
        if not known(message.view.model):
            raise Gone(message.view.model)
        model = exhibit(message.view.model).model
        if self._model is not model:
            self._model, self._memo = model, Memo()
        scene = compose(message.view, note.reader(model))
        note.scene = scene
        header, arrays = frame(scene, self._memo)
        return self._sender.pack(header | {"seq": message.seq, "push": message.push, "link": scene.view.query()}, arrays)


async def road(socket: WebSocket) -> None:
    """Answer one browser, message by message, until it goes; only pages of this very host are let in."""
    if not is_own(socket.headers.get("origin"), socket.headers.get("host")):
        await socket.close(REFUSED)
        return
    await socket.accept()
    guest, turn = Guest(), asyncio.get_running_loop().run_in_executor
    try:
        while True:
            written = await socket.receive_text()
            if len(written) > LONGEST:
                await socket.close(TOO_LONG)
                return
            message = Message.read(written)
            note = note_named(message.note)
            if note is None:
                raise Gone(message.note)
            # Noted before it is read: a page that is turned to meanwhile finds every letter.
            note.heard = message.said
            await socket.send_bytes(await turn(_TURNS, guest.answer, message, note))
    except WebSocketDisconnect:
        return
    except Nonsense:
        await socket.close(REFUSED)
    except Gone:
        await socket.close(GONE)
    except Exception:
        # The page takes over, and says in its own words what goes wrong.
        _LOG.exception("a text could not be read on the short road")
        await socket.close(FAILED)


def is_own(origin: str | None, host: str | None) -> bool:
    """True where a page of this host asks: browsers let every page open websockets anywhere, and say in `Origin` which it was."""
    return bool(host) and origin is not None and urlsplit(origin).netloc == host
