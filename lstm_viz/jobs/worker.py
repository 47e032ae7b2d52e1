"""The worker process: runs one generator function after another and sends what each yields.

Frames go to standard output: one byte for the kind, four bytes for the length, then the pickled content.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import sys
import threading
import traceback
from typing import Any, BinaryIO

import torch

ITEM, FAILED, DONE = b"I", b"F", b"D"
#: Messages from the server other than work, which is sent as bytes.
PAUSE, RESUME = "pause", "go on"
HEADER = struct.Struct(">cI")

#: Minimum seconds between two sends, so that many small items do not wake the server for each.
_EVERY = 0.05


def main() -> None:
    """Run one piece of work after another; exit when the server does."""
    # Ctrl-C in the server's terminal reaches this process too, which must exit only when the server does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    sink = os.fdopen(os.dup(1), "wb")
    # Printed output must not mix with the frames.
    os.dup2(2, 1)
    submitted: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    our_turn = threading.Event()
    threading.Thread(target=_listen, args=(submitted, our_turn), daemon=True).start()
    while True:
        packed = submitted.get()
        finished = threading.Event()
        sender = threading.Thread(target=_flush, args=(sink, finished))
        sender.start()
        _work(packed, sink, our_turn)
        finished.set()
        sender.join()
        sink.flush()


def _work(packed: bytes, sink: BinaryIO, our_turn: threading.Event) -> None:
    try:
        function, args = pickle.loads(packed)
        for item in function(*args):
            _send(sink, ITEM, item)
            our_turn.wait()
    except Exception as error:
        traceback.print_exc()
        _send(sink, FAILED, _format_exception(error))
    else:
        _send(sink, DONE, None)


def _format_exception(error: Exception) -> str:
    """Format an error for the user; a ValueError's text is a message already, others need their name."""
    return str(error) if isinstance(error, ValueError) and str(error) else f"{type(error).__name__}: {error}"


def _send(sink: BinaryIO, kind: bytes, content: Any) -> None:
    # Pickled at once, as the generator may modify what it has yielded.
    packed = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    sink.write(HEADER.pack(kind, len(packed)) + packed)


def _flush(sink: BinaryIO, finished: threading.Event) -> None:
    while not finished.wait(_EVERY):
        sink.flush()


def _listen(submitted: queue.SimpleQueue[bytes], our_turn: threading.Event) -> None:
    """Read orders from standard input, which closes whenever and however the server ends."""
    try:
        while True:
            message = pickle.load(sys.stdin.buffer)
            if message == PAUSE:
                our_turn.clear()
                continue
            # New work must not start paused, even if the previous work ended paused.
            our_turn.set()
            if message != RESUME:
                submitted.put(message)
    finally:
        os._exit(0)
