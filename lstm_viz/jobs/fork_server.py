"""The fork server: a process that has loaded torch, and forks a worker process for every request.

Loading torch takes seconds of a core, a fork milliseconds. The fork server of `multiprocessing` cannot be used: each of its
processes runs the parent's main script, which under Streamlit is the app. Only for Linux; elsewhere `process` does without it.

A request is one message on a socket: a pickled `Fork`, with four file descriptors, or a pickled `Kill`. A worker's process id and
exit status are written to the last of its descriptors.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import random
import select
import signal
import socket
import struct
import sys
import traceback
from dataclasses import dataclass

import numpy as np
import torch

from lstm_viz.jobs import worker

#: Seconds without a worker or a request after which the fork server exits.
IDLE_SECONDS = 300.0
#: What is sent to a worker's status descriptor: its process id first, its exit status last.
STATUS = struct.Struct("=i")
#: The largest request, in bytes; environments are a few thousand.
LARGEST = 100_000


@dataclass(frozen=True)
class Fork:
    """Start a worker with this number, in this environment; its descriptors are standard input, output and error, and status."""

    number: int
    environment: dict[str, str]
    folder: str
    path: list[str]


@dataclass(frozen=True)
class Kill:
    """Kill the worker with this number, if it still runs."""

    number: int


@dataclass(frozen=True)
class _Child:
    number: int
    status: int


class _ForkServer:
    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._children: dict[int, _Child] = {}
        # A signal's handler writes here, so that `select` wakes up when a worker has ended.
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Answer requests until the parent has gone, or has asked for nothing for a while and no worker is left."""
        while True:
            timeout = None if self._children else IDLE_SECONDS
            ready, _, _ = select.select([self._woken, self._requests.fileno()], [], [], timeout)
            if self._woken in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._woken, 4096)
                self._reap()
            if not ready or (self._requests.fileno() in ready and not self._answer()):
                break
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _answer(self) -> bool:
        """Answer one request; return False once the parent has closed the socket."""
        message, descriptors, _, _ = socket.recv_fds(self._requests, LARGEST, 4)
        if not message:
            return False
        request = pickle.loads(message)
        if isinstance(request, Kill):
            for pid, child in self._children.items():
                if child.number == request.number:
                    # It has not been waited for, so no other process can have its id.
                    os.kill(pid, signal.SIGKILL)
            return True
        self._fork(request, descriptors)
        return True

    def _fork(self, request: Fork, descriptors: list[int]) -> None:
        *standard, status = descriptors
        try:
            pid = os.fork()
        except OSError as error:
            # The parent sees a process that ended at once.
            print(f"no worker process could be forked: {error}", file=sys.stderr)
            for descriptor in descriptors:
                os.close(descriptor)
            return
        if pid == 0:
            self._run_worker(request, descriptors)
        for descriptor in standard:
            os.close(descriptor)
        self._children[pid] = _Child(request.number, status)
        self._report(status, pid)

    def _run_worker(self, request: Fork, descriptors: list[int]) -> None:
        """Be the worker; never returns."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for number, descriptor in enumerate(descriptors[:3]):
                os.dup2(descriptor, number)
            others = [self._woken, self._wake, *(child.status for child in self._children.values())]
            for descriptor in [*descriptors, *others]:
                os.close(descriptor)
            self._requests.close()
            os.environ.clear()
            os.environ.update(request.environment)
            sys.path[:] = request.path
            os.chdir(request.folder)
            # All forks have the same state of these; a process of its own would have drawn a seed.
            random.seed()
            np.random.seed()
            torch.seed()
            worker.main()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def _reap(self) -> None:
        """Report the exit status of every worker that has ended."""
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            child = self._children.pop(pid)
            self._report(child.status, os.waitstatus_to_exitcode(status))
            os.close(child.status)

    @staticmethod
    def _report(status: int, number: int) -> None:
        # The parent may have gone.
        with contextlib.suppress(BrokenPipeError):
            os.write(status, STATUS.pack(number))


def main() -> None:
    """Serve the socket whose descriptor is the first argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    # Objects that are not collected stay on pages that all workers share.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as requests:
        _ForkServer(requests).serve()
    os._exit(0)
