"""A person's own network: files are dropped, questions answered, and it is explored."""

from __future__ import annotations

import json
import re
from pathlib import Path

import torch
from playwright.sync_api import FilePayload, Page, expect
from torch import nn

from tests.app_server import PAINTED, TIMEOUT
from tests.browser.handles import control, naming, press
from tests.facts import facts
from tests.models.importing.foreign_models import CHARACTERS, Their, grown

WAIT = TIMEOUT * 1000
#: Work runs at a low priority: on a machine that is busy otherwise it waits long.
WORKED = 4 * WAIT


def test_a_file_that_is_no_network_is_refused_in_words(page: Page) -> None:
    page.set_default_timeout(WAIT)
    page.goto("/your_network")
    wrong = FilePayload(name="other.safetensors", mimeType="application/octet-stream", buffer=b"PK\x03\x04" + bytes(99))
    page.locator("input[type=file]").set_input_files(wrong)
    expect(page.get_by_role("alert")).to_contain_text("other.safetensors", timeout=WORKED)
    expect(page.get_by_text("lstm_viz.capture(module)")).to_be_visible()


def test_somebody_elses_checkpoint_opens_in_the_explorer(page: Page, tmp_path: Path) -> None:
    module = grown(Their)
    torch.save(module.state_dict(), tmp_path / "theirs.pt")
    page.set_default_timeout(WAIT)
    page.goto("/your_network")
    page.locator("input[type=file]").set_input_files(tmp_path / "theirs.pt")
    box = control(page, "network_symbols").locator("textarea")
    expect(box).to_be_visible(timeout=WORKED)
    box.fill("abc")
    box.blur()
    expect(page.get_by_role("alert").last).to_contain_text(re.compile(facts(3, 17)), timeout=WORKED)
    box.fill(repr(list(CHARACTERS)))
    box.blur()
    expect(naming(page, "LSTM", "2 layers", "7 units", "17 characters")).to_be_visible(timeout=WORKED)
    press(page, "network_open")
    expect(page.locator(PAINTED)).to_be_visible(timeout=WAIT)


def test_three_files_a_question_and_typing(page: Page, tmp_path: Path) -> None:
    parts = {
        "embedding": nn.Embedding(17, 6),
        "rnn": nn.LSTM(6, 5, bidirectional=True),
        "a": nn.Linear(10, 4),
        "b": nn.Linear(4, 2),
    }
    torch.save(grown(lambda: nn.ModuleDict(parts)).state_dict(), tmp_path / "weights")
    (tmp_path / "vocabulary.json").write_text(json.dumps(list(CHARACTERS)))
    (tmp_path / "sample.txt").write_text("bad cab")
    page.set_default_timeout(WAIT)
    page.goto("/your_network")
    page.locator("input[type=file]").set_input_files([tmp_path / name for name in ("sample.txt", "weights", "vocabulary.json")])
    control(page, "network_answer_activation").get_by_role("combobox").click()
    page.get_by_role("option", name=re.compile("^relu")).click()
    box = page.locator(".live textarea")
    expect(box).to_have_value("bad cab")
    box.press("End")
    box.type("bage")
    # Each character is a step, so that the last one shows that all of them were read.
    expect(page.locator("[data-part=step]")).to_have_attribute("max", str(len("bad cabbage") - 1))
    control(page, "network_live_layer").get_by_role("radio").nth(1).click()
    expect(page.locator(".live canvas")).to_have_attribute("aria-label", re.compile("layer 1 backward"))
    expect(box).to_have_value("bad cabbage")
    expect(page.get_by_text("After the last token: class")).to_be_visible()
    expect(page.locator("[aria-label='The probability of each class after each token.'] .main-svg").first).to_be_visible()
