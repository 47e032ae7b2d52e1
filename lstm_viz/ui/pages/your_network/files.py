"""The files of the user's network: the upload, what each file is, and opening them in a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lstm_viz import jobs
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.components.job_panel import queue_message
from lstm_viz.ui.components.polling import poll_fragment
from lstm_viz.ui.components.session_jobs import start_session_job
from lstm_viz.ui.pages.your_network import answers
from lstm_viz.ui.pages.your_network.file_roles import FileWithRole, is_quick
from lstm_viz.ui.pages.your_network.opening import LIMIT, Opened, Request, open_in_job, open_network_files
from lstm_viz.ui.state.markdown import escape_block, escape_file_name, sanitize

_FILES, _GENERATION, _JOB, _OPENED = "network_files", "network_generation", "network_job", "network_opened"
#: Seconds between two polls of the job that opens a network.
_POLL = 0.25
_ROLES = {
    "weights": (":material/memory:", "weights"),
    "vocabulary": (":material/abc:", "vocabulary"),
    "text": (":material/notes:", "text"),
    "numbers": (":material/table:", "numbers"),
    "unused": (":material/block:", "not used"),
}


@dataclass(frozen=True)
class StoredFiles:
    """The files of the session; `ids` tells the uploads apart."""

    files: tuple[tuple[str, bytes], ...]
    ids: tuple[str, ...]


def upload() -> StoredFiles | None:
    """Draw the upload; return the files, None before there are any. They are kept when the user returns from another page."""
    # Prepare the worker while the user is still reading.
    jobs.warm()
    generation = st.session_state.get(_GENERATION, 0)
    key = f"network_upload_{generation}" if generation else "network_upload"
    uploads = st.file_uploader(
        "Its files together: the weights and, if you have them, a vocabulary and a text", key=key, accept_multiple_files=True,
        max_upload_size=LIMIT // 2**20, on_change=_forget, args=(key,),
    )  # fmt: skip
    if uploads:
        _store(uploads)
    tab_work.keep(_FILES, _OPENED, _JOB, *answers.KEYS)
    return stored()


def stored() -> StoredFiles | None:
    """Return the session's files."""
    files: StoredFiles | None = st.session_state.get(_FILES)
    return files


def store_files(files: Sequence[tuple[str, bytes]], name: str) -> None:
    """Use these files instead of uploaded ones."""
    clear()
    st.session_state[_FILES] = StoredFiles(tuple(files), (name,))


def clear() -> None:
    """Forget the files and what was answered about them, and start a new upload."""
    for key in (_FILES, _JOB, _OPENED):
        st.session_state.pop(key, None)
    answers.forget()
    st.session_state[_GENERATION] = st.session_state.get(_GENERATION, 0) + 1


def opened_files(request: Request) -> Opened | None:
    """Return the result of a request; None, with a note on the page, while a job works on it.

    A job blocks nobody, but has to wait for a worker; small files are therefore read at once.
    """
    result = _read(request)
    poll_fragment(_wait, result is None, every=_POLL, awaited=result is None)
    return result


def _read(request: Request) -> Opened | None:
    """Return the result of a request, from a job if it may take long; None while the job works."""
    last: tuple[Request, Opened] | None = st.session_state.get(_OPENED)
    if last is not None and last[0] == request:
        return last[1]
    if all(is_quick(data) for _, data in request.files):
        with st.spinner("Reading the files"):
            at_once = open_network_files(request)
        st.session_state[_OPENED] = (request, at_once)
        return at_once
    started: tuple[Request, jobs.Job] | None = st.session_state.get(_JOB)
    if started is None or started[0] != request:
        if started is not None:
            started[1].stop()
        started = request, start_session_job(open_in_job, request)
        st.session_state[_JOB] = started
    return _collect(started)


def _collect(started: tuple[Request, jobs.Job]) -> Opened | None:
    """Return the job's result, and keep it; None while it works."""
    request, job = started
    items = job.poll()
    if items:
        result: Opened = items[-1]
    elif job.done:
        result = Opened((), error=job.error or "reading was interrupted; drop the files again")
    else:
        return None
    st.session_state[_OPENED] = (request, result)
    st.session_state.pop(_JOB, None)
    return result


def _wait(awaited: bool) -> None:
    """Show that a job reads the files, if one does, and rerun the page once it has finished."""
    if not awaited:
        return
    started: tuple[Request, jobs.Job] | None = st.session_state.get(_JOB)
    if started is None or _collect(started) is not None:
        st.rerun()
    st.info(queue_message(started[1]) or "Reading the files …", icon=":material/hourglass_top:")


def show_roles(files: Sequence[FileWithRole]) -> None:
    """List which file is which."""
    lines = []
    for file in files:
        icon, role = _ROLES[file.role]
        note = escape_block(file.note.removeprefix("not used: "))
        lines.append(f"{icon} **{role}**: {escape_file_name(file.name)}" + (f" ({note})" if note else ""))
    if lines:
        st.markdown("  \n".join(lines))
    st.button("Start over", key="network_clear", type="tertiary", icon=":material/delete:", on_click=clear)


def _store(uploads: Sequence[UploadedFile]) -> None:
    ids = tuple(upload.file_id for upload in uploads)
    before = stored()
    if before is not None and before.ids == ids:
        return
    if before is None or not set(before.ids) & set(ids):
        answers.forget()
    files = tuple((sanitize(upload.name, 120), upload.getvalue()) for upload in uploads)
    st.session_state[_FILES] = StoredFiles(files, ids)


def _forget(key: str) -> None:
    # The user removed the last file. A browser that has forgotten its files does not call this; where pages are changed quickly,
    # the upload may be gone itself.
    if not st.session_state.get(key, True):
        clear()
