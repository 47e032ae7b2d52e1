"""The app as its user meets it: the server started as the README says, and Debian's Chromium looking at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]

#: No sandbox, as containers run as root; no GPU; one process for all pages of the app, so that each need not compile the app's
#: scripts again; and nothing that talks to the network on its own.
CHROMIUM_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--process-per-site", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Scripts that this process has compiled before are compiled again in the background with ScriptStreaming: a sixth of the work
    # of a page load. Chromium takes the last list of features alone, so that what Playwright needs of its own is repeated.
    "--disable-features=ScriptStreaming,BackgroundResourceFetch,DestroyProfileOnBrowserClose,HttpsUpgrades,MediaRouter,"
    "OptimizationHints,PaintHolding,ThirdPartyStoragePartitioning",
)

#: What stands in the explorer's page once its first view is painted.
PAINTED = ".live[data-live-seq]"

#: Seconds until a server that does not answer is given up; a cold start on a busy machine takes a few.
TIMEOUT = 60.0


@dataclass(frozen=True)
class RunningApp:
    """A running server: where it answers, and the number of its process."""

    url: str
    pid: int


@contextmanager
def running_app(script: Path = ROOT / "app.py", port: int | None = None, log: Path | None = None) -> Iterator[RunningApp]:
    """Run a Streamlit script on a free port, or this one, until the block ends; RuntimeError with what it said if it fails.

    What it prints goes into the file `log`, if one is given.
    """
    port = free_port() if port is None else port
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    with tempfile.TemporaryFile() if log is None else log.open("w+b") as said:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            if not _answers(f"{url}/_stcore/health", server):
                said.seek(0)
                raise RuntimeError(f"the app did not start; it said:\n{said.read().decode(errors='replace')}")
            yield RunningApp(url, server.pid)
        finally:
            server.terminate()
            server.wait()


def find_chromium() -> str | None:
    """The path of an installed Chromium; None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run the installed Chromium without a window; raises FileNotFoundError where there is none."""
    path = find_chromium()
    if path is None:
        raise FileNotFoundError("no Chromium found; install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + TIMEOUT
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    return False
