"""The component's JavaScript and CSS, put where Streamlit serves files."""

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
    """Copy the component's files into the folder that Streamlit serves as app/static; returns their folder's name there."""
    return copy_sources(app_folder() / "static")


def copy_sources(static: Path) -> str:
    """Copy every .js and .css file into static/live-<digest of their content>; returns that folder's name.

    The digest in the path lets browsers keep the files for as long as they like and never mix two versions of the modules.
    """
    sources = sorted(path for path in SOURCES.iterdir() if path.suffix in {".js", ".css"})
    digest = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in sources)).hexdigest()[:12]
    target = static / f"live-{digest}"
    if target.is_dir():
        return target.name
    static.mkdir(parents=True, exist_ok=True)
    # Written aside and moved into place: a browser that asks meanwhile never gets half a folder.
    draft = Path(tempfile.mkdtemp(dir=static, prefix=".live-"))
    try:
        for path in sources:
            shutil.copyfile(path, draft / path.name)
        draft.chmod(0o755)
        os.rename(draft, target)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        # Another process may have published the same files between the look and the move.
        if not target.is_dir():
            raise
    return target.name


def modules(entry: str) -> list[str]:
    """Names of the module `entry` and of all that it imports, itself or through others, nearest first."""
    names = [entry]
    for module in names:
        imported = _IMPORTED.findall((SOURCES / module).read_text("utf-8"))
        names += [name for name in dict.fromkeys(imported) if name not in names]
    return names
