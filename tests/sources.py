"""The project's sources as syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path
from time import sleep


def parse_source(path: Path) -> ast.Module:
    """Parse a Python file.

    CPython 3.11's parser counts the depth of recursion of all threads together, and fails where the thread of a page that another
    test has run parses at the same time (https://github.com/python/cpython/issues/106905). It is asked again then.
    """
    source = path.read_text("utf-8")
    for _ in range(20):
        try:
            return ast.parse(source)
        except SystemError:
            sleep(0.05)
    return ast.parse(source)
