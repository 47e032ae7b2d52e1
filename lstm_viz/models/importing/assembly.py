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
from lstm_viz.models.importing.open_places import fill_open_places
from lstm_viz.models.importing.part_widths import units_of, width_in, width_out
from lstm_viz.models.importing.safe_reader import nested
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


#: What is taken of an output to tokens or classes where the file does not say it.
_AT_THE_END = Fact("function at the end", "softmax, or the sigmoid of one output", "assumed")


@dataclass(eq=False)
class Assembly:
    """The parts of a network, completed with the answers to what its file leaves open.

    Attributes:
        parts: The parts in the order of computation; every activation is known.
        answer: What the outputs are.
        outputs: How many outputs there are.
        token_count: How many tokens the input has; 0 for numbers.
        classes: The classes' names.
        pooling: What the head reads.
        facts: What is known, and how.
    """

    parts: list[Part]
    answer: Answer
    outputs: int
    token_count: int
    classes: tuple[str, ...] = ()
    pooling: Pooling = "last"
    facts: list[Fact] = field(default_factory=list)


def assemble(
    parts: Sequence[Part], answers: Mapping[str, str], extras: Mapping[str, Any], tokens_known: int | None, name: str,
    unplaced: Sequence[str] | None = (),
) -> Assembly:  # fmt: skip
    """Decide what a row of parts is.

    Args:
        parts: The parts in the order of computation.
        answers: Answers by the question's id: `activation` (or `activation:<part>`), `inputs`, `pooling`, `classes`,
            `nonlinearity`, `before_layers`, `before_head`, `at_end`, `between`.
        extras: What else the file holds beside the weights, such as a list of classes.
        tokens_known: The number of tokens of a vocabulary that was found or given; None if there is none.
        name: What messages call the file.
        unplaced: Functions that the file has, but does not say where they are applied; None if it describes all that is computed.

    Returns:
        The parts, completed.

    Raises:
        NeedsAnswer: The file leaves something open that changes the numbers.
        UnsupportedCheckpoint: The parts are of no supported network.
    """
    facts: list[Fact] = []
    whole = _complete(parts, answers, facts, name, unplaced or ())
    if unplaced is not None:
        gap_asked = any(part.sort == "activation" and "activation" not in part.facts for part in parts[:-1])
        whole, said = fill_open_places(whole, answers, () if gap_asked else unplaced, name)
        facts += [Fact(each.subject, each.value, "asked" if each.asked else "assumed") for each in said]
    row, shape = _without_softmax(whole, facts)
    recurrent = [part for part in row if part.sort == "recurrent"]
    embedding = next((part for part in row if part.sort == "embedding"), None)
    inputs = width_in(row[0]) if embedding is None else len(embedding.tensors["weight"])
    outputs = next(width_out(part) for part in reversed(row) if part.sort in ("linear", "recurrent"))
    is_text = embedding is not None or _reads_tokens(inputs, outputs, answers, tokens_known, facts, name)
    if embedding is None and is_text:
        row.insert(0, Part(ONE_HOT, "embedding", {"weight": torch.eye(inputs, **CPU_FLOAT)}))
        facts.append(Fact("input", f"{inputs:,} tokens, one-hot", "inferred"))
    elif embedding is not None:
        facts.append(Fact("input", f"an embedding of {inputs:,} tokens", "inferred"))
    both = any("weight_ih_l0_reverse" in part.tensors for part in recurrent)
    if is_text and outputs == inputs:
        if both:
            raise UnsupportedCheckpoint(
                f"{name} reads in both directions and predicts one of its {inputs:,} tokens, so it has seen it"
            )
        facts.append(Fact("output", "the next token", "inferred"))
        return Assembly(row, "next", outputs, inputs, pooling="last", facts=facts)
    pooling = _pooling(recurrent, both, answers, facts)
    if not is_text:
        # Numbers are shown as they come out, behind the function at the end.
        whole = _with_end(whole, answers, facts, unplaced is not None)
        facts.append(Fact("output", format_count(outputs, "number"), "inferred"))
        return Assembly(whole, "values", outputs, 0, pooling=pooling, facts=facts)
    if outputs == 1:
        row, outputs = _two_sided(row, shape, facts), 2
    if outputs > _CLASSES:
        raise UnsupportedCheckpoint(
            f"{name} has {inputs:,} tokens and {outputs:,} outputs, which are neither the tokens nor a classifier's; up to "
            f"{_CLASSES:,} classes are read"
        )
    classes = _classes(outputs, answers, extras, facts, name)
    return Assembly(row, "classes", outputs, inputs, classes, pooling, facts)


def _with_end(whole: list[Part], answers: Mapping[str, str], facts: list[Fact], is_open: bool) -> list[Part]:
    """Return the parts of a network of numbers with the function at the end that was answered; none if nothing says one."""
    is_open = is_open or _AT_THE_END in facts
    facts[:] = [each for each in facts if each != _AT_THE_END]
    if whole[-1].sort == "activation" or not is_open:
        return whole
    answer = answers.get("at_end", "none")
    if answer not in ACTIVATIONS:
        raise UnsupportedCheckpoint(f"the activation {answer[:40]!r} is not known; {', '.join(ACTIVATIONS)} are")
    facts.append(Fact(_AT_THE_END.subject, answer, "asked" if "at_end" in answers else "assumed"))
    return whole if answer == "none" else [*whole, Part("at the end", "activation", facts={"activation": answer})]


def _complete(
    parts: Sequence[Part], answers: Mapping[str, str], facts: list[Fact], name: str, unplaced: Sequence[str]
) -> list[Part]:
    """Return the parts with every activation and every RNN's function known."""
    row = []
    for index, part in enumerate(parts):
        if part.sort == "activation" and index == len(parts) - 1 and "activation" not in part.facts:
            facts.append(_AT_THE_END)
            continue
        if part.sort == "activation":
            function, origin = part.facts.get("activation"), "found"
            if function is None:
                answer = answers.get(f"activation:{part.name}", answers.get("activation"))
                if answer is None:
                    raise NeedsAnswer(
                        f"{name} does not say which function stands {part.name}", "activation", tuple(ACTIVATIONS),
                        next(iter(unplaced), "relu"),
                    )
                if answer not in ACTIVATIONS:
                    raise UnsupportedCheckpoint(f"the activation {answer[:40]!r} is not known; {', '.join(ACTIVATIONS)} are")
                function, origin = answer, "asked"
            facts.append(Fact(f"function {part.name}", str(function), "found" if origin == "found" else "asked"))
            part = replace(part, facts={"activation": function})
        elif part.sort == "recurrent":
            part = _recurrent(part, answers, facts)
        elif part.sort == "norm":
            facts += _norm_facts(part)
        row.append(part)
    return row


def _recurrent(part: Part, answers: Mapping[str, str], facts: list[Fact]) -> Part:
    kind, both = part.facts["kind"], "weight_ih_l0_reverse" in part.tensors
    stored = part.facts.get("nonlinearity")
    units, outputs = units_of(part), int(part.tensors["weight_hh_l0"].shape[1])
    projected = f", projected to {format_count(outputs, 'number')}" if outputs != units else ""
    named = f"{NAMES[kind]} of {format_count(units, 'unit')}{projected}{', both directions' if both else ''}"
    facts.append(Fact(part.name, named, "found"))
    if kind != "rnn":
        return part
    answer = answers.get("nonlinearity")
    function = str(stored or answer or "tanh")
    facts.append(Fact(f"function of {part.name}", function, "found" if stored else "asked" if answer else "assumed"))
    return replace(part, facts={**part.facts, "nonlinearity": function})


def _norm_facts(part: Part) -> list[Fact]:
    """Return where a norm stands and its ε, where the file leaves that open."""
    place, kind = part.facts.get("place"), "root mean square norm" if part.facts.get("rms") else "layer normalization"
    facts = [Fact(part.name, f"{kind}, {place}", part.facts["origin"])] if place is not None else []
    assumed = part.facts.get("eps_origin") == "assumed"
    return facts + ([Fact(f"ε of {part.name}", f"{part.facts['eps']:.2g}", "assumed")] if assumed else [])


def _without_softmax(row: list[Part], facts: list[Fact]) -> tuple[list[Part], str]:
    """Return the parts without a final softmax or, for one output, sigmoid: outputs are logits; and what was taken off."""
    last = row[-1].facts.get("activation") if row and row[-1].sort == "activation" else None
    linear = next((part for part in reversed(row) if part.sort == "linear"), None)
    if last == "softmax" or (last == "sigmoid" and linear is not None and width_out(linear) == 1):
        facts.append(Fact("function at the end", last, "found"))
        return row[:-1], last
    return row, ""


def _reads_tokens(
    inputs: int, outputs: int, answers: Mapping[str, str], tokens_known: int | None, facts: list[Fact], name: str
) -> bool:
    """Return True if a network without an embedding reads tokens one-hot, False if it reads numbers."""
    if tokens_known is not None and tokens_known != inputs:
        raise UnsupportedCheckpoint(
            f"{name} reads {inputs} numbers at each step, and no embedding gives them; the vocabulary has {tokens_known:,} "
            "tokens"
        )
    if tokens_known == inputs:
        return True
    answer = answers.get("reads")
    if answer is not None:
        facts.append(Fact("input", answer, "asked"))
        return answer == "tokens"
    if inputs <= _FEW and outputs == inputs and inputs > 1:
        raise NeedsAnswer(
            f"{name} reads {inputs} numbers a step and gives {outputs}: they could be {inputs} tokens, one-hot, or {inputs} "
            "columns of numbers", "reads", ("tokens", "numbers"), "numbers",
        )  # fmt: skip
    tokens = outputs == inputs and inputs > 1
    facts.append(Fact("input", f"{inputs:,} {'tokens, one-hot' if tokens else 'numbers'}", "inferred"))
    return tokens


def _pooling(recurrent: Sequence[Part], both: bool, answers: Mapping[str, str], facts: list[Fact]) -> Pooling:
    """Return what the head reads: what the file or the person says, else the last step."""
    answer = answers.get("pooling")
    sequences = recurrent[-1].facts.get("sequences")
    if answer in POOLINGS:
        facts.append(Fact("the head reads", answer, "asked"))
        return next(each for each in POOLINGS if each == answer)
    if sequences is not None:
        pooling: Pooling = "steps" if sequences else "last"
        facts.append(Fact("the head reads", "each step" if sequences else "the last step", "found"))
        return pooling
    facts.append(Fact("the head reads", "the last step of each direction" if both else "the last step", "assumed"))
    return "last"


def _two_sided(row: list[Part], shape: str, facts: list[Fact]) -> list[Part]:
    """Return the parts with the logits 0 and z in place of one output z: their softmax is z's sigmoid, exactly."""
    index = max(number for number, part in enumerate(row) if part.sort == "linear")
    before = row[index].tensors
    tensors: dict[str, Tensor] = {"weight": torch.cat((torch.zeros_like(before["weight"]), before["weight"]))}
    if "bias" in before:
        tensors["bias"] = torch.cat((torch.zeros_like(before["bias"]), before["bias"]))
    facts.append(Fact("output", "the probability of one class, by the sigmoid", "found" if shape == "sigmoid" else "assumed"))
    return [*row[:index], replace(row[index], tensors=tensors), *row[index + 1 :]]


def _classes(count: int, answers: Mapping[str, str], extras: Mapping[str, Any], facts: list[Fact], name: str) -> tuple[str, ...]:
    """Return the classes' names: as answered, as found in the file, or numbered."""
    if answer := answers.get("classes", "").strip():
        names = tuple(each.strip() for each in answer.split(","))
        if len(names) != count or len(set(names)) != count or not all(names):
            raise UnsupportedCheckpoint(f"{len(names)} names of classes were given; {name} has {count}, with a comma between two")
        facts.append(Fact("classes", ", ".join(names), "asked"))
        return names
    for key, value in ((key, value) for _, each in nested(extras) for key, value in each.items()):
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
