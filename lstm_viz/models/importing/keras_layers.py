"""Keras's layers as parts in PyTorch's layout.

Keras's kernels are [input, row] and are transposed here. An LSTM's rows are i f c o, which are PyTorch's i f g o; a GRU's are
z r h, where PyTorch has r z n. A GRU with `reset_after` has PyTorch's equation and both biases; the older form, which resets the
state before its matrix product, has no equal in PyTorch and is refused. (Keras's documentation, "LSTM layer" and "GRU layer"; the
layouts, also cuDNN's: `keras/src/layers/rnn` and TensorFlow's `keras/saving/hdf5_format.py`.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lstm_viz.gates import Kind
from lstm_viz.models.importing.errors import UnsupportedCheckpoint, format_list
from lstm_viz.models.parts import Part

KINDS: dict[str, Kind] = {
    "LSTM": "lstm", "CuDNNLSTM": "lstm", "GRU": "gru", "CuDNNGRU": "gru", "SimpleRNN": "rnn",
}  # fmt: skip
#: Layers that change nothing when a network is used.
_PASSIVE = frozenset({
    "InputLayer", "Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "ActivityRegularization", "Masking",
    "AlphaDropout",
})  # fmt: skip
_ACTIVATIONS = {
    **{each: each for each in ("relu", "tanh", "sigmoid", "elu", "gelu", "selu", "silu", "softplus")}, "swish": "silu",
}  # fmt: skip
VOCABULARIES = ("TextVectorization", "StringLookup")
#: The most cells in StackedRNNCells: their weights lie in the order of their names, in which 10 comes before 2.
_CELLS = 10


@dataclass(frozen=True, eq=False)
class KerasLayer:
    """One layer as Keras describes it: its class, its name, its configuration (None where unknown), and its weights in order."""

    sort: str
    name: str
    config: Mapping[str, Any] | None
    weights: Sequence[np.ndarray]


def snake_case(class_name: str) -> str:
    """Return Keras's name of a class in a file: `LSTM` is `lstm`, `TimeDistributed` is `time_distributed`."""
    class_name = re.sub(r"\W+", "", class_name)
    class_name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", class_name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", class_name).lower()


def recurrent_sort(shapes: Sequence[tuple[int, ...]]) -> str | None:
    """Return the class of a recurrent layer with weights of such shapes; None for those of another layer."""
    if len(shapes) not in (2, 3) or len(shapes[0]) != 2 or len(shapes[1]) != 2 or shapes[0][1] != shapes[1][1]:
        return None
    units, rows = shapes[1]
    biases = shapes[2] if len(shapes) == 3 else None
    if rows == 4 * units and biases in (None, (rows,), (2 * rows,)):
        return "LSTM"
    if rows == 3 * units and biases in (None, (rows,), (2, rows), (2 * rows,)):
        return "GRU"
    return "SimpleRNN" if rows == units and len(shapes) == 3 and biases == (rows,) else None


def is_layer(each: Any) -> bool:
    """Return True for the description of a layer: its class and its configuration."""
    return isinstance(each, Mapping) and isinstance(each.get("class_name"), str) and isinstance(each.get("config"), Mapping)


def convert_layer(layer: KerasLayer, name: str) -> Iterator[Part]:
    """Yield the parts that equal a layer."""
    config = layer.config or {}
    label = f"{name}'s layer {layer.name[:60]!r}"
    if layer.sort in _PASSIVE or layer.sort in VOCABULARIES:
        return
    if layer.sort == "Embedding":
        yield Part(layer.name, "embedding", {"weight": _tensor(layer, 0, 2, label)})
    elif layer.sort in KINDS:
        weights = convert_recurrent(layer.sort, config, layer.weights, label)
        yield Part(layer.name, "recurrent", weights, _recurrent_facts(layer.sort, config, layer.config is not None))
    elif layer.sort == "Bidirectional":
        yield _bidirectional(layer, label)
    elif layer.sort == "RNN":
        yield from _layers_of_cells(layer, label)
    elif layer.sort == "TimeDistributed" and isinstance(inner := config.get("layer"), Mapping) and is_layer(inner):
        yield from convert_layer(KerasLayer(inner["class_name"], layer.name, inner["config"], layer.weights), name)
    elif layer.sort == "Dense":
        tensors = {"weight": _tensor(layer, 0, 2, label).T.contiguous()}
        if len(layer.weights) > 2:
            raise UnsupportedCheckpoint(f"{label} has {len(layer.weights)} weights; a kernel and perhaps a bias were wanted")
        if len(layer.weights) > 1:
            tensors["bias"] = _tensor(layer, 1, 1, label)
        yield Part(layer.name, "linear", tensors)
        yield from _activation(layer.name, config.get("activation") if layer.config is not None else "unknown", label)
    elif layer.sort in ("Activation", "Softmax", "ReLU", "ELU"):
        _check_defaults(config, label)
        named = config.get("activation") if layer.sort == "Activation" else layer.sort.lower()
        yield from _activation(layer.name, named, label)
    elif layer.sort == "LayerNormalization":
        yield Part(layer.name, "norm", _norm(layer, config, label), {
            "eps": float(config.get("epsilon", 1e-3)), "eps_origin": "found" if layer.config is not None else "assumed",
        })  # fmt: skip
    else:
        raise UnsupportedCheckpoint(
            f"{label} is a {layer.sort[:40]}; supported are Embedding, LSTM, GRU, SimpleRNN, Bidirectional, LayerNormalization, "
            "Dense, activations and dropout, in one chain"
        )


def _check_defaults(config: Mapping[str, Any], label: str) -> None:
    """Refuse settings of an activation layer that change its function."""
    usual = {"max_value": (None,), "negative_slope": (0, None), "threshold": (0, None), "alpha": (1, None), "axis": (-1,)}
    odd = [key for key, values in usual.items() if key in config and config[key] not in values]
    if odd:
        raise UnsupportedCheckpoint(f"{label} sets {format_list(odd)}; only the default is supported")


def _activation(layer: str, activation: Any, label: str) -> Iterator[Part]:
    named = activation.get("class_name") if isinstance(activation, Mapping) else activation
    if named in (None, "linear", "softmax"):
        # Softmax is what every reader of logits applies.
        if named == "softmax":
            yield Part(layer, "activation", facts={"activation": "softmax"})
        return
    if named == "unknown":
        yield Part(f"after {layer}", "activation")
        return
    if named not in _ACTIVATIONS:
        raise UnsupportedCheckpoint(f"{label} has the activation {str(named)[:40]!r}; supported: {', '.join(_ACTIVATIONS)}")
    yield Part(layer, "activation", facts={"activation": _ACTIVATIONS[named]})


def _norm(layer: KerasLayer, config: Mapping[str, Any], label: str) -> dict[str, Tensor]:
    scale, center = config.get("scale", True), config.get("center", True)
    if config.get("rms_scaling") or len(layer.weights) != bool(scale) + bool(center):
        raise UnsupportedCheckpoint(f"{label} is not a plain layer normalization over units")
    names = [*(["weight"] if scale else []), *(["bias"] if center else [])]
    return {name: _tensor(layer, number, 1, label) for number, name in enumerate(names)}


def _bidirectional(layer: KerasLayer, label: str) -> Part:
    config, known = layer.config or {}, layer.config is not None
    inner = config.get("layer")
    inner = inner if isinstance(inner, Mapping) and is_layer(inner) else None
    if known and inner is None:
        raise UnsupportedCheckpoint(f"{label} does not say which layer it wraps")
    if config.get("merge_mode", "concat") != "concat":
        raise UnsupportedCheckpoint(f"{label} merges its directions by {config['merge_mode']!r}; 'concat' is supported")
    half = len(layer.weights) // 2
    sort = recurrent_sort([each.shape for each in layer.weights[:half]]) if inner is None else inner["class_name"]
    if sort not in KINDS:
        raise UnsupportedCheckpoint(f"{label} wraps a {str(sort)[:40]}; LSTM, GRU and SimpleRNN are supported")
    inner_config = {} if inner is None else inner["config"]
    backward = config.get("backward_layer")
    if not isinstance(backward, Mapping) or not is_layer(backward):
        backward = {"class_name": sort, "config": inner_config}
    backward_config = {**backward["config"], "go_backwards": False}
    forward = convert_recurrent(sort, inner_config, layer.weights[:half], label)
    reverse = convert_recurrent(sort, backward_config, layer.weights[half:], label)
    differs = backward["class_name"] != sort or any(
        inner_config.get(key) != backward_config.get(key) for key in ("activation", "return_sequences", "reset_after")
    )
    if differs:
        raise UnsupportedCheckpoint(
            f"{label} has a backward_layer that computes otherwise than the forward one; give both the same settings"
        )
    if {key: value.shape for key, value in forward.items()} != {key: value.shape for key, value in reverse.items()}:
        raise UnsupportedCheckpoint(f"{label} has directions of different sizes")
    tensors = forward | {f"{key}_reverse": value for key, value in reverse.items()}
    return Part(layer.name, "recurrent", tensors, _recurrent_facts(sort, inner_config, known))


def _layers_of_cells(layer: KerasLayer, label: str) -> Iterator[Part]:
    """Yield the layers of an RNN layer that runs a cell, or several that are stacked."""
    config = layer.config or {}
    cell = config.get("cell")
    outer: Mapping[str, Any] = cell if isinstance(cell, Mapping) and is_layer(cell) else {"class_name": "", "config": {}}
    cells = outer["config"].get("cells") if outer["class_name"] == "StackedRNNCells" else [outer]
    sorts = {each["class_name"] if is_layer(each) else "" for each in cells} if isinstance(cells, list) and cells else {""}
    sort = sorts.pop().removesuffix("Cell")
    if sorts or sort not in ("LSTM", "GRU", "SimpleRNN") or len(cells) > _CELLS or len(layer.weights) % len(cells):
        raise UnsupportedCheckpoint(
            f"{label} is an RNN over cells that are not read; supported is one LSTMCell, GRUCell or SimpleRNNCell, or "
            f"StackedRNNCells of up to {_CELLS} of the same class"
        )
    each = len(layer.weights) // len(cells)
    for number, inner in enumerate(cells):
        top = number == len(cells) - 1
        own = {**inner["config"], "return_sequences": config.get("return_sequences") if top else True,
               "go_backwards": config.get("go_backwards")}  # fmt: skip
        name = layer.name if len(cells) == 1 else f"{layer.name} cell {number + 1}"
        weights = convert_recurrent(sort, own, layer.weights[number * each : (number + 1) * each], label)
        yield Part(name, "recurrent", weights, _recurrent_facts(sort, own, True))


def _recurrent_facts(sort: str, config: Mapping[str, Any], known: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": KINDS[sort]}
    if known:
        facts |= {"sequences": bool(config.get("return_sequences")), "nonlinearity": config.get("activation", "tanh")}
    return facts


def convert_recurrent(sort: str, config: Mapping[str, Any], weights: Sequence[np.ndarray], label: str) -> dict[str, Tensor]:
    """Return a recurrent layer's weights in PyTorch's layout."""
    kind = KINDS[sort]
    _check_equation(kind, config, label)
    gates = {"lstm": 4, "gru": 3, "rnn": 1}[kind]
    if len(weights) not in (2, 3) or any(each.ndim != 2 for each in weights[:2]):
        raise UnsupportedCheckpoint(
            f"{label} has {len(weights) or 'no'} weights in the file; a kernel, a recurrent kernel and perhaps a bias were wanted"
        )
    _check_numbers(weights, label)
    kernel, recurrent, *biases = weights
    units = len(recurrent)
    rows = gates * units
    if recurrent.shape[1] != rows or kernel.shape[1] != rows or units == 0:
        raise UnsupportedCheckpoint(
            f"{label} has kernels of {kernel.shape} and {recurrent.shape}, which are not those of a {sort}"
        )
    bias = biases[0] if biases else None
    before_product = bias is not None and kind == "gru" and bias.shape == (rows,)
    if kind == "gru" and (config.get("reset_after") is False or before_product):
        raise UnsupportedCheckpoint(
            f"{label} is a GRU with reset_after=False, whose reset gate acts before the matrix product; PyTorch's GRU has "
            "no such form. Train it with reset_after=True"
        )
    if bias is not None and bias.size not in ((rows,) if kind == "rnn" else (rows, 2 * rows)):
        raise UnsupportedCheckpoint(f"{label} has a bias of {bias.size:,} numbers; {rows:,} or {2 * rows:,} were wanted")
    if bias is not None and bias.shape == (2 * rows,):
        kernel, recurrent = _from_cudnn(kernel, recurrent, gates)
    both = np.zeros((2, rows), kernel.dtype)
    if bias is not None:
        both = bias.reshape(2, rows) if bias.size == 2 * rows else np.stack((bias, np.zeros_like(bias)))
    order = [1, 0, 2] if kind == "gru" else range(gates)

    def blocks(rows_of: np.ndarray) -> Tensor:
        cut = np.split(rows_of, gates, axis=0)
        return torch.from_numpy(np.ascontiguousarray(np.concatenate([cut[each] for each in order])))

    tensors = {"weight_ih_l0": blocks(kernel.T), "weight_hh_l0": blocks(recurrent.T)}
    if bias is not None:
        tensors |= {"bias_ih_l0": blocks(both[0]), "bias_hh_l0": blocks(both[1])}
    return tensors


def _check_equation(kind: Kind, config: Mapping[str, Any], label: str) -> None:
    """Refuse what changes the cell's equation."""
    activation = config.get("activation", "tanh")
    allowed = ("tanh", "relu") if kind == "rnn" else ("tanh",)
    if activation not in allowed:
        raise UnsupportedCheckpoint(f"{label} has the activation {str(activation)[:40]!r}; {' or '.join(allowed)} is supported")
    gate = config.get("recurrent_activation", "sigmoid")
    if kind != "rnn" and gate != "sigmoid":
        raise UnsupportedCheckpoint(
            f"{label} has gates with {str(gate)[:40]!r} (the default of Keras before 2.3 was 'hard_sigmoid'); 'sigmoid' is "
            "supported. Train it with recurrent_activation='sigmoid'"
        )
    if config.get("go_backwards"):
        raise UnsupportedCheckpoint(f"{label} reads backwards (go_backwards); a Bidirectional layer is supported")


def _from_cudnn(kernel: np.ndarray, recurrent: np.ndarray, gates: int) -> tuple[np.ndarray, np.ndarray]:
    """Return kernels in Keras's layout from the layout of CuDNNLSTM and CuDNNGRU, gate by gate."""
    kernels = [each.T.reshape(each.shape, order="F") for each in np.split(kernel, gates, axis=1)]
    return np.concatenate(kernels, axis=1), np.concatenate([each.T for each in np.split(recurrent, gates, axis=1)], axis=1)


def _check_numbers(weights: Sequence[np.ndarray], label: str) -> None:
    """Refuse quantized weights, whose scales stand elsewhere."""
    kinds = sorted({str(each.dtype) for each in weights if each.dtype.kind != "f"})
    if kinds:
        raise UnsupportedCheckpoint(
            f"{label} holds quantized weights ({', '.join(kinds)[:40]}); save it before quantize is called"
        )


def _tensor(layer: KerasLayer, number: int, dims: int, label: str) -> Tensor:
    _check_numbers(layer.weights, label)
    if number >= len(layer.weights) or layer.weights[number].ndim != dims:
        raise UnsupportedCheckpoint(f"{label} ({layer.sort[:40]}) lacks its weights, or they have another shape than expected")
    return torch.from_numpy(np.ascontiguousarray(layer.weights[number]))
