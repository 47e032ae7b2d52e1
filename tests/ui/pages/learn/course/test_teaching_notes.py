"""The notes for teachers: every link opens what it names, and every number is the networks'."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from lstm_viz import Clamp, load, models, trace, what_if
from lstm_viz.delays.results import SHIPPED
from lstm_viz.ui.pages.learn.course.lesson import parse_lesson
from lstm_viz.ui.pages.learn.course.measures import MEASURES
from lstm_viz.ui.pages.learn.course.pictures import PICTURES
from lstm_viz.ui.pages.learn.course.progress import reachable
from lstm_viz.ui.pages.learn.course.shipped import shipped_lessons
from lstm_viz.ui.pages.learn.page import PARTS
from lstm_viz.ui.state.view import View
from tests.ui.page_testing import PAGES
from tests.ui.pages.learn.course.test_lesson import QUESTIONS

NOTES = (Path(__file__).parents[5] / "docs" / "teaching.md").read_text(encoding="utf-8")
LINKS = sorted(set(re.findall(r"`(/[^`]*)`", NOTES)))


@pytest.mark.parametrize("link", LINKS)
def test_every_link_of_the_notes_opens_what_it_names(link: str) -> None:
    split = urlsplit(link)
    page, parameters = split.path.removeprefix("/") or "explore", dict(parse_qsl(split.query, strict_parsing=True))
    assert (PAGES / f"{page}.py").is_file()
    if page == "learn":
        if "lesson" in parameters and int(parameters["lesson"]) <= len(shipped_lessons()):
            # Whoever opens it has answered nothing yet: an earlier step that asks would be shown instead.
            step = int(parameters.get("step", "1")) - 1
            assert reachable(shipped_lessons()[int(parameters["lesson"]) - 1], step, {}) == step
        assert parameters.get("part", "lessons") in PARTS
        return
    assert parameters.get("ask") is None or parameters["ask"] in QUESTIONS[page]
    assert parameters.get("model", models()[0]) in models()
    view = {name: value for name, value in parameters.items() if name in View("", "").query()}
    assert View("", "").with_query(view).query().items() >= view.items()


def test_the_minutes_fill_the_hour_without_a_gap() -> None:
    rows = [(int(first), int(last)) for first, last in re.findall(r"^\| (\d+)–(\d+) \|", NOTES, re.MULTILINE)]
    assert [first for first, _ in rows] == [0, *(last for _, last in rows[:-1])]
    assert rows[-1][1] == 45
    assert [f"{first}–{last}" for first, last in rows] == re.findall(r"^## (\d+–\d+):", NOTES, re.MULTILINE)


def test_the_verdicts_of_the_notes_are_the_network_s() -> None:
    for text, says in (("good", "+1.1"), ("not good", "−0.3"), ("not bad", "−0.7")):
        verdict = float(np.arange(-2, 3) @ trace(load("sst-lstm"), text).probs[-1])
        assert f"{verdict:+.1f}".replace("-", "−") == says
        assert says in NOTES


def test_the_delays_of_the_notes_are_recorded() -> None:
    last = {each["kind"]: each for each in json.loads((SHIPPED / "copy.json").read_text())["snapshots"]}
    assert f"{last['rnn']['right']['100']:.0%}" == "34%"
    assert "34% right at 100 dots" in NOTES
    counts = json.loads((SHIPPED / "copy.json").read_text())["facts"]["parameters"]
    assert counts == "RNN 3,623, GRU 9,959, LSTM 13,127"
    assert "13,127 weights and the plain RNN has 3,623" in NOTES
    by_network = [sum(each.numel() for each in load(f"shakespeare-{kind}").parameters()) for kind in ("lstm", "rnn")]
    assert "{:,} and {:,}".format(*by_network) in NOTES


def test_the_lesson_in_the_notes_is_one() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", NOTES, re.DOTALL)
    assert [step.act for step in parse_lesson(block.encode(), PICTURES, MEASURES).steps] == ["choose", "move"]


def test_never_forgetting_costs_more_than_forgetting_everything() -> None:
    text = "The cat (who was very old) sat on a mat."
    every = [what_if(load("python-lstm"), text, [Clamp("f", value, layer) for layer in (0, 1)]) for value in (0.0, 1.0)]
    losses = [every[0].before.loss, *(each.after.loss for each in every)]
    assert [f"{loss:.2f}" for loss in losses if loss is not None] == ["2.75", "2.99", "4.04"]
    assert "2.99 nats a letter instead of 2.75" in NOTES
    assert "4.04" in NOTES
