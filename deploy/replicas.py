"""Run several replicas of the app behind HAProxy on one machine: `python deploy/replicas.py 2 --port 8501`.

One Python process keeps one core busy; a large class needs more than one. Every visitor stays with one replica. The rooms of a
class are shared through Redis or Valkey: the server named by --redis or LSTM_VIZ_REDIS, else one that this script starts, where
redis-server or valkey-server is installed. A replica that ends is started again. Ctrl+C ends everything.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click

ROOT = Path(__file__).parents[1]
#: Seconds until a process that does not answer is given up.
START_TIMEOUT = 60.0
#: Seconds between two looks at the replicas, and until one that was told to end is killed.
POLL, GRACE = 0.5, 10.0


class StartFailed(RuntimeError):
    """A process did not start; the message says which one and what it printed."""


@dataclass(frozen=True)
class Replica:
    """One running server: its address and process."""

    url: str
    process: subprocess.Popen[bytes]


@dataclass
class Replicas:
    """All replicas behind one address; `redis` is the address of the store that they share, None without one."""

    url: str
    redis: str | None
    replicas: list[Replica]
    _start: Callable[[int], Replica]

    def restart_ended(self) -> list[int]:
        """Start replicas again that have ended; returns their numbers, counted from 0."""
        ended = [number for number, each in enumerate(self.replicas) if each.process.poll() is not None]
        for number in ended:
            self.replicas[number] = self._start(number)
        return ended


@contextmanager
def running_replicas(
    count: int, port: int | None = None, host: str = "127.0.0.1", redis: str | None = None, script: Path = ROOT / "app.py"
) -> Iterator[Replicas]:
    """Run `count` replicas, HAProxy and, without `redis`, a store of their own until the block ends.

    Args:
        count: How many replicas.
        port: The port of the common address; a free one by default.
        host: The address that HAProxy listens on; 0.0.0.0 for the whole network.
        redis: The address of a running Redis or Valkey server, as redis://host:6379/0.
        script: The Streamlit script.

    Yields:
        The replicas, all of them answering.

    Raises:
        FileNotFoundError: HAProxy is not installed.
        StartFailed: A process did not start.
    """
    haproxy = find_program("haproxy")
    if haproxy is None:
        raise FileNotFoundError("haproxy was not found; install it with: apt-get install haproxy")
    port = free_port() if port is None else port
    with ExitStack() as stack:
        redis = redis or stack.enter_context(running_store())
        environment = {**os.environ, "OMP_NUM_THREADS": "1"} | ({"LSTM_VIZ_REDIS": redis} if redis else {})
        ports = [free_port() for _ in range(count)]

        def start(number: int) -> Replica:
            command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
            command += ["--server.address=127.0.0.1", f"--server.port={ports[number]}"]
            process = stack.enter_context(_running(command, environment))
            return Replica(f"http://127.0.0.1:{ports[number]}", process)

        replicas = Replicas(f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}", redis, [], start)
        replicas.replicas = [start(number) for number in range(count)]
        for each in replicas.replicas:
            wait_until_healthy(each.url, each.process)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        configuration = folder / "haproxy.cfg"
        configuration.write_text(haproxy_configuration(f"{host}:{port}", ports), "utf-8")
        proxy = stack.enter_context(_running([haproxy, "-db", "-f", str(configuration)], environment))
        wait_until_healthy(replicas.url, proxy)
        yield replicas


@contextmanager
def running_store() -> Iterator[str | None]:
    """Run Redis or Valkey, without files, until the block ends; yields its address, or None where neither is installed."""
    server = find_store()
    if server is None:
        yield None
        return
    port = free_port()
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory() as folder, _running([*command, "--dir", folder], os.environ) as process:
        _wait(lambda: _answers_ping(port), process, "the store of rooms")
        yield f"redis://127.0.0.1:{port}/0"


def haproxy_configuration(bind: str, ports: list[int]) -> str:
    """Return haproxy.cfg for replicas on these ports of this machine, with HAProxy listening on `bind`.

    >>> haproxy_configuration("0.0.0.0:80", [8600]).splitlines()[-1].strip()
    'server replica1 127.0.0.1:8600 cookie replica1'
    """
    template = Path(__file__).with_name("haproxy.cfg").read_text("utf-8")
    template = re.sub(r"(?m)^    bind .*$", f"    bind {bind}", template)
    servers = [f"    server replica{n} 127.0.0.1:{port} cookie replica{n}" for n, port in enumerate(ports, 1)]
    kept = [line for line in template.splitlines() if not line.startswith("    server ")]
    return "\n".join([*kept, *servers, ""])


def wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers Streamlit's health check. Raises StartFailed if it ends or does not answer in time."""

    def healthy() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    _wait(healthy, process, url)


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _running(command: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until the block ends: told to end, and killed if it does not."""
    process = subprocess.Popen(command, cwd=ROOT, env=dict(environment))
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(ready: Callable[[], bool], process: subprocess.Popen[bytes], name: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not ready():
        if process.poll() is not None:
            raise StartFailed(f"{name} ended with status {process.returncode}; its messages stand above")
        if time.monotonic() > deadline:
            raise StartFailed(f"{name} did not answer within {START_TIMEOUT:g} s")
        time.sleep(0.05)


def _answers_ping(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
    except OSError:
        return False


def find_store() -> str | None:
    """Return the path of an installed Valkey or Redis server; None where there is none."""
    return find_program("valkey-server") or find_program("redis-server")


def find_program(name: str) -> str | None:
    """Return the path of an installed program; None where it is missing."""
    # Debian keeps haproxy in /usr/sbin, which is not on everybody's path.
    return shutil.which(name, path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")


@click.command(help=__doc__)
@click.argument("count", type=click.IntRange(1, 64))
@click.option("--port", default=8501, show_default=True, help="The port that visitors open.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for the whole network.")
@click.option("--redis", envvar="LSTM_VIZ_REDIS", help="A running Redis or Valkey server, as redis://host:6379/0.")
def main(count: int, port: int, host: str, redis: str | None) -> None:
    """Run the replicas until Ctrl+C or SIGTERM."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        with running_replicas(count, port, host, redis) as running:
            store = running.redis or "none: a class must stay in one process. Install redis-server or valkey-server"
            click.echo(f"{count} replicas behind http://{host}:{port}; store of rooms: {store}")
            while True:
                time.sleep(POLL)
                for number in running.restart_ended():
                    click.echo(f"replica {number + 1} had ended and was started again")
    except KeyboardInterrupt:
        click.echo("ended")
    except (FileNotFoundError, StartFailed) as error:
        raise click.ClickException(str(error)) from error


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
