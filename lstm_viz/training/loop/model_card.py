"""The model card: the data, the training and the scores, written from the run itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lstm_viz.models.language import LanguageModel

#: The order of the rows; a run's missing rows are left out.
ROWS = (
    *("task", "data", "licence of the data", "split", "command", "seed"),
    *("parameters", "epochs", "minutes", "scores", "versions"),
)


@dataclass(frozen=True)
class ModelCard:
    """A model's metadata by row name; all values are text."""

    name: str
    metadata: Mapping[str, str]

    def markdown(self) -> str:
        """Return the card as Markdown."""
        rows = "\n".join(f"| {row} | {self.metadata[row]} |" for row in ROWS if row in self.metadata)
        return f"# {self.name}\n\n{self.metadata['summary']}\n\n| | |\n|---|---|\n{rows}\n"

    def write(self, weights: Path) -> None:
        """Write the card beside its weights."""
        weights.with_suffix(".md").write_text(self.markdown(), encoding="utf-8")


def describe(model: LanguageModel) -> str:
    """Describe the model's shape in one line."""
    shape, cell = model.config, model.config.kind.upper()
    return f"{shape.layers} × {shape.hidden} {cell}, embedding {shape.embedding}, {len(model.vocabulary)} symbols"
