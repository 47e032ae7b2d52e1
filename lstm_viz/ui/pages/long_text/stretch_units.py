"""Which units know this stretch? Units that are on in a stretch of a scanned text and off around it, and all places like it.

The levels of one quantity are written once into a file of the session, by a job for a long text; a search then answers at once.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import streamlit as st

from lstm_viz import corpus
from lstm_viz.corpus.levels import MAX_BYTES
from lstm_viz.corpus.saving import digest
from lstm_viz.gates import quantity
from lstm_viz.models.fingerprint import fingerprint
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.components.annotation_track import current_track, track_choice
from lstm_viz.ui.components.job_panel import JobSpec, job_panel, job_result
from lstm_viz.ui.components.unit_matches import (
    MatchResult,
    current_settings,
    default_stretch,
    describe,
    draw_matches,
    find,
    match_controls,
)
from lstm_viz.ui.pages.long_text import passage
from lstm_viz.ui.pages.long_text.scan_job import ScannedText
from lstm_viz.ui.pages.long_text.search import SearchResult
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.memo import remember
from lstm_viz.ui.state.models import session_models
from lstm_viz.ui.state.temporary import temporary_folder
from lstm_viz.units.matching import Levels

_PREFIX = "your_text_units"
_FOLDER, _JOB = "your_text_levels_folder", "your_text_levels"
#: Up to this many letters the levels are computed at once, in about a second, without a job.
_AT_ONCE = 10_000
#: Disk space that is left free, in bytes, and how many letters are searched for a default stretch.
_FREE, _BEGINNING = 500 * 2**20, 2000


def choose(text: ScannedText) -> MatchResult | None:
    """Draw the controls; return the units and places; None until the levels have been computed."""
    kind, layer = text.scan.kind, _layer(text)
    first, last = _stretch(text)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.layer(session.current())
        for name, setting in (("From letter", first), ("To letter", last)):
            st.number_input(name, 0, len(text.scan.text) - 1, width=150, **setting.widget_args())
        opened = passage.opened_step(text)
        if opened is not None:
            for label, setting in (("From the opened letter", first), ("To the opened letter", last)):
                st.button(label, key=f"{setting.key}_here", on_click=setting.save, args=(opened,))
    match_controls(_PREFIX, kind)
    chosen = current_settings(_PREFIX, kind)
    levels = _levels(text, layer, chosen.symbol)
    if levels is None:
        return None
    begin, end = sorted((int(first.value()), int(last.value())))
    searched = (_path(text, layer, chosen.symbol), begin, end, chosen)
    result = remember("your_text_units_found", searched, lambda: find(levels, begin, end, kind, chosen))
    st.markdown(describe(result, text.scan.text))
    return result


def draw(text: ScannedText, result: MatchResult) -> None:
    """Draw the places that were found."""
    if result.matches:
        track_choice(_PREFIX, False)
    track = current_track(_PREFIX, text.scan.text, False)
    draw_matches(result, text.scan.text, _PREFIX, lambda step: passage.open_at(text, step), track=track)


def as_result(result: MatchResult | None) -> SearchResult | None:
    """Return the listed places as marks for the curve of the whole text."""
    if result is None:
        return None
    steps = tuple(sorted(match.start for match in result.matches))
    return SearchResult("", steps, (), TokenColors(np.zeros(0), 0.0, 1.0, False, ""))


def _levels(text: ScannedText, layer: int, symbol: str) -> Levels | None:
    """Return the levels of one quantity, from the session's file; draw the job that writes it if there is none."""
    size, path = corpus.levels_size(text.model, text.scan), _path(text, layer, symbol)
    units = text.model.config.hidden
    if size > MAX_BYTES:
        st.info(
            f"The values of {units} units over {len(text.scan.text):,} letters take {size / 2**20:,.0f} MB; at most "
            f"{MAX_BYTES // 2**20} MB are kept. Choose a text of at most {MAX_BYTES // units:,} letters.",
            icon=":material/info:",
        )
        return None
    if len(text.scan.text) <= _AT_ONCE:
        _write_at_once(text, layer, symbol, path)
    elif not _write_in_job(text, layer, symbol, path, size):
        return None
    return corpus.open_levels(text.model, text.scan, path)


def _write_at_once(text: ScannedText, layer: int, symbol: str, path: Path) -> None:
    if path.exists():
        return
    _delete_other_files(path)
    for _ in corpus.write_levels(text.model, text.scan, layer, symbol, path):
        pass


def _write_in_job(text: ScannedText, layer: int, symbol: str, path: Path, size: int) -> bool:
    """Return True if a job has written the levels' file, of `size` bytes; draw the job if it has not."""
    sent = text.model if session.current().model in session_models() else session.current().model
    name = quantity(text.scan.kind, symbol).label
    button = f"Compute {name} of all {text.model.config.hidden} units over {len(text.scan.text):,} letters"
    spec = JobSpec(corpus.write_levels, (sent, text.scan, layer, symbol, str(path)), 100, button, unit="%")
    if _is_written(spec, path):
        return True
    job = job_result(_JOB)
    if job is None or job.is_finished:
        _delete_other_files(path)
        if shutil.disk_usage(path.parent).free < size + _FREE:
            st.info("The server's disk has no room for these values now. Try again later, or a shorter text.")
            return False
    st.fragment(job_panel)(_JOB, spec, lambda items, spec: None)
    # The panel may have polled the end in this very run.
    if _is_written(spec, path):
        st.rerun()
    return False


def _is_written(spec: JobSpec, path: Path) -> bool:
    """Return True if the job has written the whole file."""
    job = job_result(_JOB)
    return job is not None and job.spec == spec and job.is_finished and job.items[-1:] == [100] and path.exists()


def _path(text: ScannedText, layer: int, symbol: str) -> Path:
    """Return the file of the levels, in a folder that is deleted with the session."""
    folder: TemporaryDirectory[str] | None = st.session_state.get(_FOLDER)
    if folder is None:
        folder = st.session_state[_FOLDER] = temporary_folder("lstm_viz-levels-")
    named = remember(
        "your_text_levels_name", (text.scan, text.model),
        lambda: f"{fingerprint(text.model)} {digest(text.scan.text)} {text.scan.parts.tolist()}",
    )  # fmt: skip
    return Path(folder.name) / f"{hashlib.sha256(named.encode()).hexdigest()[:16]}-{layer}-{symbol}"


def _delete_other_files(path: Path) -> None:
    """Delete the other files of the folder, so that one at a time is stored."""
    for other in path.parent.iterdir():
        if other != path:
            other.unlink(missing_ok=True)


def _stretch(text: ScannedText) -> tuple[settings.Setting[float], settings.Setting[float]]:
    """Return the settings of the first and last letter: one pair for each text."""
    first, last = default_stretch(text.scan.text[:_BEGINNING])
    end, name = len(text.scan.text) - 1, hash(text.scan.text)
    return (
        settings.number(f"{_PREFIX}_from_{name}", "from", 0, end, first),
        settings.number(f"{_PREFIX}_to_{name}", "to", 0, end, last),
    )


def _layer(text: ScannedText) -> int:
    return min(session.current().layer, text.model.config.layers - 1)
