"""Publish Plotly's JavaScript from the installed plotly package; it is not part of the repository."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

PACKAGE = Path(__file__).parents[2]


def app_folder() -> Path:
    """Find the folder of app.py: beside the package in the repository, inside it once installed.

    Raises FileNotFoundError if neither exists.
    """
    for folder in (PACKAGE.parent, PACKAGE / "screen"):
        if (folder / "app.py").is_file() and (folder / "pages").is_dir():
            return folder
    raise FileNotFoundError(f"no app.py beside {PACKAGE} or in its folder screen; install lstm_viz again")


@cache
def publish_plotly() -> Path:
    """Publish plotly.min.js as /app/static/plotly.min.js; return its path."""
    return copy_plotly(app_folder() / "static")


def copy_plotly(static: Path) -> Path:
    """Copy the installed plotly.min.js into a folder unless the same version is there; return its path."""
    # Located without importing plotly, which would add 100 ms to the first view.
    source = Path(str(distribution("plotly").locate_file("plotly/package_data/plotly.min.js")))
    target = static / source.name
    content = source.read_bytes()
    if target.is_file() and target.read_bytes() == content:
        return target
    static.mkdir(parents=True, exist_ok=True)
    # Written to a temporary file and renamed: a concurrent request never gets a partial file.
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
