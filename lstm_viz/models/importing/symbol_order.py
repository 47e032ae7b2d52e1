"""The order of a character network's vocabulary, where a file does not say it: usual orders are tried on a text.

A wrong order gives wrong numbers without a sign of it, except that the network then predicts worse than guessing.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Callable, Iterator
from math import log

import torch

from lstm_viz.models.importing.vocabulary import ImportedVocabulary, build_vocabulary
from lstm_viz.models.language import LanguageModel

#: How much of a text an order is tried on, in characters.
TRIED = 2000
#: The most ids of special tokens, such as padding, before or after the characters.
_SPECIAL = 4
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
        "by frequency": [symbol for symbol, _ in Counter(text).most_common()],
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


def nats_on(model: LanguageModel, text: str) -> float:
    """Return the mean surprise of the known characters in the first part of a text, in nats."""
    ids = torch.from_numpy(model.vocabulary.encode(model.vocabulary.split(text[:TRIED]).normalized))
    if len(ids) < 2:
        return float("nan")
    with torch.inference_mode():
        logits = model(ids[:, None])[0][:-1, 0]
        nats = torch.nn.functional.cross_entropy(logits, ids[1:], reduction="none")[ids[1:] > 0]
    return float(nats.double().mean()) if len(nats) else float("nan")


def choose_order(
    build: Callable[[ImportedVocabulary], LanguageModel], count: int, text: str
) -> tuple[LanguageModel, ImportedVocabulary, str] | None:
    """Build a model with each likely order of a text's characters; return the one that predicts the text best.

    Args:
        build: Builds the model with a vocabulary.
        count: How many tokens it has.
        text: A text like the one that it learned from.

    Returns:
        The model, its vocabulary, and what was compared; None if no usual order has `count` tokens.
    """
    tried = []
    for called, row in likely_orders(text, count):
        imported = build_vocabulary(row)
        model = build(imported)
        tried.append((nats_on(model, text), called, model, imported))
    tried = sorted((each for each in tried if each[0] == each[0]), key=lambda each: each[0])
    if not tried:
        return None
    nats, called, model, imported = tried[0]
    others = "".join(f"; {other}: {worse:.2f}" for worse, other, _, _ in tried[1:4])
    how = f"{called}: {nats:.2f} nats a character on the text{others}; guessing: {log(count):.2f}"
    if doubt := doubt_about(model, text):
        model.metadata["doubt"] = doubt
    return model, imported, how


def doubt_about(model: LanguageModel, text: str) -> str:
    """Return a doubt about the order of a model's vocabulary if it predicts a text worse than guessing; else an empty text."""
    nats, guessing = nats_on(model, text), log(len(model.vocabulary) - 1) if len(model.vocabulary) > 2 else 0.0
    if not nats > guessing:
        return ""
    return (
        f"it gives {nats:.2f} nats a character on the text, guessing gives {guessing:.2f}: the order of its characters is "
        "probably another one"
    )
