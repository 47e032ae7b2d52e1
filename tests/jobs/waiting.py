"""Waiting for what other threads and processes do, however long that takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from lstm_viz.jobs import Job


def wait_for(ready: Callable[[], Any], what: str, seconds: float = 300.0) -> None:
    """Look again and again; fails after so many seconds. Jobs give way to all else: on a busy machine they start late."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.005)


def gather(job: Job) -> list[Any]:
    """Everything that a piece of work yields, to its end."""
    items: list[Any] = []

    def over() -> bool:
        items.extend(job.poll())
        return job.done

    wait_for(over, "the end of the work")
    return items


def first(job: Job) -> Any:
    """The next item that a piece of work yields."""
    items: list[Any] = []
    wait_for(lambda: items.extend(job.poll()) or items, "a first item")
    return items[0]
