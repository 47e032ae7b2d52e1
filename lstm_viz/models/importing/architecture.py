"""Infer a checkpoint's architecture from PyTorch's names of recurrent weights and the shapes of the rest.

`weight_ih_l0` and the like are PyTorch's names (documentation of nn.LSTM, nn.GRU, nn.RNN and their cells); all other names,
and the prefixes of these, depend on the project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from lstm_viz.gates import Kind
from lstm_viz.models.importing.errors import SUPPORTED, Ambiguous, UnsupportedCheckpoint, format_list
from lstm_viz.models.importing.recurrent_shapes import check_recurrent

_RECURRENT = re.compile(
    r"^(?P<module>.*?)(?P<sort>weight|bias)_(?P<side>ih|hh|hr)(?:_l(?P<layer>\d{1,6}))?(?P<reverse>_reverse)?$"
)

#: Names that distinguish an embedding from a decoder if shapes do not.
_FIRST = re.compile(r"emb|enc|wte|look|inp", re.IGNORECASE)
_LAST = re.compile(r"dec|out|head|fc|lin|logit|h2", re.IGNORECASE)
_ATTENTION = re.compile(r"attn|attention|in_proj_|query", re.IGNORECASE)
#: Names of linear projections; between other consecutive layers there may be an unknown non-linearity.
_PROJECTION = re.compile(r"proj", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Linear:
    """A matrix [row, column] with its bias [row] or None, and its name in the file."""

    name: str
    weight: Tensor
    bias: Tensor | None = None


@dataclass(frozen=True, eq=False)
class InferredArchitecture:
    """The parts of a network that predicts `vocabulary_size` tokens.

    `layers` are each layer's tensors by PyTorch's names: `weight_ih` [row, input], `weight_hh` [row, state], `bias_ih`
    and `bias_hh` [row] if there are any, `weight_hr` [state, unit] of an LSTM with a projection. `embedding` [token, column]
    is None for one-hot input; `before` and `after` are projections around the layers; `tied` means that embedding and decoder
    share one matrix.
    """

    kind: Kind
    hidden: int
    vocabulary_size: int
    layers: tuple[Mapping[str, Tensor], ...]
    embedding: Linear | None
    before: Linear | None
    after: Linear | None
    decoder: Linear
    tied: bool = False

    @property
    def inputs(self) -> int:
        """Return the input size of the first layer."""
        return int(self.layers[0]["weight_ih"].shape[1])


def is_recurrent(name: str) -> bool:
    """Return True for PyTorch's names of a recurrent layer's weights."""
    return _RECURRENT.match(name) is not None


def infer_architecture(tensors: Mapping[str, Tensor], name: str) -> InferredArchitecture:
    """Infer the architecture of a state dict; UnsupportedCheckpoint naming the tensors that do not fit."""
    recurrent = {key: result for key in tensors if (result := _RECURRENT.match(key))}
    if not recurrent:
        raise UnsupportedCheckpoint(f"{name} holds no recurrent layer, but {format_list(tensors) or 'nothing'}; {SUPPORTED}")
    turned = [key for key, result in recurrent.items() if result["reverse"]]
    if turned:
        raise UnsupportedCheckpoint(
            f"{name} is bidirectional ({format_list(turned)}), so it cannot predict the next token; {SUPPORTED}"
        )
    layers = _layers(tensors, recurrent, name)
    kind, hidden = _chain(layers, name)
    others = {key: value for key, value in tensors.items() if key not in recurrent}
    return _ends(kind, hidden, layers, others, name)


def _layers(tensors: Mapping[str, Tensor], recurrent: Mapping[str, re.Match[str]], name: str) -> tuple[dict[str, Tensor], ...]:
    """Return the recurrent tensors by layer, lowest first: by PyTorch's numbers, or by the names of cells and modules."""
    modules = {result["module"] for result in recurrent.values()}
    if len({re.sub(r"\d+", "", module) for module in modules}) > 1:
        raise UnsupportedCheckpoint(
            f"{name} holds several recurrent networks ({format_list(modules)}), of which one alone can be saved; {SUPPORTED}"
        )
    layers: dict[tuple[tuple[int, ...], int], dict[str, Tensor]] = {}
    for key, result in recurrent.items():
        index = tuple(map(int, re.findall(r"\d{1,6}", result["module"]))), int(result["layer"] or 0)
        layers.setdefault(index, {})[f"{result['sort']}_{result['side']}"] = tensors[key]
    return tuple(layers[index] for index in sorted(layers))


def _chain(layers: tuple[dict[str, Tensor], ...], name: str) -> tuple[Kind, int]:
    """Check that the layers fit each other; return the kind of cell and the number of units."""
    kinds, sizes, below = set[Kind](), set[int](), 0
    for number, layer in enumerate(layers):
        called = f"layer {number} of {name}"
        shape = check_recurrent(layer, called)
        if number and shape.inputs != below:
            raise UnsupportedCheckpoint(f"{called} reads {shape.inputs} numbers, the one below gives {below}; {SUPPORTED}")
        below = shape.state
        kinds.add(shape.kind)
        sizes.add(shape.units)
    if len(kinds) > 1 or len(sizes) > 1:
        raise UnsupportedCheckpoint(
            f"{name} has layers of different kinds ({', '.join(sorted(kinds))} of {', '.join(map(str, sorted(sizes)))} units); "
            "layers of one kind and size are supported"
        )
    return kinds.pop(), sizes.pop()


def _ends(
    kind: Kind, hidden: int, layers: tuple[dict[str, Tensor], ...], others: Mapping[str, Tensor], name: str
) -> InferredArchitecture:
    """Return what comes before and after the layers, from the one arrangement into which every other tensor fits."""
    linears, lone, strange = _split_tensors(others)
    strange += [key for key in others if key not in strange and _ATTENTION.search(key)]
    if strange or len(linears) > 4 or len(lone) > 1:
        remaining = {key: others[key] for key in strange} or others
        raise UnsupportedCheckpoint(f"{name} holds {_shapes(remaining)} ({_guess(remaining)}), which does not fit; {SUPPORTED}")
    inputs, top = int(layers[0]["weight_ih"].shape[1]), int(layers[-1]["weight_hh"].shape[1])
    result = [
        InferredArchitecture(kind, hidden, int(decoder.weight.shape[0]), layers, embedding, before, after, decoder, tied)
        for embedding, before, after, decoder, tied in _arrangements(linears, lone, inputs, top)
    ]
    if not result:
        raise UnsupportedCheckpoint(
            f"beside recurrent layers from {inputs} to {top} units {name} holds {_shapes(others) or 'nothing'}, which do not "
            "connect input and output tokens. The file does not say what is between two consecutive linear layers; a plain "
            f"projection has “proj” in its name. {SUPPORTED[0].upper()}{SUPPORTED[1:]}"
        )
    best = max(map(_name_score, result))
    likely = [each for each in result if _name_score(each) == best]
    if len(likely) > 1 and not _equivalent(likely):
        raise Ambiguous(f"which of {format_list(others)} in {name} is the embedding? Name it “embedding”, the last one “decoder”")
    return likely[0]


def _split_tensors(others: Mapping[str, Tensor]) -> tuple[list[Linear], list[Tensor], list[str]]:
    """Return matrices with their biases, biases without a matrix, and the names of everything else."""
    stems = {key.removesuffix("weight"): key for key, value in others.items() if key.endswith("weight") and value.ndim == 2}
    biases = {key.removesuffix("bias"): key for key, value in others.items() if key.endswith("bias") and value.ndim == 1}
    linears = [Linear(key, others[key], others[biases[stem]] if stem in biases else None) for stem, key in stems.items()]
    lone = [others[key] for stem, key in biases.items() if stem not in stems]
    wrong = [each.name for each in linears if _uneven(each)]
    return linears, lone, [*(key for key in others if key not in {*stems.values(), *biases.values()}), *wrong]


_Arrangement = tuple[Linear | None, Linear | None, Linear | None, Linear, bool]


def _arrangements(linears: list[Linear], lone: list[Tensor], inputs: int, top: int) -> Iterator[_Arrangement]:
    """Yield every way to use each matrix once with fitting shapes: tokens → inputs, top → tokens."""
    projections: list[Linear | None] = [None, *(each for each in linears if _PROJECTION.search(each.name))]
    positions: list[Linear | None] = [None, *linears]
    for embedding, before, after, last in product(positions, projections, projections, positions):
        used = [each.name for each in (embedding, before, after, last) if each is not None]
        if len(used) != len(set(used)) or len(used) != len(linears):
            continue
        tied = last is None
        if embedding is not None and embedding.bias is not None and not tied:
            continue
        decoder = last or (_shared(embedding, lone) if embedding is not None else None)
        if decoder is None or (lone and decoder.bias is not lone[0]) or _uneven(decoder):
            continue
        vocabulary_size = decoder.weight.shape[0]
        width = vocabulary_size if embedding is None else embedding.weight.shape[1]
        meets_below = tuple(before.weight.shape) == (inputs, width) if before is not None else width == inputs
        meets_above = after is None or (after.weight.shape[1] == top and after.weight.shape[0] == decoder.weight.shape[1])
        if not meets_below or not meets_above or (after is None and decoder.weight.shape[1] != top):
            continue
        if embedding is None or len(embedding.weight) == vocabulary_size:
            yield embedding, before, after, decoder, tied


def _shared(embedding: Linear, lone: list[Tensor]) -> Linear:
    """Return a decoder that shares an embedding's matrix, with the bias that has no matrix of its own."""
    return Linear(embedding.name, embedding.weight, embedding.bias if embedding.bias is not None or not lone else lone[0])


def _uneven(linear: Linear) -> bool:
    return linear.bias is not None and len(linear.bias) != len(linear.weight)


def _name_score(result: InferredArchitecture) -> int:
    """Return how well names fit the arrangement."""
    first = [result.embedding, result.before] if not result.tied else [result.before]
    last = [result.decoder, result.after] if not result.tied else [result.after]
    return sum(map(_end_hint, filter(None, last))) - sum(map(_end_hint, filter(None, first)))


def _end_hint(linear: Linear) -> int:
    """Return which end a layer's name suggests: 1 the last, −1 the first, 0 neither or both."""
    suffix = [part for part in linear.name.split(".")[:-1] if not part.isdecimal()][-1:]
    called = _PROJECTION.sub("", suffix[0]) if suffix else ""
    return bool(_LAST.search(called)) - bool(_FIRST.search(called))


def _equivalent(result: list[InferredArchitecture]) -> bool:
    """Return True if all arrangements are the same network: one matrix saved under two names."""
    pairs = [(each.embedding, each.decoder) for each in result]
    return all(
        first is not None and torch.equal(first.weight, last.weight) and first.weight.shape == result[0].decoder.weight.shape
        for first, last in pairs
    )


def _shapes(tensors: Mapping[str, Tensor]) -> str:
    listing = [f"{key[:60]!r} {tuple(value.shape)}" for key, value in sorted(tensors.items())]
    return ", ".join(listing[:6]) + (f" and {len(listing) - 6} more" if len(listing) > 6 else "")


def _guess(tensors: Mapping[str, Tensor]) -> str:
    """Guess what the tensors that do not fit belong to."""
    names = " ".join(tensors).lower()
    if _ATTENTION.search(names):
        return "attention?"
    if any(value.ndim > 2 for value in tensors.values()):
        return "a convolution?"
    if re.search(r"norm|ln_|\bbn|running_", names):
        return "a normalisation?"
    return "unknown here"
