"""What a page that was left still asks for does nothing to the page that came after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType

from lstm_viz.ui.server import page_change

ROOT = Path(__file__).parents[3]


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> ScriptRunner:
    """A session's runner on the page "here", as Streamlit makes it, without its thread."""
    for name in ("request_rerun", "_run_script"):
        monkeypatch.setattr(ScriptRunner, name, getattr(ScriptRunner, name))
    page_change.ignore_reruns_of_left_pages()
    made = ScriptRunner.__new__(ScriptRunner)
    made._requests, made._pages_manager = ScriptRequests(), PagesManager(str(ROOT / "app.py"))
    made._pages_manager.set_current_page_script_hash("here")
    monkeypatch.setattr(made, "_wake_parallel_join_barrier_if_waiting", lambda: None)
    return made


def waiting(runner: ScriptRunner) -> RerunData | None:
    request = runner._requests.on_scriptrunner_ready()
    return request.rerun_data if request.type == ScriptRequestType.RERUN else None


def test_a_fragment_of_the_current_page_is_run(runner: ScriptRunner) -> None:
    assert runner.request_rerun(RerunData(page_script_hash="here", fragment_id="part"))
    request = waiting(runner)
    assert request is not None
    assert request.fragment_id_queue == ["part"]


def test_a_fragment_of_a_page_that_was_left_is_not_run_after_the_new_page(runner: ScriptRunner) -> None:
    assert runner.request_rerun(RerunData(page_script_hash="left", fragment_id="part"))
    assert waiting(runner) is None


def test_it_does_not_take_the_place_of_the_new_page(runner: ScriptRunner) -> None:
    assert runner.request_rerun(RerunData(page_script_hash="next"))
    assert runner.request_rerun(RerunData(page_script_hash="here", fragment_id="part"))
    request = waiting(runner)
    assert request is not None
    assert (request.page_script_hash, request.fragment_id_queue) == ("next", [])


def test_nor_when_the_script_itself_changed_the_page_meanwhile(runner: ScriptRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(page_change, "_streamlit_run_script", lambda _, request: ran.append(request.page_script_hash))
    for page, parts in (("left", ["part"]), ("here", ["part"]), ("next", [])):
        runner._run_script(RerunData(page_script_hash=page, fragment_id_queue=parts))
    assert ran == ["here", "next"]
