"""A fair scheduler: time slices, a queue, cancellation of abandoned jobs."""

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

#: Seconds without a poll after which a job counts as abandoned; a browser polls once a minute for a hidden page.
IDLE_SECONDS = 150.0
#: Seconds after which a job counts as abandoned whose owner has gone: a broken connection comes back sooner.
ABSENT_SECONDS = 60.0
#: Idle timeout of the spare worker, in seconds.
_SPARE_FOR = 300.0
#: Seconds after which a running job yields to a waiting one.
TIME_SLICE = 10.0
#: Paused jobs keep their memory, so at most this many times the limit may have started.
_MAX_STARTED = 3


def default_limit() -> int:
    """Return how many jobs run at once: one for each core, at least 2 (so a long one does not block others), at most 4."""
    return min(4, max(2, os.cpu_count() or 1))


class WorkItem:
    """One piece of work, possibly shared by several jobs; guarded by the pool's lock."""

    def __init__(self, packed: bytes) -> None:
        self.packed = packed
        self.items: list[bytes] = []
        self.state: State = "waiting"
        self.error: str | None = None
        self.worker: Worker | None = None
        # When its time slice began. The first slice begins with the first item, as a process takes seconds to load.
        self.since = math.inf
        self.jobs: weakref.WeakSet[Job] = weakref.WeakSet()

    @property
    def over(self) -> bool:
        """Return True if nothing more will come."""
        return self.state not in ("waiting", "running")


class Job:
    """One caller's handle on a piece of work; `Pool.start` returns it.

    Examples:
        >>> pool = Pool(limit=1)
        >>> job = pool.start(enumerate, "ab")
        >>> job.stop()
        >>> job.state, job.poll()
        ('stopped', [])
        >>> pool.close()
    """

    def __init__(self, pool: Pool, item: WorkItem, idle_timeout: float, present: Callable[[], bool] | None = None) -> None:
        self._pool, self._item, self._idle_timeout, self._present = pool, item, idle_timeout, present
        self._taken = 0
        self._cancelled = False
        self._last_poll = pool.clock()

    def poll(self) -> list[Any]:
        """Return what was yielded since the last poll; polling keeps the job alive."""
        self._last_poll = self._pool.clock()
        if self._cancelled:
            return []
        fresh = self._item.items[self._taken :]
        self._taken += len(fresh)
        return [pickle.loads(item) for item in fresh]

    @property
    def state(self) -> State:
        """Return "waiting", "running", "done", "failed" or "stopped"."""
        return "stopped" if self._cancelled else self._item.state

    @property
    def done(self) -> bool:
        """Return True if the work has ended, for whatever reason, and everything that it yielded was polled."""
        return self._cancelled or (self._item.over and self._taken == len(self._item.items))

    @property
    def error(self) -> str | None:
        """Return an error message; None if there was no error."""
        return None if self._cancelled else self._item.error

    @property
    def waiting(self) -> int:
        """Return the position in the queue, counted from 1; 0 while it runs and once it has ended."""
        return 0 if self._cancelled else self._pool.queue_position(self._item)

    @property
    def begun(self) -> bool:
        """Return True once it has run; a job that waits again is paused."""
        return self._item.worker is not None

    @property
    def seconds_until_run(self) -> float | None:
        """Return an upper estimate of the seconds until it runs; None if unknown, until other work has ended."""
        return self._pool.seconds_until_run(self._item)

    def stop(self) -> None:
        """Cancel the job; shared work ends once its last job is cancelled."""
        self._cancelled = True
        self._pool.abandon(self._item)

    def belong_to(self, present: Callable[[], bool] | None) -> None:
        """Give the job to another owner; `present` reports whether they are there, in place of what it was started with."""
        self._present = present
        self._last_poll = self._pool.clock()

    def is_wanted(self) -> bool:
        """Return True unless the job was stopped or abandoned."""
        if self._cancelled:
            return False
        now = self._pool.clock()
        if self._present is not None and self._present():
            self._last_poll = now
        return now - self._last_poll < self._idle_timeout


class Pool:
    """Run at most `limit` pieces of work at once, each in its own process; further ones take turns.

    Work that has run for `time_slice` seconds pauses at its next item if other work waits. New work runs first, so that short
    jobs finish soon; paused work resumes in the order in which it paused.

    Time slices and idle time-outs are measured by `clock`, in seconds; a thread calls `check` every `check_every` real seconds.

    Examples:
        >>> pool = Pool(limit=2)
        >>> pool.limit, pool.time_slice
        (2, 10.0)
    """

    def __init__(
        self, limit: int, check_every: float = 1.0, time_slice: float = TIME_SLICE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limit, self.time_slice, self.clock = limit, time_slice, clock
        self._check_every = check_every
        self._lock = threading.RLock()
        self._waiting: list[WorkItem] = []
        # All work that has started and not ended, running or paused.
        self._begun: dict[WorkItem, threading.Thread] = {}
        self._spare: Worker | None = None
        self._spare_until = 0.0
        self._reaper: threading.Thread | None = None

    def start(
        self, function: Callable[..., Iterator[Any]], *args: Any, idle_timeout: float | None = None, shared: bool = False,
        present: Callable[[], bool] | None = None,
    ) -> Job:  # fmt: skip
        """Run `function(*args)` in a worker process; its arguments and what it yields must be picklable.

        The job is cancelled when it has not been polled for `idle_timeout` seconds, by default `IDLE_SECONDS`. With `present`,
        which tells whether the job's owner is there, that owner's presence counts as a poll, and by default the job is
        cancelled once the owner has been away for `ABSENT_SECONDS`. With `shared`, a job with equal function and arguments
        joins work that already waits or runs, and gets its items from the beginning; the function's result must then depend on
        its arguments alone. Raises ValueError for a function or arguments that cannot be sent to another process.

        Examples:
            >>> pool = Pool(limit=1)
            >>> job = pool.start(enumerate, "ab")                              # anything picklable that returns an iterator
            >>> job.stop()
            >>> job.done
            True
            >>> pool.close()
        """
        packed = pack(function, args)
        if idle_timeout is None:
            idle_timeout = IDLE_SECONDS if present is None else ABSENT_SECONDS
        with self._lock:
            alike = [item for item in self._all_items() if item.packed == packed and not item.over] if shared else []
            item = alike[0] if alike else WorkItem(packed)
            job = Job(self, item, idle_timeout, present)
            item.jobs.add(job)
            if not alike:
                self._waiting.append(item)
                self._schedule()
                self._watch()
        return job

    def warm(self) -> None:
        """Start a spare process, so that the next job need not wait for torch to load.

        Examples:
            >>> pool = Pool(limit=1)
            >>> pool.warm()
            >>> pool.close()
        """
        with self._lock:
            if self._spare is None or not self._spare.alive:
                self._discard_spare()
                try:
                    self._spare = Worker()
                except OSError:
                    # Only a precaution: a failing start will report the error.
                    return
            self._spare_until = self.clock() + _SPARE_FOR
            self._watch()

    def queue_position(self, item: WorkItem) -> int:
        """Return the position in the queue, counted from 1; 0 if the work is not waiting."""
        with self._lock:
            return self._queue().index(item) + 1 if item in self._waiting else 0

    def seconds_until_run(self, item: WorkItem) -> float | None:
        """Return an upper estimate of the seconds until the work runs; 0 if it is not waiting, None if unknown."""
        with self._lock:
            if item not in self._waiting:
                return 0.0
            ahead = self._queue().index(item)
            if ahead >= self._ready():
                return None
            now = self.clock()
            slices = sorted(min(max(self.time_slice - (now - other.since), 0.0), self.time_slice) for other in self._running())
            rounds, slot = divmod(ahead, self.limit)
            return rounds * self.time_slice + (slices[slot] if slot < len(slices) else 0.0)

    def abandon(self, item: WorkItem) -> None:
        """Cancel work whose jobs have all been abandoned."""
        with self._lock:
            if not item.over and not any(job.is_wanted() for job in item.jobs):
                self._end(item, "stopped")

    def check(self) -> None:
        """Cancel abandoned work, end expired time slices, and end a spare process that has timed out."""
        with self._lock:
            for item in self._all_items():
                self.abandon(item)
            self._schedule()
            if self._spare is not None and self.clock() > self._spare_until:
                self._discard_spare()

    def close(self) -> None:
        """Cancel everything and wait until it has ended.

        Examples:
            >>> pool = Pool(limit=1)
            >>> job = pool.start(enumerate, "ab")
            >>> pool.close()
            >>> job.done
            True
        """
        with self._lock:
            for item in self._all_items():
                self._end(item, "stopped")
            threads = list(self._begun.values())
            self._discard_spare()
        for thread in threads:
            thread.join()

    def pids(self) -> list[int]:
        """Return the process ids of all workers of this pool."""
        with self._lock:
            workers = [item.worker for item in self._begun] + [self._spare]
            return [worker.pid for worker in workers if worker is not None]

    def _all_items(self) -> list[WorkItem]:
        return [*self._begun, *(item for item in self._waiting if item not in self._begun)]

    def _running(self) -> list[WorkItem]:
        return [item for item in self._begun if item not in self._waiting]

    def _room(self) -> int:
        """Return how many more may start, given their memory."""
        return max(_MAX_STARTED * self.limit - len(self._begun), 0)

    def _queue(self) -> list[WorkItem]:
        """Return the waiting work in the order in which it will run."""
        new, pausing = ([item for item in self._waiting if (item in self._begun) is begun] for begun in (False, True))
        return new[: self._room()] + pausing + new[self._room() :]

    def _ready(self) -> int:
        """Return how many of the queue could run now."""
        pausing = sum(item in self._begun for item in self._waiting)
        return pausing + min(len(self._waiting) - pausing, self._room())

    def _schedule(self) -> None:
        """End expired time slices and start the next work."""
        running, now = self._running(), self.clock()
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
                item.worker.resume()
                item.state, item.since = "running", self.clock()
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
        if self._spare is not None and not self._spare.alive:
            self._discard_spare()
        spare, self._spare = self._spare, None
        return spare

    def _discard_spare(self) -> None:
        if self._spare is not None:
            self._spare.terminate()
            self._spare = None

    def _follow(self, item: WorkItem, worker: Worker) -> None:
        """Collect what one process sends until the work has ended, then start the next work."""
        worker.submit(item.packed)
        last = ITEM
        for last, content in worker.messages():
            if last == ITEM:
                # Before the item is visible: its time slice has then begun for certain.
                item.since = min(item.since, self.clock())
                item.items.append(content)
            elif last == DONE:
                self._end(item, "done")
            else:
                self._end(item, "failed", pickle.loads(content))
        with self._lock:
            if last == ITEM:
                self._end(item, "failed", worker.exit_reason())
            del self._begun[item]
            # Cancelling kills the process, which may have been about to finish.
            if last != ITEM and item.state != "stopped" and self._spare is None:
                self._spare, self._spare_until = worker, self.clock() + _SPARE_FOR
                self._watch()
            else:
                worker.terminate()
            self._schedule()

    def _end(self, item: WorkItem, state: State, error: str | None = None) -> None:
        """Set how the work ended; only the first call counts."""
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
        """Check again and again, as long as there is any work."""
        while True:
            time.sleep(self._check_every)
            with self._lock:
                self.check()
                if not (self._waiting or self._begun or self._spare):
                    self._reaper = None
                    return
