"""Check the shapes of one recurrent layer's tensors, and infer from them which cell it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from torch import Tensor

from lstm_viz.gates import PACKED, Kind
from lstm_viz.models.importing.errors import SUPPORTED, UnsupportedCheckpoint, format_list

#: The kind of a cell by how many blocks of rows its matrices have.
_KIND_BY_BLOCKS: dict[int, Kind] = {len(gates): kind for kind, gates in PACKED.items()}


class RecurrentShape(NamedTuple):
    """The cell of a layer, how many numbers it reads and gives, and its units: more than it gives if there is a projection."""

    kind: Kind
    inputs: int
    state: int
    units: int


def check_recurrent(layer: Mapping[str, Tensor], called: str, ending: str = "") -> RecurrentShape:
    """Check one layer and direction, and infer its cell.

    Args:
        layer: Its tensors by PyTorch's names without the layer's number: `weight_ih` [block · unit, input], `weight_hh`
            [block · unit, state], both of `bias_ih` and `bias_hh` [block · unit] or neither, and `weight_hr` [state, unit] of an
            LSTM with a projection.
        called: What messages call the layer.
        ending: The layer's number and direction in the file's names, for messages.

    Returns:
        The cell and its sizes.

    Raises:
        UnsupportedCheckpoint: Tensors are missing, or the shapes are those of no LSTM, GRU or RNN.

    Examples:
        >>> check_recurrent({"weight_ih": torch.ones(12, 2), "weight_hh": torch.ones(12, 3)}, "layer 0")
        RecurrentShape(kind='lstm', inputs=2, state=3, units=3)
    """
    if not {"weight_ih", "weight_hh"} <= layer.keys() or len(layer.keys() & {"bias_ih", "bias_hh"}) == 1:
        raise UnsupportedCheckpoint(
            f"{called} has {format_list(part + ending for part in layer)} only; weight_ih and weight_hh, with both biases or "
            "none, were wanted"
        )
    shapes = {part: tuple(value.shape) for part, value in layer.items()}
    rows, state = shapes["weight_hh"] if len(shapes["weight_hh"]) == 2 else (0, 0)
    units = shapes["weight_hr"][-1] if len(shapes.get("weight_hr", ())) == 2 else state
    kind = _KIND_BY_BLOCKS.get(rows // units) if units and rows % units == 0 else None
    inputs = shapes["weight_ih"][-1] if len(shapes["weight_ih"]) == 2 else 0
    expected = {"weight_ih": (rows, inputs), "weight_hh": (rows, state), "weight_hr": (state, units)}
    wrong = any(shape != expected.get(part, (rows,)) for part, shape in shapes.items())
    if kind is None or wrong or not inputs or ("weight_hr" in shapes and kind != "lstm"):
        listing = ", ".join(f"{part + ending} {shape}" for part, shape in sorted(shapes.items()))
        raise UnsupportedCheckpoint(f"{called} has {listing}, which are the shapes of no LSTM, GRU or RNN; {SUPPORTED}")
    return RecurrentShape(kind, inputs, state, units)
