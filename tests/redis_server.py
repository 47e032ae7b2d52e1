"""A real Redis or Valkey server for tests, on a socket or port of its own, gone when the block ends."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from tests.app_server import TIMEOUT, free_port


def find_redis() -> str | None:
    """The path of an installed server; None where there is none."""
    return next(filter(None, map(shutil.which, ("redis-server", "valkey-server"))), None)


@contextmanager
def running_redis() -> Iterator[str]:
    """Run the installed server until the block ends and yield its URL; raises FileNotFoundError where there is none."""
    path = find_redis()
    if path is None:
        raise FileNotFoundError("no Redis found; install it with: apt-get install redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        command = [path, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            url = f"redis://127.0.0.1:{port}/0"
            if not _answers(url, server):
                log.seek(0)
                raise RuntimeError(f"the store did not start; it said:\n{log.read().decode(errors='replace')}")
            yield url
        finally:
            server.terminate()
            server.wait()


def _answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + TIMEOUT
    with redis.Redis.from_url(url) as client:
        while server.poll() is None and time.monotonic() < deadline:
            try:
                return bool(client.ping())
            except redis.exceptions.ConnectionError:
                time.sleep(0.02)
    return False
