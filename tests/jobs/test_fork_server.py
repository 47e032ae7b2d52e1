"""The fork server: its workers are like processes of their own, and it may die at any time."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lstm_viz.jobs import forked_process, process
from lstm_viz.jobs.forked_process import ForkServer
from lstm_viz.jobs.pool import Pool
from tests.jobs import work
from tests.jobs.waiting import first, gather, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks workers")


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(3)
    yield pool
    pool.close()


def server_of(pid: int) -> psutil.Process:
    server = psutil.Process(pid).parent()
    assert server is not None
    assert server.pid != os.getpid()
    return server


def test_what_forks_has_one_thread_and_is_shared(pool: Pool) -> None:
    jobs = [pool.start(work.endless) for _ in range(3)]
    pids = [first(job) for job in jobs]
    (server,) = {server_of(pid) for pid in pids}
    # What a second thread had locked would stay locked in a fork.
    assert server.num_threads() == 1
    # Neither holds what belongs to another: pipes that stay open would keep a worker from seeing its server's end.
    assert {psutil.Process(pid).num_fds() for pid in pids} == {psutil.Process(pids[0]).num_fds()}


def test_a_worker_has_the_environment_folder_and_path_of_its_own_start(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = gather(pool.start(work.environment, "LSTM_VIZ_OF_A_TEST"))
    monkeypatch.setenv("LSTM_VIZ_OF_A_TEST", "é\udcff")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    pool._discard_spare()
    ((value, folder, path),) = gather(pool.start(work.environment, "LSTM_VIZ_OF_A_TEST"))
    assert before[0][0] is None
    assert (value, folder, path[0]) == ("é\udcff", str(tmp_path), str(tmp_path))


def test_no_two_workers_draw_the_same_numbers(pool: Pool) -> None:
    drawn = [gather(job)[0] for job in [pool.start(work.random_numbers) for _ in range(3)]]
    for numbers in zip(*drawn, strict=True):
        assert len(set(numbers)) == 3


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_how_a_worker_ended_is_known(pool: Pool, number: signal.Signals) -> None:
    job = pool.start(work.endless)
    os.kill(first(job), number)
    wait_for(lambda: job.done, "the job to end")
    assert number.name in str(job.error)


def test_the_end_of_the_fork_server_disturbs_no_job(pool: Pool, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    jobs = [pool.start(work.until, str(gate)), pool.start(work.endless)]
    pids = [first(job) for job in jobs]
    server = server_of(pids[0])
    server.kill()
    server.wait(30)
    later = pool.start(work.endless)
    assert server_of(first(later)).pid != server.pid
    gate.touch()
    assert gather(jobs[0]) == [0]
    jobs[1].stop()
    # Nobody may be there to wait for it.
    wait_for(lambda: not psutil.pid_exists(pids[1]) or psutil.Process(pids[1]).status() == "zombie", "the end")


@pytest.mark.parametrize("missing", ["platform", "server"])
def test_without_a_fork_server_a_worker_is_a_process_of_its_own(
    pool: Pool, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: ForkServer) -> None:
        raise OSError("too many processes")

    if missing == "platform":
        monkeypatch.setattr(forked_process.sys, "platform", "win32")
    else:
        monkeypatch.setattr(forked_process.ForkServer, "fork", refuse)
    job = pool.start(work.endless)
    parent = psutil.Process(first(job)).parent()
    assert parent is not None
    assert parent.pid == os.getpid()


def test_a_fork_server_without_work_is_replaced_and_exits(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = process.Worker()
    server = server_of(worker.pid)
    monkeypatch.setattr(forked_process, "_USED_SECONDS", -1.0)
    beside = process.Worker()
    assert server_of(beside.pid) == server, "it has a worker still"
    for each in (worker, beside):
        each.terminate()
    last = process.Worker()
    assert server_of(last.pid) != server
    assert not server.is_running()
    last.terminate()
