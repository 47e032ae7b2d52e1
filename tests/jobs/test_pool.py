"""The pool, with real processes: what comes back, pauses, and that nothing is left behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from lstm_viz.jobs import Job, Pool
from lstm_viz.jobs.forked_process import NICENESS
from lstm_viz.jobs.pool import default_limit
from tests.jobs import work
from tests.jobs.clock import ManualClock
from tests.jobs.waiting import first, gather, wait_for

ROOT = Path(__file__).parents[2]
#: The niceness that Linux does not go beyond.
LOWEST_PRIORITY = 19


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def pool(clock: ManualClock) -> Iterator[Pool]:
    """One for all tests, as each process takes its time to load torch."""
    with_room_for_two = Pool(2, check_every=0.05, clock=clock)
    yield with_room_for_two
    with_room_for_two.close()


def test_everything_comes_back_in_order(pool: Pool) -> None:
    job = pool.start(work.squares, 2000)
    assert gather(job) == [number * number for number in range(2000)]
    assert (job.state, job.error, job.poll(), job.waiting) == ("done", None, [], 0)


def test_the_process_is_another_one_gives_way_and_has_one_thread(pool: Pool) -> None:
    ((pid, niceness, threads),) = gather(pool.start(work.surroundings))
    assert pid != os.getpid()
    assert (niceness, threads) == (min(os.getpriority(os.PRIO_PROCESS, 0) + NICENESS, LOWEST_PRIORITY), 1)


def test_an_item_is_what_it_was_when_it_was_yielded(pool: Pool) -> None:
    assert gather(pool.start(work.growing, 3)) == [[0], [0, 1], [0, 1, 2]]


def test_items_larger_than_a_pipe_arrive_whole(pool: Pool) -> None:
    (array,) = gather(pool.start(work.array, 1_000_000))
    np.testing.assert_array_equal(array, np.arange(1_000_000))


def test_prints_and_tracebacks_go_to_the_log_and_stay_out_of_what_is_yielded(capfd: pytest.CaptureFixture[str]) -> None:
    pool = Pool(1)
    try:
        assert gather(pool.start(work.talkative)) == ["clean"]
        assert "so does this" in capfd.readouterr().err
        job = pool.start(work.stumbles)
        assert gather(job) == [1]
        assert (job.state, job.error) == ("failed", "ZeroDivisionError: one by nothing")
        assert "Traceback" in capfd.readouterr().err
    finally:
        pool.close()


def test_a_clear_message_for_what_the_work_refuses(pool: Pool) -> None:
    job = pool.start(work.refuses, 3)
    assert gather(job) == [0, 1, 2]
    assert (job.state, job.error) == ("failed", work.REFUSAL)


@pytest.mark.parametrize(
    ("function", "args", "words"),
    [(work.dies, (0,), "exit status 0"), (work.is_killed, (), "SIGKILL")],
)
def test_a_process_that_dies_is_an_error_and_not_an_end(
    pool: Pool, tmp_path: Path, function: Callable[..., Any], args: tuple[Any, ...], words: str
) -> None:
    gate = tmp_path / "gate"
    job = pool.start(function, str(gate), *args)
    # It dies once what it yielded has arrived.
    assert first(job) > 0
    gate.touch()
    gather(job)
    assert job.state == "failed"
    assert words in str(job.error)


def test_an_item_that_cannot_travel_is_an_error(pool: Pool) -> None:
    job = pool.start(work.yields_the_unpackable)
    assert gather(job) == []
    assert job.error == "TypeError: not me"


def test_arguments_that_cannot_be_made_again_over_there_are_an_error(pool: Pool) -> None:
    job = pool.start(work.squares, work.CannotBeUnpacked())
    assert gather(job) == []
    assert "no number" in str(job.error)


def test_a_function_of_the_main_script_or_a_lambda_is_refused(pool: Pool) -> None:
    with pytest.raises(ValueError, match="another process"):
        pool.start(lambda: iter(()))
    main = eval("lambda: iter(())", {"__name__": "__main__"})
    with pytest.raises(ValueError, match="main script"):
        pool.start(main)


def test_stopping_ends_busy_work_at_once(pool: Pool) -> None:
    job = pool.start(work.endless)
    pid = first(job)
    job.stop()
    # The work itself never ends, and looks at nothing that could tell it to.
    wait_for(lambda: not psutil.pid_exists(pid), "the process to end")
    assert (job.state, job.done, job.error, job.poll()) == ("stopped", True, None, [])


@pytest.fixture
def taking_turns(clock: ManualClock) -> Iterator[Pool]:
    """Room for one at a time."""
    alone = Pool(1, check_every=0.05, clock=clock)
    yield alone
    alone.close()


def quiet(job: Job, seconds: float = 0.3) -> list[Any]:
    """What still comes until for so long nothing has."""
    items: list[Any] = []
    last = time.monotonic()
    deadline = last + 60
    while time.monotonic() - last < seconds:
        assert time.monotonic() < deadline, "it goes on while it should pause"
        if fresh := job.poll():
            items += fresh
            last = time.monotonic()
        time.sleep(0.005)
    return items


def test_long_work_pauses_for_what_comes_later_and_then_goes_on(taking_turns: Pool, clock: ManualClock, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    long = taking_turns.start(work.counting)
    items: list[Any] = []
    wait_for(lambda: items.extend(long.poll()) or items, "a first item")
    short = taking_turns.start(work.until, str(gate))
    assert (short.state, short.waiting, short.begun) == ("waiting", 1, False)
    clock.advance(taking_turns.time_slice)
    wait_for(lambda: short.state == "running", "the turn of the second")
    first(short)
    items += quiet(long)
    assert (long.state, long.waiting, long.begun, long.done) == ("waiting", 1, True, False)
    gate.touch()
    assert gather(short) == [0]
    paused = len(items)
    wait_for(lambda: items.extend(long.poll()) or len(items) > paused + 5, "the first to go on")
    assert long.state == "running"
    assert items == list(range(len(items)))
    long.stop()


def test_what_pauses_can_be_stopped(taking_turns: Pool, clock: ManualClock, tmp_path: Path) -> None:
    one = taking_turns.start(work.until, str(tmp_path / "never"))
    pid = first(one)
    two = taking_turns.start(work.counting)
    clock.advance(taking_turns.time_slice)
    wait_for(lambda: one.waiting == 1, "a pause")
    one.stop()
    wait_for(lambda: not psutil.pid_exists(pid), "the process to end")
    assert (one.state, one.waiting, one.done) == ("stopped", 0, True)
    first(two)
    two.stop()


def test_people_who_start_the_same_share_it_and_each_sees_all(pool: Pool, tmp_path: Path) -> None:
    gate = str(tmp_path / "gate")
    one, two = (pool.start(work.until, gate, shared=True) for _ in range(2))
    pid = first(one)
    assert first(two) == pid
    others = pool.start(work.until, gate), pool.start(work.until, gate + "!", shared=True)
    assert len({id(job._item) for job in (one, two, *others)}) == 3
    for job in (one, *others):
        job.stop()
    assert psutil.pid_exists(pid)
    assert (one.state, two.state) == ("stopped", "running")
    Path(gate).touch()
    assert gather(two) == [0]
    # What is over is not joined any more.
    again = pool.start(work.until, gate, shared=True)
    assert again._item is not two._item
    again.stop()


def test_the_last_who_leaves_shared_work_ends_it(pool: Pool) -> None:
    one, two = (pool.start(work.endless, shared=True) for _ in range(2))
    pid = first(one)
    one.stop()
    two.stop()
    wait_for(lambda: not psutil.pid_exists(pid), "the process to end")


def test_work_that_nobody_looks_at_is_ended(pool: Pool, clock: ManualClock) -> None:
    dropped, forgotten = (pool.start(work.endless, idle_timeout=60.0) for _ in range(2))
    pids = first(dropped), first(forgotten)
    del dropped
    gc.collect()
    wait_for(lambda: not psutil.pid_exists(pids[0]), "the process to end")
    assert forgotten.state == "running"
    clock.advance(60.0)
    wait_for(lambda: not psutil.pid_exists(pids[1]), "the process to end")
    assert forgotten.state == "stopped"


def test_a_warm_process_takes_the_next_work(pool: Pool) -> None:
    pool.warm()
    before = pool.pids()
    pool.warm()
    assert pool.pids() == before
    assert gather(pool.start(work.surroundings))[0][0] in before


def test_a_warm_process_that_died_is_replaced(pool: Pool) -> None:
    wait_for(lambda: not pool._begun, "all work to end")
    pool.warm()
    (pid,) = pool.pids()
    spare = pool._spare
    assert spare is not None
    psutil.Process(pid).kill()
    wait_for(lambda: not spare.alive, "the process to die")
    assert gather(pool.start(work.squares, 3)) == [0, 1, 4]


SERVER = """
import sys, time
from lstm_viz import jobs
from tests.jobs import work
from tests.jobs.clock import ManualClock
from tests.jobs.waiting import first, gather, wait_for
jobs.warm()
held = jobs.start(work.endless)
items = []
while not items:
    items += held.poll()
    time.sleep(0.01)
if sys.argv[1] == "kill":
    # Some run, one pauses, and one is spare.
    jobs._POOL.time_slice = 0.0
    more = [jobs.start(work.counting) for _ in range(jobs._POOL.limit)]
    while not any(job.begun and job.waiting for job in more):
        time.sleep(0.01)
    jobs.warm()
print(*jobs._POOL.pids(), flush=True)
if sys.argv[1] == "end":
    sys.exit()
time.sleep(60)
"""


@pytest.mark.parametrize("how", ["end", "kill"])
def test_no_process_outlives_the_server(how: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([sys.executable, "-c", SERVER, how], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    pids = [int(pid) for pid in server.stdout.readline().split()]
    assert len(pids) == {"end": 1, "kill": default_limit() + 2}[how]
    if how != "end":
        assert all(psutil.pid_exists(pid) for pid in pids)
        server.kill()
    server.wait(30)
    server.stdout.close()
    for pid in pids:
        wait_for(lambda pid=pid: not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie", "the end")

