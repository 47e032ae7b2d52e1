"""Publish the components' JavaScript and CSS where Streamlit serves static files."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

from lstm_viz.ui.frontend.plotly_asset import app_folder

SOURCES = Path(__file__).parent
_IMPORTED = re.compile(r'from "\./([\w.]+)";')


@cache
def publish_live() -> str:
    """Copy the components' files below app/static; return the name of their folder there."""
    return copy_sources(app_folder() / "static")


def copy_sources(static: Path) -> str:
    """Copy every .js and .css file into static/live-<digest of the content>; return that folder's name.

    With the digest in the path browsers may cache the files for ever and never mix two versions of the modules.
    """
    sources = sorted(path for path in SOURCES.iterdir() if path.suffix in {".js", ".css"})
    digest = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in sources)).hexdigest()[:12]
    target = static / f"live-{digest}"
    if target.is_dir():
        return target.name
    static.mkdir(parents=True, exist_ok=True)
    # Written to a temporary folder and renamed: a concurrent request never gets a partial folder.
    draft = Path(tempfile.mkdtemp(dir=static, prefix=".live-"))
    try:
        for path in sources:
            shutil.copyfile(path, draft / path.name)
        draft.chmod(0o755)
        os.rename(draft, target)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        # Another process may have published the same files between the check and the rename.
        if not target.is_dir():
            raise
    return target.name


def modules(entry: str) -> list[str]:
    """Return the names of the module `entry` and everything it imports, directly or not, nearest first."""
    names = [entry]
    for module in names:
        imported = _IMPORTED.findall((SOURCES / module).read_text("utf-8"))
        names += [name for name in dict.fromkeys(imported) if name not in names]
    return names
