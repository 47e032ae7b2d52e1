"""What the lessons on gates show and ask, computed again by torch or by hand."""

from __future__ import annotations

import copy
import re
import xml.etree.ElementTree as ElementTree
from functools import cache

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from lstm_viz.figures.palette import DARK, LIGHT
from lstm_viz.models.catalog import load
from lstm_viz.ui.pages.learn.course.lesson import InvalidLesson, parse_lesson
from lstm_viz.ui.pages.learn.course.measures import MEASURES, compare
from lstm_viz.ui.pages.learn.course.picture import Choice, Slider
from lstm_viz.ui.pages.learn.course.pictures import PICTURES, bracket_unit, cell, depth, park, sigmoid, tanh, training
from lstm_viz.ui.pages.learn.course.shipped import shipped_lessons
from lstm_viz.ui.pages.learn.measurements import TEXT as VERSE
from tests.facts import states
from tests.ui.page_testing import PAGES

SVG = "{http://www.w3.org/2000/svg}"


def defaults(name: str) -> dict[str, float | str]:
    return {each: control.default for each, control in PICTURES[name].controls.items()}


def fact(name: str, which: str, **moved: float | str) -> str:
    return PICTURES[name].facts[which](defaults(name) | moved)


def texts(name: str, **moved: float | str) -> list[str]:
    content = PICTURES[name].draw(defaults(name) | moved, LIGHT).content
    assert isinstance(content, str)
    return ["".join(text.itertext()) for text in ElementTree.fromstring(content).iter(f"{SVG}text")]


@cache
@torch.no_grad()
def read_by_torch(name: str, text: str) -> list[dict[str, np.ndarray]]:
    """Read a text by the formulas of torch.nn.LSTM in float64; for each layer its gates and states: [time, unit]."""
    model = copy.deepcopy(load(name)).double()
    states = [(torch.zeros(model.config.hidden).double(),) * 2 for _ in range(model.config.layers)]
    steps: list[list[tuple[torch.Tensor, ...]]] = [[] for _ in states]
    for token in model.vocabulary.encode(list(text)):
        entering = model.embedding.weight[int(token)]
        for layer, (h, c) in enumerate(states):
            w = {part: getattr(model.rnn, f"{part}_l{layer}") for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
            i, f, g, o = (w["weight_ih"] @ entering + w["bias_ih"] + w["weight_hh"] @ h + w["bias_hh"]).chunk(4)
            i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
            new = f * c + i * g
            entering = o * new.tanh()
            states[layer] = (entering, new)
            steps[layer].append((i, f, g, o, c, new, entering))
    names = ("i", "f", "g", "o", "before", "c", "h")
    return [
        {each: torch.stack(found).numpy() for each, found in zip(names, zip(*one, strict=True), strict=True)} for one in steps
    ]


def torch_unit(text: str) -> list[dict[str, float]]:
    layer = read_by_torch(bracket_unit.MODEL, text)[0]
    return [{name: float(values[t, bracket_unit.UNIT]) for name, values in layer.items()} for t in range(len(text))]


# The unit whose gates are shown.


@pytest.mark.parametrize("text", [bracket_unit.TEXT, "a", "((", "def f(x):\n    return (x"])
def test_the_unit_s_gates_are_those_of_torch(text: str) -> None:
    read = bracket_unit.unit_steps(text)
    assert "".join(token for token, _ in read) == text
    for (_, step), wanted in zip(read, torch_unit(text), strict=True):
        for name, value in wanted.items():
            assert getattr(step, name) == pytest.approx(value, abs=2e-5), name


def test_what_is_asked_about_the_unit_has_the_right_answer() -> None:
    unit = torch_unit(bracket_unit.TEXT)
    asked = [bracket_unit.TEXT[place] for place in cell.ASKED]
    assert asked == ["m", "a", "("]
    assert int(fact("cell", "widest")) - 1 == int(np.argmax([unit[place]["i"] for place in cell.ASKED]))
    assert [bracket_unit.TEXT[place] for place in park.ASKED] == ["x", "(", " "]
    assert int(fact("park", "shut")) - 1 == int(np.argmin([unit[place]["f"] for place in park.ASKED]))
    # The lesson says: it shuts at the brackets, and is near 1 everywhere else; it keeps its number at the fifth letter.
    for letter, step in zip(bracket_unit.TEXT, unit, strict=True):
        assert step["f"] < 0.1 if letter in "()" else step["f"] > 0.85
    assert unit[4]["f"] > 0.99
    assert unit[4]["i"] < 0.01
    # Full inside the brackets, below zero after them.
    assert all(step["c"] > 0.9 for step in unit[3:8])
    assert all(step["c"] < -0.7 for step in unit[8:])


def test_the_cell_is_filled_with_the_unit_s_numbers() -> None:
    fourth = torch_unit(bracket_unit.TEXT)[3]
    words = texts("cell", letter=4)
    assert {f"{fourth[gate]:.2f}" for gate in "ifo"} <= set(words)
    assert "xt = (" in words
    assert fact("cell", "i", letter=4) == f"{fourth['i']:.2f}"
    assert fact("cell", "c", letter=4) == f"{fourth['c']:.2f}"
    assert fact("cell", "token", letter=4) == "‘(’"
    assert "xt" in texts("cell", numbers="hidden")


@pytest.mark.parametrize(
    "text",
    ["\x00\x01", "مرحبا", "日本語", "👩‍👩‍👧", "\u202eabc", "&<>\"'", "\t\n", " ", "e\u0301ﷺ", "(" * 40, "</svg><script>", "−½%"],
)  # fmt: skip
def test_any_typed_text_is_drawn(text: str) -> None:
    for letter in (1, bracket_unit.LONGEST):
        assert any(word.startswith("xt = ") for word in texts("cell", text=text, letter=letter))


# The network that is turned.


@torch.no_grad()
def test_with_its_loop_and_as_layers_it_is_the_network_of_torch() -> None:
    model = copy.deepcopy(load(depth.MODEL)).double()
    ids = torch.from_numpy(model.vocabulary.encode(list(depth.TEXT)))
    states, _ = model.get_submodule("rnn")(model.get_submodule("embedding")(ids)[:, None])
    odds = model.get_submodule("decoder")(states[-1, 0]).softmax(-1)
    token, topmost, probability = depth.read_as_layers()
    np.testing.assert_allclose(topmost, states[:, 0].numpy(), atol=1e-12)
    assert token == model.vocabulary.tokens[int(odds.argmax())]
    assert probability == pytest.approx(float(odds.max()), abs=1e-12)
    tokens, looped, last = depth.read_with_loop()
    np.testing.assert_allclose(looped, states[:, 0].numpy(), atol=1e-5)
    assert (tokens[-1], last) == (token, pytest.approx(probability, abs=1e-5))
    assert 0 < depth.difference() < 1e-5
    assert float(fact("depth", "difference")) == pytest.approx(depth.difference(), rel=0.06)
    assert fact("depth", "same") == "1"
    assert fact("depth", "shared") == f"{model.get_parameter('rnn.weight_hh_l0').numel():,}"


# The two curves.


def test_shares_and_what_passes() -> None:
    share = float(torch.sigmoid(torch.tensor(-2.2, dtype=torch.float64)))
    assert fact("sigmoid", "share", x=-2.2) == f"{share:.3f}"
    assert fact("sigmoid", "passed", x=-2.2, amount=10) == f"{10 * share:.2f}"
    # Of 10, about 1: the lesson asks for it, and the slider reaches it.
    assert 10 * share == pytest.approx(1.0, abs=0.01)
    assert texts("sigmoid", x=-2.2).count(f"{10 * share:.2f} pass") == 1


def test_how_many_forget_gates_are_saturated() -> None:
    gates = np.stack([layer["f"] for layer in read_by_torch(sigmoid.MODEL, VERSE)])
    low, high = float((gates < 0.1).mean()), float((gates > 0.9).mean())
    assert (fact("sigmoid", "low"), fact("sigmoid", "high")) == (f"{low:.0%}", f"{high:.0%}")
    assert fact("sigmoid", "characters") == str(len(VERSE))
    assert int(fact("sigmoid", "many")) == (1 if low + high < 0.1 else 2 if low + high < 0.3 else 3)


def test_the_largest_states_of_a_real_reading() -> None:
    c, h = (max(float(abs(layer[name]).max()) for layer in read_by_torch(tanh.MODEL, VERSE)) for name in "ch")
    assert fact("tanh", "largest_c") == f"{c:.1f}"
    written = fact("tanh", "largest_h")
    assert float(written) == pytest.approx(h, abs=10.0 ** -len(written[2:]))
    assert float(written) < 1
    assert h < 1 < c


def test_outliers_and_the_loop_in_words() -> None:
    assert fact("tanh", "numbers") == "0.5, 2 and 50"
    assert fact("tanh", "squashed", outlier=-50.0) == "−1.0000"
    assert fact("tanh", "squashed", outlier=1.0) == f"{float(torch.tanh(torch.tensor(1.0))):.4f}"
    assert fact("tanh", "plain") == "3,325"  # 1.5^20
    state = torch.ones((), dtype=torch.float64)
    for _ in range(20):
        state = torch.tanh(1.5 * state)
    assert fact("tanh", "bounded") == f"{float(state):.2f}"
    assert "−50" in texts("tanh", outlier=-50.0)
    assert not any("3,325" in text for text in texts("tanh", show="repeat", answer="hidden"))


# The park.


def test_the_visitors_by_hand() -> None:
    # 50; 40 + 50; 72; 57.6; 46.08 + 50; 76.864.
    by_hand = [50, 90, 72, 57.6, 96.08, 76.864]
    np.testing.assert_allclose(MEASURES["park_visitors"]().values, by_hand)
    assert [fact("park", "visitors", hour=hour + 1) for hour in range(6)] == [f"{each:.0f}" for each in by_hand]
    # Nobody is lost where all may stay.
    assert fact("park", "visitors", hour=6, stay=1.0) == "150"
    assert fact("park", "board", hour=2, tell=0.0) == "0%"


def test_the_park_with_the_gates_of_the_unit() -> None:
    fourth = torch_unit(bracket_unit.TEXT)[3]
    assert fact("park", "visitors", dials="unit", letter=4) == f"{100 * fourth['c']:.0f}"
    assert fact("park", "entered", dials="unit", letter=4) == f"{100 * fourth['i'] * fourth['g']:.0f}"
    assert fact("park", "letter", dials="unit", letter=4) == "‘(’"
    # Nearly everything is not everything.
    assert 0.995 <= fourth["i"] < 1.0
    assert "lets in >99%" in texts("park", dials="unit", letter=4)
    assert "= forget gate" in texts("park", dials="gates")
    assert "= forget gate" not in texts("park")


def test_later_hours_are_not_given_away() -> None:
    assert not {"90", "72"} & set(texts("park", hour=1))


# The gate in training.


def test_the_switch_learns_nothing_and_the_gate_its_target() -> None:
    w = torch.tensor(-2.0, dtype=torch.float64, requires_grad=True)
    for _ in range(training.STEPS):
        (slope,) = torch.autograd.grad((w.sigmoid() - 0.8) ** 2, w)
        w = (w - training.RATE * slope).detach().requires_grad_()
    assert fact("training", "gate", steps=60) == f"{float(w.detach().sigmoid()):.2f}" == "0.80"
    assert fact("training", "switch", steps=60) == "0.00"
    # 2 (σ(−2) − 0.8) σ′(−2) = 2 · −0.6808 · 0.10499.
    assert fact("training", "slope", steps=0) == "−0.143"
    # What the switch's slope is, is asked first.
    assert not any("0.000" in text or "not move" in text for text in texts("training", answer="hidden"))
    assert any("does not move" in text for text in texts("training"))


def test_the_unit_s_slopes_are_small_and_never_zero() -> None:
    slopes = [step["f"] * (1 - step["f"]) for step in torch_unit(bracket_unit.TEXT)]
    assert float(fact("training", "smallest")) == pytest.approx(min(slopes), rel=0.06)
    assert float(fact("training", "largest")) == pytest.approx(max(slopes), abs=0.005)
    assert min(slopes) > 0
    assert fact("training", "learns") == "2"


# What is predicted.


def test_measures_are_those_of_torch() -> None:
    assert list(MEASURES["bracket_forget"]().names) == list(bracket_unit.TEXT)
    unit = [step["f"] for step in torch_unit(bracket_unit.TEXT)]
    np.testing.assert_allclose(MEASURES["bracket_forget"]().values, unit, atol=2e-5)
    for name, function in (("sigmoid_values", torch.sigmoid), ("tanh_values", torch.tanh)):
        measured = MEASURES[name]()
        numbers = [float(re.findall(r"\(([−\d.]+)\)", each)[0].replace("−", "-")) for each in measured.names]
        np.testing.assert_allclose(measured.values, function(torch.tensor(numbers, dtype=torch.float64)).numpy())


def test_counts_are_compared_in_whole_visitors() -> None:
    said = compare((50.0, 50.0, 72.0, 57.6, 96.08, 76.864), MEASURES["park_visitors"]())
    assert states(said, 7, "‘hour 2’", 50, 90)


# The lessons.


@pytest.mark.parametrize("name", ["depth", "cell", "sigmoid", "tanh", "park", "training"])
def test_a_picture_is_drawn_wherever_its_controls_stand(name: str) -> None:
    picture = PICTURES[name]
    for control, kind in picture.controls.items():
        options = list(kind.options) if isinstance(kind, Choice) else ["x", "(" * 24]
        for value in (kind.low, kind.high) if isinstance(kind, Slider) else options:
            content = picture.draw(defaults(name) | {control: value}, DARK).content
            assert isinstance(content, str)
            assert ElementTree.fromstring(content).attrib["aria-label"]


def test_a_hidden_answer_is_not_in_the_picture() -> None:
    """What a step asks for is not drawn before it is answered: the reveal changes the picture, or names a fact."""
    for lesson in shipped_lessons()[1:7]:
        picture = PICTURES[lesson.picture]
        for index, step in enumerate(lesson.steps):
            if step.act != "choose" or not step.reveal_view:
                continue
            before, after = (lesson.settings(index, done, picture.controls) for done in (False, True))
            assert picture.draw(before, LIGHT).content != picture.draw(after, LIGHT).content, (lesson.id, index)


def test_a_step_may_have_several_controls_moved() -> None:
    head = 'id = "mine"\ntitle = "Mine"\nidea = "One. Two."\npicture = "park"\n[[steps]]\nsay = "Go."\n'
    (step,) = parse_lesson(f'{head}act = "move enter stay"\n'.encode(), PICTURES, MEASURES).steps
    assert (step.act, step.control.split()) == ("move", ["enter", "stay"])
    for wrong, says in (("move", "''; there is enter"), ("move enter wheel", "'wheel'; there is enter")):
        with pytest.raises(InvalidLesson, match=says):
            parse_lesson(f'{head}act = "{wrong}"\n'.encode(), PICTURES, MEASURES)


def test_the_park_is_played_on_the_page() -> None:
    at = AppTest.from_file(str(PAGES / "learn.py"), default_timeout=120)
    at.query_params |= {"lesson": "6", "step": "3"}
    at.session_state["learn_answers"] = {"park.2": (50.0,) * 6}
    at.run()
    (picture,) = [each.value for each in at.markdown if "<svg" in each.value]
    # The presenter view finds the picture by its name.
    assert 'data-picture="The amusement park"' in picture
    dials = {slider.label: slider for slider in at.slider}
    assert list(dials) == ["hour", "entrance (input gate)", "exit (forget gate)", "board (output gate)"]
    dials["hour"].set_value(2).run()
    assert not at.exception
    said = " ".join(each.value for each in at.markdown)
    assert states(said, 40, 50, 90)
    assert "90 in the park" in said
