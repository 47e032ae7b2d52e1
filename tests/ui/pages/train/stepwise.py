"""Work done in the test's own process in place of a job: a few items at every look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any


class Stepwise:
    """Work that yields a few items at every look."""

    items_a_look = 15
    slow = 2
    waiting = 0

    def __init__(self, function: Callable[..., Iterator[Any]], args: tuple[Any, ...]) -> None:
        self._items = function(*args)
        self.state, self.done = "running", False
        self.error: str | None = None

    def poll(self) -> list[Any]:
        if self.done:
            return []
        found: list[Any] = []
        try:
            for item in islice(self._items, self.items_a_look):
                found.append(item)
        except ValueError as error:
            self.state, self.error, self.done = "failed", str(error), True
        if not self.done and len(found) < self.items_a_look:
            self.state, self.done = "done", True
        return found

    def belong_to(self, present: Callable[[], bool] | None) -> None:
        self.present = present

    def stop(self) -> None:
        if not self.done:
            self.state, self.done = "stopped", True
