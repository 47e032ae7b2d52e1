"""The units page as Streamlit runs it: every number on it against one computed otherwise."""

from __future__ import annotations

import re

import numpy as np
import pytest

import lstm_viz
from lstm_viz.half_life import half_life
from lstm_viz.text.numbers import format_signed
from lstm_viz.ui.pages.units.page import QUESTION_TITLES
from lstm_viz.ui.state.models import get_model
from lstm_viz.units.state_space import memory_states
from lstm_viz.units.stats import saturation
from lstm_viz.what_if import Ablate, rerun
from tests.facts import states
from tests.ui.page_testing import PageDriver, numbers

TEXT = "The cat (who was very old) sat on a mat, and (he) knew (it was a good) one."
READERS = ("python-lstm", "shakespeare-gru", "shakespeare-rnn", "counting", "sst-lstm")


def opened(question: str, **link: str) -> PageDriver:
    return PageDriver("units", question, **link)


@pytest.mark.parametrize("question", QUESTION_TITLES)
@pytest.mark.parametrize("name", READERS)
def test_every_question_answers_for_every_kind_of_network_and_length(name: str, question: str) -> None:
    page = opened(question, model=name, text="A fine film, not bad at all")
    assert page.letters is not None
    for text in ("", "a", "☃", "ab" * 400):
        page.type(text)
        assert page.view.text == text
        assert ("Type something" in page.words) == (not text)


def test_the_card_says_what_the_library_computes() -> None:
    page = opened("card", model="python-lstm", text=TEXT, unit="243", step="9")
    model = lstm_viz.load("python-lstm")
    trace = lstm_viz.trace(model, TEXT)
    layer = trace.layers[0]
    colours = page.letters
    assert colours is not None
    np.testing.assert_allclose(colours, layer.c[:, 0, 243], atol=1e-5)
    assert f"**{layer.c[9, 0, 243]:+.2f}**" in page.words
    assert f"**{half_life(layer).steps[243]:.1f} letters**" in page.words
    cut = rerun(model, trace, [Ablate(0, (243,))])
    told = re.search(r"surprise (rises|falls) by \*\*([0-9.]+) nats\*\*", page.words)
    assert told is not None
    assert float(told[2]) * (1 if told[1] == "rises" else -1) == pytest.approx(cut.rise, abs=6e-5)
    counted = saturation(layer)["f"]
    low, high = f"{counted.low_share[243]:.0%}", f"{counted.high_share[243]:.0%}"
    assert re.search(rf"forget gate f \| {low} \(\d+%\) \| {high} \(", page.words)
    along, pushes, histogram = page.figures
    costs = cut.after.surprise[1:] - trace.surprise[1:]
    np.testing.assert_allclose(numbers(along["data"][1]["y"])[1:], costs, atol=1e-4)
    assert pushes["data"][0]["customdata"][0] == ")"
    assert len(histogram["data"]) == 2


def test_previous_and_next_go_round_through_the_units() -> None:
    page = opened("card", model="counting", text="aabb", unit="3")
    assert page.press("units_next").view.unit == 0
    assert page.press("units_previous").view.unit == 3
    assert page.press("units_previous").view.unit == 2


def test_a_network_of_classes_has_no_cost_of_surprise() -> None:
    page = opened("card", model="sst-lstm", text="a warm and wonderful film")
    assert states(page.words, "next token")
    assert set(page.figures[1]["data"][0]["customdata"]) == set(lstm_viz.load("sst-lstm").outputs)


def test_a_marked_stretch_finds_its_units_and_the_other_places() -> None:
    page = opened("match", model="python-lstm", text=TEXT)
    assert "(who␣was␣very␣old" in page.words
    assert "243" in page.words
    (aligned,) = page.figures
    assert len(aligned["layout"]["shapes"]) >= 2
    colours = page.letters
    assert colours is not None
    assert (colours[8:25] == 1).all()
    assert colours[7] == colours[25] == 0
    again = opened("match", model="python-lstm", text=TEXT, stretch="45.47", best="off", above="0.6", share="0.5")
    assert "(he" in again.words
    assert "> 0.6" in again.words
    assert page.control("units_share").value == 1.0
    assert again.control("units_share").value == 0.5


def test_the_stretch_can_be_marked_by_the_selected_letter() -> None:
    page = opened("match", model="python-lstm", text=TEXT, step="11")
    page.press("units_from")
    assert "“o␣was␣very␣old”" in page.words
    page.press("units_to")
    assert "“o”" in page.words


def test_a_link_that_marks_letters_the_text_lacks_is_said() -> None:
    page = opened("match", model="python-lstm", text="to be", stretch="3.90")
    assert "stretch" in page.words
    assert "0 to 4" in page.words


def test_the_path_is_the_projection_and_is_coloured_as_asked() -> None:
    page = opened("path", model="counting", text="aaabbb", by="f")
    trace = lstm_viz.trace(lstm_viz.load("counting"), "aaabbb")
    (figure,) = page.figures
    points = next(each for each in figure["data"] if each["name"] == "your text")
    np.testing.assert_allclose(numbers(points["marker"]["color"]), trace.layers[0].f[:, 0].mean(axis=1), atol=1e-5)
    model = lstm_viz.load("counting")
    alone = np.concatenate([memory_states(lstm_viz.trace(model, each.text), 0) for each in get_model("counting").presets])
    values = np.linalg.eigvalsh(np.cov(alone.T))[::-1]
    assert f"**{values[:2].sum() / values.sum():.0%}**" in page.words
    share = re.search(r"shows \*\*(\d+)%\*\*", page.words)
    titles = [figure["layout"][axis]["title"]["text"] for axis in ("xaxis", "yaxis")]
    told = [float(found[1]) for title in titles if (found := re.search(r"\((\d+)%", title))]
    assert share is not None
    assert float(share[1]) == pytest.approx(sum(told), abs=1.01)
    # The walk keeps its lengths where the plane holds nearly all of the variance.
    states = memory_states(trace, 0)
    steps = np.diff(np.column_stack([numbers(points["x"]), numbers(points["y"])]), axis=0)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), np.linalg.norm(np.diff(states, axis=0), axis=1), rtol=0.5)


@pytest.mark.parametrize(("name", "text", "unit"), [("brackets", "([{}])[", 2), ("shakespeare-lstm", "Ça va? (no[t]) 42", 12)])
def test_the_letter_that_changes_most_changes_as_the_text_does(name: str, text: str, unit: int) -> None:
    page = opened("card", model=name, text=text, unit=str(unit))
    model = lstm_viz.load(name)
    cut = rerun(model, lstm_viz.trace(model, text), [Ablate(0, (unit,))])
    assert cut.rise is not None
    most = int(np.nanargmax(cut.surprise * np.sign(cut.rise)))
    rises, change = "rises" if cut.rise > 0 else "falls", format_signed(float(cut.surprise[most]))
    assert states(page.words, rises, f"(step {most})", f"({change})")


def test_units_that_are_on_are_on_one_side_throughout() -> None:
    text = "Ça va? (no[t]) 42 😀 yes, my lord"
    page = opened("match", model="shakespeare-lstm", text=text, layer="1")
    told = re.search(r"tanh c > ([0-9.]+) throughout, or < −\1 throughout\) in every letter of “(.+?)” .+: ([^.]+)\.", page.words)
    assert told is not None
    most, named = float(told[1]), {int(each) for each in re.findall(r"\d+", told[3])}
    first = text.index(re.sub(r"\\(.)", r"\1", told[2]))
    stop = first + len(re.sub(r"\\(.)", r"\1", told[2]))
    values = np.tanh(lstm_viz.trace(lstm_viz.load("shakespeare-lstm"), text).layers[1].c[:, 0])
    off = (np.abs(values[[first - 1, stop]]) < most).all(axis=0)
    inside = values[first:stop]
    one_side = (inside > most).all(axis=0) | (inside < -most).all(axis=0)
    assert named == set(np.flatnonzero(one_side & off).tolist())
    # One that changes sides is beyond the threshold in every letter too, and is not named.
    assert (np.abs(inside) > most).all(axis=0)[off].sum() > len(named)


def test_one_unit_is_it() -> None:
    page = opened("match", model="shakespeare-rnn", text="Why, café! O gentle night: 3 men")
    assert "1 unit is on" in page.words
    assert states(page.words, "It is also on in", "6 other places")
