"""The gradients page as Streamlit runs it: every question, on every kind of network, with texts long, short and strange."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest

from lstm_viz.gradients import Attribution, GradientDecay, NextToken, TextLoss, flow, gradient_decay, gradient_paths, ranking
from lstm_viz.models.catalog import load
from lstm_viz.models.perturbed import perturbed_copy, radii
from lstm_viz.reader import trace
from lstm_viz.ui.components import Click
from lstm_viz.ui.pages.gradients.attribution import completeness
from lstm_viz.ui.pages.gradients.gate_ranking import view_after_click, window
from lstm_viz.ui.pages.gradients.page import QUESTIONS, VERSE
from lstm_viz.ui.pages.gradients.vanishing import describe_end
from lstm_viz.ui.state.view import View
from tests.facts import states
from tests.ui.page_testing import PageDriver

VANISHING, FLOW, PATHS, GATES, ATTRIBUTION, CLIPPING = QUESTIONS
TEXT = "To be, or not to be, that is"


def opened(question: str = VANISHING, **link: str) -> PageDriver:
    return PageDriver("gradients", question, **link)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        (VANISHING, "counting"),
        *product((FLOW, PATHS, GATES, ATTRIBUTION), ("shakespeare-lstm", "shakespeare-gru", "shakespeare-rnn", "counting")),
    ],
)
def test_every_question_is_answered_for_every_kind_of_network(question: str, name: str) -> None:
    page = opened(question, model=name)
    assert len(page.figures) == 1
    assert page.letters is not None


def test_a_text_typed_just_before_clipping_is_asked_about_is_kept() -> None:
    page = opened(model="shakespeare-gru")
    page.state["box"] = {"view": {"text": "typed", "textRevision": page.box["textRevision"], "seq": 3}}
    assert page.ask(CLIPPING).view.text == "typed"


@pytest.mark.parametrize("question", [VANISHING, FLOW, PATHS, GATES, ATTRIBUTION])
def test_any_text_is_answered(question: str) -> None:
    page = opened(question, model="shakespeare-gru")
    for text in ("", "a", "ab", "😀e\u0301 שלום", "x" * 150):
        page.type(text)
        assert page.view.text == text
    if question == PATHS:
        page.state["gradient_paths_whose"] = "unit"
        page.run()


@pytest.mark.parametrize("aim", ["next", "step", "symbol", "text"])
@pytest.mark.parametrize("question", [VANISHING, GATES, ATTRIBUTION])
def test_every_objective_is_offered(question: str, aim: str) -> None:
    page = opened(question, model="counting", text="aaabbb", aim=aim, symbol="a", step="3")
    assert page.control("choose_aim").value == aim
    if question != VANISHING:
        assert (TextLoss().describe(()) if aim == "text" else "log-probability") in page.words


@pytest.mark.parametrize(("scale", "keep"), [(1.0, 0.0), (0.5, 0.0), (1.0, 2.0)])
def test_what_the_sliders_do_is_measured_on_the_altered_networks(scale: float, keep: float) -> None:
    page = opened(model="shakespeare-rnn", text=TEXT, aim="text")
    page.choose("fade_scale", scale)
    page.choose("fade_keep", keep)
    # Four states of three networks, and the level of one per cent, which is a plain list.
    assert sorted(isinstance(each["y"], list) for each in page.figures[0]["data"]) == [False] * 4 + [True]
    for name in ("shakespeare-rnn", "shakespeare-gru", "shakespeare-lstm"):
        model = perturbed_copy(load(name), scale, 0.0 if name.endswith("rnn") else keep)
        for curve in gradient_decay(trace(model, TEXT, TextLoss()).layers[0]):
            assert curve.decay is not None
            radius = max(radii(model)[0].values())
            row = next(line for line in page.words.splitlines() if line.startswith(f"| {curve.label} |"))
            assert f"| {curve.decay.factor:.1%} |" in row
            assert row.endswith(f"| {radius:.2f} |")


def test_a_click_on_the_matrix_is_read_aloud() -> None:
    page = opened(FLOW, model="shakespeare-lstm", text="To be, or not").click("gradient_flow_matrix", "2", "5")
    model = load("shakespeare-lstm")
    found = flow(model, trace(model, "To be, or not"))[0].c
    assert found is not None
    told = page.words.replace("⎵", "␣")
    assert states(told, "‘␣’ (step 6)", "‘␣’ (step 2)", "4 letters earlier")
    assert f"**{found[5, 2]:.2g}**, **{found[5, 2] / found[:, 2].sum():.0%}**" in page.words


def test_the_blame_is_stacked_where_it_arrives() -> None:
    page = opened(FLOW, model="counting", text="aaabbb")
    (figure,) = page.choose("gradient_flow_view", "state").figures
    assert {each["stackgroup"] for each in figure["data"]} == {"flow"}


@pytest.mark.parametrize(("x", "y"), [(None, None), ("a", "1"), ("2", "-1"), ("99", "99"), ("5", "2"), ("9" * 30, "1"), (3.5, 1)])
@pytest.mark.parametrize(("question", "key"), [(FLOW, "gradient_flow_matrix"), (GATES, "matters_map")])
def test_a_click_that_makes_no_sense_is_passed_over(question: str, key: str, x: object, y: object) -> None:
    assert opened(question, model="counting", text="aaabbb").click(key, x, y).figures


def test_the_letters_are_coloured_by_the_blame_that_arrives() -> None:
    page = opened(FLOW, model="counting", text="aaabbb\n")
    model = load("counting")
    found = flow(model, trace(model, "aaabbb\n"))[0].c
    assert found is not None
    coloured = page.letters
    assert coloured is not None
    np.testing.assert_allclose(coloured[:-1], found.sum(axis=0), rtol=1e-5)
    assert np.isnan(coloured[-1])


def test_the_roads_end_at_the_chosen_letter() -> None:
    page = opened(PATHS, model="shakespeare-lstm", text=TEXT, step="12", unit="119")
    page.state["gradient_paths_whose"] = "unit"
    page.run()
    model = load("shakespeare-lstm")
    found = gradient_paths(model, trace(model, TEXT), 0, 12, units=[119])
    value = float(found.diagonal[0, 0])
    assert 1e-3 <= abs(value) < 100
    assert f"a change of 1 in unit 119 arrives as **{value:#.3g}**".replace("-", "−") in page.words
    coloured = page.letters
    assert coloured is not None
    np.testing.assert_allclose(coloured[:13], found.diagonal[:, 0], rtol=1e-4, atol=1e-7)
    assert np.isnan(coloured[13:]).all()


def test_each_row_of_the_ranking_leads_to_its_unit_and_step() -> None:
    page = opened(GATES, model="shakespeare-gru", text=TEXT, aim="symbol", symbol="e", step="20")
    found = ranking(trace(load("shakespeare-gru"), TEXT, NextToken(20, "e")).layers)
    rows = [line for line in page.words.splitlines() if "zoom=unit" in line]
    assert len(rows) == len(found) == 10
    for row, each in zip(rows, found, strict=True):
        assert f"layer={each.layer}&unit={each.unit}&step={each.step}&zoom=unit" in row
        assert f"| {each.slope:+#.3g} |".replace("-", "−") in row
        assert f"| {each.layer + 1} | {each.unit} |" in row


def test_a_click_on_the_map_goes_to_the_letter() -> None:
    start = View("x" * 300, "counting", step=200)
    first, last = window(200, 300)
    assert first <= 200 < last
    assert view_after_click(start, 300, Click("7", "forget gate f", 0)).step == first + 7
    assert view_after_click(start, 300, Click("99999", "forget gate f", 0)).step == 299
    assert view_after_click(start, 300, Click(None, "forget gate f", 0)) == start


def test_shares_are_told_with_how_well_they_add_up() -> None:
    assert "too much" not in completeness(Attribution(np.array([np.nan, 0.5, 0.51]), 0.0, -1.0))
    assert "too large" in completeness(Attribution(np.array([0.5, 0.7]), 0.0, -1.0))
    page = opened(ATTRIBUTION, model="shakespeare-lstm", text=TEXT)
    assert states(page.words, "Completeness")
    assert "Completeness" in page.choose("attribution_baseline", "zero").words


def test_the_same_reader_is_kept_for_the_same_sliders() -> None:
    page = opened(model="shakespeare-lstm")
    first = page.state["gradients_readers_shakespeare-gru"][1]
    page.type("more")
    assert page.state["gradients_readers_shakespeare-gru"][1] is first


def rows(page: PageDriver) -> dict[str, list[str]]:
    """The table of what becomes of the gradients, by network and state."""
    found = [line.strip("|").split("|") for line in page.words.splitlines() if line.startswith("| ") and "state" in line[:40]]
    return {cells[0].strip(): [each.strip() for each in cells[1:]] for cells in found if "network" not in cells[0]}


def test_the_first_picture_shows_a_gradient_that_is_gone_and_one_that_is_there() -> None:
    page = opened()
    assert not [each for each in page.app.selectbox if each.key == "choose_model"], "the question is put to three networks"
    assert page.view.text == VERSE.text
    assert page.view.model == "python-lstm", "the other questions keep their network"
    for name, low, high in (("shakespeare-rnn", 0.0, 1e-9), ("shakespeare-lstm", 0.05, 1.0)):
        model = load(name)
        expected = model.outputs[int(trace(model, VERSE.text).probs[-1].argmax())]
        curve = gradient_decay(trace(model, VERSE.text, NextToken(-1, expected)).layers[1])[0]
        assert low <= curve.share[-1] <= high
        assert f"**{describe_end(curve)}**" in rows(page)[curve.label][0]
    page.ask(FLOW)
    assert page.view.text != VERSE.text
    assert page.control("choose_model").value == "python-lstm"


def test_own_words_and_the_layer_stay_under_the_first_question() -> None:
    page = opened().type("My own words")
    assert page.view.text == "My own words"
    page.choose("choose_layer", 0)
    assert (page.view.text, page.view.layer) == ("My own words", 0)
    page.ask(GATES)
    assert page.view.text == "My own words"


@pytest.mark.parametrize(
    ("share", "told"),
    [
        ([1.0, 0.5, 0.001], "vanishes"),
        ([1.0, 0.001, 0.25], "25% remains"),
        ([1.0, 40.0, 312.4], "grows 312-fold"),
        ([1.0, 1.5, 1.6], "grows 1.6-fold"),
        ([1.0, 90.0, 0.4], "40% remains"),
        ([1.0], "100% remains"),
        ([1.0, 1.01], "grows to 101%"),
        ([1.0, 0.999], ">99% remains"),
        ([1.0, 2.812e12], "grows 2.8·10¹²-fold"),
        ([1.0, float("inf")], "too large"),
    ],
)
def test_a_gradient_vanishes_remains_or_grows(share: list[float], told: str) -> None:
    assert told in describe_end(GradientDecay("lstm", "c", np.array(share)))


def test_large_weights_make_gradients_grow_and_the_page_says_so() -> None:
    page = opened(**{"weights-times": "2.5"}, text=TEXT, model="shakespeare-lstm")
    assert any("grows" in cells[0] for cells in rows(page).values())


def test_clipping_needs_no_text_and_shows_no_control_that_does_nothing() -> None:
    page = opened(CLIPPING)
    assert {each.key for each in page.app.selectbox} == set()
    assert all(each.key != "choose_layer" for each in page.app.segmented_control)


@pytest.mark.parametrize("question", [GATES, PATHS])
def test_a_plain_rnn_has_no_gates_to_rank_and_no_path_through_them(question: str) -> None:
    page = opened(question, model="shakespeare-rnn", text="Qué (3) men")
    assert not re.search(r"\bgates?\b", re.sub(r"it has no gates|no forget gate", "", page.words))
    (figure,) = page.figures
    assert not any("gate" in str(curve.get("name")) for curve in figure["data"])


@pytest.mark.parametrize("text", ["ab", "Qé"])
def test_one_letter_is_no_plural(text: str) -> None:
    assert not re.search(r"\b1 letters\b", opened(VANISHING, model="shakespeare-lstm", text=text, layer="1").words)
