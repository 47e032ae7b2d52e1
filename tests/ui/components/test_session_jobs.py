"""A session's jobs: they last while its browser is connected, end soon afterwards, and every page starts them by this rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from lstm_viz.jobs import ABSENT_SECONDS, Pool
from lstm_viz.ui.components import session_jobs
from tests.jobs import work
from tests.jobs.clock import ManualClock
from tests.sources import parse_source

SCREEN = Path(session_jobs.__file__).parents[1]


class Connections:
    """Stands in for Streamlit's runtime: which sessions have a browser."""

    def __init__(self, *names: str) -> None:
        self.active = set(names)

    def is_active_session(self, name: str) -> bool:
        return name in self.active


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def pool(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    # A pool without a worker: what is started waits, and can be abandoned all the same.
    pool = Pool(0, clock=clock)
    monkeypatch.setattr(Pool, "warm", lambda self: None)
    monkeypatch.setattr("lstm_viz.jobs.start", pool.start)
    yield pool
    pool.close()


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> Connections:
    connections = Connections("me", "another")
    monkeypatch.setattr(session_jobs, "runtime", SimpleNamespace(exists=lambda: True, get_instance=lambda: connections))
    monkeypatch.setattr(session_jobs, "get_script_run_ctx", lambda: SimpleNamespace(session_id="me"))
    return connections


def test_a_job_lasts_while_the_browser_is_connected_and_ends_soon_after(
    pool: Pool, clock: ManualClock, connections: Connections
) -> None:
    job = session_jobs.start_session_job(work.squares, 3)
    clock.advance(3600.0)
    pool.check()
    assert job.state == "waiting"
    connections.active.discard("me")
    clock.advance(ABSENT_SECONDS - 1.0)
    pool.check()
    connections.active.add("me")
    pool.check()
    clock.advance(ABSENT_SECONDS - 1.0)
    pool.check()
    assert job.state == "waiting"
    connections.active.discard("me")
    clock.advance(ABSENT_SECONDS)
    pool.check()
    assert job.state == "stopped"


def test_it_ends_before_streamlit_forgets_the_session_and_deletes_its_folder() -> None:
    # So that no process writes into a folder that has gone, and who comes back in time finds the run and can resume it.
    from streamlit.runtime.memory_session_storage import MemorySessionStorage

    assert MemorySessionStorage()._cache.ttl > ABSENT_SECONDS  # type: ignore[attr-defined]


def test_outside_a_server_there_is_no_connection_to_ask_for() -> None:
    assert session_jobs.connection_check() is None


def test_every_page_starts_its_jobs_by_this_rule() -> None:
    starts = [
        f"{path.relative_to(SCREEN)}:{node.lineno}"
        for path in SCREEN.rglob("*.py")
        for node in ast.walk(parse_source(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "jobs.start"
    ]
    assert [start.partition(":")[0] for start in starts] == ["components/session_jobs.py"]
