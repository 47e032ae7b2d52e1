"""The numbers that a lesson reveals, each against an independent computation, and sent to the browser after the guess alone."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from lstm_viz import load
from lstm_viz.delays.results import SHIPPED
from lstm_viz.figures.clipping import clipping
from lstm_viz.figures.palette import DARK, LIGHT
from lstm_viz.gradients import NextToken
from lstm_viz.models.forecaster_serialization import load_forecaster
from lstm_viz.reader import trace
from lstm_viz.ui.components.glossary_terms import terms
from lstm_viz.ui.pages.learn.course import prepare, state
from lstm_viz.ui.pages.learn.course.measures import MEASURES, compare
from lstm_viz.ui.pages.learn.course.picture import Choice, InvalidValue, Measured, Slider, Text
from lstm_viz.ui.pages.learn.course.pictures import PICTURES, bracket_unit
from lstm_viz.ui.pages.learn.course.pictures.gradients import BACK, small_share
from lstm_viz.ui.pages.learn.course.shipped import shipped_lessons
from lstm_viz.ui.pages.learn.measurements import TEXT
from tests.ui.page_testing import PAGES


def fact(picture: str, name: str, **settings: float | str) -> str:
    found = PICTURES[picture]
    return found.facts[name]({key: each.default for key, each in found.controls.items()} | settings)


def test_the_loop_s_weights_are_counted_by_the_textbook_s_formula() -> None:
    config = load("shakespeare-lstm").config
    count = sum(4 * config.hidden * (inputs + config.hidden + 2) for inputs in (config.embedding, config.hidden))
    assert fact("loop", "weights") == f"{count:,}"
    assert fact("loop", "unshared", steps=5) == f"{5 * count:,}"


def test_the_same_letter_gets_two_answers() -> None:
    """Each prefix is read by itself, by the module alone."""
    model = load("shakespeare-lstm")
    for name, text in (("first_answer", "The ki"), ("second_answer", "The king i")):
        ids = torch.tensor([model.vocabulary.tokens.index(letter) for letter in text])
        with torch.no_grad():
            hidden, _ = model.rnn(model.embedding(ids)[:, None])
            shares = torch.softmax(model.decoder(hidden[-1, 0]), -1)
        assert fact("loop", name) == f"‘{model.vocabulary.tokens[int(shares.argmax())]}’ ({float(shares.max()):.0%})"
    assert fact("loop", "another") == "2"


@pytest.mark.parametrize(("name", "state"), [("shakespeare-rnn", "h"), ("shakespeare-lstm", "c")])
def test_what_is_left_of_a_gradient_is_measured_place_by_place(name: str, state: str) -> None:
    shares = []
    for end in range(80, len(TEXT), 15):
        layer = trace(load(name), TEXT[:end], NextToken(-1, TEXT[end])).layers[-1]
        assert layer.grads is not None
        norms = np.linalg.norm(getattr(layer.grads, state)[:, 0], axis=1)
        shares.append(norms[-1 - BACK] / norms[-1])
    index = ["shakespeare-rnn", "shakespeare-lstm"].index(name)
    left = MEASURES["gradient_left"]().values
    assert float(fact("gradients", "times").replace(",", "")) == pytest.approx(left[1] / left[0], rel=0.05)
    assert MEASURES["gradient_left"]().values[index] == pytest.approx(float(np.median(shares)), rel=1e-4)


def test_the_limit_of_clipping_has_one_name_in_figure_lesson_and_cheat_sheet() -> None:
    limit = clipping(np.array([2.4, 1.8]), 1.0, 4.0, LIGHT).data[0].name
    picture, lesson = PICTURES["gradients"], next(each for each in shipped_lessons() if each.id == "gradients")
    (asking,) = (each for each in lesson.steps if ("show", "clip") in each.view)
    (entry,) = (each for each in terms() if each.name == "gradient clipping")
    settings = {key: each.default for key, each in picture.controls.items()} | {"show": "clip"}
    drawn = [picture.draw(settings | {"answer": answer}, LIGHT) for answer in ("shown", "hidden")]
    assert all(limit in each.caption for each in drawn)
    assert limit in drawn[1].alt
    assert limit in picture.controls[limit].label.lower()
    assert limit in asking.say
    assert all(limit in each for each in (entry.plain, entry.formula, entry.range))
    # Its other name stands beside it once.
    texts = [lesson.idea, *(text for step in lesson.steps for text in (step.say, step.reveal, *step.options))]
    assert len(re.findall(r"\bcap\b", " ".join(texts))) == len(re.findall(r"\bcap\b", entry.plain)) == 1


def test_a_power_of_any_size_is_written_as_one_reads_it() -> None:
    assert fact("gradients", "power", factor=0.5) == "9.54·10⁻⁷"
    assert fact("gradients", "power", factor=1.5) == "3,325"


def test_powers_and_clipping_are_arithmetic() -> None:
    assert float(fact("gradients", "power", factor=0.9)) == pytest.approx(math.prod([0.9] * BACK), rel=1e-2)
    assert 1 / 9 < float(fact("gradients", "power", factor=0.9)) < 1 / 7, "about an eighth"
    clipped = {"length": 3.0, "threshold": 1.0}
    assert (fact("gradients", "clipped", **clipped), fact("gradients", "scale", **clipped)) == ("1", "0.33")
    assert fact("gradients", "clipped", length=0.5, threshold=1.0) == "0.5"
    assert fact("gradients", "threshold", threshold=2.5) == "2.5"
    # What clipping does is asked before the clipped arrow is drawn.
    named = {}
    for answer in ("hidden", "shown"):
        settings = {key: each.default for key, each in PICTURES["gradients"].controls.items()}
        figure = PICTURES["gradients"].draw(settings | {"show": "clip", "answer": answer}, LIGHT).content
        named[answer] = [trace.name for trace in figure.data]  # type: ignore[union-attr]
    assert named == {"hidden": ["threshold", "before"], "shown": ["threshold", "before", "after"]}
    assert [small_share(each) for each in (1.0, 0.064, 3.7e-6, 1e-9, 0.0)] == ["100%", "6.4%", "0.00037%", "0.0000001%", "0%"]


def test_the_delays_are_those_of_the_recorded_runs() -> None:
    rights = (("copy", "rnn", "rnn_right"), ("copy", "gru", "gru_right"), ("copy", "lstm", "lstm_right"))
    for task, kind, name in (*rights, ("recall", "rnn", "rnn_recall")):
        stored = json.loads((SHIPPED / f"{task}.json").read_text())["snapshots"]
        (last,) = [each for each in stored if each["kind"] == kind][-1:]
        assert fact("delays", name) == f"{last['right']['100']:.0%}"
    assert fact("delays", "rnn_manages_recall") == "2"
    last = {each["kind"]: each["right"]["100"] for each in json.loads((SHIPPED / "copy.json").read_text())["snapshots"]}
    recorded = json.loads((SHIPPED / "copy.json").read_text())["snapshots"]
    reached = {each["kind"]: (each["step"], each["reach"]) for each in recorded}
    assert (fact("delays", "gru_steps"), fact("delays", "rnn_delay")) == (str(reached["gru"][0]), str(reached["rnn"][1]))
    assert fact("delays", "units") == "48"
    assert MEASURES["copied"]().values.tolist() == [last[kind] for kind in ("rnn", "gru", "lstm")]


def test_the_verdicts_are_the_network_s() -> None:
    model = load("sst-lstm")
    for name, text in (("good", "good"), ("not_good", "not good"), ("not_bad", "not bad")):
        shares = trace(model, text).probs[-1]
        verdict = sum(place * share for place, share in zip((-2, -1, 0, 1, 2), shares, strict=True))
        assert fact("uses", name) == f"{verdict:+.1f}".replace("-", "−")
    values = MEASURES["verdicts"]().values
    turn = max(range(1, len(values)), key=lambda step: abs(values[step] - values[step - 1]))
    assert fact("uses", "turn") == MEASURES["verdicts"]().names[turn]
    assert fact("uses", "not_good_negative") == "2"


def test_the_forecast_s_error_is_that_of_its_card() -> None:
    scores = load_forecaster("co2").metadata["scores"]
    numbers = {name: float(value) for name, value in re.findall(r"([A-Za-z ]+?) ([\d.]+) / [\d.]+ / [\d.]+", scores)}
    assert float(fact("uses", "network_error")) == pytest.approx(next(iter(numbers.values())), rel=0.05)
    assert float(fact("uses", "rule_error")) == pytest.approx(min(list(numbers.values())[1:]), rel=0.05)
    assert fact("uses", "network_wins") == "2"
    assert (fact("uses", "rule"), fact("uses", "rule_words")) == ("seasonal change", "the change 12 steps before")


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_view_of_every_picture_is_drawn(name: str, palette: object) -> None:
    picture = PICTURES[name]
    lessons = [each for each in shipped_lessons() if each.picture == name]
    for lesson in lessons:
        for step in range(len(lesson.steps)):
            for done in (False, True):
                drawing = picture.draw(lesson.settings(step, done, picture.controls), palette)  # type: ignore[arg-type]
                assert drawing.content
                assert isinstance(drawing.content, str) or drawing.alt


@pytest.mark.parametrize("name", MEASURES)
def test_measured_values_lie_on_their_axis(name: str) -> None:
    measured = MEASURES[name]()
    assert np.isfinite(measured.values).all()
    assert ((measured.values >= measured.low) & (measured.values <= measured.high)).all()
    assert 2 <= len(measured.names) <= 60


def test_a_guess_is_compared_on_average_and_where_it_is_farthest() -> None:
    measured = Measured(("a", "b"), np.array([0.2, 0.9]), "x")
    assert compare((0.2, 0.5), measured) == "You are 0.20 off on average, most at ‘b’: you drew 0.50, measured 0.90."
    by_formula = Measured(("a", "b"), np.array([0.2, 0.9]), "x", found="computed")
    assert compare((0.2, 0.5), by_formula).endswith("you drew 0.50, computed 0.90.")
    log = Measured(("a", "b"), np.array([1e-4, 0.5]), "x", low=1e-8, log=True)
    assert compare((1e-2, 0.6), log) == "a: too high by a factor of 100; b: close."
    with pytest.raises(ValueError, match="2 values for 1 names"):
        Measured(("a",), np.zeros(2), "x")
    with pytest.raises(ValueError, match="above 0"):
        Measured(("a",), np.zeros(1), "x", log=True)


@pytest.mark.parametrize("text", ["7", "nan", "inf", "1e999", "", "x", "0" * 50])
def test_a_control_refuses_what_it_cannot_show(text: str) -> None:
    for control in (Slider("n", 0, 5, 1, 1), Choice("c", {"a": "A"}, "a"), Text("t", "a", 1 if text == "7" * 2 else 3)):
        if isinstance(control, Text) and 1 <= len(text) <= 3:
            continue
        with pytest.raises(InvalidValue):
            control.read(text)


def sent(page: AppTest) -> str:
    """Everything that the page has sent to the browser."""
    components = [each.proto.bytes.decode("utf-8", "replace") for each in page.get("bidi_component")]
    texts = [str(getattr(each, "value", "")) for kind in ("markdown", "caption") for each in page.get(kind)]
    return "\n".join([*components, *texts, *(button.label for button in page.button)])


def opened(lesson: str, step: int) -> AppTest:
    page = AppTest.from_file(str(PAGES / "learn.py"), default_timeout=120)
    number = [each.id for each in shipped_lessons()].index(lesson) + 1
    page.query_params.update({"lesson": str(number), "step": str(step)})
    return page.run()


def test_what_was_measured_is_not_in_the_page_before_the_guess() -> None:
    page = opened("delays", 2)
    measured = MEASURES["copied"]()
    assert '"kind": "guess"' in sent(page)
    assert '"measured"' not in sent(page)
    assert str(float(measured.values[0])) not in sent(page)
    page.session_state["learn_answers"] = {"delays.2": (0.5, 0.5, 0.5)}
    page.run()
    assert not page.exception
    assert '"measured"' in sent(page)
    assert compare((0.5, 0.5, 0.5), measured) in sent(page)


def test_what_no_network_did_is_not_called_measured() -> None:
    assert {name for name, measure in MEASURES.items() if measure().found == "computed"} == {
        "sigmoid_values", "tanh_values", "park_visitors",
    }  # fmt: skip


def test_the_slider_over_the_letters_ends_where_the_text_ends() -> None:
    page = opened("cell", 5)
    page.session_state["learn_answers"] = {"cell.3": 2, "cell.4": (0.5,) * 13}
    page.query_params["step"] = "5"
    page.run()
    (letter,) = (each for each in page.slider if each.key == "lesson_control_cell.5_letter")
    assert (letter.min, letter.max) == (1, len(bracket_unit.TEXT))
    for written in ("(", "(()"):
        page.text_input(key="lesson_control_cell.5_text").input(written).run()
        assert not page.exception
        letter = page.slider(key="lesson_control_cell.5_letter")
        assert letter.value <= letter.max == max(2, len(written))


def test_lesson_one_is_played_to_its_end() -> None:
    page = AppTest.from_file(str(PAGES / "learn.py"), default_timeout=120).run()
    assert page.button(key="lesson_back").disabled

    def on() -> None:
        page.button(key="lesson_next").click().run()
        assert not page.exception

    on()
    assert page.button(key="lesson_next").disabled
    assert fact("loop", "weights") not in sent(page)
    page.button(key="lesson_option_loop.2_0").click().run()
    assert fact("loop", "weights") in sent(page)
    on()
    page.slider(key="lesson_control_loop.3_steps").set_value(7).run()
    assert "7 boxes" in sent(page)
    on()
    assert fact("loop", "second_answer").split("(")[1] not in sent(page)
    page.button(key="lesson_option_loop.4_1").click().run()
    assert "‘s’" in sent(page)
    on()
    page.button(key="lesson_option_loop.5_1").click().run()
    on()
    assert next(link.proto.url for link in page.get("link_button")).startswith("./?model=shakespeare-lstm")
    on()
    assert page.session_state["learn_done_saved"] == (1,)
    assert page.session_state["learn_lesson_saved"] == 2
    page.button(key="lesson_back").click().run()
    assert (page.session_state["learn_lesson_saved"], page.session_state["learn_step_saved"]) == (1, 6)


def test_a_link_into_a_lesson_waits_at_its_first_prediction() -> None:
    page = opened("loop", 6)
    assert not page.exception
    assert page.button(key="lesson_option_loop.2_0")
    assert not list(page.warning)
    # What the answer reveals is seen before the next question.
    page.button(key="lesson_option_loop.2_0").click().run()
    assert fact("loop", "weights") in sent(page)
    assert page.button(key="lesson_option_loop.2_0").disabled


def test_what_a_lesson_reveals_is_ready_once_it_has_been_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = next(each for each in shipped_lessons() if each.id == "delays")
    asked: list[str] = []
    monkeypatch.setattr(state, "measured", asked.append)
    prepare.compute(lesson)
    assert asked == ["copied"]


def test_nothing_is_prepared_without_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "Thread", None)
    prepare.prepare(shipped_lessons()[0])
