"""A person's own network: its files come in, what they leave open is asked, and it is shown as PyTorch computes it."""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save as pack
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.pages.your_network import opening
from lstm_viz.ui.pages.your_network.file_roles import numbered_rows, structure_of
from lstm_viz.ui.pages.your_network.vocabulary_text import parse_vocabulary
from lstm_viz.ui.state import models
from lstm_viz.ui.state.models import DisplayModel
from lstm_viz.ui.state.view import View
from tests.facts import facts, states
from tests.models.importing.foreign_models import CHARACTERS, Their, grown, ids_of
from tests.models.importing.test_errors import Reduced

Went = list[tuple[DisplayModel, View]]


def file_of(found: Any) -> bytes:
    packed = io.BytesIO()
    torch.save(found, packed)
    return packed.getvalue()


def put(page: AppTest, data: bytes, name: str = "theirs.pt", **beside: bytes) -> AppTest:
    """Drop a file of weights, and others with it; `_` in a keyword stands for the dot."""
    files = [(name, data, ""), *((called.replace("_", "."), content, "") for called, content in beside.items())]
    return page.file_uploader(key="network_upload").set_value(files).run()


def said(page: AppTest) -> str:
    assert not page.exception, [each.value for each in page.exception]
    shown = [*page.markdown, *page.caption, *page.info, *page.warning, *page.error, *page.text]
    return "\n".join(str(each.value).replace("\\", "") for each in shown)


def opens(page: AppTest) -> bool:
    return any(button.key == "network_open" for button in page.button)


@pytest.fixture
def went(monkeypatch: pytest.MonkeyPatch) -> Went:
    """What is taken to the explorer: the network as all pages would show it, and the view. A browser test goes there."""
    gone: Went = []
    monkeypatch.setattr(
        "lstm_viz.ui.components.navigation.open_in_explorer",
        lambda view: gone.append((models.get_model(view.model), view)),
    )
    return gone


def shown(page: AppTest, module: Any, went: Went) -> None:
    """What goes to the explorer computes there what the plain PyTorch module does."""
    page.button(key="network_open").click().run()
    ((found, view),) = went
    assert found.title == "theirs"
    assert found.name.startswith("own-loaded-")
    assert view.text == found.presets[0].text == CHARACTERS
    theirs = module(ids_of(view.text)).softmax(-1)
    np.testing.assert_allclose(found.examples.probs[:, 1:], theirs, rtol=1e-5, atol=1e-6)
    assert np.isfinite(found.order(0)).all()


def test_a_checkpoint_that_names_its_characters_opens_in_the_explorer(page: AppTest, went: Went) -> None:
    module = grown(Their)
    put(page, file_of({"state_dict": module.state_dict(), "chars": CHARACTERS, "epoch": 9}))
    assert "LSTM, 2 layers of 7 units, 17 characters, loaded from theirs.pt" in said(page)
    shown(page, module, went)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (CHARACTERS, "characters"),
        (CHARACTERS + "\n", "characters"),
        (repr(list(CHARACTERS)), "list of 17"),
        (json.dumps({sign: number for number, sign in enumerate(CHARACTERS)}), "dictionary of 17"),
    ],
)
def test_characters_that_a_file_does_not_name_are_asked_for(page: AppTest, went: Went, typed: str, read: str) -> None:
    module = grown(lambda: Their("GRU"))
    put(page, pack(module.state_dict()), "theirs.safetensors")
    assert states(said(page), "theirs.safetensors", "17 tokens")
    assert not opens(page)
    page.text_area(key="network_symbols").set_value(typed).run()
    assert states(said(page), "Read as", read)
    shown(page, module, went)


def test_a_network_of_words_is_taken_to_the_explorer(page: AppTest, went: Went) -> None:
    module = grown(lambda: Their(symbols=4))
    put(page, file_of(module.state_dict()), vocab_txt=b"the\ncat\nsat\nmat\n")
    assert states(said(page), "vocabulary", "vocab.txt")
    page.button(key="network_open").click().run()
    ((found, view),) = went
    assert found.model.config.words
    assert view.text == "the cat sat mat"
    theirs = module(torch.arange(4)).softmax(-1)
    np.testing.assert_allclose(found.examples.probs[:, 1:], theirs, rtol=1e-5, atol=1e-6)


def test_characters_may_come_as_the_text_that_was_learned_from(page: AppTest, went: Went) -> None:
    module = grown(Their)
    row = "".join(sorted(CHARACTERS))
    put(page, file_of(module.state_dict()))
    page.file_uploader(key="network_symbols_upload").set_value([("text.txt", (CHARACTERS * 40).encode(), "text/plain")]).run()
    assert states(said(page), "Read as a text", 17)
    page.button(key="network_open").click().run()
    assert went[0][0].model.vocabulary.tokens[1:] == tuple(row)


def test_what_are_not_its_characters_is_said_and_can_be_mended(page: AppTest) -> None:
    put(page, file_of(grown(Their).state_dict()))
    page.text_area(key="network_symbols").set_value("abc").run()
    assert states(said(page), "3 characters", "3 different", 17)
    page.text_area(key="network_symbols").set_value('["a", "b"]').run()
    assert states(said(page), "given", "2 tokens", 17)
    assert not opens(page)
    page.text_area(key="network_symbols").set_value(CHARACTERS).run()
    assert opens(page)
    assert not page.error


def test_another_file_is_read_anew(page: AppTest) -> None:
    put(page, file_of({"model": grown(Their).state_dict(), "chars": CHARACTERS}))
    assert opens(page)
    put(page, file_of({"model": grown(lambda: Their("RNN", layers=1)).state_dict(), "chars": CHARACTERS}), "other.pt")
    assert "plain RNN, 1 layer of 7 units" in said(page)
    put(page, b"not a network", "other.pt")
    assert not opens(page)
    assert states(said(page), "weights", "other.pt (a text)")
    put(page, b"\x80\x02not a network", "other.pt")
    assert "other.pt is damaged" in said(page)


LARGE = grown(lambda: Their(symbols=6, inputs=700, hidden=700)).state_dict()


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Reduced(os.system, "exit 1"), ("'posix.system'", "not opened")),
        ({"weight": torch.ones(3)}, ("recurrent", "'weight'")),
        ({"a": Counter("ab")}, ("recurrent", "no tensor")),
        ([1, 2], ("list of 2", "state dict")),
        # A word joiner, which is not seen, keeps the address from becoming a link.
        ({"![x](http://x.y/z.png)": torch.ones(3)}, ("![x](http\u2060://x.y/z.png)",)),
        ({key: value.half() for key, value in LARGE.items()}, ("network of 7,8",)),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused_in_words(page: AppTest, found: Any, words: tuple[str, ...]) -> None:
    put(page, file_of(found))
    assert any(all(each in line for each in words) for line in said(page).splitlines())
    (error,) = page.error
    assert "](" not in error.value, "a stranger's words are no markup"
    assert not opens(page)


def test_a_network_of_so_many_weights_is_the_largest(monkeypatch: pytest.MonkeyPatch, page: AppTest) -> None:
    data = file_of({"model": grown(Their).state_dict(), "chars": CHARACTERS})
    monkeypatch.setattr(opening, "LIMIT", len(data) - 1)
    put(page, data)
    assert states(said(page), "0 MB", "optimizer")


@given(st.text(max_size=300), st.integers(2, 40))
def test_whatever_is_typed_is_read_or_refused(text: str, count: int) -> None:
    known = {len(set(text)), len(set(text.removesuffix("\n"))), len(set(text.split())), len(text.splitlines())}
    if structure_of(text) is None and numbered_rows(text) is None and count not in known:
        with pytest.raises(ValueError, match=facts("vocabulary", count)):
            parse_vocabulary(text, count)
        return
    with suppress(ValueError):
        found, words = parse_vocabulary(text, count)
        assert words.startswith("Read as")
        assert structure_of(text) is not None or len(found) == len(set(found)) == count


@pytest.mark.parametrize("text", ["[" * 100_000, "(" * 5000 + ")" * 5000, "{}" * 10, "[1, 2", "__import__('os').system('true')"])
def test_a_hostile_list_is_no_list(text: str) -> None:
    assert structure_of(text) is None
