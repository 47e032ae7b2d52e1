"""The order of a network's vocabulary, where a file does not say it: usual orders of a text's tokens are tried on it.

A wrong order gives wrong numbers without a sign of it, except that the network then predicts worse than guessing.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from math import log

import torch

from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.importing.vocabulary import ImportedVocabulary, build_vocabulary
from lstm_viz.models.language import LanguageModel

#: How much of a text an order is tried on, in characters.
TRIED = 2000
#: The most ids of special tokens, such as padding, before or after the characters.
_SPECIAL = 4
_MARKS = re.compile(r"\w+(?:'\w+)*|[^\w\s]")
#: Alphabets by their usual names.
_ALPHABETS = {
    "string.printable": string.printable,
    "string.ascii_lowercase": string.ascii_lowercase,
    "string.ascii_letters": string.ascii_letters,
    "ASCII, by code": "".join(map(chr, range(128))),
    "Latin-1, by code": "".join(map(chr, range(256))),
    'letters and " .,;\'"': string.ascii_letters + " .,;'",
    'letters and " .,;\'-"': string.ascii_letters + " .,;'-",
    "small letters and the space": string.ascii_lowercase + " ",
}


def usual_alphabets(count: int) -> dict[str, str]:
    """Return the usual alphabets of exactly `count` characters, by name."""
    return {name: alphabet for name, alphabet in _ALPHABETS.items() if len(alphabet) == count}


def likely_orders(text: str, count: int) -> Iterator[tuple[str, list[str | None]]]:
    """Yield usual orders of `count` characters of a text, each with what it is called; None stands for a special token."""
    orders = {
        "sorted": sorted(set(text)),
        "by first appearance": list(dict.fromkeys(text)),
        "by frequency": [character for character, _ in Counter(text).most_common()],
        **{called: list(alphabet) for called, alphabet in _ALPHABETS.items()},
    }
    for called, row in orders.items():
        special = count - len(row)
        if not 0 <= special <= _SPECIAL or len(set(text[:TRIED]) - set(row)) > 0.05 * len(set(text[:TRIED])):
            continue
        if not special:
            yield called, list(row)
            continue
        nothing: list[str | None] = [None] * special
        yield f"{called}, after {special} special {'token' if special == 1 else 'tokens'}", [*nothing, *row]
        yield f"{called}, before {special} special {'token' if special == 1 else 'tokens'}", [*row, *nothing]


def likely_word_orders(text: str, count: int) -> Iterator[tuple[str, list[str | None]]]:
    """Yield usual orders of `count` words of a text, each with what it is called; None stands for a special token.

    Words are cut as most projects do: at blanks, as they are or in lower case, with or without a token at the end of each line,
    or with punctuation marks as words of their own. Of more words than `count` the most frequent ones are taken.
    """
    lines = [[*line.split(), "<eos>"] for line in text.splitlines()]
    cuts = {
        "words between blanks": text.split(),
        "words between blanks, in lower case": text.lower().split(),
        "words between blanks and ends of lines": [word for line in lines for word in line],
        "words and marks": _MARKS.findall(text),
        "words and marks, in lower case": _MARKS.findall(text.lower()),
    }
    yielded = set()
    for called, words in cuts.items():
        frequency = Counter(words)
        orders = {
            "alphabetical": sorted(frequency),
            "by first appearance": list(frequency),
            "by frequency": [word for word, _ in frequency.most_common()],
            "by frequency, then alphabetical": sorted(frequency, key=lambda word, counts=frequency: (-counts[word], word)),  # type: ignore[misc]
        }
        for order, row in orders.items():
            special = count - len(row)
            special_counts = sorted({0, special}) if 0 <= special <= _SPECIAL else []
            if special < 0 and order.startswith("by frequency"):
                special_counts = list(range(_SPECIAL + 1))
            for before in special_counts:
                kept_words = row[: count - before]
                tokens: list[str | None] = [*[None] * before, *kept_words, *[None] * (count - before - len(kept_words))]
                if tuple(tokens) in yielded:
                    continue
                yielded.add(tuple(tokens))
                most = f"the {len(kept_words):,} most frequent " if len(kept_words) < len(row) else ""
                after = f", after {before} special {'token' if before == 1 else 'tokens'}" if before else ""
                yield f"{most}{called}, {order}{after}", tokens


def nats_on(model: LanguageModel | ImportedNetwork, text: str) -> float:
    """Return the mean surprise of the known tokens in a part of a text, in nats.

    The part is from the middle: words of the beginning have low ids in one of the orders, as frequent words have in others.
    """
    assert model.vocabulary is not None, "a network of numbers reads no text"
    start = max(0, len(text) // 2 - TRIED // 2) if len(text) > TRIED else 0
    ids = torch.from_numpy(model.vocabulary.encode(model.vocabulary.split(text[start : start + TRIED]).normalized))
    if len(ids) < 2:
        return float("nan")
    with torch.inference_mode():
        outputs = model(ids[:, None])
        logits = (outputs if isinstance(model, ImportedNetwork) else outputs[0])[:-1, 0]
        nats = torch.nn.functional.cross_entropy(logits, ids[1:], reduction="none")[ids[1:] > 0]
    return float(nats.double().mean()) if len(nats) else float("nan")


def choose_order(
    build: Callable[[ImportedVocabulary], LanguageModel], count: int, text: str
) -> tuple[LanguageModel, ImportedVocabulary, str] | None:
    """Build a model with each likely order of a text's characters and words; return the one that predicts the text best.

    Args:
        build: Builds the model with a vocabulary.
        count: How many tokens it has.
        text: A text like the one that it learned from.

    Returns:
        The model, its vocabulary, and what was compared; None if no usual order has `count` tokens, or none of words predicts
        the text better than guessing.
    """
    scores: list[tuple[float, str]] = []
    best: tuple[float, LanguageModel, ImportedVocabulary] | None = None
    for called, row in chain(likely_orders(text, count), likely_word_orders(text, count)):
        try:
            imported = build_vocabulary(row)
        except ValueError:
            continue
        model = build(imported)
        nats = nats_on(model, text)
        scores += [(nats, called)] if nats == nats else []
        if nats == nats and (best is None or nats < best[0]):
            best = nats, model, imported
    if best is None:
        return None
    _, model, imported = best
    doubt = doubt_about(model, text)
    if doubt and model.config.words:
        return None
    (nats, called), *runners_up = sorted(scores)
    others = "".join(f"; {other}: {worse:.2f}" for worse, other in runners_up[:3])
    one = "word" if model.config.words else "character"
    how = f"{called}: {nats:.2f} nats a {one} on the text{others}; guessing: {log(count):.2f}"
    if doubt:
        model.metadata["doubt"] = doubt
    return model, imported, how


def doubt_about(model: LanguageModel, text: str) -> str:
    """Return a doubt about the order of a model's vocabulary if it predicts a text worse than guessing; else an empty text."""
    nats, guessing = nats_on(model, text), log(len(model.vocabulary) - 1) if len(model.vocabulary) > 2 else 0.0
    if not nats > guessing:
        return ""
    one = "word" if model.config.words else "character"
    return (
        f"it gives {nats:.2f} nats a {one} on the text, guessing gives {guessing:.2f}: the order of its {one}s is probably "
        "another one"
    )
