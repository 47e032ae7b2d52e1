"""Start the app from the command line, wherever the package is installed."""

from __future__ import annotations

import subprocess
import sys

from lstm_viz.ui.frontend.plotly_asset import app_folder


def launch(options: tuple[str, ...]) -> int:
    """Run Streamlit on app.py and return its exit status; `options` are Streamlit's own, as --server.port 8502."""
    folder = app_folder()
    # Streamlit reads .streamlit/config.toml from the working directory.
    return subprocess.call([sys.executable, "-m", "streamlit", "run", str(folder / "app.py"), *options], cwd=folder)
