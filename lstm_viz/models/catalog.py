"""The models that ship, by name, and loading one by name or path."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lstm_viz.models.language import LanguageModel
from lstm_viz.models.store import read

WEIGHTS = Path(__file__).parent / "weights"


def models() -> tuple[str, ...]:
    """The names of the shipped models, sorted."""
    return tuple(sorted(path.stem for path in WEIGHTS.glob("*.safetensors")))


def load(name_or_path: str | Path) -> LanguageModel:
    """A shipped model by its name, or one from a file; raises KeyError naming what there is, or UnreadableModel.

    Shipped models are loaded once and shared: they are in eval mode, without gradients, and must only be read.
    """
    if str(name_or_path) in models():
        return _shipped(str(name_or_path))
    if Path(name_or_path).is_file():
        return read(name_or_path)
    raise KeyError(f"no model or file {str(name_or_path)!r}; the shipped models are {', '.join(models())}")


@cache
def _shipped(name: str) -> LanguageModel:
    return read(WEIGHTS / f"{name}.safetensors")
