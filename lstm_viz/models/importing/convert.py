"""Convert another project's weights to an equivalent model of this project.

Parts that this project's model lacks are folded into others, exactly: one-hot input becomes an identity embedding; a linear
projection before or after the layers is multiplied into its neighbour; and the LSTM's own projection h = W_hr (o tanh c)
(Sak et al. 2014) is multiplied into everything that reads h, as W_hh h = (W_hh W_hr) (o tanh c).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lstm_viz.gates import NAMES
from lstm_viz.models.importing.architecture import InferredArchitecture, Linear
from lstm_viz.models.importing.errors import format_list
from lstm_viz.models.importing.vocabulary import ImportedVocabulary
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.models.serialization import check_finite, check_size
from lstm_viz.text.vocabulary import WordVocabulary

#: How far the unknown token's logit is below the mean of all: e^−30 is far less than the last digit of a sum.
_NEVER = 30.0


def convert(
    architecture: InferredArchitecture, imported: ImportedVocabulary, classes: tuple[str, ...], doubts: Sequence[str], name: str
) -> LanguageModel:
    """Build this project's model of an architecture; with `classes` a classifier.

    Raises ValueError for weights that are not finite or too large.
    """
    weights, notes = _fold_projections(architecture)
    for part in ("embedding.weight",) if classes else ("embedding.weight", "decoder.weight", "decoder.bias"):
        weights[part] = reordered(weights[part], imported, part == "decoder.bias")
    weights = {part: value.float().contiguous() for part, value in weights.items()}
    check_finite(weights)
    check_size(weights)
    config = Config(
        architecture.kind, weights["embedding.weight"].shape[1], architecture.hidden, len(architecture.layers), classes=classes,
        words=isinstance(imported.vocabulary, WordVocabulary),
    )  # fmt: skip
    model = LanguageModel(config, imported.vocabulary)
    model.load_state_dict(weights)
    model.metadata = _metadata(architecture, config, [*doubts, *notes, *imported.notes], name)
    return model.eval().requires_grad_(False)


def reordered(rows: Tensor, imported: ImportedVocabulary, bias: bool = False) -> Tensor:
    """Return one row for each token of a vocabulary; the unknown token's is the mean of all, its `bias` too low to be chosen."""
    known_rows = rows[[number for number in imported.order if number is not None]]
    if imported.order[0] is not None:
        return known_rows
    return torch.cat((known_rows.mean(0, keepdim=True) - (_NEVER if bias else 0.0), known_rows))


def _fold_projections(architecture: InferredArchitecture) -> tuple[dict[str, Tensor], list[str]]:
    """Return the weights by this project's names, float64, with other parts folded in; and a note on each such step."""
    notes: list[str] = []
    linear, before = architecture.embedding, architecture.before
    if linear is None:
        notes.append("it reads tokens one-hot, without an embedding")
    if architecture.tied:
        notes.append(f"{format_list([architecture.decoder.name])} is both embedding and decoder")
    if before is None:
        one_hot = torch.eye(architecture.vocabulary_size, dtype=torch.float64, device="cpu")
        embedding = one_hot if linear is None else linear.weight.double()
    else:
        matrix = before.weight.double().T
        embedding = (matrix if linear is None else linear.weight.double() @ matrix) + _bias(before)
        notes.append(f"{format_list([before.name])} is multiplied into the embedding")
    decoder, bias = architecture.decoder.weight.double(), _bias(architecture.decoder)
    if architecture.after is not None:
        decoder, bias = decoder @ architecture.after.weight.double(), bias + decoder @ _bias(architecture.after)
        notes.append(f"{format_list([architecture.after.name])} is multiplied into the decoder")
    weights: dict[str, Tensor] = {}
    below: Tensor | None = None
    for number, layer in enumerate(architecture.layers):
        tensors = {part: value.double() for part, value in layer.items()}
        projection = tensors.get("weight_hr")
        by_input = tensors["weight_ih"] if below is None else tensors["weight_ih"] @ below
        by_hidden = tensors["weight_hh"] if projection is None else tensors["weight_hh"] @ projection
        no_bias = torch.zeros(len(by_input), dtype=torch.float64, device="cpu")
        weights |= {
            f"rnn.weight_ih_l{number}": by_input, f"rnn.weight_hh_l{number}": by_hidden,
            f"rnn.bias_ih_l{number}": tensors.get("bias_ih", no_bias), f"rnn.bias_hh_l{number}": tensors.get("bias_hh", no_bias),
        }  # fmt: skip
        below = projection
    if below is not None:
        decoder = decoder @ below
        notes.append("its projections are multiplied into what reads them: the hidden state is shown before projection")
    if architecture.kind == "rnn":
        notes.append("weights do not show the non-linearity; it is assumed to be tanh")
    return weights | {"embedding.weight": embedding, "decoder.weight": decoder, "decoder.bias": bias}, notes


def _bias(linear: Linear) -> Tensor:
    return torch.zeros(len(linear.weight), dtype=torch.float64, device="cpu") if linear.bias is None else linear.bias.double()


def _metadata(architecture: InferredArchitecture, config: Config, notes: list[str], name: str) -> dict[str, str]:
    layers = f"{config.layers} layer{'s' * (config.layers > 1)} of {config.hidden:,} units"
    reads = f"{architecture.vocabulary_size:,} {'words' if config.words else 'characters'}"
    metadata = {"summary": f"{NAMES[architecture.kind]}, {layers}, {reads}, loaded from {name[:80]}"}
    return metadata | ({"notes": "; ".join(notes)[:1000]} if notes else {})
