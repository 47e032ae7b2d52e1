"""Backward passes of stacked layers, each given the derivatives by the input of the layer above.

A layer's backward pass is a sequence of vector-matrix products, limited by memory latency on one processor. If another one
is free, the layer below follows some steps behind on a second thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from threading import Lock

from lstm_viz.cells.backward import BackwardPass
from lstm_viz.cells.weights import Derivatives, Steps

#: Steps in one piece of a pass: the layer below waits for one piece, and each piece costs a handover.
PIECE = 64
#: Shorter texts gain nothing from two threads.
LEAST = 2 * PIECE

#: Starts one layer's pass from the derivatives by its h.
Begin = Callable[[Steps], BackwardPass]


class _Helper:
    """The second thread, one for the whole process; a caller that finds it busy runs alone."""

    def __init__(self) -> None:
        self.free = Lock()
        self.thread = ThreadPoolExecutor(1, "backward")


_helper = _Helper()


def run_stack(begins: Sequence[Begin], d_h: Steps) -> list[Derivatives]:
    """Backpropagate through layers, the topmost first.

    Args:
        begins: For each layer the function that starts its pass.
        d_h: The derivatives by the topmost layer's h, [time, batch, hidden].

    Returns:
        Each layer's derivatives, bitwise equal on one thread and on two.
    """
    derivatives: list[Derivatives] = []
    for first in range(0, len(begins), 2):
        passes = [begins[first](d_h)]
        passes += [begin(passes[0].x) for begin in begins[first + 1 : first + 2]]
        if len(passes) == 1 or len(d_h) < LEAST or not _run_side_by_side(*passes):
            for each in passes:
                _run_alone(each)
        derivatives += [each.derivatives() for each in passes]
        d_h = passes[-1].x
    return derivatives


def _pieces(steps: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of each piece, from the end of the text; products of other sizes may round differently."""
    return ((max(0, end - PIECE), end) for end in range(steps, 0, -PIECE))


def _run_alone(each: BackwardPass) -> None:
    each.scan(0, len(each.d_h))
    for piece in _pieces(len(each.d_h)):
        each.to_input(*piece)


def _run_side_by_side(upper: BackwardPass, lower: BackwardPass) -> bool:
    """Run two passes, the lower one behind the upper one on the helper's thread; return False without any work if it is busy."""
    helper = _helper
    if _processors() < 2 or not helper.free.acquire(blocking=False):
        return False
    handed: list[Future[None]] = []
    try:
        context = copy_context()  # numpy's error state is part of it
        pieces = list(_pieces(len(upper.d_h)))
        for piece in pieces:
            upper.scan(*piece)
            upper.to_input(*piece)
            handed.append(helper.thread.submit(context.run, partial(lower.scan, *piece)))
        for piece, scanned in zip(pieces, handed, strict=True):
            scanned.result()
            lower.to_input(*piece)
    finally:
        for scanned in handed:
            scanned.cancel()
        if all(scanned.done() for scanned in handed):
            helper.free.release()
        else:
            # After an error a piece may still be running; the thread runs one at a time.
            helper.thread.submit(helper.free.release)
    return True


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _renew() -> None:
    """Start a new thread: a forked process has only the thread that forked."""
    global _helper
    _helper = _Helper()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
