"""Ignore reruns of a page that was left, which would empty the page that came after it."""

from __future__ import annotations

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequestType


def ignore_reruns_of_left_pages() -> None:
    """Make Streamlit ignore a fragment's rerun once another page has been asked for.

    Until the browser hears of the new page, what it sends still names the old one. Streamlit would run the old page's fragment
    after the new page: the browser then takes the old page for the current one, and clears the new page's elements. If the new
    page's run had not begun, the old page would run instead of it. Streamlit has no public hook for this, so two private methods
    are wrapped; a test holds what they are expected to do.
    """
    ScriptRunner.request_rerun = _request_rerun  # type: ignore[method-assign]
    ScriptRunner._run_script = _run_script  # type: ignore[method-assign]


_streamlit_request_rerun, _streamlit_run_script = ScriptRunner.request_rerun, ScriptRunner._run_script


def _request_rerun(self: ScriptRunner, rerun_data: RerunData) -> bool:
    is_fragment = bool(rerun_data.fragment_id or rerun_data.fragment_id_queue)
    if is_fragment and rerun_data.page_script_hash != _requested_page(self):
        return True
    return _streamlit_request_rerun(self, rerun_data)


def _run_script(self: ScriptRunner, rerun_data: RerunData) -> None:
    # A script can also change the page by itself, after the fragment's rerun has been accepted.
    if rerun_data.fragment_id_queue and rerun_data.page_script_hash != self._pages_manager.current_page_script_hash:
        return
    _streamlit_run_script(self, rerun_data)


def _requested_page(runner: ScriptRunner) -> str:
    """Return the hash of the page that will run next: a waiting request's, else the current one."""
    requests = runner._requests
    if requests._state == ScriptRequestType.RERUN and requests._rerun_data.page_script_hash:
        return requests._rerun_data.page_script_hash
    return runner._pages_manager.current_page_script_hash
