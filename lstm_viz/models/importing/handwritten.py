"""Hand-written cells, recognized by the usual names of their matrices, under the names of PyTorch's own cells.

Recognized are a plain RNN's Wxh, Whh and Why (Karpathy 2015, "min-char-rnn"), an LSTM with two matrices a gate (W_xi and W_hi,
W_ii and W_hi, or W_i and U_i), one with a linear layer a gate over the input and the hidden state side by side, and one with two
matrices for all gates, whose order is asked for. A GRU written by hand mostly resets the state before its matrix product, which
PyTorch's does not, so it is refused by name; so is a cell with more inside it, such as norms or peepholes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint, format_list

#: The name under which a cell written by hand is given on.
CELL = "cell"
_GATES = {"i": "i", "in": "i", "input": "i", "f": "f", "forget": "f", "o": "o", "out": "o", "output": "o", "g": "g", "c": "g",
          "cell": "g", "candidate": "g", "update": "g", "memory": "g", "a": "g", "ctilde": "g", "cbar": "g"}  # fmt: skip
_NAMED = "|".join(sorted(_GATES, key=len, reverse=True))
#: Of one gate: a matrix by the input, by the hidden state, or by both; and a bias.
_PATTERNS = {
    "x": re.compile(rf"^(?:w_?x_?|x2|x_?to_?|i2_?|w_?i_(?=\w)|w_?i(?=[ifgco]$))(?P<gate>{_NAMED})(?:_?gate)?$"),
    "h": re.compile(rf"^(?:[wu]_?h_?|u_?|h2_?|h_?to_?|r_?)(?P<gate>{_NAMED})(?:_?gate)?$"),
    "w": re.compile(rf"^(?:w_?|linear_?|gate_?|fc_?|lin_?)?(?P<gate>{_NAMED})_?(?:gate|layer|linear)?(?:_?x)?$"),
    "b": re.compile(rf"^(?:b_?|bias_?)(?P<gate>{_NAMED})$"),
    "bx": re.compile(r"^b(?:ias)?_?[ix]_?(?P<gate>[ifgco])$"),
    "bh": re.compile(r"^b(?:ias)?_?h_?(?P<gate>[ifgco])$"),
}
_OF_GRU = re.compile(r"^(?:[wub]_?)?(?:[xhi]_?)?(?P<gate>r|z|reset|update)(?:_?gate)?$")
_PLAIN = {
    "x": re.compile(r"^(?:w_?xh|w_?ih|w_?in|w_?x|u|i2h|x2h|in2h|input_?to_?hidden)$"),
    "h": re.compile(r"^(?:w_?hh|w_?rec|w_?h|w|h2h|hidden_?to_?hidden)$"),
    "y": re.compile(r"^(?:w_?hy|w_?ho|w_?hq|w_?out|w_?y|v|h2o|h2y|hidden_?to_?output)$"),
    "b": re.compile(r"^(?:b_?h|b|bias_?h)$"),
    "c": re.compile(r"^(?:b_?y|b_?o|b_?q|c|bias_?y|bias_?o)$"),
}
#: Two matrices for all gates, by the input and by the hidden state, and their biases.
_ALL_GATES = {
    "x": re.compile(r"^(?:w_?xh?|w_?ih?|xh|x2h|i2h|in2h|input_?(?:to|2)_?hidden|input_?linear|linear_?(?:ih|x|input))$"),
    "h": re.compile(r"^(?:w_?hh?|hh|h2h|hidden_?(?:to|2)_?hidden|hidden_?linear|linear_?(?:hh|h|hidden))$"),
    "b": re.compile(r"^(?:b|bias)$"),
}
#: The orders of an LSTM's gates in the programs that people learn from; g is the candidate, the block with tanh.
_ORDERS = ("i f g o", "i f o g", "i g f o", "f i g o", "f i o g", "g i f o")
#: A name of one gate that is none of the above, such as V_i, ln_f or W_co.
_OF_ONE_GATE = re.compile(r"^(?P<prefix>[a-z]+_?[a-z]?_?)(?P<gate>[ifgoc])$")


def rename_handwritten(tensors: Mapping[str, Tensor], answers: Mapping[str, str], name: str) -> dict[str, Tensor] | None:
    """Return a hand-written cell's tensors by PyTorch's names, with the rest as it is; None if there is no such cell.

    Raises:
        NeedsAnswer: The order of input and hidden state in a matrix over both is open.
        UnsupportedCheckpoint: It is a GRU, or a cell with something inside that is not understood, or shapes do not fit.
    """
    cell = _find(tensors, answers, name)
    if cell is not None:
        _check_inside(cell, tensors, name)
    return cell


def _find(tensors: Mapping[str, Tensor], answers: Mapping[str, str], name: str) -> dict[str, Tensor] | None:
    stems = _stems(tensors)
    gates = {result["gate"][0] for stem in stems if (result := _OF_GRU.match(stem))}
    if {"r", "z"} <= gates | ({"z"} if "u" in gates else set()):
        raise UnsupportedCheckpoint(
            f"{name} holds what looks like a hand-written GRU ({', '.join(stems)[:120]}); such cells mostly reset the state "
            "before the matrix product, which nn.GRU does not. Look inside it with lstm_viz.capture, or train nn.GRU"
        )
    return _find_lstm(stems, tensors, answers, name) or _find_rnn(stems, tensors) or _find_joined(stems, tensors, answers, name)


def _check_inside(cell: Mapping[str, Tensor], tensors: Mapping[str, Tensor], name: str) -> None:
    """Refuse a cell whose module holds more than its matrices: where that acts is not in the file."""
    places = {key: re.sub(r"\.(weight|bias)$", "", key).rpartition(".") for key in tensors}
    left = [key for key in cell if key in tensors]
    # Where the whole network is one module, whatever it holds stands beside the cell.
    shared = {path for path, _, _ in places.values() if all(key.startswith(f"{path}.") for key in tensors)} | {""}
    own = {places[key][0] for key in tensors if key not in cell} - shared
    inside = [key for key in left if any(key.startswith(f"{path}.") for path in own)]
    inside += [key for key in left if key.endswith("weight") and tensors[key].ndim == 1]  # a norm, whatever it is called
    inside += [key.removesuffix("weight") + "bias" for key in inside if key.removesuffix("weight") + "bias" in tensors]
    prefixes = {key: result["prefix"] for key in left if (result := _OF_ONE_GATE.match(places[key][2].lower()))}
    stems = {place[2]: prefixes[key] for key, place in places.items() if key in prefixes}
    inside += [key for key, prefix in prefixes.items() if list(stems.values()).count(prefix) > 1]
    if inside:
        raise UnsupportedCheckpoint(
            f"{name} holds a hand-written cell and beside its matrices {format_list(dict.fromkeys(inside))}; what that does "
            "in the cell's equations is not in the file. Look into the program by lstm_viz.capture(module), or train nn.LSTM"
        )


def _stems(tensors: Mapping[str, Tensor]) -> dict[str, dict[str, str]]:
    """Return each matrix's own name in lower case, with the keys of its weight and its bias."""
    stems: dict[str, dict[str, str]] = {}
    for key in tensors:
        path, _, parameter = key.rpartition(".")
        if parameter in ("weight", "bias"):
            stems.setdefault(path.rpartition(".")[2].lower(), {})[parameter] = key
        else:
            stems.setdefault(parameter.lower(), {})["weight"] = key
    return stems


def _match_stems(stems: Mapping[str, Mapping[str, str]], patterns: Mapping[str, re.Pattern[str]]) -> dict[str, dict[str, str]]:
    """Return the stems of each sort by gate; a stem is of the first sort that matches."""
    stems_by_gate: dict[str, dict[str, str]] = {sort: {} for sort in patterns}
    for stem in stems:
        for sort, pattern in patterns.items():
            result = pattern.match(stem)
            if result:
                stems_by_gate[sort][_GATES[result["gate"]] if "gate" in result.groupdict() else ""] = stem
                break
    return stems_by_gate


def _find_lstm(
    stems: Mapping[str, Mapping[str, str]], tensors: Mapping[str, Tensor], answers: Mapping[str, str], name: str
) -> dict[str, Tensor] | None:
    matched = _match_stems(stems, _PATTERNS)
    both = {gate: stem for gate, stem in matched["w"].items() if gate not in matched["x"] and gate not in matched["h"]}
    by_input = matched["x"] or (matched["w"] if len(matched["h"]) == 4 else {})
    if len(by_input) == 4 and len(matched["h"]) == 4:
        biases = [matched[sort] for sort in ("b", "bx", "bh") if matched[sort]]
        return _join_two_matrices(by_input, matched["h"], biases, stems, tensors)
    if len(both) == 4 and all(tensors[stems[stem]["weight"]].ndim == 2 for stem in both.values()):
        return _split_joint_matrix(both, matched["b"], stems, tensors, answers, name)
    return None


def _join_two_matrices(
    by_input: Mapping[str, str], by_hidden: Mapping[str, str], biases: list[dict[str, str]],
    stems: Mapping[str, Mapping[str, str]], tensors: Mapping[str, Tensor],
) -> dict[str, Tensor] | None:  # fmt: skip
    """Return an LSTM of two matrices a gate, and of none, one or two biases as parameters of their own."""
    rows_x = [tensors[stems[by_input[gate]]["weight"]] for gate in "ifgo"]
    rows_h = [tensors[stems[by_hidden[gate]]["weight"]] for gate in "ifgo"]
    units = rows_h[0].shape[0]
    if any(each.ndim != 2 or each.shape != (units, units) for each in rows_h) or len({each.shape for each in rows_x}) > 1:
        return None
    rows, columns = rows_x[0].shape
    # A bare parameter of a square shape could be either way round; a linear layer's is [row, column].
    linear = "." in stems[by_input["i"]]["weight"] and stems[by_input["i"]]["weight"].endswith("weight")
    if units not in (rows, columns) or (rows == columns and not linear):
        return None
    transposed = not linear and columns == units
    cell_stems = [*by_input.values(), *by_hidden.values(), *(stem for each in biases for stem in each.values())]
    bias_x = _biases([stems[by_input[gate]].get("bias") for gate in "ifgo"], tensors)
    bias_h = _biases([stems[by_hidden[gate]].get("bias") for gate in "ifgo"], tensors)
    own = [_biases([stems[each[gate]]["weight"] if gate in each else None for gate in "ifgo"], tensors) for each in biases]
    return _cell(
        torch.cat([each.T if transposed else each for each in rows_x]),
        torch.cat([each.T if transposed else each for each in rows_h]),
        [bias_x, bias_h, *own], cell_stems, stems, tensors,
    )  # fmt: skip


def _find_joined(
    stems: Mapping[str, Mapping[str, str]], tensors: Mapping[str, Tensor], answers: Mapping[str, str], name: str
) -> dict[str, Tensor] | None:
    """Return an LSTM of two matrices for all gates, in the order that was answered; a GRU is refused."""
    found = {sort: next(iter(each.values()), None) for sort, each in _match_stems(stems, _ALL_GATES).items()}
    if found["x"] is None or found["h"] is None:
        return None
    x, h = (tensors[stems[stem]["weight"]] for stem in (found["x"], found["h"]))
    linear = stems[found["x"]]["weight"].endswith(".weight")
    if x.ndim != 2 or h.ndim != 2:
        return None
    upright = h.shape[0] > h.shape[1]
    x, h = (x, h) if upright else (x.T, h.T)
    units = h.shape[1]
    if (linear and not upright) or len(x) != len(h):
        return None
    if len(h) == 3 * units:
        raise UnsupportedCheckpoint(
            f"{name} holds what looks like a hand-written GRU ({found['x']}, {found['h']}), whose order of gates and reset are "
            "not in the file. Look inside it with lstm_viz.capture, or train nn.GRU"
        )
    if len(h) != 4 * units:
        return None
    order = answers.get("gates")
    if order not in _ORDERS:
        raise NeedsAnswer(
            f"{name} has one matrix for all four gates ({found['x']}, {found['h']}); in which order do its gates come, g the one "
            "with tanh?", "gates", _ORDERS, _ORDERS[0],
        )  # fmt: skip
    places = [order.split().index(gate) for gate in "ifgo"]

    def sort(rows: Tensor) -> Tensor:
        return torch.cat([rows.chunk(4)[place] for place in places])

    keys = [stems[found[each] or ""].get("bias") for each in "xh"]
    keys += [stems[found["b"]]["weight"]] if found["b"] is not None else []
    biases = [sort(tensors[key].reshape(-1)) for key in keys if key is not None]
    if any(len(each) != 4 * units for each in biases):
        return None
    return _cell(sort(x), sort(h), [*biases], [stem for stem in found.values() if stem is not None], stems, tensors)


def _split_joint_matrix(
    both: Mapping[str, str], biases: Mapping[str, str], stems: Mapping[str, Mapping[str, str]], tensors: Mapping[str, Tensor],
    answers: Mapping[str, str], name: str,
) -> dict[str, Tensor] | None:  # fmt: skip
    """Return an LSTM of one matrix a gate, over the input and the hidden state side by side."""
    rows = [tensors[stems[both[gate]]["weight"]] for gate in "ifgo"]
    if len({each.shape for each in rows}) > 1:
        return None
    units, width = rows[0].shape
    if units > width:
        rows, (units, width) = [each.T for each in rows], (width, units)
    if width <= units:
        return None
    answer = answers.get("concatenation")
    if answer is None:
        raise NeedsAnswer(
            f"{name} has one matrix of {width} columns for each gate, over the input and the hidden state side by side; which "
            "comes first?", "concatenation", ("input first", "hidden state first"), "input first",
        )  # fmt: skip
    whole = torch.cat(rows)
    by_input, by_hidden = whole[:, : width - units], whole[:, width - units :]
    if answer != "input first":
        by_hidden, by_input = whole[:, :units], whole[:, units:]
    bias = _biases([stems[both[gate]].get("bias") for gate in "ifgo"], tensors)
    parameter_bias = _biases([stems[biases[gate]]["weight"] if gate in biases else None for gate in "ifgo"], tensors)
    return _cell(by_input, by_hidden, [bias, parameter_bias], [*both.values(), *biases.values()], stems, tensors)


def _find_rnn(stems: Mapping[str, Mapping[str, str]], tensors: Mapping[str, Tensor]) -> dict[str, Tensor] | None:
    """Return a plain RNN of Wxh, Whh and Why."""
    matched = {sort: next(iter(each.values()), None) for sort, each in _match_stems(stems, _PLAIN).items()}
    by_input, by_hidden, out = matched["x"], matched["h"], matched["y"]
    if by_input is None or by_hidden is None or out is None:
        return None
    x, h, y = (tensors[stems[stem]["weight"]] for stem in (by_input, by_hidden, out))
    if any(each.ndim != 2 for each in (x, h, y)) or h.shape[0] != h.shape[1]:
        return None
    units = h.shape[0]
    upright = x.shape[0] == units and y.shape[1] == units
    lying = x.shape[1] == units and y.shape[0] == units
    linear = stems[by_input]["weight"].endswith(".weight")
    if upright == lying and not linear:
        return None
    transposed = lying and not linear
    biases = [_biases([stems[stem].get("bias")], tensors) for stem in (by_input, by_hidden)]
    if matched["b"] is not None:
        biases.append(_biases([stems[matched["b"]]["weight"]], tensors))
    cell_stems = [stem for stem in matched.values() if stem is not None]
    cell = _cell(x.T if transposed else x, h.T if transposed else h, biases, cell_stems, stems, tensors)
    cell["decoder.weight"] = (y.T if transposed else y).contiguous()
    bias_key = stems[out].get("bias") or (stems[matched["c"]]["weight"] if matched["c"] is not None else None)
    if bias_key is not None:
        cell["decoder.bias"] = tensors[bias_key].reshape(-1)
    return cell


def _biases(keys: list[str | None], tensors: Mapping[str, Tensor]) -> Tensor | None:
    return torch.cat([tensors[key].reshape(-1) for key in keys if key is not None]) if all(keys) else None


def _cell(
    by_input: Tensor, by_hidden: Tensor, biases: list[Tensor | None], cell_stems: list[str],
    stems: Mapping[str, Mapping[str, str]], tensors: Mapping[str, Tensor],
) -> dict[str, Tensor]:  # fmt: skip
    """Return the cell by PyTorch's names, and every tensor that is not part of it."""
    cell_keys = {key for stem in cell_stems for key in stems[stem].values()}
    others = {key: value for key, value in tensors.items() if key not in cell_keys}
    summands = [bias for bias in biases if bias is not None]
    cell = {f"{CELL}.weight_ih": by_input.contiguous(), f"{CELL}.weight_hh": by_hidden.contiguous()}
    if summands:
        total = torch.stack(summands).sum(0)
        cell |= {f"{CELL}.bias_ih": total, f"{CELL}.bias_hh": torch.zeros_like(total)}
    embedded = {key: value for key, value in others.items() if re.search(r"emb|lookup", key, re.IGNORECASE)}
    return {**embedded, **cell, **{key: value for key, value in others.items() if key not in embedded}}
