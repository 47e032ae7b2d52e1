"""The job panel on a page, with real processes: started, watched, stopped, refused, waiting."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.jobs import Pool
from lstm_viz.ui.components import job_panel as panel
from lstm_viz.ui.components.job_panel import queue_message
from tests.facts import states
from tests.jobs import work
from tests.jobs.clock import ManualClock


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def pool(clock: ManualClock) -> Iterator[Pool]:
    alone = Pool(1, check_every=0.05, clock=clock)
    yield alone
    alone.close()


def script(path: str, kind: str, count: int) -> None:
    """A page with one job panel."""
    import streamlit as st

    from lstm_viz.ui.components.job_panel import JobSpec, job_panel
    from tests.jobs import work

    orders = {
        "until": JobSpec(work.until, (path,), 2, "Go"),
        "squares": JobSpec(work.squares, (count,), count, "Go"),
        "counting": JobSpec(work.counting, (), 10**9, "Go"),
        "refuses": JobSpec(work.refuses, (count,), 9, "Go"),
    }

    @st.fragment
    def answer() -> None:
        job_panel("bench", orders[kind], lambda items, order: st.write(f"{order.function.__name__}: {len(items)}"))

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    answer()


def opened(path: Path, kind: str, count: int = 3) -> AppTest:
    return AppTest.from_function(script, args=(str(path), kind, count), default_timeout=60).run()


def until(page: AppTest, ready: Callable[[], bool]) -> None:
    """Look again and again, as the browser does, until something is to be seen."""
    deadline = time.monotonic() + 300  # jobs give way to all else: on a busy machine they start late
    while not ready():
        assert time.monotonic() < deadline, [each.value for each in (*page.markdown, *page.caption, *page.error)]
        time.sleep(0.02)
        page.run()
        assert not page.exception


@pytest.fixture(autouse=True)
def use(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstm_viz.jobs.start", pool.start)
    monkeypatch.setattr("lstm_viz.jobs.warm", pool.warm)


def said(page: AppTest) -> list[str]:
    return [str(each.value) for each in (*page.markdown, *page.caption)]


def test_work_is_watched_to_its_end_and_can_be_started_again(tmp_path: Path) -> None:
    page = opened(tmp_path / "gate", "until")
    assert [button.label for button in page.button] == ["Go"]
    page.button(key="bench_start").click().run()
    assert [button.label for button in page.button] == ["Stop"]
    until(page, lambda: "until: 1" in said(page))
    assert page.get("progress")
    (tmp_path / "gate").touch()
    until(page, lambda: "until: 2" in said(page))
    until(page, lambda: [button.label for button in page.button] == ["Go"])
    assert not page.get("progress")
    (tmp_path / "gate").unlink()  # an open gate would let the second work end before it was looked at
    page.button(key="bench_start").click().run()
    assert [button.label for button in page.button] == ["Stop"]
    (tmp_path / "gate").touch()
    until(page, lambda: [button.label for button in page.button] == ["Go"])


def test_stopped_work_keeps_what_it_yielded(tmp_path: Path) -> None:
    page = opened(tmp_path / "never", "until")
    page.button(key="bench_start").click().run()
    until(page, lambda: "until: 1" in said(page))
    page.button(key="bench_stop").click().run()
    assert not page.exception
    assert [button.label for button in page.button] == ["Go"]
    assert "Stopped after 1 of 2." in said(page)
    assert "until: 1" in said(page)


def test_a_click_on_start_or_stop_runs_the_whole_page_once_more(tmp_path: Path) -> None:
    # Only a run of the whole page surely clears the button that is gone.
    page = opened(tmp_path / "never", "until")
    for number, key in enumerate(("bench_start", "bench_stop"), 1):
        page.button(key=key).click().run()
        assert page.session_state["runs"] == 1 + 2 * number
    assert [button.label for button in page.button] == ["Go"]


def test_what_the_work_refuses_is_said_on_the_page(tmp_path: Path) -> None:
    page = opened(tmp_path, "refuses")
    page.button(key="bench_start").click().run()
    until(page, lambda: bool(page.error))
    assert page.error[0].value == work.REFUSAL
    assert "refuses: 3" in said(page)


def test_who_waits_is_told_its_place(tmp_path: Path, pool: Pool) -> None:
    busy = pool.start(work.until, str(tmp_path / "gate"))
    page = opened(tmp_path, "squares")
    page.button(key="bench_start").click().run()
    assert any("number 1 in the queue" in words for words in said(page))
    (tmp_path / "gate").touch()
    until(page, lambda: "squares: 3" in said(page))
    assert not any("queue" in words for words in said(page))
    assert busy.state == "done"


def test_who_pauses_is_told_so_and_keeps_what_has_come(tmp_path: Path, pool: Pool, clock: ManualClock) -> None:
    page = opened(tmp_path, "counting")
    page.button(key="bench_start").click().run()
    until(page, lambda: any(words.startswith("counting: ") for words in said(page)))
    other = pool.start(work.until, str(tmp_path / "gate"))
    clock.advance(pool.time_slice)
    until(page, lambda: any(words.startswith("Paused") for words in said(page)))
    assert any(words.startswith("counting: ") for words in said(page))
    (tmp_path / "gate").touch()
    until(page, lambda: bool(page.get("progress")))
    assert not any("Pausing" in words for words in said(page))
    page.button(key="bench_stop").click().run()
    assert other.state == "done"


def test_how_long_one_waits_is_said_as_far_as_it_is_known() -> None:
    def waits(place: int, begun: bool, soon: float | None) -> str:
        return queue_message(SimpleNamespace(waiting=place, begun=begun, seconds_until_run=soon))  # type: ignore[arg-type]

    assert waits(0, True, 0.0) == ""
    assert states(waits(2, False, 12.2), "number 2", "13 seconds")
    assert waits(1, True, 0.4).endswith("It continues automatically in a moment.")
    assert waits(7, False, None).endswith("it starts automatically.")


def test_results_of_other_settings_are_marked_as_such(tmp_path: Path) -> None:
    page = opened(tmp_path, "squares")
    page.button(key="bench_start").click().run()
    until(page, lambda: [button.label for button in page.button] == ["Go"])
    assert not any("settings have changed" in words for words in said(page))
    other = AppTest.from_function(script, args=(str(tmp_path), "squares", 5), default_timeout=60)
    other.session_state["bench"] = page.session_state["bench"]
    other.run()
    assert any("settings have changed" in words for words in said(other))
    assert "squares: 3" in said(other)


def test_a_job_says_how_long_it_has_run() -> None:
    assert [panel._elapsed(seconds) for seconds in (2.9, 3.0, 119.9, 135.0)] == [
        "", " · running for 3 s", " · running for 119 s", " · running for 2:15 min",
    ]  # fmt: skip
