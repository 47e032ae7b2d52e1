"""Work for the pool's tests, in a module of its own, as the worker process has to import it."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from typing import NoReturn

import numpy as np
import torch

#: What `refuses` raises.
REFUSAL = "the text is empty; 2 letters are needed"


def squares(count: int) -> Iterator[int]:
    for number in range(count):
        yield number * number


def surroundings() -> Iterator[tuple[int, int, int]]:
    yield os.getpid(), os.getpriority(os.PRIO_PROCESS, 0), torch.get_num_threads()


def growing(count: int) -> Iterator[list[int]]:
    """One list that goes on changing after it was yielded."""
    numbers: list[int] = []
    for number in range(count):
        numbers.append(number)
        yield numbers


def array(size: int) -> Iterator[np.ndarray]:
    yield np.arange(size)


def talkative() -> Iterator[str]:
    print("this goes to the log", flush=True)
    os.write(1, b"so does this\n")
    yield "clean"


def endless() -> Iterator[int]:
    """One item, then busy for good."""
    yield os.getpid()
    while True:
        pass


def until(path: str) -> Iterator[int]:
    """Works until a file appears."""
    yield os.getpid()
    while not os.path.exists(path):
        time.sleep(0.01)
    yield 0


def refuses(count: int) -> Iterator[int]:
    yield from range(count)
    raise ValueError(REFUSAL)


def stumbles() -> Iterator[int]:
    yield 1
    raise ZeroDivisionError("one by nothing")


def dies(path: str, status: int) -> Iterator[int]:
    yield from until(path)
    os._exit(status)


def is_killed(path: str) -> Iterator[int]:
    yield from until(path)
    os.kill(os.getpid(), signal.SIGKILL)


class CannotBePacked:
    def __reduce__(self) -> NoReturn:
        raise TypeError("not me")


class CannotBeUnpacked:
    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("no number",)


def yields_the_unpackable() -> Iterator[CannotBePacked]:
    yield CannotBePacked()


def counting() -> Iterator[int]:
    """Numbers, for as long as anybody wants them."""
    number = 0
    while True:
        yield number
        number += 1
        time.sleep(0.001)


def silent_until(path: str) -> Iterator[int]:
    """Nothing until a file appears, then numbers without end."""
    while not os.path.exists(path):
        time.sleep(0.01)
    yield 1
    yield from counting()


def environment(variable: str) -> Iterator[tuple[str | None, str, list[str]]]:
    yield os.environ.get(variable), os.getcwd(), sys.path


def random_numbers() -> Iterator[tuple[float, float, float]]:
    yield random.random(), float(np.random.random()), float(torch.rand(()))
