"""A recorded training run on disk, which can be replayed without training again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lstm_viz.training.loop.checkpointing import TrainingRun
from lstm_viz.training.loop.trainer import TrainingStep
from lstm_viz.training.tasks.char_lm_config import CharLMConfig
from lstm_viz.training.tasks.charlm import BpttConfig
from lstm_viz.training.tasks.train_text import SampledText, Snapshot, TrainingEvent, TrainingSpec, train

COURSE = "course.json"

#: Fields of the configuration under their names in older files.
_RENAMED = {"rate": "learning_rate", "cap": "max_grad_norm", "calm": "cell_state_penalty", "streams": "bptt"}
_RENAMED_BPTT = {"window": "bptt_steps", "forget": "state_reset_probability", "hide": "unk_probability"}


def save_recorded_run(spec: TrainingSpec, folder: Path) -> None:
    """Train from scratch and write snapshots and course.json to a folder; the text itself is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    state = TrainingRun(folder / "network").state
    state.unlink(missing_ok=True)
    items = list(train(spec, str(folder)))
    state.unlink()
    steps = [item for item in items if isinstance(item, TrainingStep)]
    course = {
        "name": spec.name,
        "recipe": dataclasses.asdict(spec.config),
        "seconds": round(steps[-1].seconds, 1),
        "loss": [float(f"{step.loss:.4g}") for step in steps],
        "norm": [float(f"{step.gradient_norm:.4g}") for step in steps],
        "held_out": {step.number: float(f"{step.validation_loss:.4g}") for step in steps if step.validation_loss is not None},
        "written": {item.step: item.text for item in items if isinstance(item, SampledText)},
        "snapshots": {item.file: item.step for item in items if isinstance(item, Snapshot)},
    }
    (folder / COURSE).write_text(json.dumps(course, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def load_recorded_run(folder: Path, text: str) -> tuple[TrainingSpec, tuple[TrainingEvent, ...]]:
    """Load a run written by `save_recorded_run`, its numbers rounded to four digits; `text` is the training text."""
    course: dict[str, Any] = json.loads((folder / COURSE).read_text(encoding="utf-8"))
    config = _config(course["recipe"])
    scores = {int(step): score for step, score in course["held_out"].items()}
    steps = [
        TrainingStep(
            number, config.steps, loss, norm, config.trainer_config.learning_rate_at(number - 1),
            course["seconds"] * number / config.steps, scores.get(number), None,
        )
        for number, (loss, norm) in enumerate(zip(course["loss"], course["norm"], strict=True), start=1)
    ]  # fmt: skip
    samples = [SampledText(int(step), words) for step, words in course["written"].items()]
    snapshots = [Snapshot(step, file, not file.startswith("step-")) for file, step in course["snapshots"].items()]
    return TrainingSpec(text, course["name"], config), (*steps, *samples, *snapshots)


def _config(stored: Mapping[str, Any]) -> CharLMConfig:
    """Read the configuration from its JSON object; the field names of older files are accepted, too."""
    fields = {_RENAMED.get(name, name): value for name, value in stored.items()}
    bptt = {_RENAMED_BPTT.get(name, name): value for name, value in fields["bptt"].items()}
    return CharLMConfig(**{**fields, "bptt": BpttConfig(**bptt)})
