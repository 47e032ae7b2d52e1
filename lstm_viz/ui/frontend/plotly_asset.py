"""Plotly's JavaScript for the live page, taken from the installed plotly package and never kept in the repository."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

PACKAGE = Path(__file__).parents[2]


def app_folder() -> Path:
    """Find the folder of app.py: beside the package in the repository, inside it once installed.

    Raises FileNotFoundError where there is neither.
    """
    for folder in (PACKAGE.parent, PACKAGE / "screen"):
        if (folder / "app.py").is_file() and (folder / "pages").is_dir():
            return folder
    raise FileNotFoundError(f"no app.py beside {PACKAGE} or in its folder screen; install lstm_viz again")


@cache
def publish_plotly() -> Path:
    """Put plotly.min.js where Streamlit serves it, as /app/static/plotly.min.js; returns its path."""
    return copy_plotly(app_folder() / "static")


def copy_plotly(static: Path) -> Path:
    """Copy the installed plotly.min.js into a folder unless the same version is there already; returns its path."""
    # Located, not imported: the import alone would cost the first view 100 ms.
    source = Path(str(distribution("plotly").locate_file("plotly/package_data/plotly.min.js")))
    target = static / source.name
    content = source.read_bytes()
    if target.is_file() and target.read_bytes() == content:
        return target
    static.mkdir(parents=True, exist_ok=True)
    # Written aside and moved into place: a browser that asks meanwhile never gets half a file.
    handle, draft = tempfile.mkstemp(dir=static, suffix=".js")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(draft, 0o644)
        os.replace(draft, target)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
    return target
