"""The what-if page as Streamlit runs it, with what the browser would send put in by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.models.catalog import load, models
from lstm_viz.reader import trace
from lstm_viz.ui.pages.what_if import in_link, unit_ablation
from lstm_viz.ui.pages.what_if.continuation import common_prefix_length
from lstm_viz.ui.pages.what_if.continuation import continuation_html as written_page
from lstm_viz.ui.pages.what_if.interventions import InterventionSpec
from lstm_viz.ui.pages.what_if.scene import HAPPENS, MATTERS, TEXTS, WRITES
from lstm_viz.ui.state.settings import InvalidSetting
from lstm_viz.ui.state.view import View
from lstm_viz.what_if import Clamp, continuation, scan, what_if
from tests.ui.page_testing import PAGES, box, setting

PAGE = PAGES / "what_if.py"
LANGUAGE = [name for name in models() if load(name).predicts_next_token]


def opened(**link: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    for name, value in link.items():
        page.query_params[name] = value
    return page.run()


def words(page: AppTest) -> str:
    assert not page.exception, [each.value for each in page.exception]
    return "\n".join(each.value for each in (*page.markdown, *page.caption, *page.info, *page.error))


def pictures(page: AppTest) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What is said of each figure, and the figure."""
    found = []
    for each in page.get("bidi_component"):
        said, _, figure = each.proto.bytes.partition(b"\n")
        if figure.startswith(b"{") and said.startswith(b"{"):
            found.append((json.loads(said), json.loads(figure)))
    return found


def typed(page: AppTest, text: str) -> AppTest:
    page.session_state["box"] = {"view": {"text": text, "textRevision": box(page)["textRevision"], "seq": 3}}
    return page.run()


@pytest.mark.parametrize("name", LANGUAGE)
@pytest.mark.parametrize("lens", [HAPPENS, WRITES, MATTERS, TEXTS])
def test_every_network_answers_every_question(name: str, lens: str) -> None:
    page = opened(model=name)
    page.segmented_control(key="what_if_lens").set_value(lens)
    assert "**" in words(page.run())


def plans(page: AppTest) -> list[InterventionSpec]:
    """The changes that are made, as the address has them too."""
    assert not page.exception, [each.value for each in page.exception]
    made: tuple[InterventionSpec, ...] = setting(page, "what_if_changes", ())
    assert box(page)["link"]["change"] == (in_link.write(made) or None)
    return list(made)


def test_the_page_opens_with_no_change() -> None:
    page = opened(model="python-lstm", text="The cat (who sat")
    assert plans(page) == []
    assert "Nothing is changed at the moment" in words(page)
    assert not np.nan_to_num(box(page)["values"]).any()
    assert not page.slider


def test_a_network_that_never_forgets() -> None:
    page = opened(model="python-lstm", text="The cat (who sat", change="f:all:all:1")
    assert plans(page) == [InterventionSpec("hold", "f", 1.0)]
    found = what_if(load("python-lstm"), "The cat (who sat", [Clamp("f", 1.0, 0), Clamp("f", 1.0, 1)])
    assert f"{found.after.loss:.2f} nats a letter instead of {found.before.loss:.2f}" in words(page)
    np.testing.assert_allclose(box(page)["values"], found.surprise, atol=1e-4)
    (curves, figure), (answers, _) = pictures(page)
    assert len(figure["data"]) == 4
    assert "as trained and changed" in curves["alt"]
    assert "Expected after" in answers["alt"]


def test_a_moved_slider_changes_what_is_held() -> None:
    page = opened(model="python-lstm", text="The cat (who sat", change="f:all:all:1")
    page.slider(key="what_if_value_1").set_value(0.5)
    found = what_if(load("python-lstm"), "The cat (who sat", [Clamp("f", 0.5, 0), Clamp("f", 0.5, 1)])
    page.run()
    assert not page.exception
    np.testing.assert_allclose(box(page)["values"], found.surprise, atol=1e-4)


def test_what_is_typed_is_read_twice_and_may_be_nothing() -> None:
    page = typed(opened(model="shakespeare-gru"), "O")
    assert not page.exception
    assert page.session_state["view"].text == "O"
    assert "Type something above" in words(typed(page, ""))


def test_every_experiment_is_one_click_away() -> None:
    for name in LANGUAGE:
        page = opened(model=name)
        for button in [each.key for each in page.button if each.key and each.key.startswith("what_if_take_")]:
            page.button(key=button).click().run()
            said = words(page)
            assert "Nothing is changed" not in said, button
            assert "no effect now" not in said, button
            made = plans(page)
            assert made, button
            assert [each.key for each in page.button if each.proto.type == "primary"] == [button]
            # Whoever opens the address sees the same experiment.
            again = opened(**{name: value for name, value in box(page)["link"].items() if value is not None})
            assert plans(again) == made
            assert again.session_state["view"] == page.session_state["view"]
            np.testing.assert_allclose(box(again)["values"], box(page)["values"], atol=1e-4)


def test_an_experiment_brings_its_text_unit_and_question() -> None:
    page = opened(model="counting")
    page.button(key="what_if_take_miscount").click().run()
    view: View = page.session_state["view"]
    assert (view.text, view.layer, view.unit) == ("aaaaab", 0, 3)
    assert page.segmented_control(key="what_if_lens").value == WRITES
    assert "only three b" in words(page)


def test_undoing_leaves_the_network_as_trained() -> None:
    page = opened(model="python-lstm", change="f:all:all:1")
    page.button(key="what_if_drop_1").click().run()
    assert plans(page) == []
    assert "Nothing is changed at the moment" in words(page)
    assert not np.nan_to_num(box(page)["values"]).any()


def test_a_change_that_another_network_cannot_carry_out_stays_and_says_so() -> None:
    page = opened(model="python-lstm", change="f:all:all:1 cut:0:3")
    page.selectbox(key="choose_model").set_value("shakespeare-gru").run()
    assert plans(page) == [InterventionSpec("hold", "f", 1.0), InterventionSpec("cut", layers=(0,), units=(3,))]
    assert words(page).count("no effect now") == 1
    assert np.nan_to_num(box(page)["values"]).any()


CHANGES = [
    ("f:all:all:0", [InterventionSpec("hold", "f", 0.0)]),
    ("f:1:3,7:0.25@u2e,u21", [InterventionSpec("hold", "f", 0.25, (1,), (3, 7), ".!")]),
    (
        "cut:0:243 set-c:0:168:-1@4",
        [InterventionSpec("cut", "h", 0.0, (0,), (243,)), InterventionSpec("set", "c", -1.0, (0,), (168,), (4,))],
    ),
    ("o:0:all:0@0,2", [InterventionSpec("hold", "o", 0.0, (0,), None, (0, 2))]),
]


@pytest.mark.parametrize(("asked", "made"), CHANGES)
def test_a_link_carries_the_changes(asked: str, made: list[InterventionSpec]) -> None:
    page = opened(model="python-lstm", text="The cat (who sat. Up!", change=asked)
    assert plans(page) == made
    assert box(page)["link"]["change"] == asked
    assert not page.warning


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
    assert plans(page) == []
    assert "change" in page.warning[0].value


def test_a_plan_for_a_step_that_is_gone_says_so() -> None:
    page = opened(model="counting")
    page.button(key="what_if_take_miscount").click().run()
    typed(page, "aa")
    assert "no effect now" in words(page)
    assert "step 4 is out of range" in words(page)


def form(page: AppTest, **choices: Any) -> AppTest:
    """Open the form, fill it, one control after another as a person does, and press its button."""
    page.session_state["what_if_add"] = True
    page.run()
    for key, value in choices.items():
        control = next(
            each
            for kind in ("segmented_control", "selectbox", "text_input")
            for each in getattr(page, kind)
            if each.key == f"what_if_{key}"
        )
        control.set_value(value).run()
    return page.button(key="what_if_do").click().run()


def test_the_form_makes_a_plan_of_ones_own() -> None:
    page = opened(model="python-lstm", text="a.b.", step="2", unit="5")
    form(page, symbol="o", layer=1, units_hold="these", these="3, 7-8",
         when="whenever it reads", symbols=".")  # fmt: skip
    assert plans(page)[-1] == InterventionSpec("hold", "o", 0.0, (1,), (3, 7, 8), ".")
    form(page, symbol="f", units_hold="all", when="at these steps", steps="0, 2-3")
    assert plans(page)[-1] == InterventionSpec("hold", "f", 1.0, (1,), None, (0, 2, 3))
    form(page, act="set", symbol="c", layer=0, units_set="all")
    assert plans(page)[-1] == InterventionSpec("set", "c", 0.0, (0,), None, (2,))
    form(page, act="cut", units_cut="the selected one", when="at the selected step")
    assert plans(page)[-1] == InterventionSpec("cut", "h", 0.0, (0,), (5,), (2,))


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"units_hold": "these", "these": "300"}, "There is no unit 300; they go from 0 to 255"),
        ({"units_hold": "these", "these": "x"}, "“x” is no unit"),
        ({"when": "whenever it reads"}, "Enter at which characters"),
        ({"when": "at these steps", "steps": "99"}, "There is no step 99"),
    ],
)
def test_the_form_says_what_it_cannot_read(choices: dict[str, Any], message: str) -> None:
    page = form(opened(model="python-lstm"), **choices)
    assert message in words(page)
    assert plans(page) == []


def test_both_write_on_with_the_same_dice() -> None:
    text = "ROMEO:\nWhat light"
    page = opened(model="shakespeare-lstm", text=text, change="f:all:all:1")
    page.segmented_control(key="what_if_lens").set_value(WRITES).run()
    model = load("shakespeare-lstm")
    found = what_if(model, text, [Clamp("f", 1.0, 0), Clamp("f", 1.0, 1)])
    plain = continuation(model, found.before, 80, (), 0.5, 1)
    changed = continuation(model, found.after, 80, found.interventions, 0.5, 1)
    apart = common_prefix_length(plain, changed)
    shown = "".join(each.proto.body for each in page.get("html"))
    assert written_page(text, plain[:apart], plain[apart:]) in shown
    assert written_page(text, changed[:apart], changed[apart:]) in shown


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

    def start(function: Any, *arguments: Any) -> Job:
        asked.append(arguments)
        return Job(list(parts))

    monkeypatch.setattr(unit_ablation.jobs, "start", start)
    page = opened(model="brackets", text="([()")
    page.segmented_control(key="what_if_lens").set_value(MATTERS).run()
    page.button(key="what_if_start").click().run()
    assert asked == [("brackets", "([()")]
    assert "what_if_stop" in [each.key for each in page.button]
    job = page.session_state["what_if_scan"].job
    job.waiting, job.begun, job.soon = 1, True, 4.2
    assert "Paused: jobs on this server take turns" in page.run().get("progress")[0].proto.text
    job.waiting = 0
    for _ in range(8):
        page.run()
    assert not page.exception
    bars = pictures(page)[-1][1]["data"][0]
    best = parts[-1].ranked()[0]
    assert bars["y"][0] == f"unit {parts[-1].units[best]} of layer 1"
    assert "what_if_start" in [each.key for each in page.button]
    page.button(key="what_if_start").click().run()
    page.button(key="what_if_stop").click().run()
    assert "Stopped" in words(page)
