"""Limits on imported networks, checked before memory is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor

from lstm_viz.gates import PACKED
from lstm_viz.models.importing.architecture import InferredArchitecture
from lstm_viz.models.importing.errors import UnsupportedCheckpoint, format_list
from lstm_viz.models.parts import Part
from lstm_viz.models.serialization import LARGEST, LIMITS

#: Default maximum number of weights of a converted network: half a gigabyte.
MOST = 2**27


def check_tensors(tensors: Mapping[str, Tensor], size: int, name: str) -> None:
    """Check that weights are in floating point, and that a file of `size` bytes really holds them."""
    parameters = {(value.untyped_storage().data_ptr(), value.storage_offset()): value for value in tensors.values()}
    whole = [key for key, value in tensors.items() if not value.is_floating_point() and not key.endswith("num_batches_tracked")]
    if whole:
        raise UnsupportedCheckpoint(f"{name} holds {format_list(whole)} as integers; weights in floating point were wanted")
    if sum(value.numel() * value.element_size() for value in parameters.values()) > size or any(
        value.numel() * value.element_size() > value.untyped_storage().nbytes() for value in tensors.values()
    ):
        raise UnsupportedCheckpoint(f"{name} claims more numbers than it holds; save it again with contiguous tensors")


def check_architecture(architecture: InferredArchitecture, most: int, name: str) -> None:
    """Check that a language model's sizes are within limits."""
    sizes = {
        "embedding": architecture.inputs,
        "hidden": architecture.hidden,
        "layers": len(architecture.layers),
        "symbols": architecture.vocabulary_size,
    }
    for part, limit in LIMITS.items():
        if not 1 <= sizes[part] <= limit:
            raise UnsupportedCheckpoint(f"{name} has {part} = {sizes[part]:,}; 1 to {limit:,} are read")
    # Folding may need more weights than the file has, so the resulting ones are counted.
    blocks = architecture.hidden * len(PACKED[architecture.kind])
    count = architecture.vocabulary_size * (architecture.inputs + architecture.hidden) + len(architecture.layers) * blocks * (
        2 * architecture.hidden + 2
    )
    count += blocks * (architecture.inputs - architecture.hidden) + architecture.vocabulary_size
    if count > most:
        raise UnsupportedCheckpoint(f"{name} makes a network of {count:,} weights; up to {most:,} are read here")


def check_parts(parts: Sequence[Part], most: int, name: str) -> None:
    """Check that a row of parts has no more weights than allowed, one-hot input counted, and that all are finite."""
    count = sum(value.numel() for part in parts for value in part.tensors.values())
    first = parts[0] if parts else None
    if first is not None and first.sort == "recurrent":
        count += first.tensors["weight_ih_l0"].shape[-1] ** 2
    if count > most:
        raise UnsupportedCheckpoint(f"{name} makes a network of {count:,} weights; up to {most:,} are read here")
    for part in parts:
        for key, value in part.tensors.items():
            if not value.isfinite().all() or value.abs().max() > LARGEST:
                raise UnsupportedCheckpoint(
                    f"{name}'s {part.name} {key} holds numbers that are not finite or beyond {LARGEST:,.0f}"
                )
