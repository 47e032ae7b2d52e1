"""The page of long texts as Streamlit runs it; reading is done in the test's own process, what was clicked is put in by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz import corpus
from lstm_viz.models.catalog import load
from lstm_viz.reader import trace
from lstm_viz.ui.components import text_source, text_upload
from lstm_viz.ui.components.sample_text import sample_text
from lstm_viz.ui.pages.long_text import page as screen
from lstm_viz.ui.state.markdown import escape_inline
from tests.ui.page_testing import PAGES, unpack

PAGE = PAGES / "your_text.py"
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


def opened(model: str = "shakespeare-lstm", lens: str = screen.SURPRISED, text: str | None = None, **link: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    page.query_params["model"] = model
    for name, value in link.items():
        page.query_params[name] = value
    page.session_state["your_text_lens"] = lens
    if text is not None:
        page.session_state["your_text_source"] = text_source.TYPED
        page.session_state["your_text_typed"] = text
    return well(page.run())


def well(page: AppTest) -> AppTest:
    assert not page.exception, [each.value for each in page.exception]
    return page


def read(page: AppTest) -> AppTest:
    """Have the text read to its end."""
    page.button(key="your_text_bench_start").click().run()
    for _ in range(6):
        well(page.run())
    return page


def words(page: AppTest) -> str:
    return "\n".join(each.value for each in [*page.markdown, *page.info, *page.caption])


def parts(page: AppTest) -> tuple[dict[str, Any] | None, dict[str, Any] | None, dict[str, np.ndarray]]:
    """The figure, and the passages with their numbers; None for what is not there."""
    figure, passages, values = None, None, {}
    for each in page.get("bidi_component"):
        content = each.proto.bytes
        if content.startswith(b"{"):
            # What keeps the address has no second line.
            _, _, drawn = content.partition(b"\n")
            figure = json.loads(drawn) if drawn else figure
        else:
            header, arrays = unpack(content)
            if "passages" in header:
                passages, values = header, arrays
    return figure, passages, values


@pytest.mark.parametrize("lens", [screen.SURPRISED, screen.CERTAIN, screen.FIRES])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_example_is_there_at_once(name: str, lens: str) -> None:
    page = opened(name, lens)
    figure, passages, _ = parts(page)
    assert figure is not None
    assert passages is not None
    assert len(passages["passages"]) == 5
    assert len(figure["data"][1]["x"]) == 5


def test_what_is_said_of_surprise_is_what_an_unbroken_reading_gives() -> None:
    whole = trace(load("shakespeare-lstm"), sample_text())
    # The tale's quotation marks are unknown to the network: they count for nothing.
    known = np.where(whole.known, whole.surprise, np.nan)
    page = opened()
    assert f"{np.nanmean(known):.2f} nats a letter" in words(page)
    assert f"with them it would be {whole.loss:.2f}" in words(page)
    _, passages, values = parts(page)
    assert passages is not None
    means = np.nanmean(known[: len(sample_text()) // 64 * 64].reshape(-1, 64), axis=1)
    for number, (each, best) in enumerate(zip(passages["passages"], np.argsort(-means)[:5], strict=True)):
        first, count = each["first"], len(each["tokens"])
        assert first == max(0, best * 64 - 32)
        np.testing.assert_allclose(values[f"values{number}"], whole.surprise[first : first + count], atol=2e-4)
        peak = first + each["chosen"]
        assert peak == best * 64 + np.nanargmax(known[best * 64 : best * 64 + 64])
        assert each["title"] == f"letter {peak:,} · {means[best]:.2f} nats a letter"


def test_where_a_unit_fires_is_where_an_unbroken_reading_finds_it() -> None:
    whole = trace(load("shakespeare-lstm"), sample_text()).layers[1]
    page = opened(lens=screen.FIRES, layer="1", unit="37")
    cell = whole.c[:, 0, 37]
    assert f"is {cell.mean():.2f} on average, between {cell.min():.2f} and {cell.max():.2f}".replace("-", "−") in words(page)
    _, passages, values = parts(page)
    assert passages is not None
    top = passages["passages"][0]
    assert top["first"] + top["chosen"] == cell.argmax()
    np.testing.assert_allclose(values["values0"], cell[top["first"] : top["first"] + len(top["tokens"])], atol=1e-4)
    page.session_state["your_text_end"] = "lowest"
    page.selectbox(key="your_text_symbol").select("f").run()
    _, passages, values = parts(well(page))
    assert passages is not None
    assert values["values0"][passages["passages"][0]["chosen"]] == pytest.approx(whole.f[:, 0, 37].min(), abs=1e-5)


def test_a_phrase_is_found_page_by_page() -> None:
    page = opened(lens=screen.PHRASE)
    assert parts(page)[1] is None
    page.text_input(key="your_text_phrase").input("FERRYMAN").run()
    steps = corpus.scan(load("brackets"), sample_text()).find("ferryman")
    assert f"stands {len(steps)} times" in words(page)
    figure, _, _ = parts(well(page))
    assert figure is not None
    assert figure["data"][1]["customdata"] == steps[:5]
    page.number_input(key="your_text_page_FERRYMAN").set_value(2).run()
    figure, _, _ = parts(well(page))
    assert figure is not None
    assert figure["data"][1]["customdata"] == steps[5:10]
    page.text_input(key="your_text_phrase").input("zebra").run()
    assert "is not in this text" in words(well(page))


def test_a_passage_opens_exactly_as_the_network_came_there() -> None:
    step = 2_500
    page = opened_at(step)
    stage = next(header | arrays for header, arrays in frames(page) if "quantities" in header)
    whole = trace(load("shakespeare-lstm"), sample_text())
    start = step - 60
    assert stage["text"] == sample_text()[start : start + 160]
    assert stage["view"]["step"] == 60
    np.testing.assert_allclose(stage["mean"][3], whole.layers[0].o[start : start + 160, 0].mean(axis=1), atol=1e-5)
    np.testing.assert_allclose(stage["surprise"][1:], whole.surprise[start + 1 : start + 160], atol=2e-4)
    assert f"Every gate around letter {step:,}" in words(page)
    page.button(key="your_text_explore").click().run()
    assert page.session_state["view"].text == sample_text()[start : start + 160]


def test_a_phrase_of_marks_is_told_as_it_was_typed() -> None:
    page = opened(lens=screen.PHRASE, text="It cost $5, then *$6*, then $7.")
    read(page)
    page.text_input(key="your_text_phrase").input("*$6*").run()
    assert f"“{escape_inline('*$6*')}” stands once" in words(well(page))


def opened_at(step: int) -> AppTest:
    """The example with one of its places opened, as a click opens it."""

    def script(path: str, step: int) -> None:
        import runpy

        import streamlit as st

        from lstm_viz.ui.pages.long_text import passage, scan_job
        from lstm_viz.ui.state import session

        if "done" not in st.session_state:
            st.session_state["done"] = True
            model = session.view_for_language_model().model
            passage.open_at(
                scan_job.ScannedText("the-ferry.txt", scan_job.get_model(model).model, scan_job._example(model)), step
            )
        runpy.run_path(path)

    page = AppTest.from_function(script, args=(str(PAGE), step), default_timeout=120)
    page.query_params["model"] = "shakespeare-lstm"
    page.session_state["your_text_lens"] = screen.SURPRISED
    return well(page.run())


def frames(page: AppTest) -> list[tuple[dict[str, Any], dict[str, np.ndarray]]]:
    return [unpack(each.proto.bytes) for each in page.get("bidi_component") if not each.proto.bytes.startswith(b"{")]


def test_a_text_of_ones_own_is_read_and_can_be_stopped() -> None:
    text = "The king (old and grey) said: go!\n" * 40
    page = opened(text=text)
    assert parts(page)[0] is None
    assert page.button(key="your_text_bench_start").label == f"Read all {len(text):,} letters"
    page.button(key="your_text_bench_start").click().run()
    page.button(key="your_text_bench_stop").click().run()
    assert "Stopped after" in words(well(page))
    # It had not noted yet how far it was.
    assert page.button(key="your_text_bench_start").label.startswith("Start again")
    assert parts(page)[0] is None
    read(page)
    whole = trace(load("shakespeare-lstm"), text)
    assert f"{np.nanmean(whole.surprise[whole.known]):.2f} nats a letter" in words(page)
    # What is read to its end is neither started nor stopped.
    assert not [each.key for each in page.button if each.key and each.key.startswith("your_text_bench_")]
    # Another text has to be read before anything is said of it.
    page.text_area(key="your_text_typed").set_value("Another text").run()
    assert parts(well(page))[0] is None


def test_a_chat_is_told_its_unknown_letters_and_read_in_plain_forms() -> None:
    text = "[12:01] Ana: I’m here 😀😀 – “where are you”?\n" * 30
    vocabulary = load("shakespeare-lstm").vocabulary
    unknown = sum(letter not in vocabulary for letter in text)
    page = opened(text=text)
    (told,) = [each.value for each in page.warning]
    assert f"{unknown:,} of {len(text):,} letters ({100 * unknown / len(text):.0f} %) are unknown" in told
    assert "(60)" in told
    forms = sum(letter in "’–“”" for letter in text)
    assert page.button(key="your_text_plain_forms").label == f"Use plain forms for {forms} of them"
    page.button(key="your_text_plain_forms").click().run()
    assert page.text_area(key="your_text_typed").value == text
    assert f"{unknown - forms:,} of {len(text):,} letters" in page.warning[0].value
    read(page)
    plainly = trace(load("shakespeare-lstm"), text.translate(str.maketrans("’–“”", "'-''")))
    assert f"{np.nanmean(plainly.surprise[plainly.known]):.2f} nats a letter" in words(page)
    page.button(key="your_text_undo").click().run()
    assert f"{unknown:,} of {len(text):,} letters" in well(page).warning[0].value


def test_a_unit_is_drawn_along_the_whole_text() -> None:
    whole = trace(load("shakespeare-lstm"), sample_text()).layers[1]
    figure, _, _ = parts(opened(lens=screen.FIRES, layer="1", unit="37"))
    assert figure is not None
    assert "cell state" in figure["layout"]["yaxis"]["title"]["text"]
    x, y = (values(figure["data"][0][axis]) for axis in "xy")
    ends = [*x[1:].astype(int), len(sample_text())]
    wanted = [whole.c[int(begin) : end, 0, 37].mean() for begin, end in zip(x, ends, strict=True)]
    np.testing.assert_allclose(y, wanted, atol=1e-4)


def values(packed: Any) -> np.ndarray:
    """A figure's numbers, written out or packed."""
    if isinstance(packed, dict):
        return np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"]).astype(float)
    return np.array(packed, float)


@pytest.mark.parametrize("lens", [screen.SURPRISED, screen.CERTAIN, screen.FIRES, screen.PHRASE])
@pytest.mark.parametrize("text", ["a", "\0", "\0\1" * 50, "🦊" * 200, "שלום " * 30, " ", "ab"])
def test_any_text_is_shown(text: str, lens: str) -> None:
    page = opened(lens=lens, text=text)
    read(page)
    figure, _, _ = parts(page)
    strange = lens != screen.FIRES and not any(letter in load("shakespeare-lstm").vocabulary for letter in text)
    assert (figure is None) == (len(text) < 2 or strange)
    if len(text) < 2:
        assert "holds no surprise" in words(page)


def test_without_a_text_the_page_says_what_to_do() -> None:
    assert "Paste a text above" in words(opened(text=""))
    page = opened()
    page.session_state["your_text_source"] = text_source.FILE
    assert "Choose a file: plain text of up to 5 MB" in words(well(page.run()))


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
