"""The server's side of the worker processes."""

from __future__ import annotations

import contextlib
import pickle
import signal
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

from lstm_viz.jobs.forked_process import forked_process, worker_command, worker_environment
from lstm_viz.jobs.worker import HEADER, ITEM, PAUSE, RESUME


class Worker:
    """A process that has loaded torch and runs one piece of work after another; raises OSError if no process can be started.

    It is neither a fork of this process nor a multiprocessing child: a fork of a multithreaded server may hang, and
    multiprocessing would run the server's main script again, which under Streamlit is the app.
    """

    def __init__(self) -> None:
        self._process = forked_process() or subprocess.Popen(
            worker_command("worker"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=worker_environment()
        )

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Return True while the process runs."""
        return self._process.poll() is None

    def submit(self, packed: bytes) -> None:
        """Send the process its next work; `messages` reports a process that has died."""
        # Pickled twice: a failure to unpickle in the worker is then an error of the work, with a message.
        self._send(packed)

    def pause(self) -> None:
        """Pause the process before its next item; only after `submit`."""
        self._send(PAUSE)

    def resume(self) -> None:
        """Resume after a pause."""
        self._send(RESUME)

    def _send(self, what: bytes | str) -> None:
        assert self._process.stdin is not None
        # If the process has ended, the pipe is broken or already closed.
        with contextlib.suppress(BrokenPipeError, ValueError):
            pickle.dump(what, self._process.stdin)
            self._process.stdin.flush()

    def messages(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield what the process sends, each its kind and pickled content, until the work or the process has ended."""
        out = self._process.stdout
        assert out is not None
        while len(header := out.read(HEADER.size)) == HEADER.size:
            kind, length = HEADER.unpack(header)
            if len(content := out.read(length)) < length:
                break
            yield kind, content
            if kind != ITEM:
                return
        self._process.wait()
        self._close()

    def kill(self) -> None:
        """Kill the process."""
        self._process.kill()

    def terminate(self) -> None:
        """Kill the process and wait until it has ended."""
        self.kill()
        self._process.wait()
        self._close()

    def exit_reason(self) -> str:
        """Describe how a process ended that reported nothing itself."""
        status = self._process.returncode
        if status is None or status >= 0:
            return f"Its process ended by itself, with exit status {status}."
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = str(-status)
        hint = " It may have needed more memory than there is: try something smaller." if name == "SIGKILL" else ""
        return f"Its process was ended from outside ({name}).{hint}"

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def pack(function: Callable[..., Any], args: tuple[Any, ...]) -> bytes:
    """Pickle a function and its arguments; ValueError if another process could not unpickle them."""
    if getattr(function, "__module__", "__main__") == "__main__":
        raise ValueError(f"{function!r} is in the main script, which another process cannot import; move it to a module")
    try:
        return pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ValueError(f"this cannot be sent to another process: {error}; use a module's function and plain data") from error
