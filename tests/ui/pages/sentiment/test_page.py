"""The sentiment page as Streamlit runs it, with what the browser would send put in by hand."""

from __future__ import annotations

import base64
import re
from functools import partial
from typing import Any

import numpy as np
import pytest

from lstm_viz import Reader, load
from lstm_viz.figures.sentiment import WordRow
from lstm_viz.models.catalog import WEIGHTS
from lstm_viz.sentiment import classify_sentiment
from lstm_viz.text.numbers import format_signed
from lstm_viz.ui.components import Click
from lstm_viz.ui.pages.sentiment import measured, units, words
from lstm_viz.ui.pages.sentiment.page import MEASURED, UNITS, WORDS
from lstm_viz.ui.pages.sentiment.sentiment_state import SENTIMENT_MODEL, WINDOW, window
from lstm_viz.ui.state.examples import PYTHON, SENTIMENT, Preset
from lstm_viz.ui.state.markdown import escape_inline
from lstm_viz.ui.state.view import LIMIT, View
from tests.facts import states
from tests.ui.page_testing import PageDriver

READER = Reader(load(SENTIMENT_MODEL))


def opened(question: str = WORDS, **link: str) -> PageDriver:
    return PageDriver("sentiment", question, **link)


def numbers(drawn: Any) -> np.ndarray:
    """A trace's values, which Plotly may have packed."""
    return np.array(drawn, dtype=float) if isinstance(drawn, list) else np.frombuffer(_bytes(drawn), drawn["dtype"])


def _bytes(drawn: dict[str, Any]) -> bytes:
    return base64.b64decode(drawn["bdata"])


def test_an_example_is_there_before_anyone_does_anything() -> None:
    page = opened()
    assert page.view.text == SENTIMENT[0].text
    assert page.view.model != SENTIMENT_MODEL
    assert page.box["tokens"][:2] == ["The", "plot"]
    assert page.app.subheader[0].value == "Positive (+1.0)"
    assert SENTIMENT[0].hint in page.words


@pytest.mark.parametrize("text", ["My own words", PYTHON[0].text])
def test_ones_own_words_stay_and_an_example_for_others_gives_way(text: str) -> None:
    kept = opened(text=text, model="shakespeare-gru").view
    assert kept.model == "shakespeare-gru"
    assert kept.text == (text if text == "My own words" else SENTIMENT[0].text)


@pytest.mark.parametrize("example", SENTIMENT, ids=lambda each: each.name)
def test_every_example_has_its_line(example: Preset) -> None:
    page = opened(text=example.text, step=str(example.step))
    assert page.view.step == example.step
    assert example.hint in page.words


@pytest.mark.parametrize(("question", "drawn"), [(WORDS, 1), (UNITS, 2), (MEASURED, 0)])
def test_every_lens_answers(question: str, drawn: int) -> None:
    page = opened(question)
    assert len(page.figures) == drawn


ANY = ("", "😀", "a `b` <b>", "good bad " * 200)
ODD = (
    " ", "a", "it's GREAT!!!", "“Don't”, he said, isn't well-made in the U.S.", "* _not_ **good** $x$ `",
    "<b>bad</b> &amp; [link](x)", "x" * 1000,
)  # fmt: skip


@pytest.mark.parametrize(("question", "texts"), [(WORDS, ANY + ODD), (UNITS, ANY), (MEASURED, ANY)])
def test_any_text_is_judged(question: str, texts: tuple[str, ...]) -> None:
    page = opened(question, text=texts[-1])
    for text in texts:
        page.type(text)
        assert page.view.text == text
        tokens = page.box["tokens"]
        if not tokens:
            assert "Type a word" in page.words
            assert not page.app.subheader
        elif question == WORDS:
            drawn = page.figures[0]
            assert len(drawn["data"]) == 4
            assert len(drawn["layout"]["xaxis"]["labelalias"]) == min(len(tokens), WINDOW)
        if len(text) > LIMIT:
            assert "1,000" in page.box["warning"]


def test_what_is_drawn_is_what_was_judged() -> None:
    text = "The film is not good, I think."
    page, found = opened(text=text, step="3"), classify_sentiment(READER, text)
    np.testing.assert_allclose(page.box["values"], found.score, atol=1e-5)
    (rows,) = page.figures
    columns = next(each.proto.body for each in page.app.get("html") if "aria-label" in each.proto.body)
    told = ", ".join(f"{name} {each:.0%}" for name, each in zip(READER.model.outputs, found.trace.probs[-1], strict=True))
    assert told in columns
    wanted = (found.score, found.isolated, found.input_x_gradient, found.occlusion)
    for drawn, values in zip(rows["data"], wanted, strict=True):
        np.testing.assert_allclose(numbers(drawn["customdata"]).reshape(-1, 2)[:, 1], values, atol=1e-5)
    assert rows["layout"]["shapes"][0]["x0"] == 2.5
    without = format_signed(float(found.score[-1] - found.occlusion[3]), 1)
    assert states(page.words, without, format_signed(float(found.score[-1]), 1))


def test_the_units_parts_are_told_drawn_and_lead_to_the_explorer() -> None:
    text = "The film is not good."
    page, found = opened(UNITS, text=text, step="3"), classify_sentiment(READER, text)
    parts = found.unit_contributions[3]
    best = int(np.abs(parts).argmax())
    bars, cells = page.figures
    assert numbers(bars["data"][0]["x"])[0] == pytest.approx(parts[best], abs=1e-6)
    everywhere = np.argsort(-np.abs(found.unit_contributions).sum(axis=0))[0]
    assert cells["data"][0]["y"][0] == f"unit {everywhere}"
    (half,) = re.findall(r"(\d+) of 168 units do half", page.words)
    sizes = np.sort(np.abs(parts))[::-1]
    assert sizes[: int(half)].sum() >= sizes.sum() / 2 > sizes[: int(half) - 1].sum()
    link = page.app.get("link_button")[0].proto.url
    assert all(part in link for part in (f"model={SENTIMENT_MODEL}", f"unit={best}", "layer=1", "step=3", "zoom=unit"))
    # A click on a cell brings its word and unit.
    page.state["sentiment_unit"] = 7
    assert "unit=7&" in page.run().app.get("link_button")[0].proto.url


@pytest.mark.parametrize("count", [1, 39, 40, 41, 150])
def test_the_window_holds_the_chosen_word_and_the_last_ones_where_it_can(count: int) -> None:
    for step in range(count):
        first, last = window(step, count)
        assert 0 <= first <= step < last <= count
        assert last - first == min(count, WINDOW)
        assert last == count or step < count - WINDOW
    assert window(-1, 0) == (0, 0)


def test_a_long_text_says_which_words_are_drawn() -> None:
    text = " ".join(["good", "bad"] * 50)
    assert "The last 40 of 100 words are drawn." in opened(text=text).words
    page = opened(text=text, step="9")
    assert "Words 1 to 40 of 100 are drawn." in page.words
    found = classify_sentiment(READER, text)
    drawn = numbers(page.figures[0]["data"][3]["customdata"]).reshape(-1, 2)[:, 1]
    np.testing.assert_allclose(drawn, found.occlusion[:40], atol=1e-5)


UNKNOWN = {
    "A fine film.": None,
    "A zorbly film.": "Unknown words: ‘zorbly’. It treats them all alike",
    "good aqzz bqzz cqzz dqzz eqzz so good good good good.": "‘dqzz’ and 1 more.",
    "A fine film 😍": "Unknown words: ‘😍’.",
    # A word that is still being typed is not told.
    "A fine zorb": None,
    "A fine zorb ": "Unknown words: ‘zorb’.",
    "wunderbar, sehr schön gemacht": "Most of these words are unknown to it",
    "fine zorb.": "Unknown words: ‘zorb’.",  # one of two is not most
    "zorb": "Most of these words are unknown to it",
    "Фильм прекрасный": "Most of these words are unknown to it",
}


def test_what_it_does_not_know_is_said() -> None:
    page = opened(text="So-so.")
    for text, told in UNKNOWN.items():
        page.type(text)
        if told is None:
            assert "Its vocabulary" not in page.words, text
        else:
            assert told in page.words
            assert states(page.words, "62,680 words", "emoji")


def test_scores_come_from_the_models_own_facts() -> None:
    page = opened(MEASURED)
    card = (WEIGHTS / f"{SENTIMENT_MODEL}.md").read_text(encoding="utf-8")
    two, sided, five, whole = re.findall(r"test: ([\d.]+)% of ([\d,]+) .*?, ([\d.]+)% of ([\d,]+)", card)[0]
    assert f"| **this network** | **{two}%** | **{five}%** |" in page.words
    assert f"({sided} sentences)" in page.words
    assert f"({whole} sentences)" in page.words
    assert page.app.code[0].value in card
    assert "not measured" in measured.table({})


def test_clicks_choose_words_and_units_and_those_that_make_no_sense_harm_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, state = [View("a good film", "counting", step=1)], {"sentiment_unit": 5}
    monkeypatch.setattr("lstm_viz.ui.state.session.current", lambda: kept[-1])
    monkeypatch.setattr("lstm_viz.ui.state.session.save", kept.append)
    monkeypatch.setattr("streamlit.session_state", state)
    cell = partial(units.on_cell_click, 7)
    for data in (None, "x", [], ["a"], [-1, 2], {"a": 1}, -1, 0.5):
        words.on_bar_click(Click(0, 0, 0, data))
        units.on_bar_click(Click(0, 0, 0, data))
    for x, y in ((None, None), ("a", "unit 3"), ("2", "units"), (0.5, "unit 3"), ("2", None), ("2", "unit " + "9" * 30)):
        cell(Click(x, y, 0))
    assert (kept[-1].step, state["sentiment_unit"]) == (1, 5)
    words.on_bar_click(Click(0, 0, 0, [2, 0.7]))
    units.on_bar_click(Click(0, 0, 0, 9))
    assert (kept[-1].step, state["sentiment_unit"]) == (2, 9)
    cell(Click("2", "unit 3", 0))
    assert (kept[-1].step, state["sentiment_unit"]) == (9, 3)

    assert escape_inline("*x_[y]$") == r"\*x\_\[y\]\$"


def test_how_high_the_lower_rows_are_drawn_is_said() -> None:
    def drawn(end: float) -> list[WordRow]:
        return [WordRow("", np.zeros(1), 2.0), WordRow("", np.zeros(1), end)]

    assert words.describe_scale(drawn(2.0)) == ""
    assert words.describe_scale(drawn(0.5)) == "; the two lower ones are drawn 4 times as high"
    assert words.describe_scale(drawn(3.0)) == "; the two lower ones reach to 3"
    page = opened(text="great")
    times = 2.0 / float(page.figures[0]["layout"]["yaxis"]["ticktext"][-1])
    assert (f"are drawn {times:g} times as high" in page.words) == (times != 1)
