"""Rebuild layers with a projection as layers without one, so that all their quantities have one entry for each unit.

An LSTM's projection h = W_hr (o tanh c) (Sak et al. 2014) becomes a linear part behind the layer, and is multiplied into the
weights that read the layer's own state: W_hh h = (W_hh W_hr) (o tanh c).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from lstm_viz.models.defaults import CPU_FLOAT
from lstm_viz.models.imported_network import ImportedNetwork, Pooling, without_projection_warning
from lstm_viz.models.importing.assembly import Assembly, Fact, build_network
from lstm_viz.models.parts import Part
from lstm_viz.text.vocabulary import Vocabulary

#: How many steps both forms are compared on.
_COMPARED = 64


def unproject(parts: Sequence[Part], pooling: Pooling) -> list[Part]:
    """Return equivalent parts whose recurrent layers have no projection.

    Args:
        parts: The parts in the order of computation.
        pooling: What the head reads: the maximum over the steps of the top layer's h cannot be taken before its projection, so
            that layer stays as it is.

    Returns:
        The parts, of each projected layer its o tanh(c) as h, and a linear part behind it.
    """
    last = max(number for number, part in enumerate(parts) if part.sort == "recurrent")
    row: list[Part] = []
    for number, part in enumerate(parts):
        if "weight_hr_l0" not in part.tensors or (number == last and pooling == "max"):
            row.append(part)
            continue
        projections = [value.double() for key, value in part.tensors.items() if key.startswith("weight_hr")]
        tensors = {key: value for key, value in part.tensors.items() if not key.startswith("weight_hr")}
        for ending in ("_l0", "_l0_reverse")[: len(projections)]:
            weight_hh, weight_hr = (part.tensors[f"{each}{ending}"].double() for each in ("weight_hh", "weight_hr"))
            tensors[f"weight_hh{ending}"] = weight_hh @ weight_hr
        behind = {"weight": torch.block_diag(*projections)}
        row += [replace(part, tensors=tensors), Part(f"projection of {part.name}", "linear", behind)]
    return row


def build_unprojected(assembly: Assembly, vocabulary: Vocabulary | None = None) -> ImportedNetwork:
    """Build the network of an assembly, without projections where that is possible; its metadata says how far both differ."""
    parts = unproject(assembly.parts, assembly.pooling)
    if len(parts) == len(assembly.parts):
        return build_network(assembly, vocabulary)
    plain = build_network(assembly, vocabulary)
    assembly.facts.append(Fact("projection", "a linear layer behind the recurrent one: h is shown before it", "found"))
    network = build_network(replace(assembly, parts=parts), vocabulary)
    generator, x = torch.Generator("cpu").manual_seed(0), plain.example(_COMPARED)
    if plain.reads_tokens:
        x = torch.randint(len(parts[0].tensors["weight"]), x.shape, generator=generator, device="cpu")
    else:
        x = torch.randn(x.shape, generator=generator, **CPU_FLOAT)
    with torch.inference_mode(), without_projection_warning():
        both = [each.whole(x).double() for each in (plain, network)]
        if network.answer != "values":
            both = [each.log_softmax(-1) for each in both]
    network.metadata["parity"] = f"{float((both[0] - both[1]).abs().max()):.0e}"
    return network
