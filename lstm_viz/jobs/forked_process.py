"""The client of the fork server: worker processes that start in milliseconds."""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from itertools import count
from typing import IO

from lstm_viz.jobs.fork_server import STATUS, Fork, Kill

#: How much lower the priority of a worker is (its niceness, on Linux): beside one busy process it gets a quarter of a core. With
#: 10 it is a tenth, and where all cores are busy a job seems to stand still.
NICENESS = 5
#: Seconds after the last request or worker for which the fork server is used; it exits after `fork_server.IDLE_SECONDS`.
_USED_SECONDS = 240.0


def worker_command(module: str) -> list[str]:
    """Return the command that runs a module of this package with a worker's priority."""
    # The priority is lowered before torch is loaded, as loading alone takes a second of a core.
    program = f"import os; getattr(os, 'nice', int)({NICENESS}); from lstm_viz.jobs.{module} import main; main()"
    return [sys.executable, "-c", program]


def worker_environment() -> dict[str, str]:
    """Return the environment of a worker: one thread, and this process's import path."""
    paths = [path or os.getcwd() for path in sys.path]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **threads}


def forked_process() -> ForkedProcess | None:
    """Start a worker process through the fork server; return None where that is not possible, as on other systems than Linux."""
    if sys.platform != "linux":
        return None
    global _server
    with _lock:
        try:
            if _server is not None and not _server.is_usable:
                _server.close()
                _server = None
            if _server is None:
                _server = ForkServer()
            return _server.fork()
        except OSError:
            return None


class ForkedProcess:
    """A process that the fork server has forked; it has what `Worker` needs of `subprocess.Popen`."""

    def __init__(self, server: ForkServer, number: int, stdin: IO[bytes], stdout: IO[bytes], status: int) -> None:
        self.stdin, self.stdout = stdin, stdout
        self.returncode: int | None = None
        self._server, self._number, self._status = server, number, status
        self._pid: int | None = None
        self._lock = threading.Lock()
        os.set_blocking(status, False)
        weakref.finalize(self, os.close, status)

    @property
    def pid(self) -> int:
        """Return the process id, once the fork server has loaded; 0 if it never started the process."""
        while self.poll() is None and self._pid is None:
            self._wait_for_status()
        return self._pid or 0

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal; None while the process runs."""
        with self._lock:
            while self.returncode is None:
                try:
                    sent = os.read(self._status, STATUS.size)
                except BlockingIOError:
                    break
                if not sent:
                    # The fork server has gone, or could not fork.
                    self.returncode = -signal.SIGKILL if self._pid else 1
                elif self._pid is None:
                    (self._pid,) = STATUS.unpack(sent)
                else:
                    (self.returncode,) = STATUS.unpack(sent)
            return self.returncode

    def wait(self) -> int:
        """Wait until the process has ended, and return its exit status."""
        while (status := self.poll()) is None:
            self._wait_for_status()
        return status

    def kill(self) -> None:
        """Kill the process."""
        if self.poll() is None and self._server.kill(self._number):
            return
        # If its fork server has gone, the end of its input ends it.
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()

    def _wait_for_status(self) -> None:
        poll = select.poll()
        poll.register(self._status, select.POLLIN)
        poll.poll()


class ForkServer:
    """The fork server's process, as seen from this one; raises OSError if it cannot be started."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [*worker_command("fork_server"), str(theirs.fileno())], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                env=worker_environment(), pass_fds=[theirs.fileno()],
            )  # fmt: skip
        self._socket = ours
        self._numbers = count()
        self._forked: weakref.WeakSet[ForkedProcess] = weakref.WeakSet()
        self._last_request = time.monotonic()

    @property
    def is_usable(self) -> bool:
        """Return True if it runs, and is not about to exit because it was idle."""
        if self._process.poll() is not None:
            return False
        return time.monotonic() - self._last_request < _USED_SECONDS or any(process.poll() is None for process in self._forked)

    def fork(self) -> ForkedProcess:
        """Start a worker process; raises OSError if the request cannot be sent."""
        environment = worker_environment()
        request = Fork(number := next(self._numbers), environment, os.getcwd(), environment["PYTHONPATH"].split(os.pathsep))
        pipes = [os.pipe() for _ in range(3)]
        (input_read, input_write), (output_read, output_write), (status_read, status_write) = pipes
        try:
            socket.send_fds(self._socket, [pickle.dumps(request)], [input_read, output_write, 2, status_write])
        except OSError:
            for descriptor in (input_write, output_read, status_read):
                os.close(descriptor)
            raise
        finally:
            for descriptor in (input_read, output_write, status_write):
                os.close(descriptor)
        self._last_request = time.monotonic()
        process = ForkedProcess(self, number, os.fdopen(input_write, "wb"), os.fdopen(output_read, "rb"), status_read)
        self._forked.add(process)
        return process

    def kill(self, number: int) -> bool:
        """Kill a worker; return False if the fork server has gone."""
        try:
            self._socket.send(pickle.dumps(Kill(number)))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """End the fork server, and all its workers."""
        self._socket.close()
        self._process.wait()


def _close_server() -> None:
    if _server is not None:
        _server.close()


_lock = threading.Lock()
_server: ForkServer | None = None
atexit.register(_close_server)
