"""The side of the worker process: it is told one generator function after another, runs it, and sends what it yields.

Frames go to standard output: one byte that says what comes, the length as four bytes, then the pickled content.
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
#: What the server says beside orders, which are bytes.
PAUSE, GO_ON = "pause", "go on"
HEADER = struct.Struct(">cI")

#: Seconds between two sendings: many small items would otherwise wake the server for each.
_EVERY = 0.05


def main() -> None:
    """Do one piece of work after another; end at once when the server does."""
    # Ctrl-C in the server's terminal reaches this process too; the server's end is what ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    sink = os.fdopen(os.dup(1), "wb")
    # What the work prints must not run into the frames.
    os.dup2(2, 1)
    orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    our_turn = threading.Event()
    threading.Thread(target=_listen, args=(orders, our_turn), daemon=True).start()
    while True:
        order = orders.get()
        finished = threading.Event()
        sender = threading.Thread(target=_flush, args=(sink, finished))
        sender.start()
        _work(order, sink, our_turn)
        finished.set()
        sender.join()
        sink.flush()


def _work(order: bytes, sink: BinaryIO, our_turn: threading.Event) -> None:
    try:
        function, args = pickle.loads(order)
        for item in function(*args):
            _send(sink, ITEM, item)
            our_turn.wait()
    except Exception as error:
        traceback.print_exc()
        _send(sink, FAILED, _format_exception(error))
    else:
        _send(sink, DONE, None)


def _format_exception(error: Exception) -> str:
    """What the person reads; a ValueError's text is written for people, others need their name."""
    return str(error) if isinstance(error, ValueError) and str(error) else f"{type(error).__name__}: {error}"


def _send(sink: BinaryIO, kind: bytes, content: Any) -> None:
    # Pickled at once, as a generator may go on to change what it has yielded.
    packed = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    sink.write(HEADER.pack(kind, len(packed)) + packed)


def _flush(sink: BinaryIO, finished: threading.Event) -> None:
    while not finished.wait(_EVERY):
        sink.flush()


def _listen(orders: queue.SimpleQueue[bytes], our_turn: threading.Event) -> None:
    """Standard input stays open for as long as the server lives, and closes however it ends."""
    try:
        while True:
            message = pickle.load(sys.stdin.buffer)
            if message == PAUSE:
                our_turn.clear()
                continue
            # Whoever is told what to do has its turn, even if the work before ended in a pause.
            our_turn.set()
            if message != GO_ON:
                orders.put(message)
    finally:
        os._exit(0)
