"""Forecasters on disk and the shipped ones by name: a safetensors file with configuration and metadata in its header."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from lstm_viz.models.forecaster import TRANSFORMS, Forecaster, ForecasterConfig, Normalization
from lstm_viz.models.language import CELLS
from lstm_viz.models.serialization import UnreadableModel

FORMAT = "lstm_viz forecaster 1"
SHIPPED = Path(__file__).parent / "weights" / "series"

#: Limits that are checked before memory is allocated: bytes of the file, and sizes of the configuration.
LARGEST = 64 * 2**20
LIMITS = {"hidden": 2048, "layers": 8, "season": 10_000}
MOST_STRETCHED = 100.0


def pack(model: Forecaster, metadata: Mapping[str, str]) -> bytes:
    """Serialise a forecaster with its metadata to a safetensors file's bytes, weights in float32."""
    header = {
        "format": FORMAT,
        "design": json.dumps(dataclasses.asdict(model.config)),
        "scale": json.dumps(dataclasses.asdict(model.normalization)),
        "facts": json.dumps(dict(metadata)),
    }
    return save_tensors({name: value.detach().float().contiguous() for name, value in model.state_dict().items()}, header)


def unpack(data: bytes, name: str = "the file") -> Forecaster:
    """Load a read-only forecaster from a file's bytes; UnreadableModel if they are not one."""
    try:
        header = _header(data)
        if header.get("format") != FORMAT:
            raise ValueError(f"its header lacks the format {FORMAT!r}")
        design = _design(header)
        scale = Normalization(**{key: float(value) for key, value in _renamed(json.loads(header["scale"])).items()})
        if not all(map(math.isfinite, dataclasses.astuple(scale))) or min(scale.spread, scale.width) <= 0 or scale.offset < 0:
            raise ValueError(f"the header says scale = {scale}; finite numbers, spreads above 0, no offset below 0 expected")
        with torch.device("meta"):  # shapes without memory: first check that the file holds what its header describes
            expected_shapes = {key: tuple(value.shape) for key, value in Forecaster(design, scale).state_dict().items()}
        weights = load_tensors(data)
        shapes = {key: tuple(value.shape) for key, value in weights.items()}
        if shapes != expected_shapes:
            wrong = sorted(key for key in expected_shapes.keys() | shapes.keys() if expected_shapes.get(key) != shapes.get(key))
            raise ValueError(f"size mismatch for {', '.join(wrong)}")
        if not all(value.isfinite().all() for value in weights.values()):
            raise ValueError("it holds numbers that are not finite; train the model again")
        model = Forecaster(design, scale)
        model.load_state_dict(weights)
        model.metadata = {str(key): str(value) for key, value in dict(json.loads(header["facts"])).items()}
    except SafetensorError as error:
        raise UnreadableModel(f"{name} is not a safetensors file ({error}); save models with lstm_viz") from error
    except KeyError as error:
        raise UnreadableModel(f"{name} is not a forecaster or is damaged: its header lacks {error}") from error
    except (TypeError, ValueError, AttributeError, RuntimeError, RecursionError) as error:
        raise UnreadableModel(f"{name} is not a forecaster or is damaged: {error}") from error
    return model.eval().requires_grad_(False)


def forecasters() -> tuple[str, ...]:
    """Return the names of the shipped forecasters, sorted.

    Returns:
        The names that `load_forecaster` takes.

    Examples:
        >>> from lstm_viz import series
        >>> series.forecasters()
        ('co2', 'monthly-sunspots', 'yearly-sunspots')
    """
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.safetensors")))


def load_forecaster(name_or_path: str | Path) -> Forecaster:
    """Load a shipped forecaster by its name, or one from a file.

    Shipped ones are loaded once and shared; they are read-only.

    Args:
        name_or_path: One of `forecasters()`, or the path of a .safetensors file.

    Returns:
        The forecaster, in eval mode and without gradients.

    Raises:
        KeyError: There is neither a forecaster nor a file of that name; the message lists the forecasters.
        UnreadableModel: The file is too large, damaged, or no forecaster.

    Examples:
        >>> from lstm_viz import series
        >>> model = series.load_forecaster("co2")
        >>> model.config.kind, model.config.season
        ('lstm', 12)
    """
    if str(name_or_path) in forecasters():
        return _shipped(str(name_or_path))
    path = Path(name_or_path)
    if not path.is_file():
        raise KeyError(f"no forecaster or file {str(name_or_path)!r}; the shipped ones are {', '.join(forecasters())}")
    if path.stat().st_size > LARGEST:
        raise UnreadableModel(f"{path.name} is larger than {LARGEST // 2**20} MB, the most that is read as a forecaster")
    return unpack(path.read_bytes(), path.name)


@cache
def _shipped(name: str) -> Forecaster:
    return unpack((SHIPPED / f"{name}.safetensors").read_bytes(), name)


def _header(data: bytes) -> dict[str, str]:
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise SafetensorError("it is truncated or of another format")
    header = json.loads(data[8 : 8 + length])
    return dict(header.get("__metadata__", {}))


def _renamed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Rename the fields of older files to their current names."""
    return {{"lift": "offset", "stretch": "scale_augmentation"}.get(name, name): value for name, value in fields.items()}


def _design(header: Mapping[str, str]) -> ForecasterConfig:
    fields = _renamed(json.loads(header["design"]))
    if "log" in fields:  # files from before there were square roots
        fields["form"] = "log" if fields.pop("log") else "plain"
    design = ForecasterConfig(**fields)
    for name, offers in {"kind": tuple(CELLS), "form": TRANSFORMS}.items():
        if getattr(design, name) not in offers:
            raise ValueError(f"the header says {name} = {getattr(design, name)!r}; {', '.join(offers)} were expected")
    for name, limit in LIMITS.items():
        size, least = getattr(design, name), 0 if name == "season" else 1
        if type(size) is not int or not least <= size <= limit:
            raise ValueError(f"the header says {name} = {size!r}; a whole number from {least} to {limit} was expected")
    shares = 0.0 <= design.dropout < 1.0 <= design.scale_augmentation <= MOST_STRETCHED
    if not (type(design.level) is type(design.floor) is bool and shares):
        raise ValueError("the header has invalid values of level, floor, dropout or scale augmentation")
    return design
