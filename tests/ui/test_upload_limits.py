"""Uploads: the server refuses what is larger than its own limit, whatever an upload's limit says, and without a word."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

from lstm_viz.text.decoding import LIMIT as LONGEST_TEXT
from lstm_viz.ui.pages.long_text.scan_job import _LARGEST as LARGEST_SCAN
from lstm_viz.ui.pages.your_network.opening import LIMIT as LARGEST_NETWORK
from tests.sources import parse_source

ROOT = Path(__file__).parents[2]


def test_the_server_takes_the_largest_file_that_any_page_asks_for() -> None:
    most = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["server"]["maxUploadSize"]
    assert most * 2**20 >= max(LONGEST_TEXT, LARGEST_NETWORK, LARGEST_SCAN * 2**20)


def test_every_upload_has_a_limit_of_its_own() -> None:
    calls = [
        (path.name, node)
        for path in (ROOT / "lstm_viz" / "ui").rglob("*.py")
        for node in ast.walk(parse_source(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "file_uploader"
    ]
    assert len(calls) >= 6
    assert [name for name, call in calls if "max_upload_size" not in {each.arg for each in call.keywords}] == []
