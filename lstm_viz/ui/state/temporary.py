"""Temporary folders of the server process: each is deleted with its owner, and all of them when the server ends.

A signal ends the process without Python's exit functions, so that `tempfile` alone would leave them behind.
"""

from __future__ import annotations

from tempfile import TemporaryDirectory
from weakref import WeakSet

_FOLDERS: WeakSet[TemporaryDirectory[str]] = WeakSet()


def temporary_folder(prefix: str) -> TemporaryDirectory[str]:
    """Return a new folder; what cannot be deleted later is left to the system."""
    folder = TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
    _FOLDERS.add(folder)
    return folder


def delete_temporary_folders() -> None:
    """Delete all folders that are still there. No job may write into them any more."""
    for folder in list(_FOLDERS):
        folder.cleanup()
