"""Decide what a row of parts is (a language model, a classifier, a forecaster), ask what the file leaves open, and build it.

What is known has an origin: the file says it ("found"), sizes or names imply it ("inferred"), the person answered ("asked"), or
nothing says otherwise and the usual is taken ("assumed"). Facts go with the network, and are shown with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Literal

import torch
from torch import Tensor

from lstm_viz.gates import NAMES
from lstm_viz.models.defaults import CPU_FLOAT
from lstm_viz.models.imported_network import ACTIVATIONS, POOLINGS, Answer, ImportedNetwork, Pooling
from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint, format_count
from lstm_viz.models.importing.safe_reader import nested
from lstm_viz.models.importing.state_parts import units_of, width_in, width_out
from lstm_viz.models.parts import Part

Origin = Literal["found", "inferred", "asked", "assumed"]
#: The name of the part that stands for one-hot input: an embedding whose matrix is the identity.
ONE_HOT = "one-hot input"
#: Up to this many inputs, equally many outputs are more likely columns of numbers than letters one-hot.
_FEW = 12
#: The most classes that are named; a larger output that is not the vocabulary's size is not a classifier's.
_CLASSES = 1000
_NUMBERS = ("idx", "ix", "id", "int", "index", "i", "map", "mapping")
#: Common names of a list of classes, in lower case without separators.
_NAMES = {
    *("classes", "classnames", "labels", "labelnames", "targetnames", "categories", "tags", "tagset"),
    *("allcategories", "languages"),
    *(name for label, to, number in product(("label", "class", "tag", "category", "cat", "target"), ("2", "to", ""), _NUMBERS)
      for name in (f"{label}{to}{number}", f"{number}{to}{label}")),
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One thing that is known of an imported network, and how it is known."""

    subject: str
    value: str
    origin: Origin


@dataclass(eq=False)
class Assembly:
    """The parts of a network, completed with the answers to what its file leaves open.

    Attributes:
        parts: The parts in the order of computation; every activation is known.
        answer: What the outputs are.
        outputs: How many outputs there are.
        symbols: How many tokens the input has; 0 for numbers.
        classes: The classes' names.
        pooling: What the head reads.
        facts: What is known, and how.
    """

    parts: list[Part]
    answer: Answer
    outputs: int
    symbols: int
    classes: tuple[str, ...] = ()
    pooling: Pooling = "last"
    facts: list[Fact] = field(default_factory=list)


def assemble(
    parts: Sequence[Part], answers: Mapping[str, str], beside: Mapping[str, Any], symbols_known: int | None, name: str
) -> Assembly:
    """Decide what a row of parts is.

    Args:
        parts: The parts in the order of computation.
        answers: Answers by the question's id: `activation` (or `activation:<part>`), `reads`, `pooling`, `classes`,
            `nonlinearity`.
        beside: What else the file holds.
        symbols_known: The number of tokens of a vocabulary that was found or given; None if there is none.
        name: What messages call the file.

    Returns:
        The parts, completed.

    Raises:
        NeedsAnswer: The file leaves something open that changes the numbers.
        UnsupportedCheckpoint: The parts are of no supported network.
    """
    facts: list[Fact] = []
    row, shape = _without_softmax(_complete(parts, answers, facts, name), facts)
    recurrent = [part for part in row if part.sort == "recurrent"]
    embedding = next((part for part in row if part.sort == "embedding"), None)
    reads = width_in(row[0]) if embedding is None else len(embedding.tensors["weight"])
    given = next(width_out(part) for part in reversed(row) if part.sort in ("linear", "recurrent"))
    is_text = embedding is not None or _reads_tokens(reads, given, answers, symbols_known, facts, name)
    if embedding is None and is_text:
        row.insert(0, Part(ONE_HOT, "embedding", {"weight": torch.eye(reads, **CPU_FLOAT)}))
        facts.append(Fact("input", f"{reads:,} tokens, one-hot", "inferred"))
    elif embedding is not None:
        facts.append(Fact("input", f"an embedding of {reads:,} tokens", "inferred"))
    both = any("weight_ih_l0_reverse" in part.tensors for part in recurrent)
    if is_text and given == reads:
        if both:
            raise UnsupportedCheckpoint(
                f"{name} reads in both directions and predicts one of its {reads:,} tokens, so it has seen it"
            )
        facts.append(Fact("output", "the next token", "inferred"))
        return Assembly(row, "next", given, reads, pooling="last", facts=facts)
    pooling = _pooling(recurrent, both, answers, facts)
    if not is_text:
        facts.append(Fact("output", format_count(given, "number"), "inferred"))
        return Assembly(row, "values", given, 0, pooling=pooling, facts=facts)
    if given == 1:
        row, given = _two_sided(row, shape, facts), 2
    if given > _CLASSES:
        raise UnsupportedCheckpoint(
            f"{name} has {reads:,} tokens and {given:,} outputs, which are neither the tokens nor a classifier's; up to "
            f"{_CLASSES:,} classes are read"
        )
    classes = _classes(given, answers, beside, facts, name)
    return Assembly(row, "classes", given, reads, classes, pooling, facts)


def _complete(parts: Sequence[Part], answers: Mapping[str, str], facts: list[Fact], name: str) -> list[Part]:
    """Return the parts with every activation and every RNN's function known."""
    row = []
    for place, part in enumerate(parts):
        if part.sort == "activation" and place == len(parts) - 1 and "activation" not in part.facts:
            facts.append(Fact("function at the end", "softmax, or the sigmoid of one output", "assumed"))
            continue
        if part.sort == "activation":
            said, origin = part.facts.get("activation"), "found"
            if said is None:
                wanted = answers.get(f"activation:{part.name}", answers.get("activation"))
                if wanted is None:
                    raise NeedsAnswer(
                        f"{name} does not say which function stands {part.name}", "activation", tuple(ACTIVATIONS), "relu"
                    )
                if wanted not in ACTIVATIONS:
                    raise UnsupportedCheckpoint(f"the activation {wanted[:40]!r} is not known; {', '.join(ACTIVATIONS)} are")
                said, origin = wanted, "asked"
            facts.append(Fact(f"function {part.name}", str(said), "found" if origin == "found" else "asked"))
            part = replace(part, facts={"activation": said})
        elif part.sort == "recurrent":
            part = _recurrent(part, answers, facts)
        row.append(part)
    return row


def _recurrent(part: Part, answers: Mapping[str, str], facts: list[Fact]) -> Part:
    kind, both = part.facts["kind"], "weight_ih_l0_reverse" in part.tensors
    said = part.facts.get("nonlinearity")
    units, given = units_of(part), int(part.tensors["weight_hh_l0"].shape[1])
    projected = f", projected to {format_count(given, 'number')}" if given != units else ""
    named = f"{NAMES[kind]} of {format_count(units, 'unit')}{projected}{', both directions' if both else ''}"
    facts.append(Fact(part.name, named, "found"))
    if kind != "rnn":
        return part
    wanted = answers.get("nonlinearity")
    function = str(said or wanted or "tanh")
    facts.append(Fact(f"function of {part.name}", function, "found" if said else "asked" if wanted else "assumed"))
    return replace(part, facts={**part.facts, "nonlinearity": function})


def _without_softmax(row: list[Part], facts: list[Fact]) -> tuple[list[Part], str]:
    """Return the parts without a final softmax or, for one output, sigmoid: outputs are logits; and what was taken off."""
    last = row[-1].facts.get("activation") if row and row[-1].sort == "activation" else None
    linear = next((part for part in reversed(row) if part.sort == "linear"), None)
    if last == "softmax" or (last == "sigmoid" and linear is not None and width_out(linear) == 1):
        facts.append(Fact("function at the end", last, "found"))
        return row[:-1], last
    return row, ""


def _reads_tokens(
    reads: int, given: int, answers: Mapping[str, str], symbols_known: int | None, facts: list[Fact], name: str
) -> bool:
    """Return True if a network without an embedding reads tokens one-hot, False if it reads numbers."""
    if symbols_known is not None and symbols_known != reads:
        raise UnsupportedCheckpoint(
            f"{name} reads {reads} numbers at each step, and no embedding gives them; the vocabulary has {symbols_known:,} tokens"
        )
    if symbols_known == reads:
        return True
    said = answers.get("reads")
    if said is not None:
        facts.append(Fact("input", said, "asked"))
        return said == "tokens"
    if reads <= _FEW and given == reads and reads > 1:
        raise NeedsAnswer(
            f"{name} reads {reads} numbers a step and gives {given}: they could be {reads} tokens, one-hot, or {reads} columns "
            "of numbers", "reads", ("tokens", "numbers"), "numbers",
        )  # fmt: skip
    tokens = given == reads and reads > 1
    facts.append(Fact("input", f"{reads:,} {'tokens, one-hot' if tokens else 'numbers'}", "inferred"))
    return tokens


def _pooling(recurrent: Sequence[Part], both: bool, answers: Mapping[str, str], facts: list[Fact]) -> Pooling:
    """Return what the head reads: what the file or the person says, else the last step."""
    wanted = answers.get("pooling")
    sequences = recurrent[-1].facts.get("sequences")
    if wanted in POOLINGS:
        facts.append(Fact("the head reads", wanted, "asked"))
        return next(each for each in POOLINGS if each == wanted)
    if sequences is not None:
        pooling: Pooling = "steps" if sequences else "last"
        facts.append(Fact("the head reads", "each step" if sequences else "the last step", "found"))
        return pooling
    facts.append(Fact("the head reads", "the last step of each direction" if both else "the last step", "assumed"))
    return "last"


def _two_sided(row: list[Part], shape: str, facts: list[Fact]) -> list[Part]:
    """Return the parts with the logits 0 and z in place of one output z: their softmax is z's sigmoid, exactly."""
    place = max(number for number, part in enumerate(row) if part.sort == "linear")
    own = row[place].tensors
    tensors: dict[str, Tensor] = {"weight": torch.cat((torch.zeros_like(own["weight"]), own["weight"]))}
    if "bias" in own:
        tensors["bias"] = torch.cat((torch.zeros_like(own["bias"]), own["bias"]))
    facts.append(Fact("output", "the probability of one class, by the sigmoid", "found" if shape == "sigmoid" else "assumed"))
    return [*row[:place], replace(row[place], tensors=tensors), *row[place + 1 :]]


def _classes(count: int, answers: Mapping[str, str], beside: Mapping[str, Any], facts: list[Fact], name: str) -> tuple[str, ...]:
    """Return the classes' names: as answered, as found in the file, or numbered."""
    if wanted := answers.get("classes", "").strip():
        given = tuple(each.strip() for each in wanted.split(","))
        if len(given) != count or len(set(given)) != count or not all(given):
            raise UnsupportedCheckpoint(f"{len(given)} names of classes were given; {name} has {count}, with a comma between two")
        facts.append(Fact("classes", ", ".join(given), "asked"))
        return given
    for key, value in ((key, value) for _, each in nested(beside) for key, value in each.items()):
        called = re.sub(r"[\W_]", "", str(key)).lower()
        row = _names_in(value, count) if called in _NAMES else None
        if row is not None:
            facts.append(Fact("classes", ", ".join(row)[:200], "found"))
            return row
    numbered = tuple(f"class {number}" for number in range(count))
    facts.append(Fact("classes", f"{count}, without names", "assumed"))
    return numbered


def _names_in(value: Any, count: int) -> tuple[str, ...] | None:
    """Return `count` different names from a list, or from a dictionary to or from ids; None if it holds none."""
    if isinstance(value, Mapping):
        pairs = list(value.items())
        if pairs and all(type(number) is int for _, number in pairs):
            pairs = [(number, label) for label, number in pairs]
        try:
            value = [label for _, label in sorted((int(number), label) for number, label in pairs)]
        except (TypeError, ValueError):
            return None
    if not isinstance(value, (list, tuple)) or len(value) != count:
        return None
    names = tuple(str(each)[:60] for each in value)
    return names if len(set(names)) == count and all(names) else None


def build_network(assembly: Assembly, vocabulary: Any = None) -> ImportedNetwork:
    """Build the network of an assembly. Raises ValueError if its parts do not fit each other."""
    outputs = (
        assembly.classes if assembly.answer == "classes" else tuple(f"output {number + 1}" for number in range(assembly.outputs))
    )
    if assembly.answer == "next":
        outputs = vocabulary.tokens
    return ImportedNetwork(assembly.parts, assembly.answer, outputs, assembly.pooling, vocabulary)
