"""Files in which long jobs save their progress, so that a stopped one resumes: in a temporary folder of the server."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from lstm_viz.ui.state.temporary import temporary_folder

#: The most progress files on the server; the oldest is deleted first.
MAX_FILES = 12


def progress_file(identity: str) -> Path:
    """Return the progress file of a job: the same for every session that does the same work."""
    folder = Path(_folder().name)
    for old in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)[:-MAX_FILES]:
        old.unlink(missing_ok=True)
    return folder / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.note"


@cache
def _folder() -> TemporaryDirectory[str]:
    """Return the server's temporary folder; it is deleted with the server process."""
    return temporary_folder("lstm_viz-progress-")
