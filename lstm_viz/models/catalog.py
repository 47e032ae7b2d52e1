"""The shipped models by name, and loading a model by name or path."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lstm_viz.models.language import LanguageModel
from lstm_viz.models.serialization import UnreadableModel, read

WEIGHTS = Path(__file__).parent / "weights"


def models() -> tuple[str, ...]:
    """Return the names of the shipped models, sorted.

    Returns:
        The names that `load` takes; forecasters of series are separate (`lstm_viz.series`).

    Examples:
        >>> "shakespeare-lstm" in lstm_viz.models()
        True
    """
    return tuple(sorted(path.stem for path in WEIGHTS.glob("*.safetensors")))


def load(name_or_path: str | Path) -> LanguageModel:
    """Load a shipped model by its name, or one from a file that this project wrote.

    Shipped models are loaded once and shared: they are in eval mode, without gradients, and read-only.

    Args:
        name_or_path: One of `models()`, or the path of a .safetensors file; for other files see `load_checkpoint`.

    Returns:
        The model: embedding, recurrent layers, decoder, vocabulary, and `metadata` about its training.

    Raises:
        KeyError: There is neither a model nor a file of that name; the message lists the models.
        UnreadableModel: The file is damaged or not of this project's format.

    Examples:
        >>> model = lstm_viz.load("counting")
        >>> model.config.hidden, model.vocabulary.tokens[1:]
        (4, ('\\n', 'a', 'b'))
    """
    if str(name_or_path) in models():
        return _shipped(str(name_or_path))
    if Path(name_or_path).is_file():
        try:
            return read(name_or_path)
        except UnreadableModel as error:
            raise UnreadableModel(f"{error}; a file of another project is loaded by lstm_viz.load_checkpoint") from error
    raise KeyError(f"no model or file {str(name_or_path)!r}; the shipped models are {', '.join(models())}")


@cache
def _shipped(name: str) -> LanguageModel:
    return read(WEIGHTS / f"{name}.safetensors")
