"""Visualize what a recurrent network computes at every step: gates, states and gradients, live and exact.

Public names are imported lazily (PEP 562): `import lstm_viz` and `lstm_viz.gates` do not load PyTorch.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstm_viz.capture import Capture, capture
    from lstm_viz.cell_decomposition import cell_contributions
    from lstm_viz.comparison import compare
    from lstm_viz.figures.plot import plot
    from lstm_viz.gradients import (
        ClassLogit,
        LikeliestNext,
        NextToken,
        TextLoss,
        flow,
        gradient_paths,
        integrated_gradients,
        ranking,
    )
    from lstm_viz.half_life import half_life
    from lstm_viz.models.catalog import load, models
    from lstm_viz.models.importing import UnsafeCheckpoint, UnsupportedCheckpoint, load_checkpoint
    from lstm_viz.models.sampling import Sampling, sample
    from lstm_viz.reader import Reader, trace
    from lstm_viz.text.decoding import TextFile, UnreadableText, read_text
    from lstm_viz.trace import Gradients, LayerTrace, Trace
    from lstm_viz.unit_names import name_units
    from lstm_viz.units.stats import saturation
    from lstm_viz.what_if import Ablate, Clamp, Overwrite, continuation, what_if

__version__ = "0.1.0"

__all__ = [
    "Ablate",
    "Capture",
    "Clamp",
    "ClassLogit",
    "Gradients",
    "LayerTrace",
    "LikeliestNext",
    "NextToken",
    "Overwrite",
    "Reader",
    "Sampling",
    "TextFile",
    "TextLoss",
    "Trace",
    "UnreadableText",
    "UnsafeCheckpoint",
    "UnsupportedCheckpoint",
    "capture",
    "cell_contributions",
    "compare",
    "continuation",
    "flow",
    "gradient_paths",
    "half_life",
    "integrated_gradients",
    "load",
    "load_checkpoint",
    "models",
    "name_units",
    "plot",
    "ranking",
    "read_text",
    "sample",
    "saturation",
    "trace",
    "what_if",
]  # fmt: skip

#: The modules that define the public names.
_MODULES = {
    "capture": ("Capture", "capture"),
    "cell_decomposition": ("cell_contributions",),
    "comparison": ("compare",),
    "figures.plot": ("plot",),
    "gradients": (
        "ClassLogit",
        "LikeliestNext",
        "NextToken",
        "TextLoss",
        "flow",
        "integrated_gradients",
        "ranking",
        "gradient_paths",
    ),
    "half_life": ("half_life",),
    "models.catalog": ("load", "models"),
    "models.importing": ("UnsafeCheckpoint", "UnsupportedCheckpoint", "load_checkpoint"),
    "models.sampling": ("Sampling", "sample"),
    "reader": ("Reader", "trace"),
    "text.decoding": ("TextFile", "UnreadableText", "read_text"),
    "trace": ("Gradients", "LayerTrace", "Trace"),
    "unit_names": ("name_units",),
    "units.stats": ("saturation",),
    "what_if": ("Ablate", "Clamp", "Overwrite", "continuation", "what_if"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}
#: Submodules available as attributes of the package.
_SUBMODULES = frozenset({"corpus", "export", "figures", "gates", "generation", "sentiment", "series", "unit_names"})


def __getattr__(name: str) -> Any:
    if name in _MODULE_OF:
        value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_SUBMODULES})


class _Package(ModuleType):
    """Keep functions that share a submodule's name (`capture`, `trace`, `models`, `what_if`) from being replaced by it."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _MODULE_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
