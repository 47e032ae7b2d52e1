"""The pool: who runs, whose turn it is, who waits, and who is still looking."""

from __future__ import annotations

import math
import os
import pickle
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any, Literal

from lstm_viz.jobs.process import Worker, pack
from lstm_viz.jobs.worker import DONE, ITEM

State = Literal["waiting", "running", "done", "failed", "stopped"]

#: A prepared process is sent away when nobody has needed it for so many seconds.
_SPARE_FOR = 300.0
#: Who has run for so many seconds lets the next one in, where somebody waits.
TIME_SLICE = 10.0
#: Work that has begun keeps its memory while it pauses, so that only so many times the limit may have begun.
_BEGUN = 3


def default_limit() -> int:
    """How much work runs at once: as much as there are cores, from 2 (a long one must not bar the short) to 4."""
    return min(4, max(2, os.cpu_count() or 1))


class WorkItem:
    """One piece of work, perhaps looked at by several; the pool's lock guards it."""

    def __init__(self, packed: bytes) -> None:
        self.packed = packed
        self.items: list[bytes] = []
        self.state: State = "waiting"
        self.error: str | None = None
        self.worker: Worker | None = None
        # When its turn began. The first one begins with the first item: a process takes seconds to load what it needs.
        self.since = math.inf
        self.jobs: weakref.WeakSet[Job] = weakref.WeakSet()

    @property
    def over(self) -> bool:
        """True when nothing more will come."""
        return self.state not in ("waiting", "running")


class Job:
    """What one person holds of a piece of work."""

    def __init__(self, pool: Pool, item: WorkItem, idle_timeout: float, present: Callable[[], bool] | None = None) -> None:
        self._pool, self._item, self._idle_timeout, self._present = pool, item, idle_timeout, present
        self._taken = 0
        self._left = False
        self._looked = time.monotonic()

    def poll(self) -> list[Any]:
        """Take what was yielded since the last poll, and so say that somebody still looks."""
        self._looked = time.monotonic()
        if self._left:
            return []
        fresh = self._item.items[self._taken :]
        self._taken += len(fresh)
        return [pickle.loads(item) for item in fresh]

    @property
    def state(self) -> State:
        """Waiting, running, done, failed, or stopped."""
        return "stopped" if self._left else self._item.state

    @property
    def done(self) -> bool:
        """True when nothing more will come, for whatever reason, and everything that came was polled."""
        return self._left or (self._item.over and self._taken == len(self._item.items))

    @property
    def error(self) -> str | None:
        """What went wrong, in words; None where nothing did."""
        return None if self._left else self._item.error

    @property
    def waiting(self) -> int:
        """The place in the queue, counted from 1; 0 while it runs and once it is over."""
        return 0 if self._left else self._pool.queue_position(self._item)

    @property
    def begun(self) -> bool:
        """True once it has run; where it waits nevertheless, it pauses."""
        return self._item.worker is not None

    @property
    def soon(self) -> float | None:
        """About how many seconds until its turn comes, at most; None where it cannot be told: until other work has ended."""
        return self._pool.soon(self._item)

    def stop(self) -> None:
        """Leave; the work itself ends at once unless somebody else looks at the same."""
        self._left = True
        self._pool.abandon(self._item)

    def looking(self) -> bool:
        """True while the holder is present, or has neither stopped nor forgotten the work."""
        if not self._left and self._present is not None and self._present():
            self._looked = time.monotonic()
        return not self._left and time.monotonic() - self._looked < self._idle_timeout


class Pool:
    """At most `limit` pieces of work at once, each in a process of its own; where more is wanted they take turns.

    Who has run for `time_slice` seconds pauses at the next item for one who waits. Who has not begun goes first, so that short
    work is soon over; those that pause go on in the order in which they paused.
    """

    def __init__(self, limit: int, check_every: float = 1.0, time_slice: float = TIME_SLICE) -> None:
        self.limit, self.time_slice = limit, time_slice
        self._check_every = check_every
        self._lock = threading.RLock()
        self._waiting: list[WorkItem] = []
        # All that has begun and not ended, be it running or pausing.
        self._begun: dict[WorkItem, threading.Thread] = {}
        self._spare: Worker | None = None
        self._spare_until = 0.0
        self._reaper: threading.Thread | None = None

    def start(
        self, function: Callable[..., Iterator[Any]], *args: Any, idle_timeout: float = 150.0, shared: bool = False,
        present: Callable[[], bool] | None = None,
    ) -> Job:  # fmt: skip
        """Have `function(*args)` run through; what it yields, and its arguments, must be picklable.

        It ends when nobody has polled for `idle_timeout` seconds (a browser asks once a minute for a hidden page); as long as
        `present` answers True that counts as a poll, whatever page its holder is on. With
        `shared`, one who starts what already waits or runs, arguments and all, joins in and sees it from its beginning;
        the function's answer must then depend on its arguments alone. Raises ValueError for a function or arguments that
        cannot be sent to another process.
        """
        packed = pack(function, args)
        with self._lock:
            alike = [item for item in self._all() if item.packed == packed and not item.over] if shared else []
            item = alike[0] if alike else WorkItem(packed)
            job = Job(self, item, idle_timeout, present)
            item.jobs.add(job)
            if not alike:
                self._waiting.append(item)
                self._schedule()
                self._watch()
        return job

    def warm(self) -> None:
        """Have a process ready for the next start, which otherwise loads torch first."""
        with self._lock:
            if self._spare is None or not self._spare.alive:
                self._discard_spare()
                try:
                    self._spare = Worker()
                except OSError:
                    # It was only a precaution; a start that fails will say so.
                    return
            self._spare_until = time.monotonic() + _SPARE_FOR
            self._watch()

    def queue_position(self, item: WorkItem) -> int:
        """A run's place in the queue, counted from 1; 0 where it does not wait."""
        with self._lock:
            return self._queue().index(item) + 1 if item in self._waiting else 0

    def soon(self, item: WorkItem) -> float | None:
        """About how many seconds until a run's turn comes, at most; 0 where it does not wait, None where it cannot be told."""
        with self._lock:
            if item not in self._waiting:
                return 0.0
            ahead = self._queue().index(item)
            if ahead >= self._ready():
                return None
            now = time.monotonic()
            left = sorted(min(max(self.time_slice - (now - other.since), 0.0), self.time_slice) for other in self._running())
            rounds, slot = divmod(ahead, self.limit)
            return rounds * self.time_slice + (left[slot] if slot < len(left) else 0.0)

    def abandon(self, item: WorkItem) -> None:
        """End a run that nobody looks at any more."""
        with self._lock:
            if not item.over and not any(job.looking() for job in item.jobs):
                self._end(item, "stopped")

    def close(self) -> None:
        """End everything and wait until it has ended."""
        with self._lock:
            for item in self._all():
                self._end(item, "stopped")
            threads = list(self._begun.values())
            self._discard_spare()
        for thread in threads:
            thread.join()

    def pids(self) -> list[int]:
        """The numbers of all processes that belong to this pool."""
        with self._lock:
            workers = [item.worker for item in self._begun] + [self._spare]
            return [worker.pid for worker in workers if worker is not None]

    def _all(self) -> list[WorkItem]:
        return [*self._begun, *(item for item in self._waiting if item not in self._begun)]

    def _running(self) -> list[WorkItem]:
        return [item for item in self._begun if item not in self._waiting]

    def _room(self) -> int:
        """How many more may begin, for the memory that they take."""
        return max(_BEGUN * self.limit - len(self._begun), 0)

    def _queue(self) -> list[WorkItem]:
        """Those that wait, in the order in which they will run."""
        new, pausing = ([item for item in self._waiting if (item in self._begun) is begun] for begun in (False, True))
        return new[: self._room()] + pausing + new[self._room() :]

    def _ready(self) -> int:
        """How many of the queue could run now if it were their turn."""
        pausing = sum(item in self._begun for item in self._waiting)
        return pausing + min(len(self._waiting) - pausing, self._room())

    def _schedule(self) -> None:
        """End the turns that are over, and let in who is next."""
        running, now = self._running(), time.monotonic()
        expired = sorted(
            (item for item in running if now - item.since >= self.time_slice and not item.over), key=lambda item: item.since
        )
        for item in expired[: max(self._ready() - max(self.limit - len(running), 0), 0)]:
            assert item.worker is not None
            item.worker.pause()
            item.state = "waiting"
            self._waiting.append(item)
        while self._ready() and len(self._running()) < self.limit:
            item = self._queue()[0]
            self._waiting.remove(item)
            if item.worker is None:
                self._begin(item)
            else:
                item.worker.go_on()
                item.state, item.since = "running", time.monotonic()
        if any(item.worker is None for item in self._waiting):
            self.warm()

    def _begin(self, item: WorkItem) -> None:
        try:
            item.worker = self._take_spare() or Worker()
        except OSError as error:
            self._end(item, "failed", f"The server could not start another process ({error}). Try again later.")
            return
        item.state = "running"
        self._begun[item] = thread = threading.Thread(target=self._follow, args=(item, item.worker), daemon=True)
        thread.start()

    def _take_spare(self) -> Worker | None:
        spare, self._spare = self._spare, None
        return spare if spare is not None and spare.alive else None

    def _discard_spare(self) -> None:
        if self._spare is not None:
            self._spare.terminate()
            self._spare = None

    def _follow(self, item: WorkItem, worker: Worker) -> None:
        """Gather what one process sends until the work is over, then let the next one in."""
        worker.submit(item.packed)
        last = ITEM
        for last, content in worker.messages():
            if last == ITEM:
                item.items.append(content)
                item.since = min(item.since, time.monotonic())
            elif last == DONE:
                self._end(item, "done")
            else:
                self._end(item, "failed", pickle.loads(content))
        with self._lock:
            if last == ITEM:
                self._end(item, "failed", worker.exit_reason())
            del self._begun[item]
            # Whoever stops a run kills its process, which may have been about to finish.
            if last != ITEM and item.state != "stopped" and self._spare is None:
                self._spare, self._spare_until = worker, time.monotonic() + _SPARE_FOR
                self._watch()
            else:
                worker.terminate()
            self._schedule()

    def _end(self, item: WorkItem, state: State, error: str | None = None) -> None:
        """The first to say how a run ended is right."""
        with self._lock:
            if item.over:
                return
            item.error, item.state = error, state
            if item in self._waiting:
                self._waiting.remove(item)
            if state == "stopped" and item.worker is not None:
                item.worker.kill()

    def _watch(self) -> None:
        if self._reaper is None:
            self._reaper = threading.Thread(target=self._reap_loop, daemon=True)
            self._reaper.start()

    def _reap_loop(self) -> None:
        """Look for what nobody wants any more, for as long as there is something."""
        while True:
            time.sleep(self._check_every)
            with self._lock:
                for item in self._all():
                    self.abandon(item)
                self._schedule()
                if self._spare is not None and time.monotonic() > self._spare_until:
                    self._discard_spare()
                if not (self._waiting or self._begun or self._spare):
                    self._reaper = None
                    return
