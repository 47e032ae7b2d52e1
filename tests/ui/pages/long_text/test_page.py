"""The page of long texts as Streamlit runs it; reading is done in the test's own process, what was clicked is put in by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest

from lstm_viz import corpus
from lstm_viz.gates import quantity
from lstm_viz.models.catalog import load
from lstm_viz.reader import trace
from lstm_viz.ui.components import text_source, text_upload
from lstm_viz.ui.components.sample_text import sample_text
from lstm_viz.ui.pages.long_text import page as screen
from lstm_viz.ui.state.markdown import escape_inline
from tests.facts import states
from tests.ui.page_testing import PAGES, PageDriver, numbers

NETWORKS = ("shakespeare-lstm", "shakespeare-gru", "shakespeare-rnn", "brackets")


class Reading:
    """Work that yields a part at every look."""

    waiting, begun, soon = 0, True, None

    def __init__(self, function: Callable[..., Iterator[Any]], args: tuple[Any, ...]) -> None:
        self._items = function(*args)
        self.state, self.error, self.done = "running", None, False

    def poll(self) -> list[Any]:
        found = [] if self.done else list(islice(self._items, 30))
        if not self.done and len(found) < 30:
            self.state, self.done = "done", True
        return found

    def stop(self) -> None:
        self.state, self.done = "stopped", True


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstm_viz.jobs.start", lambda function, *args, **settings: Reading(function, args))
    monkeypatch.setattr("lstm_viz.jobs.warm", lambda: None)


def opened(model: str = "shakespeare-lstm", question: str = screen.SURPRISED, text: str | None = None, **link: str) -> PageDriver:
    own = {} if text is None else {"your_text_source": text_source.TYPED, "your_text_typed": text}
    return PageDriver("your_text", question, own, model=model, **link)


def read(page: PageDriver) -> PageDriver:
    """Have the text read to its end."""
    page.press("your_text_bench_start")
    for _ in range(6):
        page.run()
    return page


def passages(page: PageDriver) -> dict[str, Any] | None:
    """The passages with their numbers; None where there are none."""
    return next((each for each in page.frames if "passages" in each), None)


@pytest.mark.parametrize("question", [screen.SURPRISED, screen.CERTAIN, screen.FIRES])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_example_is_there_at_once(name: str, question: str) -> None:
    page = opened(name, question)
    (figure,), found = page.figures, passages(page)
    assert found is not None
    assert len(found["passages"]) == 5
    assert len(figure["data"][1]["x"]) == 5


@pytest.mark.parametrize("link", [{"phrase": "ferryman"}, {"utm_source": "a-mail"}])
def test_a_link_without_a_network_opens_the_one_that_reads_english(link: dict[str, str]) -> None:
    assert PageDriver("your_text", **link).view.model == "shakespeare-lstm"


def test_what_is_said_of_surprise_is_what_an_unbroken_reading_gives() -> None:
    whole = trace(load("shakespeare-lstm"), sample_text())
    # The tale's quotation marks are unknown to the network: they count for nothing.
    known = np.where(whole.known, whole.surprise, np.nan)
    page = opened()
    # The mean over what it knows, and over all letters.
    assert f"{np.nanmean(known):.2f} nats" in page.words
    assert f"{whole.loss:.2f}" in page.words
    found = passages(page)
    assert found is not None
    means = np.nanmean(known[: len(sample_text()) // 64 * 64].reshape(-1, 64), axis=1)
    for number, (each, best) in enumerate(zip(found["passages"], np.argsort(-means)[:5], strict=True)):
        first, count = each["first"], len(each["tokens"])
        assert first == max(0, best * 64 - 32)
        np.testing.assert_allclose(found[f"values{number}"], whole.surprise[first : first + count], atol=2e-4)
        peak = first + each["chosen"]
        assert peak == best * 64 + np.nanargmax(known[best * 64 : best * 64 + 64])
        assert f"{peak:,} · {means[best]:.2f} " in each["title"]
        assert states(each["title"], f"{best * 64:,}", f"{best * 64 + 63:,}")


def test_where_a_unit_fires_is_where_an_unbroken_reading_finds_it() -> None:
    whole = trace(load("shakespeare-lstm"), sample_text()).layers[1]
    page = opened(question=screen.FIRES, layer="1", unit="37")
    cell = whole.c[:, 0, 37]
    for number in (cell.mean(), cell.min(), cell.max()):
        assert f"{number:.2f}".replace("-", "−") in page.words
    found = passages(page)
    assert found is not None
    top = found["passages"][0]
    assert top["first"] + top["chosen"] == cell.argmax()
    np.testing.assert_allclose(found["values0"], cell[top["first"] : top["first"] + len(top["tokens"])], atol=1e-4)
    page.state["your_text_end"] = "lowest"
    found = passages(page.choose("your_text_symbol", "f"))
    assert found is not None
    assert found["values0"][found["passages"][0]["chosen"]] == pytest.approx(whole.f[:, 0, 37].min(), abs=1e-5)


def test_a_phrase_is_found_page_by_page() -> None:
    page = opened(question=screen.PHRASE)
    assert passages(page) is None
    (figure,) = page.choose("your_text_phrase", "FERRYMAN").figures
    steps = corpus.scan(load("brackets"), sample_text()).find("ferryman")
    # The number of hits stands behind the phrase, and alone in that sentence.
    (said,) = (each for each in page.messages("markdown") if "“FERRYMAN”" in each)
    assert re.findall(r"\d+", said)[0] == str(len(steps))
    assert page.control("your_text_page_FERRYMAN").max == -(-len(steps) // 5)
    assert figure["data"][1]["customdata"] == steps[:5]
    (figure,) = page.choose("your_text_page_FERRYMAN", 2).figures
    assert figure["data"][1]["customdata"] == steps[5:10]
    found = passages(page.choose("your_text_phrase", "zebra"))
    assert found is not None
    assert found["passages"] == []


def test_a_passage_opens_exactly_as_the_network_came_there() -> None:
    step = 2_500
    page = opened_at(step)
    stage = next(each for each in page.frames if "quantities" in each)
    whole = trace(load("shakespeare-lstm"), sample_text())
    start = step - 60
    assert stage["text"] == sample_text()[start : start + 160]
    assert stage["view"]["step"] == 60
    np.testing.assert_allclose(stage["mean"][3], whole.layers[0].o[start : start + 160, 0].mean(axis=1), atol=1e-5)
    np.testing.assert_allclose(stage["surprise"][1:], whole.surprise[start + 1 : start + 160], atol=2e-4)
    assert f"{step:,}" in page.words
    # A page that runs by itself cannot go to another one.
    page.control("your_text_explore").click()
    page.app.run()
    assert page.state["view"].text == sample_text()[start : start + 160]


def test_a_phrase_of_marks_is_told_as_it_was_typed() -> None:
    page = opened(question=screen.PHRASE, text="It cost $5, then *$6*, then $7.")
    read(page).choose("your_text_phrase", "*$6*")
    assert f"“{escape_inline('*$6*')}”" in page.words
    found = passages(page)
    assert found is not None
    assert len(found["passages"]) == 1


def opened_at(step: int) -> PageDriver:
    """The example with one of its places opened, as a click opens it."""

    def script(path: str, step: int) -> None:
        import runpy

        import streamlit as st

        from lstm_viz.ui.pages.long_text import page as screen
        from lstm_viz.ui.pages.long_text import passage, scan_job
        from lstm_viz.ui.state import session
        from lstm_viz.ui.state.models import get_model

        if "done" not in st.session_state:
            st.session_state["done"] = True
            st.session_state["your_text_ask"] = screen.SURPRISED
            model = session.view_for_language_model().model
            passage.open_at(scan_job.ScannedText("the-ferry.txt", get_model(model).model, scan_job._example(model)), step)
        runpy.run_path(path)

    return PageDriver.of_function("your_text", script, str(PAGES / "your_text.py"), step, model="shakespeare-lstm")


def test_a_text_of_ones_own_is_read_and_can_be_stopped() -> None:
    text = "The king (old and grey) said: go!\n" * 40
    page = opened(text=text)
    assert not page.figures
    first = page.control("your_text_bench_start").label
    assert f"{len(text):,}" in first
    page.press("your_text_bench_start").press("your_text_bench_stop")
    # Each of the job's hundred parts is a hundredth of the text, the last one its result.
    stopped = page.state["your_text_bench"]
    assert (stopped.job.state, stopped.spec.items) == ("stopped", 100)
    assert 0 < len(stopped.items) < 100
    assert [each for each in page.messages("caption") if f"{len(stopped.items) * len(text) // 100:,} of {len(text):,} " in each]
    # It had not noted yet how far it was: a second start is offered, as one from the beginning.
    assert {"your_text_bench_start"} == {each for each in page.keys if each.startswith("your_text_bench_")}
    again = page.control("your_text_bench_start").label
    assert again != first
    assert f"{len(text):,}" in again
    assert not page.figures
    read(page)
    whole = trace(load("shakespeare-lstm"), text)
    assert f"{np.nanmean(whole.surprise[whole.known]):.2f} nats" in page.words
    # What is read to its end is neither started nor stopped.
    assert not [each for each in page.keys if each.startswith("your_text_bench_")]
    # Another text has to be read before anything is said of it.
    assert not page.choose("your_text_typed", "Another text").figures


def unknown_letters(page: PageDriver) -> list[str]:
    """The numbers in what the page says of letters that the network does not know."""
    (told,) = page.messages("warning")
    return re.findall(r"\d[\d,]*", told)


def test_a_chat_is_told_its_unknown_letters_and_read_in_plain_forms() -> None:
    text = "[12:01] Ana: I’m here 😀😀 – “where are you”?\n" * 30
    vocabulary = load("shakespeare-lstm").vocabulary
    unknown = sum(letter not in vocabulary for letter in text)
    page = opened(text=text)
    told = unknown_letters(page)
    assert told[:3] == [f"{unknown:,}", f"{len(text):,}", f"{100 * unknown / len(text):.0f}"]
    assert "60" in told
    forms = sum(letter in "’–“”" for letter in text)
    assert re.findall(r"\d+", page.control("your_text_plain_forms").label) == [f"{forms}"]
    page.press("your_text_plain_forms")
    assert page.control("your_text_typed").value == text
    assert unknown_letters(page)[:2] == [f"{unknown - forms:,}", f"{len(text):,}"]
    read(page)
    plainly = trace(load("shakespeare-lstm"), text.translate(str.maketrans("’–“”", "'-''")))
    assert f"{np.nanmean(plainly.surprise[plainly.known]):.2f} nats" in page.words
    assert unknown_letters(page.press("your_text_undo"))[:2] == [f"{unknown:,}", f"{len(text):,}"]


def test_a_unit_is_drawn_along_the_whole_text() -> None:
    whole = trace(load("shakespeare-lstm"), sample_text()).layers[1]
    (figure,) = opened(question=screen.FIRES, layer="1", unit="37").figures
    assert quantity("lstm", "c").label in figure["layout"]["yaxis"]["title"]["text"]
    x, y = (numbers(figure["data"][0][axis]) for axis in "xy")
    ends = [*x[1:].astype(int), len(sample_text())]
    wanted = [whole.c[int(begin) : end, 0, 37].mean() for begin, end in zip(x, ends, strict=True)]
    np.testing.assert_allclose(y, wanted, atol=1e-4)


@pytest.mark.parametrize("question", [screen.SURPRISED, screen.CERTAIN, screen.FIRES, screen.PHRASE])
@pytest.mark.parametrize("text", ["a", "\0", "\0\1" * 50, "🦊" * 200, "שלום " * 30, " ", "ab"])
def test_any_text_is_shown(text: str, question: str) -> None:
    page = opened(question=question, text=text)
    read(page)
    strange = question != screen.FIRES and not any(letter in load("shakespeare-lstm").vocabulary for letter in text)
    assert (not page.figures) == (len(text) < 2 or strange)
    if len(text) < 2:
        # The page says why nothing is drawn.
        assert page.messages("info")


def test_without_a_text_the_page_says_what_to_do() -> None:
    assert len(opened(text="").messages("info")) == 1
    page = opened()
    page.state["your_text_source"] = text_source.FILE
    assert len(page.run().messages("info")) == 1
    assert not page.figures


class Upload:
    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.file_id, self._content = name, name, content

    def getvalue(self) -> bytes:
        return self._content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "book.txt is empty"),
        (b"\x7fELF" + bytes(90), "book.txt looks like"),
        (bytes(range(256)) * 40, "book.txt holds binary data"),
        (b"a" * (200 * 2**20), "book.txt is larger than 5 MB"),
    ],
)
def test_a_file_that_is_no_text_is_refused_in_words(content: bytes, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.session_state", state)
    text_upload.read_uploads("your_text", [Upload("book.txt", content)], 5 * 2**20)  # type: ignore[list-item]
    refused = state["your_text_files"].errors
    assert refused[0].startswith(said)
    assert len(refused[0]) < 200
