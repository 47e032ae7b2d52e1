"""The what-if page as Streamlit runs it, with what the browser would send put in by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstm_viz.models.catalog import load, models
from lstm_viz.reader import trace
from lstm_viz.ui.components.job_panel import queue_message
from lstm_viz.ui.pages.what_if import in_link
from lstm_viz.ui.pages.what_if.continuation import common_prefix_length
from lstm_viz.ui.pages.what_if.continuation import continuation_html as written_page
from lstm_viz.ui.pages.what_if.experiments import experiments
from lstm_viz.ui.pages.what_if.interventions import InterventionSpec
from lstm_viz.ui.pages.what_if.what_if_state import HAPPENS, MATTERS, TEXTS, WRITES
from lstm_viz.ui.state.settings import InvalidSetting
from lstm_viz.what_if import Clamp, continuation, scan, what_if
from tests.ui.page_testing import PageDriver, numbers, setting

LANGUAGE = [name for name in models() if load(name).predicts_next_token]
#: How the page says that a change does nothing to this network and text.
NO_EFFECT = "no effect now"
#: How many figures answer a question about the trained network, and one of the controls that stand by.
ANSWERED = {
    HAPPENS: (2, "what_if_add"), WRITES: (0, "what_if_again"), MATTERS: (0, "what_if_start"), TEXTS: (2, "what_if_ask"),
}  # fmt: skip


def opened(question: str | None = None, **link: str) -> PageDriver:
    return PageDriver("what_if", question, **link)


@pytest.mark.parametrize("name", LANGUAGE)
@pytest.mark.parametrize("question", [HAPPENS, WRITES, MATTERS, TEXTS])
def test_every_network_answers_every_question(name: str, question: str) -> None:
    page = opened(model=name).ask(question)
    drawn, control = ANSWERED[question]
    assert len(page.figures) == drawn
    assert control in page.keys
    assert ("written" in page.html) == (question == WRITES)
    assert not page.messages("error")


def interventions(page: PageDriver) -> list[InterventionSpec]:
    """The changes that are made, as the address has them too."""
    made: tuple[InterventionSpec, ...] = setting(page.app, "what_if_changes", ())
    assert page.box["link"]["change"] == (in_link.write(made) or None)
    return list(made)


def without_effect(page: PageDriver) -> list[str]:
    """What the page says of each change that does nothing to this network and text."""
    return [each for each in page.messages("caption") if NO_EFFECT in each]


def drawn_as_trained(page: PageDriver) -> bool:
    """Whether both runs that are drawn are the unchanged network's: its surprise and the mean of its first gate, each twice."""
    plain = trace(load(page.view.model), page.view.text)
    drawn = [numbers(each["y"]) for each in page.figures[0]["data"]]
    wanted = [plain.surprise, plain.layers[page.view.layer].i[:, 0].mean(axis=1)]
    twice = [sum(np.allclose(curve, each, atol=1e-4, equal_nan=True) for each in drawn) for curve in wanted]
    return (len(drawn), twice) == (4, [2, 2])


def test_the_page_opens_with_no_change() -> None:
    page = opened(model="python-lstm", text="The cat (who sat")
    assert interventions(page) == []
    assert drawn_as_trained(page)
    assert not np.nan_to_num(page.colours).any()
    assert not page.app.slider


def test_a_network_that_never_forgets() -> None:
    page = opened(model="python-lstm", text="The cat (who sat", change="f:all:all:1")
    assert interventions(page) == [InterventionSpec("clamp", "f", 1.0)]
    found = what_if(load("python-lstm"), "The cat (who sat", [Clamp("f", 1.0, 0), Clamp("f", 1.0, 1)])
    for loss in (found.before.loss, found.after.loss):
        assert f"{loss:.2f}" in page.words
    np.testing.assert_allclose(page.colours, found.surprise, atol=1e-4)
    curves, answers = page.figures
    assert not drawn_as_trained(page)
    before, after = ([run.surprise, run.layers[0].i[:, 0].mean(axis=1)] for run in (found.before, found.after))
    drawn = [numbers(each["y"]) for each in curves["data"]]
    for curve in (*before, *after):
        assert any(np.allclose(curve, each, atol=1e-4, equal_nan=True) for each in drawn)
    assert len(drawn) == 4
    for run in (found.before, found.after):
        assert f"({run.probs[-1].max():.0%})" in answers["told"]["alt"]


def test_a_moved_slider_changes_what_is_held() -> None:
    page = opened(model="python-lstm", text="The cat (who sat", change="f:all:all:1").choose("what_if_value_1", 0.5)
    found = what_if(load("python-lstm"), "The cat (who sat", [Clamp("f", 0.5, 0), Clamp("f", 0.5, 1)])
    np.testing.assert_allclose(page.colours, found.surprise, atol=1e-4)


def test_what_is_typed_is_read_twice_and_may_be_nothing() -> None:
    page = opened(model="shakespeare-gru").type("O")
    assert page.view.text == "O"
    assert page.figures
    page.type("")
    assert page.view.text == ""
    assert not page.figures
    assert len(page.messages("info")) == 1


def test_every_experiment_is_one_click_away() -> None:
    for name in LANGUAGE:
        page = opened(model=name)
        for button in sorted(each for each in page.keys if each.startswith("what_if_take_")):
            page.press(button)
            made = interventions(page)
            assert made, button
            assert not without_effect(page), button
            # What it does is seen in the states, not only said.
            model = load(page.view.model)
            held = [each for spec in made for each in spec.to_interventions(model.config)]
            assert what_if(model, page.view.text, held).first is not None, button
            assert [each.key for each in page.app.button if each.proto.type == "primary"] == [button]
            # Whoever opens the address sees the same experiment.
            again = opened(**{name: value for name, value in page.box["link"].items() if value is not None})
            assert interventions(again) == made
            assert again.view == page.view
            np.testing.assert_allclose(again.colours, page.colours, atol=1e-4)


def test_an_experiment_brings_its_text_unit_and_question() -> None:
    page = opened(model="counting").press("what_if_take_miscount")
    assert (page.view.text, page.view.layer, page.view.unit) == ("aaaaab", 0, 3)
    assert page.control("what_if_ask").value == WRITES
    assert experiments("counting", load("counting").config)[0].hint in page.messages("caption")


def test_undoing_leaves_the_network_as_trained() -> None:
    page = opened(model="python-lstm", change="f:all:all:1").press("what_if_drop_1")
    assert interventions(page) == []
    assert drawn_as_trained(page)
    assert not np.nan_to_num(page.colours).any()


def test_a_change_that_another_network_cannot_carry_out_stays_and_says_so() -> None:
    page = opened(model="python-lstm", change="f:all:all:1 cut:0:3")
    page.choose("choose_model", "shakespeare-gru")
    assert interventions(page) == [InterventionSpec("clamp", "f", 1.0), InterventionSpec("ablate", layers=(0,), units=(3,))]
    assert len(without_effect(page)) == 1
    assert np.nan_to_num(page.colours).any()


CHANGES = [
    ("f:all:all:0", [InterventionSpec("clamp", "f", 0.0)]),
    ("f:1:3,7:0.25@u2e,u21", [InterventionSpec("clamp", "f", 0.25, (1,), (3, 7), ".!")]),
    (
        "cut:0:243 set-c:0:168:-1@4",
        [InterventionSpec("ablate", "h", 0.0, (0,), (243,)), InterventionSpec("overwrite", "c", -1.0, (0,), (168,), (4,))],
    ),
    ("o:0:all:0@0,2", [InterventionSpec("clamp", "o", 0.0, (0,), None, (0, 2))]),
]


@pytest.mark.parametrize(("asked", "made"), CHANGES)
def test_a_link_carries_the_changes(asked: str, made: list[InterventionSpec]) -> None:
    page = opened(model="python-lstm", text="The cat (who sat. Up!", change=asked)
    assert interventions(page) == made
    assert page.box["link"]["change"] == asked
    assert not page.messages("warning")


HOSTILE = ["x", "f", "f:all:all", "f:all:all:2", "f:all:all:nan", "f:all:all:1e999", "f:9:all:0", "f:all:256:0", "z:all:all:0",
           "cut:all:all:0", "set-c:all:all:0", "set-c:0:0:9@1", "f:all:all:0@u110000", "f:all:all:0@ud800", "f:,:all:0",
           "f:all:all:0@99999999999", "<b>", "'; drop", "f:all:all:0 " * 13, "٣:all:all:0", "f:0:" + "1," * 2000]  # fmt: skip


@pytest.mark.parametrize("asked", HOSTILE)
def test_a_change_that_makes_no_sense_is_refused(asked: str) -> None:
    with pytest.raises(InvalidSetting):
        in_link.read(asked, load("python-lstm").config)


# One that cannot be parsed, one that this network does not have, and too many.
@pytest.mark.parametrize("asked", ["<b>", "z:all:all:0", "f:all:all:0 " * 13])
def test_of_a_refused_change_the_page_makes_none_and_says_so(asked: str) -> None:
    page = opened(model="python-lstm", text="The cat", change=asked)
    assert interventions(page) == []
    (said,) = page.messages("warning")
    assert "change" in said


def test_a_plan_for_a_step_that_is_gone_says_so() -> None:
    page = opened(model="counting").press("what_if_take_miscount").type("aa")
    (said,) = without_effect(page)
    assert "step 4" in said


def form(page: PageDriver, **choices: Any) -> PageDriver:
    """Open the form, fill it, one control after another as a person does, and press its button."""
    page.state["what_if_add"] = True
    page.run()
    for key, value in choices.items():
        page.choose(f"what_if_{key}", value)
    return page.press("what_if_do")


def test_the_form_makes_a_plan_of_ones_own() -> None:
    page = opened(model="python-lstm", text="a.b.", step="2", unit="5")
    form(page, symbol="o", layer=1, units_clamp="these", these="3, 7-8",
         when="whenever it reads", symbols=".")  # fmt: skip
    assert interventions(page)[-1] == InterventionSpec("clamp", "o", 0.0, (1,), (3, 7, 8), ".")
    form(page, symbol="f", units_clamp="all", when="at these steps", steps="0, 2-3")
    assert interventions(page)[-1] == InterventionSpec("clamp", "f", 1.0, (1,), None, (0, 2, 3))
    form(page, act="overwrite", symbol="c", layer=0, units_overwrite="all")
    assert interventions(page)[-1] == InterventionSpec("overwrite", "c", 0.0, (0,), None, (2,))
    form(page, act="ablate", units_ablate="the selected one", when="at the selected step")
    assert interventions(page)[-1] == InterventionSpec("ablate", "h", 0.0, (0,), (5,), (2,))


@pytest.mark.parametrize(
    ("choices", "named"),
    [
        ({"units_clamp": "these", "these": "300"}, "unit 300"),
        ({"units_clamp": "these", "these": "x"}, "“x”"),
        ({"when": "whenever it reads"}, "characters"),
        ({"when": "at these steps", "steps": "99"}, "step 99"),
    ],
)
def test_the_form_says_what_it_cannot_read(choices: dict[str, Any], named: str) -> None:
    page = form(opened(model="python-lstm"), **choices)
    (refused,) = page.messages("error")
    assert named in refused
    assert interventions(page) == []


def test_both_write_on_with_the_same_dice() -> None:
    text = "ROMEO:\nWhat light"
    page = opened(model="shakespeare-lstm", text=text, change="f:all:all:1").ask(WRITES)
    model = load("shakespeare-lstm")
    found = what_if(model, text, [Clamp("f", 1.0, 0), Clamp("f", 1.0, 1)])
    plain = continuation(model, found.before, 80, (), 0.5, 1)
    changed = continuation(model, found.after, 80, found.interventions, 0.5, 1)
    apart = common_prefix_length(plain, changed)
    assert written_page(text, plain[:apart], plain[apart:]) in page.html
    assert written_page(text, changed[:apart], changed[apart:]) in page.html


def test_what_is_written_is_no_html() -> None:
    shown = written_page("<b>&", "<script>", '"')
    assert "<b>" not in shown
    assert "<script>" not in shown


def test_parting() -> None:
    assert [
        common_prefix_length("abc", "abd"),
        common_prefix_length("", "a"),
        common_prefix_length("ab", "ab"),
        common_prefix_length("x", "y"),
    ] == [2, 0, 2, 0]


class Job:
    """A job that gives one part at each look."""

    def __init__(self, parts: list[Any]) -> None:
        self.parts, self.error, self.waiting, self.stopped = parts, None, 0, False

    def poll(self) -> list[Any]:
        return [self.parts.pop(0)] if self.parts else []

    @property
    def done(self) -> bool:
        return self.stopped or not self.parts

    def stop(self) -> None:
        self.stopped = True


def test_a_scan_shows_its_progress_and_its_ranking(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []
    net = load("brackets")
    parts = list(scan(net, trace(net, "([()"), chunk=2))

    def start(function: Any, *arguments: Any, **_: Any) -> Job:
        asked.append(arguments)
        return Job(list(parts))

    monkeypatch.setattr("lstm_viz.jobs.start", start)
    page = opened(MATTERS, model="brackets", text="([()").press("what_if_start")
    assert asked == [("brackets", "([()")]
    assert "what_if_stop" in page.keys
    job = page.state["what_if_scan"].job
    job.waiting, job.begun, job.seconds_until_run = 1, True, 4.2
    assert queue_message(job) in page.run().app.get("progress")[0].proto.text
    job.waiting = 0
    for _ in range(8):
        page.run()
    bars = page.figures[-1]["data"][0]
    best = parts[-1].ranked()[0]
    assert bars["y"][0] == f"unit {parts[-1].units[best]} of layer 1"
    assert "what_if_start" in page.keys
    page.press("what_if_start").press("what_if_stop")
    assert "what_if_start" in page.keys
    assert page.state["what_if_scan"].job.stopped
    # How far it came, of all units.
    done = page.state["what_if_scan"].scan
    assert any(f"{len(done.units)} of {net.config.hidden * net.config.layers}" in each for each in page.messages("caption"))
