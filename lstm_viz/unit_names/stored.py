"""Names in a file: measured once by `lstm_viz name-units` and shipped beside a model's weights."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from lstm_viz.models.catalog import WEIGHTS, load, models
from lstm_viz.models.fingerprint import fingerprint
from lstm_viz.unit_names.result import UnitNames

#: The version of the file's format.
FORMAT = 2
_INTEGERS = ("layer", "unit", "feature", "sign", "best_row", "best_sign")
_STRENGTHS = ("chosen", "scored", "control", "agreement", "best_chosen", "best_scored", "best_agreement")


def names_path(weights: Path) -> Path:
    """Return the path of the names of a model's units."""
    return weights.with_suffix(".units.json")


def write_names(path: Path, names: UnitNames, command: str = "") -> None:
    """Write names as JSON, strengths rounded to 4 digits.

    Args:
        path: The file; it is replaced.
        names: The names.
        command: The command that measured them.

    Examples:
        >>> from lstm_viz.unit_names import shipped_names, write_names
        >>> command = "python -m lstm_viz name-units brackets brackets.txt"
        >>> write_names(folder / "names.json", shipped_names("brackets"), command)
        >>> (folder / "names.json").read_text()[0]
        '{'
    """
    content: dict[str, Any] = {"format": FORMAT, "command": command}
    content |= {name: getattr(names, name) for name in ("kind", "source", "fingerprint", "positions", "shifts", "features")}
    content |= {name: getattr(names, name).tolist() for name in _INTEGERS}
    content |= {name: np.round(getattr(names, name), 4).tolist() for name in _STRENGTHS}
    content |= {"symbol": "".join(names.symbol), "tracks": names.tracks.astype(int).tolist()}
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def read_names(path: Path) -> UnitNames:
    """Read names that `write_names` wrote.

    Args:
        path: The file.

    Returns:
        The names.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file holds no names, or is damaged.

    Examples:
        >>> from lstm_viz.unit_names import read_names, shipped_names, write_names
        >>> write_names(folder / "names.json", shipped_names("brackets"))
        >>> read_names(folder / "names.json").fingerprint == shipped_names("brackets").fingerprint
        True
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']!r} came, {FORMAT} was expected")
        names = UnitNames(
            kind=content["kind"],
            source=content["source"],
            fingerprint=content["fingerprint"],
            positions=content["positions"],
            shifts=content["shifts"],
            features=tuple((name, description, measure) for name, description, measure in content["features"]),
            symbol=tuple(content["symbol"]),
            tracks=np.array(content["tracks"], bool),
            **{name: np.array(content[name], np.int64) for name in _INTEGERS},
            **{name: np.array(content[name], np.float64) for name in _STRENGTHS},
        )
        rows = {
            len(getattr(names, name))
            for name in ("layer", "unit", "feature", "sign", "chosen", "scored", "control", "agreement", "tracks")
        }
        if rows != {len(names.symbol)}:
            raise ValueError("its columns are not equally long")
    except FileNotFoundError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path.name} holds no names of units or is damaged ({error}); measure them again") from error
    return names


@cache
def shipped_names(model: str) -> UnitNames | None:
    """Return the names that ship with a model.

    Args:
        model: The model's name, one of `lstm_viz.models()`.

    Returns:
        The names; None if there are none, or if they are of other weights.

    Examples:
        >>> lstm_viz.unit_names.shipped_names("brackets").kind, lstm_viz.unit_names.shipped_names("no such model")
        ('lstm', None)
    """
    path = names_path(WEIGHTS / f"{model}.safetensors")
    if model not in models() or not path.exists():
        return None
    names = read_names(path)
    return names if names.fingerprint == fingerprint(load(model)) else None
