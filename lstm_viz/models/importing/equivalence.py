"""Two forms of one network: a row of parts, and the architecture of a `LanguageModel`; and the difference between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from lstm_viz.models.defaults import CPU_FLOAT
from lstm_viz.models.imported_network import ImportedNetwork, without_projection_warning
from lstm_viz.models.importing.architecture import InferredArchitecture, Linear
from lstm_viz.models.importing.assembly import ONE_HOT, Assembly
from lstm_viz.models.importing.convert import reordered
from lstm_viz.models.importing.part_widths import units_of, width_out
from lstm_viz.models.importing.vocabulary import ImportedVocabulary
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.parts import Part

#: How many tokens a conversion is compared on with PyTorch's own modules.
COMPARED = 64


def as_architecture(assembly: Assembly) -> InferredArchitecture | None:
    """Return the architecture of a `LanguageModel` that equals an assembly; None if there is none."""
    row = [part for part in assembly.parts if part.facts.get("activation") != "none"]
    places = [number for number, part in enumerate(row) if part.sort == "recurrent"]
    recurrent = [row[number] for number in places]
    before, after = row[1 : places[0]], row[places[-1] + 1 :]
    kinds = {(part.facts["kind"], units_of(part)) for part in recurrent}
    fits = (
        len(kinds) == 1
        and places == list(range(places[0], places[-1] + 1))
        and all(part.sort == "linear" for part in (*before, *after))
        and len(before) <= 1
        and 1 <= len(after) <= 2
        and assembly.pooling in ("last", "steps")
        and not any("weight_ih_l0_reverse" in part.tensors or part.facts.get("nonlinearity") == "relu" for part in recurrent)
        and not any(part.facts.get("residual") for part in recurrent)
    )
    if not fits:
        return None
    ((kind, hidden),) = kinds
    linears = [Linear(part.name, part.tensors["weight"], part.tensors.get("bias")) for part in (*before, *after)]
    first = row[0]
    return InferredArchitecture(
        kind, hidden, assembly.token_count,
        tuple({key.removesuffix("_l0"): value for key, value in part.tensors.items()} for part in recurrent),
        None if first.name == ONE_HOT else Linear(first.name, first.tensors["weight"]),
        linears[0] if before else None, linears[-2] if len(after) == 2 else None, linears[-1],
    )  # fmt: skip


def plain_parts(architecture: InferredArchitecture) -> list[Part]:
    """Return the parts of an architecture, as PyTorch's own modules compute them."""
    row = [Part(ONE_HOT, "embedding", {"weight": torch.eye(architecture.vocabulary_size, **CPU_FLOAT)})]
    if architecture.embedding is not None:
        row = [Part(architecture.embedding.name, "embedding", {"weight": architecture.embedding.weight})]
    row += [_linear(architecture.before)] if architecture.before is not None else []
    for number, layer in enumerate(architecture.layers):
        tensors = {f"{key}_l0": value for key, value in layer.items()}
        row.append(Part(f"layer {number}", "recurrent", tensors, {"kind": architecture.kind}))
    row += [_linear(architecture.after)] if architecture.after is not None else []
    return [*row, _linear(architecture.decoder)]


def _linear(linear: Linear) -> Part:
    return Part(linear.name, "linear", {"weight": linear.weight} | ({} if linear.bias is None else {"bias": linear.bias}))


def with_rows(assembly: Assembly, imported: ImportedVocabulary) -> Assembly:
    """Return the assembly with its tokens in the order of this project's vocabulary."""
    row = list(assembly.parts)
    row[0] = replace(row[0], tensors={"weight": reordered(row[0].tensors["weight"].float(), imported)})
    if assembly.answer == "next":
        last = max(number for number, part in enumerate(row) if part.sort == "linear")
        reordered_tensors = {key: reordered(value.float(), imported, key == "bias") for key, value in row[last].tensors.items()}
        if "bias" not in reordered_tensors and imported.order[0] is None:
            reordered_tensors["bias"] = reordered(torch.zeros(len(imported.order) - 1, **CPU_FLOAT), imported, True)
        row[last] = replace(row[last], tensors=reordered_tensors)
    return replace(assembly, parts=row)


def compare(model: LanguageModel, parts: Sequence[Part], imported: ImportedVocabulary) -> float:
    """Return the largest difference of a log-probability between a converted model and PyTorch's own modules, on 64 tokens."""
    plain = ImportedNetwork(parts, "classes", tuple(map(str, range(width_out(_last(parts))))), "steps")
    order = np.array([number for number in imported.order if number is not None])
    known_rows = np.flatnonzero([number is not None for number in imported.order])
    ids = np.random.default_rng(0).integers(len(order), size=COMPARED)
    with torch.inference_mode(), without_projection_warning():
        theirs = plain(torch.from_numpy(order[ids])[:, None])[:, 0].double()
        ours = model(torch.from_numpy(known_rows[ids])[:, None])[0][:, 0].double()
    if model.predicts_next_token:
        theirs, ours = theirs[:, order], ours[:, known_rows]
    return float((theirs.log_softmax(-1) - ours.log_softmax(-1)).abs().max())


def _last(parts: Sequence[Part]) -> Part:
    return next(part for part in reversed(parts) if part.sort in ("linear", "recurrent"))
