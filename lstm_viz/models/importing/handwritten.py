"""Hand-written cells, recognized by the usual names of their matrices, under the names of PyTorch's own cells.

Recognized are a plain RNN's Wxh, Whh and Why (Karpathy 2015, "min-char-rnn"), an LSTM with two matrices a gate (W_xi and W_hi,
or W_i and U_i), and one with a linear layer a gate over the input and the hidden state side by side. A GRU written by hand
mostly resets the state before its matrix product, which PyTorch's does not, so it is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint

_GATES = {"i": "i", "in": "i", "input": "i", "f": "f", "forget": "f", "o": "o", "out": "o", "output": "o", "g": "g", "c": "g",
          "cell": "g", "candidate": "g", "update": "g", "memory": "g", "a": "g", "ctilde": "g", "cbar": "g"}  # fmt: skip
_NAMED = "|".join(sorted(_GATES, key=len, reverse=True))
#: Of one gate: a matrix by the input, by the hidden state, or by both; and a bias.
_PATTERNS = {
    "x": re.compile(rf"^(?:w_?x_?|x2|x_?to_?|i2_?|w_?i_(?=\w))(?P<gate>{_NAMED})(?:_?gate)?$"),
    "h": re.compile(rf"^(?:[wu]_?h_?|u_?|h2_?|h_?to_?|r_?)(?P<gate>{_NAMED})(?:_?gate)?$"),
    "w": re.compile(rf"^(?:w_?|linear_?|gate_?|fc_?|lin_?)?(?P<gate>{_NAMED})_?(?:gate|layer|linear)?(?:_?x)?$"),
    "b": re.compile(rf"^(?:b_?|bias_?)(?P<gate>{_NAMED})$"),
}
_OF_GRU = re.compile(r"^(?:[wub]_?)?(?:[xhi]_?)?(?P<gate>r|z|reset|update)(?:_?gate)?$")
_PLAIN = {
    "x": re.compile(r"^(?:w_?xh|w_?ih|w_?in|w_?x|u|i2h|x2h|in2h|input_?to_?hidden)$"),
    "h": re.compile(r"^(?:w_?hh|w_?rec|w_?h|w|h2h|hidden_?to_?hidden)$"),
    "y": re.compile(r"^(?:w_?hy|w_?ho|w_?hq|w_?out|w_?y|v|h2o|h2y|hidden_?to_?output)$"),
    "b": re.compile(r"^(?:b_?h|b|bias_?h)$"),
    "c": re.compile(r"^(?:b_?y|b_?o|b_?q|c|bias_?y|bias_?o)$"),
}


def rename_handwritten(tensors: Mapping[str, Tensor], answers: Mapping[str, str], name: str) -> dict[str, Tensor] | None:
    """Return a hand-written cell's tensors by PyTorch's names, with the rest as it is; None if there is no such cell.

    Raises:
        NeedsAnswer: The order of input and hidden state in a matrix over both is open.
        UnsupportedCheckpoint: It is a GRU, or shapes do not fit.
    """
    stems = _stems(tensors)
    gates = {result["gate"][0] for stem in stems if (result := _OF_GRU.match(stem))}
    if {"r", "z"} <= gates | ({"z"} if "u" in gates else set()):
        raise UnsupportedCheckpoint(
            f"{name} holds what looks like a hand-written GRU ({', '.join(stems)[:120]}); such cells mostly reset the state "
            "before the matrix product, which nn.GRU does not. Look inside it with lstm_viz.capture, or train nn.GRU"
        )
    return _lstm(stems, tensors, answers, name) or _rnn(stems, tensors)


def _stems(tensors: Mapping[str, Tensor]) -> dict[str, dict[str, str]]:
    """Return each matrix's own name in lower case, with the keys of its weight and its bias."""
    stems: dict[str, dict[str, str]] = {}
    for key in tensors:
        path, _, own = key.rpartition(".")
        if own in ("weight", "bias"):
            stems.setdefault(path.rpartition(".")[2].lower(), {})[own] = key
        else:
            stems.setdefault(own.lower(), {})["weight"] = key
    return stems


def _matched(stems: Mapping[str, Mapping[str, str]], patterns: Mapping[str, re.Pattern[str]]) -> dict[str, dict[str, str]]:
    """Return the stems of each sort by gate; a stem is of the first sort that matches."""
    found: dict[str, dict[str, str]] = {sort: {} for sort in patterns}
    for stem in stems:
        for sort, pattern in patterns.items():
            result = pattern.match(stem)
            if result:
                found[sort][_GATES[result["gate"]] if "gate" in result.groupdict() else ""] = stem
                break
    return found


def _lstm(
    stems: Mapping[str, Mapping[str, str]], tensors: Mapping[str, Tensor], answers: Mapping[str, str], name: str
) -> dict[str, Tensor] | None:
    found = _matched(stems, _PATTERNS)
    both = {gate: stem for gate, stem in found["w"].items() if gate not in found["x"] and gate not in found["h"]}
    by_input = found["x"] or (found["w"] if len(found["h"]) == 4 else {})
    if len(by_input) == 4 and len(found["h"]) == 4:
        return _of_two(by_input, found["h"], found["b"], stems, tensors)
    if len(both) == 4 and all(tensors[stems[stem]["weight"]].ndim == 2 for stem in both.values()):
        return _of_one(both, found["b"], stems, tensors, answers, name)
    return None


def _of_two(
    by_input: Mapping[str, str], by_hidden: Mapping[str, str], biases: Mapping[str, str],
    stems: Mapping[str, Mapping[str, str]], tensors: Mapping[str, Tensor],
) -> dict[str, Tensor] | None:  # fmt: skip
    """Return an LSTM of two matrices a gate."""
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
    turned = not linear and columns == units
    used = [*by_input.values(), *by_hidden.values(), *biases.values()]
    bias_x = _biases([stems[by_input[gate]].get("bias") for gate in "ifgo"], tensors)
    bias_h = _biases([stems[by_hidden[gate]].get("bias") for gate in "ifgo"], tensors)
    own = _biases([stems[biases[gate]]["weight"] if gate in biases else None for gate in "ifgo"], tensors)
    return _cell(
        torch.cat([each.T if turned else each for each in rows_x]), torch.cat([each.T if turned else each for each in rows_h]),
        [bias_x, bias_h, own], used, stems, tensors,
    )  # fmt: skip


def _of_one(
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
    said = answers.get("concatenation")
    if said is None:
        raise NeedsAnswer(
            f"{name} has one matrix of {width} columns for each gate, over the input and the hidden state side by side; which "
            "comes first?", "concatenation", ("input first", "hidden state first"), "input first",
        )  # fmt: skip
    whole = torch.cat(rows)
    by_input, by_hidden = whole[:, : width - units], whole[:, width - units :]
    if said != "input first":
        by_hidden, by_input = whole[:, :units], whole[:, units:]
    bias = _biases([stems[both[gate]].get("bias") for gate in "ifgo"], tensors)
    own = _biases([stems[biases[gate]]["weight"] if gate in biases else None for gate in "ifgo"], tensors)
    return _cell(by_input, by_hidden, [bias, own], [*both.values(), *biases.values()], stems, tensors)


def _rnn(stems: Mapping[str, Mapping[str, str]], tensors: Mapping[str, Tensor]) -> dict[str, Tensor] | None:
    """Return a plain RNN of Wxh, Whh and Why."""
    found = {sort: next(iter(each.values()), None) for sort, each in _matched(stems, _PLAIN).items()}
    by_input, by_hidden, out = found["x"], found["h"], found["y"]
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
    turned = lying and not linear
    biases = [_biases([stems[stem].get("bias")], tensors) for stem in (by_input, by_hidden)]
    if found["b"] is not None:
        biases.append(_biases([stems[found["b"]]["weight"]], tensors))
    used = [stem for stem in found.values() if stem is not None]
    cell = _cell(x.T if turned else x, h.T if turned else h, biases, used, stems, tensors)
    cell["decoder.weight"] = (y.T if turned else y).contiguous()
    said = stems[out].get("bias") or (stems[found["c"]]["weight"] if found["c"] is not None else None)
    if said is not None:
        cell["decoder.bias"] = tensors[said].reshape(-1)
    return cell


def _biases(keys: list[str | None], tensors: Mapping[str, Tensor]) -> Tensor | None:
    return torch.cat([tensors[key].reshape(-1) for key in keys if key is not None]) if all(keys) else None


def _cell(
    by_input: Tensor, by_hidden: Tensor, biases: list[Tensor | None], used: list[str], stems: Mapping[str, Mapping[str, str]],
    tensors: Mapping[str, Tensor],
) -> dict[str, Tensor]:  # fmt: skip
    """Return the cell by PyTorch's names, and every tensor that is not part of it."""
    gone = {key for stem in used for key in stems[stem].values()}
    rest = {key: value for key, value in tensors.items() if key not in gone}
    given = [bias for bias in biases if bias is not None]
    cell = {"cell.weight_ih": by_input.contiguous(), "cell.weight_hh": by_hidden.contiguous()}
    if given:
        total = torch.stack(given).sum(0)
        cell |= {"cell.bias_ih": total, "cell.bias_hh": torch.zeros_like(total)}
    embedded = {key: value for key, value in rest.items() if re.search(r"emb|lookup", key, re.IGNORECASE)}
    return {**embedded, **cell, **{key: value for key, value in rest.items() if key not in embedded}}
