"""What is known of a language model, or of a cell, and how: the facts that are shown with it."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from lstm_viz.gates import NAMES, PACKED, Kind
from lstm_viz.models.importing.architecture import InferredArchitecture, is_recurrent
from lstm_viz.models.importing.assembly import Fact, Origin
from lstm_viz.models.importing.errors import format_count
from lstm_viz.models.importing.gate_order import GATE_ORDERS, are_cells
from lstm_viz.models.importing.module_classes import is_pytorchs
from lstm_viz.models.importing.open_places import BETWEEN, SUBJECTS
from lstm_viz.models.importing.records import ModuleFacts


def facts_of_cell(
    kind: Kind, tensors: Mapping[str, Tensor], modules: Mapping[str, ModuleFacts], answers: Mapping[str, str], by_hand: bool
) -> list[Fact]:
    """Return how the order of the gates is known; of a cell written by hand, what is assumed of its equations.

    Args:
        kind: The cell.
        tensors: The state dict.
        modules: What the file says of its modules; empty for a bare state dict.
        answers: Answers by the question's id.
        by_hand: True if the matrices have names of the program's own.
    """
    orders = GATE_ORDERS.get(len(PACKED[kind]))
    if orders is None:
        return []
    if by_hand:
        equations = Fact("equations", f"those of PyTorch's {NAMES[kind]}; nothing is added to the forget gate", "assumed")
        return [equations, *([Fact("order of the gates", answers["gates"], "asked")] if answers.get("gates") in orders else [])]
    holders = [modules.get(key.rpartition(".")[0]) for key in tensors if is_recurrent(key)]
    described = all(each is not None and is_pytorchs(each) for each in holders)
    origin: Origin = "found" if described else "assumed" if are_cells(tensors) else "inferred"
    answered = answers.get("gates") in orders
    return [Fact("order of the gates", answers["gates"] if answered else orders[0], "asked" if answered else origin)]


def facts_of_language_model(
    architecture: InferredArchitecture, tensors: Mapping[str, Tensor], answers: Mapping[str, str]
) -> list[Fact]:
    """Return what is known of a language model's architecture, and what is assumed of its program."""
    described = f"{architecture.vocabulary_size:,} tokens"
    reads = f"an embedding of {described}" if architecture.embedding is not None else f"{described}, one-hot"
    layers = [Fact(f"layer {number}", f"{NAMES[architecture.kind]} of {format_count(architecture.hidden, 'unit')}", "found")
              for number in range(len(architecture.layers))]  # fmt: skip
    function = [Fact("function of the layers", "tanh", "asked" if "nonlinearity" in answers else "assumed")]
    places = ["before_head"] if architecture.embedding is None else ["before_layers", "before_head"]
    stacked = len({key.rpartition(".")[0] for key in tensors if is_recurrent(key)}) > 1
    said = {**dict.fromkeys(places, "none"), **({"between": BETWEEN[0]} if stacked else {})}
    return [
        Fact("input", reads, "inferred"), *layers, *(function if architecture.kind == "rnn" else []),
        *(Fact(SUBJECTS[place], value, "asked" if place in answers else "assumed") for place, value in said.items()),
        Fact("output", "the next token", "inferred"),
    ]  # fmt: skip
