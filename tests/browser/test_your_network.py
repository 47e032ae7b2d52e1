"""A person's own network: files are dropped, questions answered, and it is explored."""

from __future__ import annotations

from pathlib import Path

import torch
from playwright.sync_api import Page, expect

from tests.app_server import PAINTED, TIMEOUT
from tests.models.importing.foreign_models import CHARACTERS, Their, grown

WAIT = TIMEOUT * 1000
#: Work runs at a low priority: on a machine that is busy otherwise it waits long.
WORKED = 4 * WAIT


def test_a_file_that_is_no_network_is_refused_in_words(page: Page) -> None:
    page.set_default_timeout(WAIT)
    page.goto("/your_network")
    wrong = {"name": "other.safetensors", "mimeType": "application/octet-stream", "buffer": b"PK\x03\x04" + bytes(99)}
    page.locator("input[type=file]").set_input_files(wrong)
    expect(page.get_by_role("alert")).to_contain_text("other.safetensors is a damaged archive", timeout=WORKED)
    expect(page.get_by_text("lstm_viz.capture(module)")).to_be_visible()


def test_somebody_elses_checkpoint_opens_in_the_explorer(page: Page, tmp_path: Path) -> None:
    module = grown(Their)
    torch.save(module.state_dict(), tmp_path / "theirs.pt")
    page.set_default_timeout(WAIT)
    page.goto("/your_network")
    page.locator("input[type=file]").set_input_files(tmp_path / "theirs.pt")
    box = page.get_by_label("Its 17 characters in order, or its text")
    expect(box).to_be_visible(timeout=WORKED)
    box.fill("abc")
    box.blur()
    expect(page.get_by_role("alert").last).to_contain_text("3 different ones; the network's vocabulary has 17", timeout=WORKED)
    box.fill(repr(list(CHARACTERS)))
    box.blur()
    expect(page.get_by_text("LSTM, 2 layers of 7 units, 17 characters")).to_be_visible(timeout=WORKED)
    page.get_by_role("button", name="Open it in the explorer").click()
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)
