"""Turns, the queue and idle time-outs, by a clock that the tests move and with workers that yield what the tests tell them."""

from __future__ import annotations

import itertools
import pickle
import queue
from collections.abc import Iterator
from typing import Any, cast

import pytest

from lstm_viz.jobs import ABSENT_SECONDS, IDLE_SECONDS, Job, Pool
from lstm_viz.jobs.worker import DONE, ITEM
from tests.jobs import work
from tests.jobs.clock import ManualClock
from tests.jobs.waiting import first, gather, wait_for

TURN, PATIENCE = 10.0, 60.0


class ScriptedWorker:
    """Stands in for a worker process: yields what `send` is given, and remembers what it was told."""

    _numbers = itertools.count(1)

    def __init__(self) -> None:
        self.pid, self.alive, self.paused = next(self._numbers), True, False
        self._messages: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()

    def send(self, *items: Any) -> None:
        """Yield these items."""
        for item in items:
            self._messages.put((ITEM, pickle.dumps(item)))

    def finish(self) -> None:
        """End the work."""
        self._messages.put((DONE, pickle.dumps(None)))

    def submit(self, packed: bytes) -> None:
        self.paused = False

    def messages(self) -> Iterator[tuple[bytes, bytes]]:
        while (message := self._messages.get()) is not None:
            yield message
            if message[0] != ITEM:
                return

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def kill(self) -> None:
        self.alive = False
        self._messages.put(None)

    terminate = kill

    def exit_reason(self) -> str:
        return "killed"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstm_viz.jobs.pool.Worker", ScriptedWorker)


def pool_of(limit: int, clock: ManualClock) -> Iterator[Pool]:
    pool = Pool(limit, check_every=0.01, time_slice=TURN, clock=clock)
    yield pool
    pool.close()


@pytest.fixture
def alone(clock: ManualClock) -> Iterator[Pool]:
    """Room for one at a time."""
    yield from pool_of(1, clock)


@pytest.fixture
def pair(clock: ManualClock) -> Iterator[Pool]:
    """Room for two at a time."""
    yield from pool_of(2, clock)


def worker(job: Job) -> ScriptedWorker:
    """The worker of a job that has begun."""
    found = job._item.worker
    assert found is not None
    return cast(ScriptedWorker, found)


def end_turn(pool: Pool, clock: ManualClock) -> None:
    clock.advance(TURN)
    pool.check()


def test_the_rest_wait_in_turn_and_are_told_their_place(pair: Pool, clock: ManualClock) -> None:
    busy = [pair.start(work.endless) for _ in range(2)]
    leaves, second, third = (pair.start(work.squares, count) for count in (2, 3, 4))
    assert [job.waiting for job in (*busy, leaves, second, third)] == [0, 0, 1, 2, 3]
    assert [job.state for job in (*busy, leaves, third)] == ["running", "running", "waiting", "waiting"]
    # Two at work, and one that is made ready for the next in the queue.
    assert len(set(pair.pids()) - {worker(job).pid for job in busy}) == 1
    leaves.stop()
    assert [job.waiting for job in (leaves, second, third)] == [0, 1, 2]
    assert not second.done
    for ended, follows in ((busy[0], second), (second, third)):
        worker(ended).finish()
        assert gather(ended) == []
        wait_for(lambda job=follows: job.begun, "the next in the queue")
    assert [job.state for job in (busy[1], third)] == ["running", "running"]


def test_a_turn_ends_once_its_time_is_over_and_not_before(alone: Pool, clock: ManualClock) -> None:
    one = alone.start(work.counting)
    worker(one).send(0)
    first(one)
    two = alone.start(work.counting)
    clock.advance(TURN - 0.001)
    alone.check()
    assert (one.waiting, two.waiting, two.begun) == (0, 1, False)
    clock.advance(0.001)
    alone.check()
    assert (one.state, one.waiting, one.begun, one.done) == ("waiting", 1, True, False)
    assert (two.state, worker(one).paused) == ("running", True)


def test_nobody_pauses_where_nobody_waits(alone: Pool, clock: ManualClock) -> None:
    only = alone.start(work.counting)
    worker(only).send(0)
    first(only)
    end_turn(alone, clock)
    assert (only.state, worker(only).paused) == ("running", False)


def test_all_who_want_to_run_have_their_turns(alone: Pool, clock: ManualClock) -> None:
    everybody = [alone.start(work.counting) for _ in range(3)]
    for turn, runs in enumerate(everybody * 3):
        assert [job.state == "running" for job in everybody] == [job is runs for job in everybody]
        assert [worker(job).paused for job in everybody if job.begun and job is not runs] == [True] * (min(turn, 2))
        assert not worker(runs).paused
        worker(runs).send(turn)
        assert first(runs) == turn
        end_turn(alone, clock)
    assert sorted(job.waiting for job in everybody) == [0, 1, 2]


def test_who_has_not_begun_goes_before_those_that_pause(alone: Pool, clock: ManualClock) -> None:
    one, two = alone.start(work.counting), alone.start(work.counting)
    worker(one).send(0)
    first(one)
    end_turn(alone, clock)
    three = alone.start(work.squares, 3)
    assert [job.waiting for job in (two, three, one)] == [0, 1, 2]
    two.stop()
    wait_for(lambda: three.begun, "the one that has not begun")
    worker(three).finish()
    wait_for(lambda: one.state == "running", "the one that paused")
    assert not worker(one).paused


def test_loading_and_what_comes_before_the_first_item_use_up_no_turn(alone: Pool, clock: ManualClock) -> None:
    slow, other = alone.start(work.counting), alone.start(work.counting)
    clock.advance(5 * TURN)
    alone.check()
    assert (slow.waiting, other.waiting) == (0, 1)
    worker(slow).send(1)
    assert first(slow) == 1
    alone.check()
    assert (slow.waiting, other.waiting) == (0, 1)
    end_turn(alone, clock)
    assert (slow.waiting, other.waiting) == (1, 0)


def test_how_soon_a_turn_comes(alone: Pool, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = alone.start(work.counting)
    worker(busy).send(0)
    first(busy)
    second, third, fourth = (alone.start(work.squares, count) for count in (3, 4, 5))
    assert [job.seconds_until_run for job in (busy, second, third)] == [0.0, TURN, 2 * TURN]
    clock.advance(4.0)
    # Three times the limit may have begun: one runs and two could, the fourth has to wait for an end.
    assert [job.seconds_until_run for job in (busy, second, third, fourth)] == [0.0, TURN - 4.0, 2 * TURN - 4.0, None]
    # Where nobody else may begin, nobody pauses.
    monkeypatch.setattr("lstm_viz.jobs.pool._MAX_STARTED", 1)
    end_turn(alone, clock)
    assert [job.waiting for job in (busy, second, third, fourth)] == [0, 1, 2, 3]
    assert second.seconds_until_run is None
    busy.stop()
    for job in (second, third, fourth):
        wait_for(lambda job=job: job.begun, "the next in the queue")
        worker(job).send(job.waiting)
        worker(job).finish()
        assert gather(job) == [0]


def test_work_is_ended_when_nobody_has_polled_for_its_idle_time(pair: Pool, clock: ManualClock) -> None:
    polled, forgotten = (pair.start(work.endless, idle_timeout=PATIENCE) for _ in range(2))
    clock.advance(PATIENCE - 1.0)
    pair.check()
    assert (polled.state, forgotten.state) == ("running", "running")
    polled.poll()
    clock.advance(1.0)
    pair.check()
    assert (polled.state, forgotten.state) == ("running", "stopped")
    assert (worker(polled).alive, worker(forgotten).alive) == (True, False)


def test_work_goes_on_while_its_holder_is_present_on_whatever_page(alone: Pool, clock: ManualClock) -> None:
    present = [True]
    job = alone.start(work.endless, idle_timeout=PATIENCE, present=lambda: present[0])
    for _ in range(3):
        clock.advance(PATIENCE)
        alone.check()
        assert job.state == "running"
    present[0] = False
    clock.advance(PATIENCE)
    alone.check()
    assert job.state == "stopped"


def test_work_ends_soon_after_its_owner_has_gone_and_not_in_a_short_break(pair: Pool, clock: ManualClock) -> None:
    present = [True]
    owned, polled = pair.start(work.endless, present=lambda: present[0]), pair.start(work.endless)
    for seconds_away in (0.0, ABSENT_SECONDS - 1.0):
        # The owner is there and elsewhere for an hour, then away for a moment, and comes back: nothing has polled.
        present[0] = True
        for _ in range(60):
            clock.advance(60.0)
            polled.poll()
            pair.check()
        present[0] = False
        clock.advance(seconds_away)
        pair.check()
        assert (owned.state, polled.state) == ("running", "running")
    clock.advance(1.0)
    pair.check()
    assert (owned.state, worker(owned).alive, polled.state) == ("stopped", False, "running")
    clock.advance(IDLE_SECONDS)
    pair.check()
    assert polled.state == "stopped"


def test_work_goes_on_for_its_new_owner_and_ends_with_them(alone: Pool, clock: ManualClock) -> None:
    job = alone.start(work.endless, present=lambda: False)
    clock.advance(ABSENT_SECONDS - 1.0)
    present = [True]
    job.belong_to(lambda: present[0])
    for _ in range(2):
        clock.advance(ABSENT_SECONDS - 1.0)
        alone.check()
        assert job.state == "running"
    present[0] = False
    clock.advance(ABSENT_SECONDS)
    alone.check()
    assert job.state == "stopped"


def test_work_that_several_share_goes_on_for_the_one_who_stays(alone: Pool, clock: ManualClock) -> None:
    gone = alone.start(work.squares, 3, shared=True, present=lambda: False)
    stays = alone.start(work.squares, 3, shared=True, present=lambda: True)
    clock.advance(10 * ABSENT_SECONDS)
    alone.check()
    assert (gone.state, stays.state) == ("running", "running")


def test_the_pool_checks_by_itself(alone: Pool, clock: ManualClock) -> None:
    job = alone.start(work.endless, idle_timeout=PATIENCE)
    clock.advance(PATIENCE)
    wait_for(lambda: job.state == "stopped", "the pool's own check")


def test_a_spare_process_is_sent_away_when_nobody_has_needed_it(alone: Pool, clock: ManualClock) -> None:
    alone.warm()
    clock.advance(200.0)
    alone.warm()
    clock.advance(300.0)
    alone.check()
    assert len(alone.pids()) == 1
    spare = cast(ScriptedWorker, alone._spare)
    clock.advance(0.001)
    alone.check()
    assert (alone.pids(), spare.alive) == ([], False)


def test_a_server_without_room_for_a_process_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> None:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr("lstm_viz.jobs.pool.Worker", no_room)
    job = Pool(1).start(work.squares, 3)
    assert (job.state, job.done) == ("failed", True)
    assert "Cannot allocate memory" in str(job.error)
    assert "Try again later" in str(job.error)
