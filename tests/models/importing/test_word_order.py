"""Orders of a vocabulary of words that no file says: the one that the network was trained with is found on a text."""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from functools import cache

import pytest
import torch
from torch import nn

import lstm_viz
from lstm_viz.models.importing import NoVocabulary, load_checkpoint_bytes
from lstm_viz.models.importing.token_order import likely_word_orders
from lstm_viz.ui.pages.your_network.opening import Request, open_network_files
from tests.facts import facts

#: Each word is followed by one of two.
_FIRST, _LAST = ("Ba", "be", "ci", "do", "fu", "ga", "hi"), ("n", "rt", "ll", "x", "p", "s", "m", "nd", "t", "g")
_WORDS = [f"{first}{last}" for first in _FIRST for last in _LAST]


@cache
def text() -> str:
    draw = random.Random(4)
    lines, word = [], 0
    for _ in range(120):
        line = []
        for _ in range(9):
            word = (3 * word + draw.choice([1, 1, 1, 2])) % len(_WORDS)
            line.append(_WORDS[word])
        lines.append(" ".join(line))
    return "\n".join(lines)


def trained(words: list[str], row: list[str | None]) -> bytes:
    """A network that learned these words with these ids."""
    ids = torch.tensor([row.index(word) for word in words])
    with torch.random.fork_rng(), torch.enable_grad():
        torch.manual_seed(0)
        net = nn.ModuleDict({"emb": nn.Embedding(len(row), 16), "rnn": nn.GRU(16, 24), "out": nn.Linear(24, len(row))})
        steps = torch.optim.Adam(net.parameters(), 0.02)
        for _ in range(40):
            logits = net["out"](net["rnn"](net["emb"](ids[:-1].reshape(-1)[:640].view(8, 80).T))[0])
            loss = nn.functional.cross_entropy(logits.flatten(0, 1), ids[1:641].view(8, 80).T.flatten())
            steps.zero_grad()
            loss.backward()
            steps.step()
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    return file.getvalue()


CASES = {
    "words between blanks, alphabetical": lambda: (text().split(), sorted(set(text().split()))),
    "words between blanks, by frequency": lambda: (text().split(), [word for word, _ in Counter(text().split()).most_common()]),
    "by first appearance, after 2 special tokens": lambda: (
        text().lower().split(), [None, None, *dict.fromkeys(text().lower().split())],
    ),
    "ends of lines, by first appearance": lambda: (
        lines := [word for line in text().splitlines() for word in [*line.split(), "<eos>"]], list(dict.fromkeys(lines)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("called", CASES)
def test_the_order_that_it_learned_is_found(called: str) -> None:
    words, row = CASES[called]()
    data = trained(words, row)
    opened = open_network_files(Request((("w.pt", data), ("sample.txt", text().encode()))))
    assert opened.network is not None
    (fact,) = [each for each in json.loads(opened.network.metadata["import_facts"]) if each["subject"] == "vocabulary"]
    assert called in fact["value"].split(":")[0]
    assert fact["origin"] == "inferred"
    own = load_checkpoint_bytes(data, "w.pt", [each or f"<special{index}>" for index, each in enumerate(row)])
    known = lstm_viz.trace(opened.network, text()[:300]).surprise
    torch.testing.assert_close(torch.tensor(known), torch.tensor(lstm_viz.trace(own, text()[:300]).surprise), equal_nan=True)


def test_no_order_is_taken_that_predicts_worse_than_guessing() -> None:
    words, row = CASES["words between blanks, alphabetical"]()
    random.Random(1).shuffle(row)
    with pytest.raises(NoVocabulary, match=facts("order", "guessing")):
        load_checkpoint_bytes(trained(words, row), "w.pt", text=text())


def test_more_words_than_the_network_has_are_the_most_frequent() -> None:
    orders = dict(likely_word_orders("a b a c a b d", 3))
    assert orders["the 3 most frequent words between blanks, by frequency"] == ["a", "b", "c"]
    assert orders["the 2 most frequent words between blanks, by frequency, after 1 special token"] == [None, "a", "b"]
